"""`prune`: let the store forget what is old and needed no more."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bsc_sync import __version__
from bsc_sync.cli.asking import agreed
from bsc_sync.cli.decisions import Length
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import complain, note, say, say_json
from bsc_sync.cli.waiting import wait_option
from bsc_sync.runtime import open_office, system_clock, who_runs
from bsc_sync.state.lease import Wait
from bsc_sync.state.retention import Pruned
from bsc_sync.state.retention import prune as prune_store
from bsc_sync.state.run_records import Beginning

_LEAST, _MOST = dt.timedelta(days=1), dt.timedelta(days=36_525)


class _Age(Length):
    """From a day to a hundred years: what was written today may not be in Jira's index yet."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.timedelta:
        """The age, or a usage error."""
        age = super().convert(value, param, ctx)
        if not _LEAST <= age <= _MOST:
            self.fail(f"expected an age from 1d to {_MOST.days}d, got {value!r}", param, ctx)
        return age


@click.command()
@click.option("--older-than", type=_Age(), default="400d", show_default=True, help="What is younger stays.")
@click.option("--readings", is_flag=True, help="Old readings, too: scores of past days may change.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@json_option
@project_option
def prune(
    *,
    older_than: dt.timedelta,
    readings: bool,
    dry_run: bool,
    yes: bool,
    wait: Wait,
    as_json: bool,
    folder: Path,
) -> int:
    """Remove old runs and settled writes from the store, and of old work progress all but one day a week.

    What a plan, a page or today's score needs stays, however old it is. Nothing is asked of the network.

    \b
    Example:  bsc-sync prune --dry-run
              bsc-sync prune --older-than 800d --yes
    """
    office = open_office(project_of(folder))
    card, now = office.strategy.card.id, system_clock()
    before = now - older_than
    found = prune_store(office.engine, card, before, readings=readings, only_count=True)
    if not dry_run and found.together:
        if not (yes or _agreed(found, before)):
            complain("nothing was removed: you said no")
            return 1
        with office.memory.lease(holder=who_runs(), wait=wait):
            asked: dict[str, object] = {"older-than": str(before.date()), "readings": readings}
            begun = Beginning("prune", "", __version__, who=who_runs(), asked=asked)
            run_id, _ = office.history.start_run(begun, now=now)
            found = prune_store(
                office.engine, card, before, readings=readings, only_count=False, beside=run_id
            )
            office.history.end_run(run_id, exit_code=0, report={"removed": asdict(found)}, now=system_clock())
    if as_json:
        say_json({"before": before.isoformat(), "removed": not dry_run, **asdict(found)})
    else:
        say(f"{'Would remove' if dry_run else 'Removed'} what is older than {before.date()}:")
        say(f"  {_told(found)}.")
    return 0


def _agreed(found: Pruned, before: dt.datetime) -> bool:
    note(f"older than {before.date()}: {_told(found)}")
    return agreed("Remove it from the store?")


def _told(found: Pruned) -> str:
    return (
        f"{found.runs} runs, {found.settled_writes} settled writes, "
        f"{found.progress_days} days of work progress, {found.readings} readings"
    )
