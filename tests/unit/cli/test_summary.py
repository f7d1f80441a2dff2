"""A run in a few lines: what has no issue or no fields leaves no gap, and an address has its own line."""

from __future__ import annotations

from bsc_sync.cli.summary import hold_line, published_lines
from bsc_sync.plan.change import FieldChange, Hold
from bsc_sync.plan.verdict import Verdict
from bsc_sync.report.publication import Published


def field(name: str) -> FieldChange:
    return FieldChange(
        id=name.lower(),
        name=name,
        type="text",
        old="a",
        new="b",
        verdict=Verdict.DRIFT_HOLD,
        asked_by="C1",
    )


def test_a_hold_names_its_issue_and_fields_where_it_has_any() -> None:
    waits = Hold(
        ref="C1.retention.q4", name="Keep 95 %", key=None, reason="waits for C1", hint="settle C1 first"
    )
    assert hold_line(waits).text == "on hold: C1.retention.q4: waits for C1"
    gone = waits.model_copy(update={"key": "STRAT-3", "reason": "gone or forbidden"})
    assert hold_line(gone).text == "on hold: C1.retention.q4 (STRAT-3): gone or forbidden"
    edited = gone.model_copy(
        update={"reason": "drift: edited in Jira", "fields": (field("Summary"), field("Status"))}
    )
    assert hold_line(edited).text == (
        "on hold: C1.retention.q4 (STRAT-3) Summary, Status: drift: edited in Jira"
    )


def test_the_address_of_a_page_stands_on_a_line_of_its_own() -> None:
    there = Published("held", "STRAT > Strategy", "https://acme.example/wiki/x", "edited by hand")
    assert [line.text for line in published_lines(there)] == [
        "Page held: STRAT > Strategy (edited by hand)",
        "  https://acme.example/wiki/x",
    ]
    assert [line.text for line in published_lines(Published("skipped", "a file"))] == ["Page skipped: a file"]
