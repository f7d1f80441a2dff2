"""`plan`: observe, and print what would change."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bsc_sync.cli.decisions import Take, forget_option, recreate_option, take_option, target_option
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.plan_markdown import plan_markdown
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.cli.render import note, say, say_json, say_raw
from bsc_sync.cli.waiting import wait_option
from bsc_sync.errors import Leased, WrongUsage
from bsc_sync.plan.saved import dump
from bsc_sync.plan.schema import plan_schema
from bsc_sync.plan.wishes import Wishes
from bsc_sync.runtime import Office, open_office, open_world
from bsc_sync.state.lease import Wait
from bsc_sync.state.whole_file import write_wished
from bsc_sync.sync.prepare import Prepared, prepare
from bsc_sync.sync.world import World


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save the plan for apply, as JSON.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    help="markdown is made for a comment on a pull request.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 2 when something would be written, else 0.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a saved plan, and nothing else.")
@take_option
@target_option
@recreate_option
@forget_option
@click.option(
    "--force",
    multiple=True,
    type=click.Choice(["projects"]),
    help="Plan in projects, too, that the mapping does not name.",
)
@wait_option
@json_option
@project_option
def plan(
    *,
    output: Path | None,
    form: Literal["text", "json", "markdown"] | None,
    exit_code: bool,
    schema: bool,
    take: Take | None,
    targets: tuple[str, ...],
    recreate: tuple[str, ...],
    forget: tuple[str, ...],
    force: tuple[str, ...],
    wait: Wait,
    as_json: bool,
    folder: Path,
) -> int:
    """Show what would change in Jira. Nothing is written to Jira.

    Decisions (--take, --target, --recreate, --forget) travel in a saved plan.

    \b
    Example:  bsc-sync plan -o plan.json && bsc-sync apply plan.json
              bsc-sync plan --format markdown > comment.md
    """
    if schema:
        say_json(plan_schema())
        return 0
    if as_json and form not in {None, "json"}:
        raise WrongUsage(f"--json and --format {form} are two wishes", hint="give one of them")
    office = open_office(project_of(folder))
    wishes = Wishes(take, frozenset(recreate), frozenset(forget), anywhere=bool(force))
    world = open_world(office, wait=wait, tell=note)
    prepared = look(office, world, wishes=wishes, targets=targets)
    for line in prepared.idle:
        note(line)
    found = prepared.plan.model_copy(update={"site": world.browse_url})
    if output:
        write_wished(output, dump(found))
        note(f"saved to {output}")
    if as_json or form == "json":
        say_raw(dump(found))
    elif form == "markdown":
        say_raw(plan_markdown(found))
    else:
        say(*plan_lines(found))
    return 2 if exit_code and found.counts().writes else 0


def look(office: Office, world: World, *, wishes: Wishes, targets: tuple[str, ...]) -> Prepared:
    """Make a plan; what an earlier run left open is settled unless another run is at it now."""
    try:
        with world.lease():
            return _prepare(office, world, wishes, targets, may_settle=True)
    except Leased as busy:
        note(f"{busy.message}; this plan may be outdated in a moment")
        return _prepare(office, world, wishes, targets, may_settle=False)


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
