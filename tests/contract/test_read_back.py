"""What is read back after a write: Jira's own ways are told once, and so are edits that slipped in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from requests.adapters import BaseAdapter

from bsc_sync.sandbox.jira.automation import Rule
from bsc_sync.sync.run import RunReport
from tests.carriers import Meddling, is_bulk, is_edit
from tests.runs_on_acme import Acme, key_of, sync

RETENTION = "name: Increase customer retention\n"
DUE = "    name: Grow lifetime customer value\n"


def between(acme: Acme, happens: Callable[[], object]) -> Callable[[], BaseAdapter]:
    """Just before the first edit of ours, somebody else is faster."""
    return lambda: Meddling(acme.carrier_of_test(), is_edit, happens, nth=1, before=True)


def wrote(acme: Acme, **policy: Any) -> tuple[int, int]:
    """A run's exit code, and how often it wrote."""
    before = acme.writes()
    return sync(acme, **policy).exit_code, acme.writes() - before


def change(acme: Acme, key: str, **fields: Any) -> None:
    """A person edits an issue."""
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": fields})


def note_of(report: RunReport, ref: str) -> tuple[str, str]:
    (note,) = [note for note in report.plan.links if note.ref == ref]
    return str(note.state), note.note


@pytest.fixture
def acme(begin: Callable[..., Acme], flavor: str) -> Acme:
    """In step, in this process."""
    here = begin(flavor)
    here.edit(DUE, f"{DUE}    due: 2027-06-30\n")
    return here


def test_issues_that_are_rewritten_at_their_creation_are_told_once(acme: Acme) -> None:
    acme.site.automation = [Rule("summary", "upper"), Rule("duedate", "ignore")]
    first = sync(acme)
    assert first.exit_code == 4
    assert first.failed is not None
    assert "F1 (STRAT-1): Summary, Due date is not what was written" in first.failed.lines()
    assert len([o for o in first.outcomes if o.unverified]) == 13
    assert [wrote(acme) for _ in range(3)] == [(0, 0)] * 3
    assert note_of(sync(acme), "F1") == ("in sync", "Jira keeps its own Summary, Due date")


def test_a_date_that_jira_ignores_is_written_once_for_each_value(acme: Acme) -> None:
    acme.site.automation = [Rule("duedate", "ignore")]
    assert sync(acme).exit_code == 4
    assert wrote(acme) == (0, 0)
    acme.edit("due: 2027-06-30", "due: 2027-07-31")
    assert wrote(acme) == (4, 1)
    assert [wrote(acme), wrote(acme)] == [(0, 0), (0, 0)]
    acme.site.automation = []
    assert wrote(acme) == (0, 0)  # nobody knows that the rule is gone ...
    assert wrote(acme, take="scorecard", targets=("F1",)) == (0, 1)  # ... until somebody says so
    assert acme.ask("GET", f"{acme.api}/issue/{key_of(acme, 'F1')}")["fields"]["duedate"] == "2027-07-31"
    assert note_of(sync(acme), "F1") == ("in sync", "")


def test_once_somebody_edits_what_jira_keeps_the_usual_rules_hold_again(acme: Acme) -> None:
    acme.site.automation = [Rule("summary", "upper")]
    sync(acme)
    acme.site.automation = []
    change(acme, key_of(acme, "C1"), summary="Keep them")
    report = sync(acme)
    (part,) = [part for hold in report.plan.holds() if hold.ref == "C1" for part in hold.fields]
    assert (part.name, part.verdict.value) == ("Summary", "hold: drift")
    acme.edit(RETENTION, "name: Keep them\n")
    assert wrote(acme) == (0, 0)
    acme.edit("name: Keep them\n", "name: Keep them all\n")
    assert wrote(acme) == (0, 1)


def test_spaces_and_line_ends_that_jira_trims_are_not_odd(acme: Acme) -> None:
    acme.edit(
        RETENTION, 'name: "Increase  customer retention "\n    description: "One.  \\r\\nTwo. \\n\\n"\n'
    )
    assert sync(acme).exit_code == 0
    assert wrote(acme) == (0, 0)


def test_an_edit_that_slipped_in_under_a_write_is_told_with_its_value(acme: Acme) -> None:
    sync(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    key = key_of(acme, "C1")

    def edit() -> None:
        change(acme, key, summary="Retain the best", priority={"name": "Low"})

    report = sync(acme, between(acme, edit))
    assert report.exit_code == 4
    assert report.failed is not None
    told = "an edit of 2026-11-23 10:00 to Summary (Retain the best) was overwritten"
    assert report.failed.lines()[1:] == (f"C1 ({key}): {told}",)
    assert report.summary()["overwritten"] == [told]
    assert acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]["priority"]["name"] == "Low"
    assert wrote(acme) == (0, 0)


def test_an_edit_of_another_field_or_before_the_last_look_is_no_overwriting(acme: Acme) -> None:
    sync(acme)
    key = key_of(acme, "C1")
    change(acme, key, summary="Retain the best")
    change(acme, key, summary="Increase customer retention")
    acme.edit(RETENTION, "name: Keep more customers\n")
    report = sync(acme, between(acme, lambda: change(acme, key, duedate="2027-01-01")))
    assert (report.exit_code, report.summary()["overwritten"]) == (0, [])


@pytest.mark.parametrize("new", [True, False], ids=["created", "edited"])
def test_an_edit_between_a_write_and_its_reading_is_not_written_over_when_the_scorecard_moves(
    acme: Acme, new: bool
) -> None:
    if not new:
        sync(acme)
        acme.edit(RETENTION, "name: Keep our customers\n")

    def happens() -> None:
        change(acme, "STRAT-3", summary="What a person made of it")

    written = is_bulk if new else is_edit  # and not read back yet
    since = sync(acme, lambda: Meddling(acme.carrier_of_test(), written, happens, nth=1))
    assert since.exit_code == 4, "it is told"
    assert wrote(acme) == (0, 0)
    acme.edit("name: Keep our customers\n" if not new else RETENTION, "name: Keep all customers\n")
    assert wrote(acme) == (3, 0), "a conflict: both sides moved"
    assert wrote(acme, take="scorecard", targets=("C1",)) == (0, 1)
