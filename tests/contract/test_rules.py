"""The rules of the sync that no other test would miss: each of these fails when its rule is broken."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from sqlalchemy import text

from bsc_sync.cli.plan import look
from bsc_sync.errors import Leased, NotOurs
from bsc_sync.plan.change import Hold, Update
from bsc_sync.plan.verdict import Verdict
from bsc_sync.plan.wishes import NO_WISH
from bsc_sync.sandbox.jira.index import Index
from bsc_sync.sync.run import pull_only, run
from bsc_sync.sync.world import Policy
from tests.runs_on_acme import Acme, apply, key_of, plan_of, put, sync

RETENTION = "name: Increase customer retention\n"


def summary(acme: Acme, ref: str) -> str:
    return str(acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}")["fields"]["summary"])


class Refused(BaseAdapter):
    """Carries requests, and takes the summary out of what would create one objective: Jira refuses it."""

    def __init__(self, inner: BaseAdapter, name: str) -> None:
        super().__init__()
        self.inner, self.name = inner, name

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        if request.method == "POST" and "/issue" in str(request.url) and request.body:
            body = json.loads(request.body)
            for update in body.get("issueUpdates", []):
                if update["fields"].get("summary") == self.name:
                    update["fields"]["summary"] = ""
            request.body = json.dumps(body)
            request.headers["Content-Length"] = str(len(request.body.encode()))
        return self.inner.send(request, **how)

    def close(self) -> None:
        self.inner.close()


def test_a_failed_change_skips_what_hangs_below_it_and_nothing_else(acme_here: Acme) -> None:
    acme = acme_here
    plain = acme.carrier
    acme.carrier = lambda: Refused(plain(), "Increase customer retention")
    report = sync(acme)
    results = {outcome.ref: outcome.result for outcome in report.outcomes if outcome.action != "hold"}
    assert {ref for ref, result in results.items() if result == "failed"} == {"C1"}
    assert {ref for ref, result in results.items() if result == "skipped"} == {"C1.retention.q4"}
    assert len([result for result in results.values() if result == "applied"]) == 12
    assert report.exit_code == 5
    acme.carrier = plain
    healed = sync(acme)
    assert {o.ref for o in healed.outcomes if o.result == "applied"} == {"C1", "C1.retention.q4"}
    assert len(acme.search("labels = bsc-acme")) == 14


def test_what_is_edited_between_the_plan_and_the_write_is_not_written_over(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    acme.edit("name: Stay audit-ready", "name: Stay ready")
    done = apply(acme, meanwhile=lambda: put(acme, "C1", summary="In the very last moment"))
    results = {outcome.ref: (outcome.result, outcome.reason) for outcome in done.outcomes}
    assert results["P3"][0] == "applied"
    assert results["C1"] == (
        "skipped",
        "Summary changed in Jira since the plan; nothing was overwritten",
    )
    assert done.failed is not None
    assert summary(acme, "C1") == "In the very last moment"


def test_a_run_that_has_lost_its_lease_writes_nothing_more(acme_here: Acme) -> None:
    acme = acme_here

    def stolen() -> None:
        with acme.office().engine.begin() as connection:
            connection.execute(text("update leases set token = 'somebody else'"))

    with pytest.raises(Leased, match="was lost to another run"):
        apply(acme, meanwhile=stolen)
    assert acme.search("labels = bsc-acme") == []


def test_a_database_from_a_backup_believes_the_newer_marks(begin: Any) -> None:
    acme = begin("cloud")
    sync(acme)
    folder, backup = acme.folder / ".bsc-sync", acme.folder.parent / "backup"
    shutil.copytree(folder, backup)
    acme.edit(RETENTION, "name: Keep more customers\n")
    assert [change.ref for change in sync(acme).plan.changes if isinstance(change, Update)] == ["C1"]
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    acme.edit("name: Keep more customers\n", "name: Keep all customers\n")
    after = sync(acme)
    (update,) = [change for change in after.plan.changes if isinstance(change, Update)]
    assert (update.ref, update.fields[0].old) == ("C1", "Keep more customers")
    assert {hold.ref for hold in after.plan.holds()} == {"P2"}, "what we wrote ourselves is no drift"


def test_a_database_from_a_backup_never_writes_over_what_it_does_not_know(begin: Any) -> None:
    acme = begin("data-center")
    sync(acme)
    folder, backup = acme.folder / ".bsc-sync", acme.folder.parent / "backup"
    shutil.copytree(folder, backup)
    put(acme, "C1", summary="A person's")
    sync(acme)
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    after = sync(acme)
    assert after.plan.counts().writes == 0
    assert summary(acme, "C1") == "A person's"


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_an_index_that_still_shows_the_old_value_is_no_drift(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    sync(acme)
    acme.site.index = Index(acme.site.store, 3600.0)
    acme.edit(RETENTION, "name: Keep more customers\n")
    sync(acme)
    (found,) = acme.search(f"key = {key_of(acme, 'C1')}", "summary")
    assert found["fields"]["summary"] == "Increase customer retention", "the index has not caught up"
    acme.site.clock.set(dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC))
    writes = acme.writes()
    again = sync(acme)
    assert acme.writes() == writes
    assert {change.ref for change in again.plan.changes} == {"P2"}


def test_the_mark_of_another_store_stops_the_run_before_anything_is_written(acme_here: Acme) -> None:
    acme = acme_here
    sync(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    shutil.rmtree(acme.folder / ".bsc-sync")
    writes = acme.writes()
    with pytest.raises(NotOurs, match="from another store"):
        sync(acme)
    assert acme.writes() == writes


def test_looking_writes_nothing_to_jira(acme_here: Acme) -> None:
    acme = acme_here
    for then in (lambda: sync(acme), lambda: acme.edit(RETENTION, "name: Keep more customers\n"), int):
        writes = acme.writes()
        office = acme.office()
        world = acme.world(office)
        look(office, world, wishes=NO_WISH, targets=())
        pull_only(office.strategy, world)
        run(office.strategy, world, Policy(mode="observe", publish="never"))
        assert acme.writes() == writes
        then()


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_what_jira_rewrites_is_told_once_and_not_written_again(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    sync(acme)
    site = begin(flavor, change=lambda seed: seed.update(automation=[{"field": "summary", "does": "upper"}]))
    acme.site.automation = site.site.automation
    acme.edit(RETENTION, "name: Keep more customers\n")
    first = sync(acme)
    assert first.exit_code == 4
    assert [(o.ref, o.unverified) for o in first.outcomes if o.unverified] == [("C1", ("Summary",))]
    writes = acme.writes()
    second = sync(acme)
    assert (second.exit_code, acme.writes()) == (0, writes)
    assert second.plan.counts().writes == 0
    assert {hold.ref for hold in second.plan.holds()} == {"P2"}
    (note,) = [one for one in second.plan.links if one.ref == "C1"]
    assert note.note == "Jira keeps its own Summary"


def test_a_clone_of_ours_is_named_and_not_touched(acme_here: Acme) -> None:
    acme = acme_here
    sync(acme)
    ours = key_of(acme, "C1")
    mark = acme.ask("GET", f"{acme.api}/issue/{ours}?properties=bsc-sync")["properties"]["bsc-sync"]
    fields: dict[str, object] = {
        "project": {"key": "STRAT"},
        "issuetype": {"name": "Task"},
        "summary": "A clone",
        "labels": ["bsc-acme"],
    }
    clone = acme.ask("POST", f"{acme.api}/issue", {"fields": fields})["key"]
    acme.ask("PUT", f"{acme.api}/issue/{clone}/properties/bsc-sync", mark)
    before = acme.ask("GET", f"{acme.api}/issue/{clone}?properties=*all")
    acme.edit(RETENTION, "name: Keep more customers\n")
    report = sync(acme)
    (hold,) = [c for c in report.plan.changes if isinstance(c, Hold) and c.key == clone]
    assert hold.reason == f"{clone} carries the mark of C1, which another issue holds: a clone"
    assert acme.ask("GET", f"{acme.api}/issue/{clone}?properties=*all") == before
    assert summary(acme, "C1") == "Keep more customers"
    assert key_of(acme, "C1") == ours


def test_a_field_that_becomes_the_scorecard_s_is_filled_and_a_team_s_value_is_not_written_over(
    acme_here: Acme,
) -> None:
    """A new issue leaves it empty: that is agreed on, so that an empty one may be filled without a word."""
    acme = acme_here
    apply(acme)
    put(acme, "C1.retention.q4", **{acme.field("Current value"): 86})
    acme.edit(
        '"Current value": {owner: jira} ',
        '"Current value": {from: baseline, owner: scorecard} ',
        "mapping.yaml",
    )
    plan = plan_of(acme)
    written = {change.ref: change.fields for change in plan.writes() if isinstance(change, Update)}
    assert sorted(written) == ["C2.ttfv.q4", "L1.trained.q4", "P2.open.q4"]
    assert {(part.name, part.old) for parts in written.values() for part in parts} == {
        ("Current value", None)
    }
    (hold,) = [hold for hold in plan.holds() if hold.ref == "C1.retention.q4"]
    assert [(part.old, part.new, part.verdict) for part in hold.fields] == [("86", "85", Verdict.CONFLICT)]
