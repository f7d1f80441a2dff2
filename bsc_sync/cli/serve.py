"""`serve`: a sync every so often, until SIGTERM."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
import structlog

from bsc_sync.cli.decisions import Length, deadline_option
from bsc_sync.cli.frame import project_of, project_option
from bsc_sync.cli.render import note
from bsc_sync.runtime import open_office, open_world, system_clock
from bsc_sync.service.loop import serve as serve_slots
from bsc_sync.service.loop import stop_on_signals
from bsc_sync.state.lease import Wait
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy


@click.command()
@click.option("--every", type=Length(), default="15m", show_default=True, help="30s, 15m, 2h or 1d.")
@deadline_option
@project_option
def serve(*, every: dt.timedelta, deadline: dt.timedelta | None, folder: Path) -> int:
    """Sync again and again in the mapping's `service.mode` (observe if it says nothing), until SIGTERM.

    A sync that is running is finished first. A failing one is logged and never ends the loop. Two
    or more may serve one scorecard on one store: each slot is one's, and a slot during which
    another run is at it is skipped.

    \b
    Example:  bsc-sync serve --every 15m
    """
    project = project_of(folder)
    office = open_office(project)
    open_world(office)
    job = f"serve every {every}"
    mode = office.strategy.mapping.service.mode
    note(f"serving {office.strategy.card.id} every {every}, mode {mode}; stop with Ctrl-C")
    with stop_on_signals() as stop:

        def work(slot: dt.datetime) -> str:
            fresh = open_office(project)
            log = structlog.get_logger()
            left = slot + every - system_clock()
            wait = Wait(left, lambda text: log.info("waiting", reason=text), stop.wait)
            try:
                policy = Policy(mode=fresh.strategy.mapping.service.mode, publish="due", deadline=deadline)
                return result_line(run(fresh.strategy, open_world(fresh, wait=wait), policy, verb="serve"))
            finally:
                fresh.engine.dispose()

        serve_slots(
            work,
            every=every,
            last_slot=lambda: office.history.last_slot(job),
            claim_slot=lambda slot: office.history.claim_slot(job, slot),
            clock=system_clock,
            stop=stop,
        )
    return 0


def result_line(report: RunReport) -> str:
    """A run in one line of a log."""
    counts, tally = report.plan.counts(), report.scores.objectives
    ends = (("stopped", report.stopped), ("failed", report.failed), ("not published", report.unpublished))
    why = "".join(f", {word}: {'; '.join(error.lines())}" for word, error in ends if error is not None)
    return (
        f"exit {report.exit_code}, {counts.writes} changes, {counts.holds} on hold, "
        f"{tally.on_plan} of {tally.of} objectives on plan{why}"
    )
