"""`sync`: all of it, in order."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import click

from bsc_sync.cli.decisions import (
    Take,
    deadline_option,
    force_option,
    forget_option,
    recreate_option,
    take_option,
)
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import complain, note, progress, say, say_json
from bsc_sync.cli.summary import summary_lines
from bsc_sync.cli.waiting import wait_option
from bsc_sync.runtime import open_office, open_world
from bsc_sync.state.lease import Wait
from bsc_sync.sync.guards import Guard
from bsc_sync.sync.run import run
from bsc_sync.sync.world import Policy


@click.command(name="sync")
@click.option(
    "--mode",
    type=click.Choice(["apply", "observe"]),
    default="apply",
    show_default=True,
    help="observe: write nothing to Jira; pull, score and publish.",
)
@click.option(
    "--publish",
    "when",
    type=click.Choice(["changed", "due", "never"]),
    default="changed",
    show_default=True,
    help="due: keep to `publish: {every: ...}`.",
)
@force_option
@recreate_option
@forget_option
@take_option
@deadline_option
@wait_option
@json_option
@project_option
def sync(
    *,
    mode: Literal["apply", "observe"],
    when: Literal["changed", "due", "never"],
    force: tuple[Guard, ...],
    recreate: tuple[str, ...],
    forget: tuple[str, ...],
    take: Take | None,
    deadline: dt.timedelta | None,
    wait: Wait,
    as_json: bool,
    folder: Path,
) -> int:
    """Plan, apply, pull, score, publish: what an admin schedules.

    A guard or a conflict stops the writes concerned, not the pull and not the page (exit 3).

    \b
    Example:  bsc-sync sync --mode observe
    """
    office = open_office(project_of(folder))
    policy = Policy(
        mode=mode,
        take=take,
        force=frozenset(force),
        recreate=frozenset(recreate),
        forget=frozenset(forget),
        publish=when,
        deadline=deadline,
    )
    world = open_world(office, wait=wait, tell=note)
    with progress("sync", None) as step:
        report = run(office.strategy, world, policy, tell=lambda outcome: step(outcome.ref))
    if as_json:
        say_json(report.summary())
    else:
        say(*summary_lines(report))
    for failure in (report.stopped, report.failed, report.unpublished):
        if failure is not None:
            complain(*failure.lines())
    return report.exit_code
