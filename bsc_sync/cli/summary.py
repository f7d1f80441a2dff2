"""A run in a few lines: what was written, what was read, how it stands, where the page is."""

from __future__ import annotations

from collections.abc import Iterator

from bsc_sync.cli.plan_text import count_line, outcome_lines
from bsc_sync.cli.render import Line
from bsc_sync.report.publication import Published
from bsc_sync.sync.run import RunReport


def summary_lines(report: RunReport) -> Iterator[Line]:
    """The whole summary."""
    yield Line(count_line(report.plan), "strong")
    yield from (Line(text, "warn") for text in report.overridden)
    yield from outcome_lines([outcome for outcome in report.outcomes if outcome.action != "hold"])
    for hold in report.plan.holds():
        names = ", ".join(part.name for part in hold.fields)
        yield Line(f"on hold: {hold.ref} ({hold.key}) {names}: {hold.reason}", "hold")
    if report.pulled:
        yield Line(
            f"Pulled: {report.pulled.new_readings} new readings, {report.pulled.work_items} work items."
        )
        yield from (Line(f"warning: {text}", "warn") for text in report.pulled.warnings)
    tally = report.scores.objectives
    unjudged = f", {tally.unjudged} cannot be judged yet" if tally.unjudged else ""
    yield Line(f"Score: {tally.on_plan} of {tally.of} objectives on plan{unjudged}.", "strong")
    for entry in report.published:
        yield published_line(entry)
    yield Line(f"{report.requests} requests.", "quiet")


def published_line(entry: Published) -> Line:
    """Where the page is and what became of it there."""
    tail = f" ({entry.reason})" if entry.reason else ""
    style = "warn" if entry.result == "held" else "plain"
    return Line(f"Page {entry.result}: {entry.where} {entry.url}{tail}".rstrip(), style)
