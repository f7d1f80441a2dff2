"""`bsc-sync import` as a process: from epics that are there to a plan with nothing to do, and back again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests import processes
from tests.processes import running_sandbox

EPICS = "project in (CRM, OPS) AND type = Epic"


def bsc_sync(*arguments: str, cwd: Path) -> CompletedProcess[str]:
    return processes.bsc_sync(*arguments, cwd=cwd, NO_COLOR="1")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder with the settings of a sandbox and nothing else."""
    assert bsc_sync("init", "--example", "acme", "site", cwd=tmp_path).returncode == 0
    folder = tmp_path / "strategy"
    folder.mkdir()
    with running_sandbox(tmp_path / "site", env_file="../strategy/.env"):
        yield tmp_path


def test_from_epics_to_an_empty_plan_and_from_a_lost_store_back(place: Path) -> None:
    dry = bsc_sync("import", "--jql", EPICS, "--dry-run", "strategy", cwd=place)
    assert (dry.returncode, dry.stderr) == (0, "")
    assert [path.name for path in (place / "strategy").iterdir()] == [".env"]
    done = bsc_sync("import", "--jql", EPICS, "--json", "strategy", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["files"] == ["scorecard.yaml", "mapping.yaml"]
    assert [(one["key"], one["owner"], one["due"]) for one in told["items"]][:2] == [
        ("CRM-1", "mia-keller", told["items"][0]["due"]),
        ("CRM-12", "jonas-brandt", told["items"][1]["due"]),
    ]
    card = (place / "strategy" / "scorecard.yaml").read_text(encoding="utf-8")
    assert "acme:mia" not in card
    assert "@" not in card
    assert bsc_sync("validate", "--project", "strategy", cwd=place).returncode == 0
    plan = bsc_sync("plan", "--project", "strategy", "--exit-code", cwd=place)
    assert plan.returncode == 0
    assert plan.stdout.strip().splitlines()[-1].startswith("Plan: 0 to create, 0 to adopt, 0 to update")
    again = bsc_sync("import", "--jql", EPICS, "strategy", cwd=place)
    assert (again.returncode, "some of the files exist already" in again.stderr) == (1, True)
    path = place / "strategy" / "scorecard.yaml"
    path.write_text(card.replace("Sales funnel redesign", "Sell without waiting"), encoding="utf-8")
    assert bsc_sync("apply", "--yes", "--project", "strategy", cwd=place).returncode == 0
    shutil.rmtree(place / "strategy" / ".bsc-sync")
    lost = bsc_sync("plan", "--project", "strategy", cwd=place)
    assert (lost.returncode, "bsc-sync import --state" in lost.stderr) == (3, True)
    back = bsc_sync("import", "--state", "--project", "strategy", cwd=place)
    assert (back.returncode, back.stderr) == (0, "")
    assert back.stdout.startswith("4 issues of crm known again, 0 known before.\n")
    assert max(map(len, back.stdout.splitlines())) <= 80
    assert bsc_sync("plan", "--project", "strategy", "--exit-code", cwd=place).returncode == 0
    data = json.loads(bsc_sync("import", "--state", "--json", "--project", "strategy", cwd=place).stdout)
    assert {link["ref"]: link["new"] for link in data["links"]} == dict.fromkeys(
        ("CRM-1", "CRM-12", "CRM-24", "OPS-1"), False
    )


def test_an_import_can_mark_at_once_and_says_what_is_wrong(place: Path) -> None:
    marked = bsc_sync("import", "--jql", EPICS, "--mark", "--id", "acme-it", "strategy", cwd=place)
    assert (marked.returncode, "Marked 4 issues in Jira." in marked.stdout) == (0, True)
    for arguments, code, said in (
        ((), 64, "give one of --jql QUERY and --state"),
        (("--jql", EPICS, "--state"), 64, "give one of --jql QUERY and --state"),
        (("--jql", EPICS, "--store", "x"), 64, "--store belongs to --state"),
        (("--jql", "projekt = CRM", "--dry-run"), 1, "Jira cannot carry out the query"),
        (("--jql", EPICS, "--id", "Not An Id", "--dry-run"), 1, "is not the id of a scorecard"),
        (("--jql", EPICS, "--target-field", "Traget value", "--dry-run"), 1, "did you mean Target value"),
        (("--jql", EPICS, "--dry-run", "--id", "two"), 3, "carries the mark of acme-it/CRM-1"),
    ):
        wrong = bsc_sync("import", *arguments, "strategy", cwd=place)
        assert (wrong.returncode, said in wrong.stderr) == (code, True), (arguments, wrong.stderr)
        assert "Traceback" not in wrong.stderr
    usage = bsc_sync("import", "--help", cwd=place)
    assert usage.returncode == 0
    assert "Example:" in usage.stdout
