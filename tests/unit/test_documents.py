"""The documents say what the code does: generated parts are up to date, every test that is named exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from bsc_sync.cli.main import _VERBS
from tests.documents import ROOT, SCHEMA, SYNC, renewed, schema_text
from tests.promises import RULES, every_test

TEXT = SYNC.read_text(encoding="utf-8")


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
    for verb in re.findall(r"`bsc-sync (\w+)", TEXT):
        assert verb in _VERBS, verb


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("https://") or (SYNC.parent / target).exists(), target
