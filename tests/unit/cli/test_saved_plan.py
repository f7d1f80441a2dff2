"""A plan file on the command line: what is no plan is told before anything is asked."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from bsc_sync.cli.frame import run_command
from bsc_sync.cli.main import cli
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.plan.saved import dump

PLAN = dump(
    Plan(
        scorecard="acme",
        store="s",
        made="2026-11-23T09:00:00+00:00",
        digests=Digests(scorecard="1", mapping="2", observation="3"),
        items=0,
    )
)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run_command(cli, [*arguments])
    return code, " ".join(capsys.readouterr().err.split())


def test_what_is_no_plan_is_told_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.json"
    path.write_text(PLAN[:200], encoding="utf-8")
    code, text = said(capsys, "apply", str(path))
    assert (code, "it ends in the middle - make the plan anew: bsc-sync plan -o" in text) == (1, True)
    path.write_text(PLAN.replace('"format": 1', '"format": 7'), encoding="utf-8")
    code, text = said(capsys, "apply", str(path))
    assert (code, "has format 7; this version of bsc-sync knows 1" in text) == (1, True)
    code, text = said(capsys, "apply", "/proc/self/mem")
    assert (code, "/proc/self/mem cannot be read: " in text) == (1, True)
    with path.open("wb") as file:
        file.truncate(100_000_000)
    code, text = said(capsys, "apply", str(path))
    assert (code, "has 100 MB: no plan is longer than 64 MB" in text) == (1, True)


def test_a_saved_plan_brings_its_own_decisions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.json"
    path.write_text(PLAN, encoding="utf-8")
    for option in ("--take=jira", "--target=C1", "--recreate=C1", "--forget=C1"):
        code, text = said(capsys, "apply", str(path), option)
        assert (code, "a saved plan brings its own decisions" in text) == (64, True)


def test_the_schema_is_printed_without_a_project(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(cli, ["plan", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema_rs.validator_for(schema).validate(json.loads(PLAN))
    assert list(tmp_path.iterdir()) == []


def test_two_forms_at_once_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "plan", "--json", "--format", "markdown")
    assert (code, "--json and --format markdown are two wishes" in text) == (64, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", "--target"),
        ("plan", "--recreate"),
        ("sync", "--forget"),
        ("history",),
        ("adopt",),
        ("forget",),
        ("import", "--jql"),
    ],
)
def test_bytes_that_are_no_text_are_wrong_usage(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, *arguments, "\udcff")
    assert (code, "'\\udcff' is no text in UTF-8" in text) == (64, True)


def test_half_of_a_letter_is_told_before_a_run_is_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.json").write_text(PLAN.replace('"acme"', '"\\ud800"'), encoding="utf-8")
    code, text = said(capsys, "apply", "plan.json")
    assert (code, "plan.json: scorecard: half of a letter, which is no text" in text) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
