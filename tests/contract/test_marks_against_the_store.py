"""The store and the mark on an issue disagree: the one of the higher revision is believed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bsc_sync.plan.change import Update
from bsc_sync.sandbox.jira.automation import Rule
from tests.runs_on_acme import Acme, key_of, put, sync

RETENTION = "name: Increase customer retention\n"


def mark_path(acme: Acme, ref: str) -> str:
    """Where the mark of a ref is kept."""
    return f"{acme.api}/issue/{key_of(acme, ref)}/properties/bsc-sync"


@pytest.mark.parametrize("newer_by", [-1, 0, 1], ids=["an older mark", "as old as the store", "a newer mark"])
def test_only_a_mark_that_is_newer_than_the_store_is_believed(acme_here: Acme, newer_by: int) -> None:
    acme = acme_here
    sync(acme)
    before = acme.ask("GET", mark_path(acme, "C1"))["value"]
    acme.edit(RETENTION, "name: Keep more customers\n")
    sync(acme)
    mark = acme.ask("GET", mark_path(acme, "C1"))["value"]
    assert mark["digests"]["summary"] != before["digests"]["summary"]
    other = {**mark, "digests": before["digests"], "revision": mark["revision"] + newer_by}
    acme.ask("PUT", mark_path(acme, "C1"), other)
    put(acme, "C1", summary="Increase customer retention")
    report = sync(acme)
    written = [change.ref for change in report.plan.changes if isinstance(change, Update)]
    held = [part.verdict for hold in report.plan.holds() if hold.ref == "C1" for part in hold.fields]
    if newer_by > 0:
        assert (written, held) == (["C1"], []), "the summary is what the mark says was agreed on"
    else:
        assert (written, held) == ([], ["hold: drift"]), "the store knows that a person has edited it"


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_what_was_read_back_is_believed_and_not_what_the_mark_says_was_written(
    begin: Any, flavor: str
) -> None:
    acme = begin(flavor)
    acme.site.automation = [Rule("summary", "upper")]
    sync(acme)
    acme.site.automation = []
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(hours=1))
    assert sync(acme).plan.counts().writes == 0
    acme.edit(RETENTION, "name: Keep more customers\n")
    report = sync(acme)
    assert [change.ref for change in report.plan.changes if isinstance(change, Update)] == ["C1"]
    assert (report.exit_code, {hold.ref for hold in report.plan.holds()}) == (0, {"P2"})


def test_an_older_mark_does_not_make_the_store_younger(acme_here: Acme) -> None:
    acme = acme_here
    sync(acme)
    before = acme.ask("GET", mark_path(acme, "C1"))["value"]
    acme.edit(RETENTION, "name: Keep more customers\n")
    sync(acme)
    put(acme, "C1", summary="Increase customer retention")
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(hours=1))
    for revision in (before["revision"] - 1, before["revision"]):
        acme.ask("PUT", mark_path(acme, "C1"), {**before, "revision": revision})
        report = sync(acme)
        held = [part.verdict for hold in report.plan.holds() if hold.ref == "C1" for part in hold.fields]
        assert (report.plan.counts().writes, held) == (0, ["hold: drift"])
