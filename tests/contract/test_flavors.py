"""Cloud and Data Center come to the same figures, whatever the index shows and whoever logs in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from bsc_sync.cli.main import cli
from bsc_sync.plan.change import Hold
from bsc_sync.sync.run import run
from bsc_sync.sync.world import Policy
from tests.runs_on_acme import sync


def call(*words: str) -> Result:
    result = CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)
    assert result.exit_code == 0, result.output
    return result


def test_a_whole_quarter_scores_equally_on_both(tmp_path: Path) -> None:
    told = {}
    for flavor in ("cloud", "data-center"):
        folder = str(tmp_path / flavor)
        call("demo", "--flavor", flavor, "--today", "2026-11-23", "--out", folder)
        told[flavor] = call("score", "--json", "--project", folder, "--as-of", "2026-12-23").stdout
    assert '"on_plan": 4' in told["cloud"]
    assert told["cloud"] == told["data-center"]


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_an_index_that_lags_is_neither_drift_nor_a_reason_to_create_again(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed.setdefault("site", {}).update(index_lag=3600))
    first = sync(acme)
    assert {outcome.result for outcome in first.outcomes} == {"applied"}
    assert all(outcome.unverified == () for outcome in first.outcomes)
    assert acme.search("labels = bsc-acme") == [], "the index has not caught up"
    writes = acme.writes()
    second = sync(acme)
    assert (second.plan.counts().writes, acme.writes()) == (0, writes)
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    changed = sync(acme)
    assert [(o.action, o.ref, o.unverified) for o in changed.outcomes if o.result == "applied"] == [
        ("update", "C1", ())
    ]
    third = sync(acme)
    assert third.plan.counts().writes == 0
    assert {hold.ref for hold in third.plan.changes if isinstance(hold, Hold)} == {"P2"}


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_an_index_that_shows_what_was_there_before_the_write_is_not_believed(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed.setdefault("site", {}).update(index_lag=3600))
    sync(acme)
    acme.ask("POST", "/_sandbox/index")
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    sync(acme)
    shown = [issue["fields"]["summary"] for issue in acme.search("labels = bsc-acme", "summary")]
    assert any("Increase customer retention" in title for title in shown), "the index has not caught up"
    again = sync(acme)
    assert again.plan.counts().writes == 0
    assert {hold.ref for hold in again.plan.changes if isinstance(hold, Hold)} == {"P2"}


def test_soon_after_a_write_data_center_reads_by_itself_only_what_the_index_shows_otherwise(
    begin: Any,
) -> None:
    acme = begin("data-center")
    sync(acme)
    before = len(acme.ask("GET", "/_sandbox/requests")["requests"])
    office = acme.office()
    quiet = run(office.strategy, acme.world(office), Policy(mode="observe", publish="never"))
    log = acme.ask("GET", "/_sandbox/requests")["requests"][before:]
    numbered = [entry["path"] for entry in log if entry["path"].startswith("/rest/api/2/issue/1")]
    assert (numbered, quiet.plan.counts().writes) == ([], 0)


def test_long_after_a_write_data_center_reads_ours_from_the_index(begin: Any) -> None:
    """One request for all instead of one for each; an edit of a person shows as drift as anywhere."""
    acme = begin("data-center")
    sync(acme)
    acme.site.clock.set(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
    before = len(acme.ask("GET", "/_sandbox/requests")["requests"])
    office = acme.office()
    quiet = run(office.strategy, acme.world(office), Policy(mode="observe", publish="never"))
    log = acme.ask("GET", "/_sandbox/requests")["requests"][before:]
    singles = [entry for entry in log if entry["method"] == "GET" and "/issue/STRAT-" in entry["path"]]
    numbered = [entry for entry in log if entry["path"].startswith("/rest/api/2/issue/1")]
    assert singles == []
    assert len(numbered) == 0
    assert quiet.plan.counts().writes == 0
    key = office.memory.links()["F2"].key
    acme.ask("PUT", f"/rest/api/2/issue/{key}", {"fields": {"summary": "Theirs"}})
    holds = [change for change in sync(acme).plan.changes if isinstance(change, Hold) and change.ref == "F2"]
    assert [hold.reason for hold in holds] == ["drift: edited in Jira"]


def test_a_remembered_mark_is_written_as_the_read_one_was(begin: Any) -> None:
    acme = begin("data-center")
    sync(acme)
    path = f"/rest/api/2/issue/{acme.office().memory.links()['C1'].key}/properties/bsc-sync"
    first = acme.ask("GET", path)["value"]
    acme.site.clock.set(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    sync(acme)
    second = acme.ask("GET", path)["value"]
    assert set(second["digests"]) == set(first["digests"])
    assert second["revision"] == first["revision"] + 1
    assert (second["ref"], second["store"]) == (first["ref"], first["store"])


def test_data_center_takes_an_access_token_as_well_as_a_password(begin: Any) -> None:
    acme = begin("data-center")
    office = acme.office()
    office.settings.jira_user = ""
    assert isinstance(office.settings.jira_token, SecretStr)
    report = run(office.strategy, acme.world(office), Policy())
    assert report.exit_code == 0
    assert [entry.result for entry in report.published] == ["created", "created"]
