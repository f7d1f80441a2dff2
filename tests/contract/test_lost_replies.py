"""A reply that is lost, a process that ends in between: the next run finds out, nothing is twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import requests

from bsc_sync.errors import BscSyncError
from bsc_sync.sandbox.jira.index import Index
from tests.carriers import Killed, Meddling, is_bulk, is_edit, kill, lose
from tests.runs_on_acme import Acme, sync

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def lag(acme: Acme) -> None:
    """From now on no search learns of anything that is written."""
    acme.site.index = Index(acme.site.store, 3600.0)


def keys(acme: Acme) -> list[str]:
    """The keys of all that carries our label, once the index has learned of it."""
    acme.ask("POST", "/_sandbox/index")
    return sorted(issue["key"] for issue in acme.search("labels = bsc-acme"))


@pytest.mark.parametrize("nth", [1, 2])
def test_created_issues_whose_reply_was_lost_are_found_and_not_made_again(acme: Acme, nth: int) -> None:
    lag(acme)
    report = sync(acme, lambda: Meddling(acme.carrier_of_test(), is_bulk, lose, nth=nth))
    assert report.exit_code == 5
    assert report.failed is not None
    assert "reply to a write was lost" in "\n".join(report.failed.lines())
    acme.site.clock.set(NOON)
    healed = sync(acme)
    assert healed.exit_code == 0
    assert acme.search("labels = bsc-acme") == [], "they were not found in the index"
    assert len(keys(acme)) == 14
    office = acme.office()
    assert {link.key for link in office.memory.links().values()} == set(keys(acme))
    assert office.memory.open_intents() == []
    writes = acme.writes()
    sync(acme)
    assert acme.writes() == writes


@pytest.mark.parametrize(("wanted", "nth"), [(is_bulk, 1), (is_bulk, 2), (is_edit, 1)])
def test_a_process_that_ends_after_a_write_leaves_nothing_twice(
    acme: Acme, wanted: Callable[[requests.PreparedRequest], bool], nth: int
) -> None:
    lag(acme)
    with pytest.raises(Killed):
        sync(acme, lambda: Meddling(acme.carrier_of_test(), wanted, kill, nth=nth))
    acme.site.clock.set(NOON)
    assert sync(acme).exit_code == 0
    assert len(keys(acme)) == 14
    writes = acme.writes()
    assert sync(acme).plan.counts().writes == 0
    assert acme.writes() == writes


@pytest.mark.parametrize("lost", [30, 49])
def test_what_was_created_behind_keys_that_do_not_answer_is_found(acme_here: Acme, lost: int) -> None:
    acme = acme_here
    lag(acme)

    def others() -> None:
        """Just before ours are created, somebody creates as many others, which are gone soon after."""
        fields = {"project": {"key": "STRAT"}, "issuetype": {"name": "Task"}, "summary": "A mistake"}
        body = {"issueUpdates": [{"fields": fields}] * lost}
        for made in acme.ask("POST", f"{acme.api}/issue/bulk", body)["issues"]:
            acme.ask("DELETE", f"{acme.api}/issue/{made['key']}")

    def carrier() -> Meddling:
        losing = Meddling(acme.carrier_of_test(), is_bulk, lose, nth=2)
        return Meddling(losing, is_bulk, others, nth=2, before=True)

    assert sync(acme, carrier).exit_code == 5
    before = {link.key for link in acme.office().memory.links().values()}
    acme.site.clock.set(NOON)
    assert sync(acme).exit_code == 0
    links = {link.key for link in acme.office().memory.links().values()}
    after = sorted(int(key.partition("-")[2]) for key in links - before)
    assert after[0] > lost
    assert links == set(keys(acme))
    assert len(links) == 14


def test_what_is_not_settled_yet_is_held_with_all_that_hangs_below(acme: Acme) -> None:
    sync(acme, lambda: Meddling(acme.carrier_of_test(), is_bulk, lose, before=True))
    soon = sync(acme)
    assert soon.plan.counts().creates == 0
    assert {hold.ref for hold in soon.plan.holds()} >= {"F1", "C1", "C1.retention.q4"}
    acme.site.clock.set(NOON)
    assert sync(acme).exit_code == 0
    assert len(keys(acme)) == 14


def test_a_lost_store_is_not_replaced_by_guessing(acme: Acme) -> None:
    sync(acme)
    for path in (acme.folder / ".bsc-sync").iterdir():
        path.unlink()
    with pytest.raises(BscSyncError, match="from another store"):
        sync(acme)
    assert len(keys(acme)) == 14


def held(acme: Acme, ref: str) -> list[tuple[str, str]]:
    """Sync, and tell of one ref what is on hold; nothing may be written."""
    writes = acme.writes()
    report = sync(acme)
    assert acme.writes() == writes
    return [(part.name, part.verdict) for one in report.plan.holds() if one.ref == ref for part in one.fields]


def test_what_is_edited_after_a_creation_that_nobody_read_back_is_not_written_over(acme_here: Acme) -> None:
    acme = acme_here
    with pytest.raises(Killed):
        sync(acme, lambda: Meddling(acme.carrier_of_test(), is_bulk, kill, nth=2))
    found = {one["fields"]["summary"]: one["key"] for one in acme.search("labels = bsc-acme", "summary")}
    key = found["Bring time to first value from 48 to 24 hours"]
    below = acme.below(found["Increase customer retention"])
    theirs = {"summary": "What a person made of it", "labels": ["bsc-acme", "theirs"], **below}
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": theirs})
    acme.site.clock.set(NOON)
    assert sync(acme).exit_code == 0
    parts = [("Labels", "hold: drift"), ("Parent", "hold: drift"), ("Summary", "hold: drift")]
    assert sorted(held(acme, "C2.ttfv.q4")) == parts


def test_what_is_edited_after_an_edit_that_nobody_read_back_is_not_written_over(acme_here: Acme) -> None:
    acme = acme_here
    sync(acme)
    acme.edit("name: Increase customer retention\n", "name: Keep our customers\n")
    with pytest.raises(Killed):
        sync(acme, lambda: Meddling(acme.carrier_of_test(), is_edit, kill, nth=1))
    key = acme.office().memory.links()["C1"].key
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {"summary": "What a person made of it"}})
    assert held(acme, "C1") == [("Summary", "hold: drift")]
    assert held(acme, "C1") == [("Summary", "hold: drift")]


@pytest.mark.parametrize("label_only", [False, True], ids=["by property", "by label only"])
def test_what_is_renamed_before_its_creation_is_settled_is_not_made_twice(
    begin: Callable[..., Acme], flavor: str, label_only: bool
) -> None:
    acme = begin(flavor, change=(lambda seed: seed["site"].update(properties=False)) if label_only else None)
    if label_only:
        acme.edit("  project: STRAT\n", "  project: STRAT\n  label_only: true\n", "mapping.yaml")
    with pytest.raises(Killed):
        sync(acme, lambda: Meddling(acme.carrier_of_test(), is_bulk, kill, nth=2))
    acme.edit("{id: C2.ttfv.q4,", "{id: C2.first, was: C2.ttfv.q4,")
    sync(acme)
    acme.site.clock.set(NOON)
    assert sync(acme).exit_code == 0
    assert len(keys(acme)) == 14
    assert "C2.ttfv.q4" not in acme.office().memory.links()
    assert sync(acme).plan.counts().writes == 0
