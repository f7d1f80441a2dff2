"""`plan`: observe, and print what would change."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.cli.render import note, say, say_json
from bsc_sync.errors import Leased
from bsc_sync.plan.plan import Plan
from bsc_sync.runtime import Office, open_office, open_world
from bsc_sync.state.whole_file import write_whole
from bsc_sync.sync.prepare import Prepared, prepare
from bsc_sync.sync.run import World

Take = Literal["scorecard", "jira"]

take_option = click.option(
    "--take",
    type=click.Choice(["scorecard", "jira"]),
    help="Decide what is on hold: write the scorecard's value, or leave Jira's.",
)
target_option = click.option(
    "--target", "targets", multiple=True, metavar="ID", help="Only this objective or key result (repeatable)."
)


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan as JSON."
)
@click.option("--exit-code", is_flag=True, help="Exit with 2 when something would be written, else 0.")
@take_option
@target_option
@json_option
@project_option
def plan(
    *,
    output: Path | None,
    exit_code: bool,
    take: Take | None,
    targets: tuple[str, ...],
    as_json: bool,
    folder: Path,
) -> int:
    """Show what would change in Jira. Nothing is written to Jira.

    \b
    Example:  bsc-sync plan -o plan.json && bsc-sync apply plan.json
    """
    office = open_office(project_of(folder))
    found = look(office, open_world(office), take=take, targets=targets).plan
    if output:
        write_whole(output, dump(found))
        note(f"saved to {output}")
    if as_json:
        say_json({**found.model_dump(mode="json"), "counts": found.counts().model_dump()})
    else:
        say(*plan_lines(found))
    return 2 if exit_code and found.counts().writes else 0


def look(office: Office, world: World, *, take: Take | None, targets: tuple[str, ...]) -> Prepared:
    """Make a plan; what an earlier run left open is settled unless another run is at it now."""
    try:
        with world.memory.lease(holder=world.holder):
            return _prepare(office, world, take, targets, may_settle=True)
    except Leased as busy:
        note(f"{busy.message}; this plan may be outdated in a moment")
        return _prepare(office, world, take, targets, may_settle=False)


def dump(found: Plan) -> str:
    """A plan as the JSON that `apply` takes."""
    return found.model_dump_json(indent=2) + "\n"


def _prepare(
    office: Office, world: World, take: Take | None, targets: tuple[str, ...], *, may_settle: bool
) -> Prepared:
    return prepare(
        office.strategy,
        tracker=world.tracker,
        memory=world.memory,
        now=world.clock(),
        may_settle=may_settle,
        take=take,
        targets=targets,
    )
