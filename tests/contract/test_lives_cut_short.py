"""Epics made anew, key results moved, what retires and comes back: killed after each write in turn."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import requests

from tests.carriers import Killed, Meddling, is_edit, kill
from tests.runs_on_acme import Acme, key_of, sync

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
Portrait = dict[str, tuple[Any, ...]]


def is_write(request: requests.PreparedRequest) -> bool:
    path = str(request.url).partition("?")[0]
    made = request.method != "GET" and path.endswith(("/issue/bulk", "/transitions", "/issueLink"))
    return made or is_edit(request)


def prepared(begin: Any, flavor: str) -> Acme:
    """Three things have happened since the last run: an epic is gone, and the file was edited twice."""
    acme = begin(flavor)
    sync(acme)
    acme.edit("  - id: P3\n", "  - id: P3\n    retired: 2026-11-20\n")
    sync(acme)
    acme.ask("DELETE", f"{acme.api}/issue/{key_of(acme, 'L1')}")
    acme.edit("    retired: 2026-11-20\n", "")
    acme.edit("  - id: F2\n", "  - id: F2\n    retired: 2026-11-20\n")
    acme.edit(
        "{id: C2.ttfv.q4, objective: C2, kpi: C2.ttfv,", "{id: C2.fast, was: C2.ttfv.q4, objective: C1,"
    )
    return acme


def portrait(acme: Acme) -> Portrait:
    """All that is ours, in words that do not depend on keys."""
    office = acme.office()
    refs = {link.key: ref for ref, link in office.memory.links().items()}
    shown: Portrait = {}
    for issue in acme.search("labels = bsc-acme"):
        found = acme.ask("GET", f"{acme.api}/issue/{issue['key']}?properties=bsc-sync")
        fields, mark = found["fields"], found["properties"]["bsc-sync"]
        comments = acme.ask("GET", f"{acme.api}/issue/{issue['key']}/comment")["total"]
        parent = acme.parent_of(found)
        shown[refs[issue["key"]]] = (
            fields["summary"],
            fields["status"]["name"],
            sorted(fields["labels"]),
            refs.get(parent or "", parent),
            (mark["ref"], mark["digests"], bool(mark.get("retired"))),
            comments,
        )
    shown["base"] = tuple(
        sorted((ref, sorted(fields.items())) for ref, fields in office.memory.base().items())
    )
    states = {ref: str(note.state) for ref, (note, _) in office.memory.link_notes().items()}
    return shown | {"states": (states,)}


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_wherever_it_is_killed_the_next_run_ends_as_the_undisturbed_one(begin: Any, flavor: str) -> None:
    calm = prepared(begin, flavor)
    report = sync(calm, recreate=frozenset({"L1"}))
    actions = sorted((change.action, change.ref) for change in report.plan.writes())
    assert actions == [
        ("create", "L1"),
        ("reinstate", "P3"),
        ("retire", "F2"),
        ("update", "C2.fast"),
        ("update", "L1.trained.q4"),
    ]
    calm.site.clock.set(NOON)
    assert sync(calm).plan.counts().writes == 0
    wanted = portrait(calm)
    assert wanted["L1.trained.q4"][3] == "L1"
    assert wanted["C2.fast"][3:5][0] == "C1"
    for nth in itertools.count(1):
        acme = prepared(begin, flavor)
        before = acme.carrier
        acme.carrier = lambda inner=before, nth=nth: Meddling(inner(), is_write, kill, nth=nth)
        try:
            sync(acme, recreate=frozenset({"L1"}))
        except Killed:
            ended = False
        else:
            ended = True
        acme.carrier = before
        acme.site.clock.set(NOON)
        for _ in range(2):
            report = sync(acme)
        assert report.plan.counts().writes == 0
        assert portrait(acme) == wanted, f"killed after write {nth}"
        if ended:
            assert nth == 8, "seven writes, each the last one in turn"
            return
