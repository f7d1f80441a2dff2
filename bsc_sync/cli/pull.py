"""`pull`: measurements and work into the store; nothing is written to Jira or Confluence."""

from __future__ import annotations

from pathlib import Path

import click

from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import Line, note, progress, say, say_json
from bsc_sync.cli.waiting import wait_option
from bsc_sync.runtime import open_office, open_world
from bsc_sync.state.lease import Wait
from bsc_sync.sync.run import pull_only


@click.command(name="pull")
@wait_option
@json_option
@project_option
def pull(*, wait: Wait, as_json: bool, folder: Path) -> int:
    """Read every measure at its source, and the teams' work, into the store.

    \b
    Example:  bsc-sync pull && bsc-sync score
    """
    office = open_office(project_of(folder))
    with progress("reading Jira", None):
        found = pull_only(office.strategy, open_world(office, wait=wait, tell=note))
    if as_json:
        say_json(
            {
                "readings": found.new_readings,
                "work_items": found.work_items,
                "nothing_from": dict(found.reasons),
                "warnings": list(found.warnings),
            }
        )
        return 0
    say(f"{found.new_readings} new readings, {found.work_items} work items")
    say(*(Line(f"warning: {text}", "warn") for text in found.warnings))
    say(*(Line(f"  no reading of {ref}: {why}", "warn") for ref, why in found.reasons.items()))
    return 0
