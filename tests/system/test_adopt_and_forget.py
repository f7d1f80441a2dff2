"""`adopt` and `forget` as a stranger types them: what is shown, asked, written, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.processes import bsc_sync, running_sandbox


@pytest.fixture(scope="module")
def strategy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example on a sandbox of its own, applied, with one epic's title and due date edited in Jira."""
    place = tmp_path_factory.mktemp("adopt")
    assert bsc_sync("init", "--example", "acme", "strategy", cwd=place).returncode == 0
    folder = place / "strategy"
    mapping = (folder / "mapping.yaml").read_text()
    offered = "summary:     {from: name, on_drift: adopt}"
    (folder / "mapping.yaml").write_text(
        mapping.replace("summary:     {from: name, owner: scorecard}", offered)
    )
    with running_sandbox(folder):
        assert bsc_sync("apply", "--yes", cwd=folder).returncode == 0
        edit_in_jira(folder)
        yield folder


def edit_in_jira(folder: Path) -> None:
    env = dict(
        line.split("=", 1) for line in (folder / ".env").read_text().splitlines() if line.startswith("BSC")
    )
    site, user = env["BSC_SYNC_JIRA_URL"], (env["BSC_SYNC_JIRA_USER"], env["BSC_SYNC_JIRA_TOKEN"])
    jql = {"jql": 'project = STRAT AND summary ~ "retention" AND type = Epic', "fields": ["summary"]}
    found = requests.post(f"{site}/rest/api/3/search/jql", json=jql, auth=user, timeout=30).json()["issues"]
    change = {"fields": {"summary": "Keep the customers that we have", "duedate": "2027-06-30"}}
    reply = requests.put(f"{site}/rest/api/3/issue/{found[0]['key']}", json=change, auth=user, timeout=30)
    assert reply.status_code == 204


def test_what_is_offered_is_shown_asked_for_and_written(strategy: Path) -> None:
    before = (strategy / "scorecard.yaml").read_text()
    shown = bsc_sync("adopt", "--dry-run", cwd=strategy)
    assert (shown.returncode, shown.stderr) == (
        0,
        "2 more on hold, not offered to the file: name their ID, or --all\n",
    )
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("adopt C1  Summary of STRAT-")
    assert lines[0].endswith(" -> objectives[2].name")
    assert [line for line in lines if line.startswith(("+", "-"))] == [
        *("--- scorecard.yaml", "+++ scorecard.yaml"),
        "-    name: Increase customer retention",
        "+    name: Keep the customers that we have",
    ]
    unasked = bsc_sync("adopt", cwd=strategy)
    assert unasked.returncode == 64
    assert "there is nobody to ask" in unasked.stderr
    assert (strategy / "scorecard.yaml").read_text() == before
    stranger = bsc_sync("adopt", "C11", cwd=strategy)
    assert stranger.returncode == 1
    assert 'the scorecard has no C11 - did you mean "C1"?' in stranger.stderr
    bogus = bsc_sync("adopt", "P2", "--field", "bogus", cwd=strategy)
    assert (bogus.returncode, bogus.stdout) == (1, "")
    assert 'no field goes by the name "bogus"' in bogus.stderr
    assert "on hold are Due date and Summary" in " ".join(bogus.stderr.split())
    told = bsc_sync("adopt", "--yes", "--json", cwd=strategy)
    assert (told.returncode, told.stderr) == (0, "")
    document = json.loads(told.stdout)
    assert document["written"] is True
    assert [(one["ref"], one["from"], one["to"]) for one in document["adopted"]] == [
        ("C1", "Increase customer retention", "Keep the customers that we have")
    ]
    after = (strategy / "scorecard.yaml").read_text()
    assert after == before.replace(
        "name: Increase customer retention\n", "name: Keep the customers that we have\n"
    )
    again = bsc_sync("adopt", cwd=strategy)
    assert (again.returncode, again.stdout) == (0, "Nothing to adopt: no field is offered to the file.\n")
    elsewhere = bsc_sync("adopt", "F1", cwd=strategy)
    assert (elsewhere.returncode, elsewhere.stdout) == (0, "Nothing to adopt: nothing is on hold at F1.\n")
    by_hand = bsc_sync("adopt", "P2", "--dry-run", "--field", "name", cwd=strategy)
    assert by_hand.stdout.startswith("adopt P2  Summary of OPS-1 -> objectives[5].name\n")
    last = json.loads(bsc_sync("history", "--limit", "1", "--json", cwd=strategy).stdout)[0]
    assert (last["verb"], last["exit_code"]) == ("adopt", 0)


def test_a_role_is_forgotten_and_named_where_it_stands(strategy: Path) -> None:
    shown = bsc_sync("forget", "cfo", "--dry-run", cwd=strategy)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(
        "mapping.yaml says that cfo is acme:cfo now: that person is forgotten.\n"
        "Who had the role before: bsc-sync forget ACCOUNT\n\n"
        "Names looked for: cfo, acme:cfo\n"
    )
    by_account = bsc_sync("forget", "acme:cfo", "--dry-run", cwd=strategy)
    assert by_account.stdout.startswith("Names looked for: acme:cfo, cfo\n")
    places = [line.split()[0] for line in shown.stdout.splitlines() if line.startswith("    scorecard.yaml:")]
    lines = (strategy / "scorecard.yaml").read_text().splitlines()
    assert places
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert all("cfo" in lines[int(place.rpartition(":")[2]) - 1] for place in places)
    done = bsc_sync("forget", "cfo", "--yes", "--json", cwd=strategy)
    told = json.loads(done.stdout)
    assert done.stderr.startswith("mapping.yaml says that cfo is acme:cfo now: that person is forgotten.\n")
    assert (told["names"], told["role_of"]) == (["cfo", "acme:cfo"], "acme:cfo")
    assert {one["where"].split(":")[0] for one in told["remains"]} >= {"scorecard.yaml", "mapping.yaml"}
    assert bsc_sync("forget", " ", cwd=strategy).returncode == 64
