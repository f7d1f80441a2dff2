"""The command line as a process: what a stranger types, sees and gets as exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.processes import bsc_sync, running_sandbox

VERBS = (
    "validate",
    "doctor",
    "plan",
    "apply",
    "pull",
    "score",
    "report",
    "publish",
    "sync",
    "serve",
    "import",
    "init",
    "sandbox",
    "demo",
    "adopt",
    "forget",
    "history",
    "status",
    "prune",
)


@pytest.fixture
def strategy(tmp_path: Path) -> Iterator[Path]:
    """The example in a folder, and its sandbox as a process of its own."""
    assert bsc_sync("init", "--example", "acme", "strategy", cwd=tmp_path).returncode == 0
    folder = tmp_path / "strategy"
    with running_sandbox(folder):
        yield folder


def test_the_tutorial(strategy: Path) -> None:
    assert bsc_sync("validate", cwd=strategy).returncode == 0
    plan = bsc_sync("plan", "--exit-code", cwd=strategy)
    assert plan.returncode == 2
    last = plan.stdout.strip().splitlines()[-1]
    assert last == "Plan: 13 to create, 1 to adopt, 0 to update, 0 to retire, 0 on hold."
    refused = bsc_sync("apply", cwd=strategy)
    assert (refused.returncode, "add --yes" in refused.stderr) == (64, True)
    assert bsc_sync("apply", "--yes", cwd=strategy).returncode == 0
    url = next(
        line.partition("=")[2] for line in (strategy / ".env").read_text().splitlines() if "JIRA_URL" in line
    )
    requests.delete(f"{url}/_sandbox/requests", timeout=10)
    again = bsc_sync("apply", "--yes", cwd=strategy)
    assert again.returncode == 0
    assert bsc_sync("plan", "--exit-code", cwd=strategy).returncode == 0
    assert requests.get(f"{url}/_sandbox/requests", timeout=10).json()["writes"] == 0
    synced = bsc_sync("sync", "--json", cwd=strategy)
    assert synced.returncode == 0, synced.stderr
    assert [entry["result"] for entry in json.loads(synced.stdout)["published"]] == ["created", "created"]
    assert (strategy / "out" / "alignment.html").stat().st_size > 20_000
    document = json.loads(bsc_sync("score", "--json", cwd=strategy).stdout)
    assert set(document) == {"as_of", "scorecard", "items"}
    kinds = {item["kind"] for item in document["items"]}
    assert kinds == {"perspective", "theme", "objective", "kpi", "key_result"}
    for form, start in (("html", "<!"), ("md", "# "), ("json", "{"), ("storage", "<")):
        assert bsc_sync("report", "--format", form, cwd=strategy).stdout.lstrip().lower().startswith(start)
    assert bsc_sync("publish", cwd=strategy).returncode == 0


def test_the_doctor_ends_as_what_he_finds(strategy: Path) -> None:
    well = bsc_sync("doctor", cwd=strategy, NO_COLOR="1")
    assert well.returncode == 0, well.stdout
    assert "\x1b" not in well.stdout
    assert max(map(len, well.stdout.splitlines())) <= 80
    assert len(well.stdout.splitlines()) <= 56
    assert not (strategy / ".bsc-sync" / "state.db").exists()
    mapping = strategy / "mapping.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace('"KR target":', '"KR goal":'), encoding="utf-8")
    sick = bsc_sync("doctor", "--json", cwd=strategy)
    assert sick.returncode == 1
    (check,) = [one for one in json.loads(sick.stdout)["checks"] if one["state"] == "missing"]
    assert (check["where"], check["found"]) == ("mapping.yaml:27:9", 'no field "KR goal" in this Jira')
    request = bsc_sync("doctor", "--request", cwd=strategy)
    assert (request.returncode, "| KR goal | Number field | STRAT / Epic |" in request.stdout) == (1, True)
    refused = bsc_sync("init", "--create-fields", cwd=strategy)
    assert (refused.returncode, "add --yes" in refused.stderr) == (64, True)
    assert bsc_sync("init", "--create-fields", "--yes", cwd=strategy).returncode == 0
    assert bsc_sync("doctor", cwd=strategy).returncode == 0
    token = bsc_sync("doctor", cwd=strategy, BSC_SYNC_JIRA_TOKEN="wrong-token")
    assert token.returncode == 4
    assert "wrong-token" not in token.stdout + token.stderr


def test_the_demo_tells_five_lines_and_leaves_a_page(tmp_path: Path) -> None:
    done = bsc_sync("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert all(len(line) <= 100 for line in lines)
    assert {path.name for path in (tmp_path / "bsc-demo").iterdir()} >= {
        "scorecard.yaml",
        "mapping.yaml",
        "finance.csv",
        "sandbox.yaml",
        "alignment.html",
    }
    day = lines[-1].rpartition(" ")[2]
    scores = json.loads(
        bsc_sync("score", "--json", "--project", "bsc-demo", "--as-of", day, cwd=tmp_path).stdout
    )
    for item in scores["items"]:
        if item["kind"] == "perspective":
            assert item["attainment"] is not None, item
    assert bsc_sync("demo", cwd=tmp_path).returncode == 0, "a second demo takes the place of the first"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nonsense",), 64, "No such command"),
        (("plan", "--project", "nowhere"), 64, "no folder nowhere"),
        (("score", "--as-of", "2026-02-30"), 64, "is not a day"),
        (("validate",), 1, "scorecard.yaml"),
        (("serve", "--every", "soon"), 64, "expected a length"),
        (("init", "--today", "yesterday"), 64, "is not a day"),
        (("prune", "--older-than", "999999d"), 64, "expected an age from 1d to 36525d"),
        (("prune", "--older-than", "23h"), 64, "expected an age from 1d to 36525d"),
    ],
)
def test_what_is_typed_wrong_is_told(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = bsc_sync(*arguments, cwd=tmp_path)
    assert result.returncode == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_missing_settings_and_plain_http_are_told_at_once(tmp_path: Path) -> None:
    bsc_sync("init", ".", cwd=tmp_path)
    result = bsc_sync("plan", cwd=tmp_path, BSC_SYNC_JIRA_URL="http://jira.example.com")
    assert result.returncode == 1
    for said in ("BSC_SYNC_JIRA_USER", "BSC_SYNC_JIRA_TOKEN", "http: a token would travel readable"):
        assert said in result.stderr


def test_nobody_there_is_an_error_of_the_other_side(tmp_path: Path) -> None:
    bsc_sync("init", ".", cwd=tmp_path)
    settings = {
        "BSC_SYNC_JIRA_URL": "http://127.0.0.1:9",
        "BSC_SYNC_JIRA_USER": "u",
        "BSC_SYNC_JIRA_TOKEN": "s3cr3t",
    }
    result = bsc_sync("plan", cwd=tmp_path, **settings)
    assert result.returncode == 4
    assert "s3cr3t" not in result.stdout + result.stderr
    assert "cannot be reached" in result.stderr


def test_version_help_and_completion(tmp_path: Path) -> None:
    assert bsc_sync("--version", cwd=tmp_path).stdout.startswith("bsc-sync, version ")
    verbs = bsc_sync("--help", cwd=tmp_path).stdout
    for verb in VERBS:
        assert verb in verbs
        assert "Example:" in bsc_sync(verb, "--help", cwd=tmp_path).stdout
    assert "_BSC_SYNC_COMPLETE=bash_source" in bsc_sync("completion", "bash", cwd=tmp_path).stdout


def test_a_guard_says_what_overrides_it_and_force_says_what_it_has_overridden(strategy: Path) -> None:
    path = strategy / "mapping.yaml"
    text = path.read_text(encoding="utf-8").replace("creates: {count: 100}", "creates: {count: 5}")
    path.write_text(text, encoding="utf-8")
    stopped = bsc_sync("sync", cwd=strategy)
    assert stopped.returncode == 3
    assert "13 creates, the limit is 5 - if it is meant, apply with --force creates" in flat(stopped.stderr)
    forced = bsc_sync("sync", "--force", "creates", "--deadline", "10m", cwd=strategy)
    assert forced.returncode == 0, forced.stderr
    assert "--force creates overrides: this run would do more than" in flat(forced.stdout)
    assert bsc_sync("sync", "--deadline", "soon", cwd=strategy).returncode == 64


def flat(text: str) -> str:
    """What was printed, without its line breaks."""
    return " ".join(text.split())
