"""A run in a few lines: what was written, what was read, how it stands, where the page is."""

from __future__ import annotations

from collections.abc import Iterator

from bsc_sync.cli.plan_text import count_lines, outcome_lines
from bsc_sync.cli.render import Line
from bsc_sync.plan.change import Hold
from bsc_sync.report.publication import Published
from bsc_sync.sync.run import RunReport


def summary_lines(report: RunReport) -> Iterator[Line]:
    """The whole summary."""
    yield from (Line(part, "strong") for part in count_lines(report.plan))
    yield from (Line(text, "warn") for text in report.overridden)
    yield from outcome_lines([outcome for outcome in report.outcomes if outcome.action != "hold"])
    yield from map(hold_line, report.plan.holds())
    if report.pulled:
        yield Line(
            f"Pulled: {report.pulled.new_readings} new readings, {report.pulled.work_items} work items."
        )
        yield from (Line(f"warning: {text}", "warn") for text in report.pulled.warnings)
    tally = report.scores.objectives
    unjudged = f", {tally.unjudged} cannot be judged yet" if tally.unjudged else ""
    yield Line(f"Score: {tally.on_plan} of {tally.of} objectives on plan{unjudged}.", "strong")
    for entry in report.published:
        yield from published_lines(entry)
    yield Line(f"{report.requests} requests, {report.writes} of them writes.", "quiet")


def hold_line(hold: Hold) -> Line:
    """What waits, in which fields of which issue where there are any, and why."""
    key = f" ({hold.key})" if hold.key else ""
    names = ", ".join(part.name for part in hold.fields)
    return Line(f"on hold: {hold.ref}{key} {names}".rstrip() + f": {hold.reason}", "hold")


def published_lines(entry: Published) -> Iterator[Line]:
    """What became of the page and why, and where it is."""
    tail = f" ({entry.reason})" if entry.reason else ""
    style = "warn" if entry.result == "held" else "plain"
    yield Line(f"Page {entry.result}: {entry.where}{tail}".rstrip(), style)
    if entry.url:
        yield Line(f"  {entry.url}", style)
