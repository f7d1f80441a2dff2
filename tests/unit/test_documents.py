"""The documents say what the code does: generated parts are up to date, every test that is named exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click

from bsc_sync.cli.main import _VERBS, cli
from tests.documents import ROOT, SCHEMA, SYNC, renewed, schema_text
from tests.promised_never import every_test
from tests.promises import RULES

TEXT = SYNC.read_text(encoding="utf-8")
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def test_the_generated_parts_are_up_to_date() -> None:
    assert renewed(TEXT) == TEXT, "run python -m tests.documents"
    assert TEXT.count("<!-- generated: ") == TEXT.count("<!-- end -->") == 8


def test_the_published_schema_is_the_one_that_is_printed() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run python -m tests.documents"


def test_every_rule_of_the_sync_has_its_tests() -> None:
    assert len(RULES) == 14
    assert all(one.tests for one in RULES)


def test_every_test_that_is_named_is_one() -> None:
    names = every_test()
    assert set(re.findall(r"`(tests/[\w/.]+::[\w:]+)`", TEXT)) == set(names)
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *names],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]
    collected = {line.partition("[")[0] for line in found.stdout.splitlines() if "::" in line}
    assert collected == set(names)


def test_every_command_and_option_that_is_named_exists() -> None:
    found = [(where, *one) for where in DOCUMENTS for one in commands(where.read_text(encoding="utf-8"))]
    assert {where.name for where, _, _ in found} >= {"README.md", "sync.md", "people.md"}
    for where, verb, rest in found:
        assert verb in _VERBS, f"{where.name}: bsc-sync {verb}"
        for option in re.findall(r"(?<!\S)--[a-z][\w-]*", rest):
            assert option in options(verb), f"{where.name}: bsc-sync {verb} {option}"


def test_a_command_or_option_that_is_not_there_is_noticed() -> None:
    text = "`bsc-sync plan --wrong`, `bsc-sync nothing`\n```\nbsc-sync sync --json # --not-this\n```\n"
    assert list(commands(text)) == [("plan", " --wrong"), ("nothing", ""), ("sync", " --json ")]
    assert "--wrong" not in options("plan")
    assert {"--json", "--target", "--help"} <= options("plan")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands that a document names, in a line or in a block: the verb, and what follows it."""
    blocks = re.findall(r"^ *```.*?^ *```", text, re.DOTALL | re.MULTILINE)
    inline = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    for said in (*re.findall(r"`(bsc-sync [^`]+)`", inline), *blocks):
        yield from re.findall(r"(?<![\w./-])bsc-sync ([a-z]\w*(?:-\w+)*)([^|;&#`\n]*)", said)


def options(verb: str) -> set[str]:
    """Every option of a command, and those of all commands."""
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None, verb
    return {"--help", *(name for one in (cli, command) for part in one.params for name in part.opts)}


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("https://") or (SYNC.parent / target).exists(), target
