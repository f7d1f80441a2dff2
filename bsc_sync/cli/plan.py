"""`plan`: observe, and print what would change."""

from __future__ import annotations

from pathlib import Path

import click

from bsc_sync.cli.decisions import Take, forget_option, recreate_option, take_option, target_option
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.cli.render import note, say, say_json
from bsc_sync.errors import Leased
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.wishes import Wishes
from bsc_sync.runtime import Office, open_office, open_world
from bsc_sync.state.whole_file import write_whole
from bsc_sync.sync.prepare import Prepared, prepare
from bsc_sync.sync.world import World


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan as JSON."
)
@click.option("--exit-code", is_flag=True, help="Exit with 2 when something would be written, else 0.")
@take_option
@target_option
@recreate_option
@forget_option
@json_option
@project_option
def plan(
    *,
    output: Path | None,
    exit_code: bool,
    take: Take | None,
    targets: tuple[str, ...],
    recreate: tuple[str, ...],
    forget: tuple[str, ...],
    as_json: bool,
    folder: Path,
) -> int:
    """Show what would change in Jira. Nothing is written to Jira.

    \b
    Example:  bsc-sync plan -o plan.json && bsc-sync apply plan.json
    """
    office = open_office(project_of(folder))
    wishes = Wishes(take, frozenset(recreate), frozenset(forget))
    found = look(office, open_world(office), wishes=wishes, targets=targets).plan
    if output:
        write_whole(output, dump(found))
        note(f"saved to {output}")
    if as_json:
        say_json({**found.model_dump(mode="json"), "counts": found.counts().model_dump()})
    else:
        say(*plan_lines(found))
    return 2 if exit_code and found.counts().writes else 0


def look(office: Office, world: World, *, wishes: Wishes, targets: tuple[str, ...]) -> Prepared:
    """Make a plan; what an earlier run left open is settled unless another run is at it now."""
    try:
        with world.memory.lease(holder=world.holder):
            return _prepare(office, world, wishes, targets, may_settle=True)
    except Leased as busy:
        note(f"{busy.message}; this plan may be outdated in a moment")
        return _prepare(office, world, wishes, targets, may_settle=False)


def dump(found: Plan) -> str:
    """A plan as the JSON that `apply` takes."""
    return found.model_dump_json(indent=2) + "\n"


def _prepare(
    office: Office, world: World, wishes: Wishes, targets: tuple[str, ...], *, may_settle: bool
) -> Prepared:
    return prepare(
        office.strategy,
        tracker=world.tracker,
        memory=world.memory,
        now=world.clock(),
        may_settle=may_settle,
        wishes=wishes,
        targets=targets,
    )
