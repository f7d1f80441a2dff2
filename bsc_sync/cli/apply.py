"""`apply`: show the plan, ask, do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from bsc_sync.cli.asking import agreed
from bsc_sync.cli.decisions import (
    Take,
    deadline_option,
    force_option,
    forget_option,
    recreate_option,
    take_option,
    target_option,
)
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.plan_text import outcome_lines, plan_lines
from bsc_sync.cli.render import complain, note, progress, say, say_json
from bsc_sync.cli.waiting import wait_option
from bsc_sync.errors import UserError, WrongUsage
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.saved import LONGEST, plan_of_bytes, too_long
from bsc_sync.report.words import count
from bsc_sync.runtime import open_office, open_world
from bsc_sync.state.lease import Wait
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.apply_only import Applied, apply_only
from bsc_sync.sync.guards import Guard
from bsc_sync.sync.world import Policy


@click.command()
@click.argument("plan_file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@force_option
@recreate_option
@forget_option
@take_option
@target_option
@deadline_option
@wait_option
@json_option
@project_option
def apply(
    *,
    plan_file: Path | None,
    yes: bool,
    force: tuple[Guard, ...],
    recreate: tuple[str, ...],
    forget: tuple[str, ...],
    take: Take | None,
    targets: tuple[str, ...],
    deadline: dt.timedelta | None,
    wait: Wait,
    as_json: bool,
    folder: Path,
) -> int:
    """Bring Jira in line with the scorecard: show, ask, do.

    With a saved plan, exactly that plan is done, or nothing when what it touches has moved.
    What of it has been done already counts as done.

    \b
    Example:  bsc-sync apply --yes
              bsc-sync apply plan.json
              bsc-sync apply --take scorecard --target P2
    """
    saved = read_plan(plan_file) if plan_file else None
    if saved and (recreate or forget or take or targets):
        raise WrongUsage(
            "a saved plan brings its own decisions",
            hint="give --take, --target, --recreate and --forget to plan -o, and apply the new file",
        )
    office = open_office(project_of(folder))
    policy = Policy(
        take=take,
        targets=targets,
        force=frozenset(force),
        recreate=frozenset(recreate),
        forget=frozenset(forget),
        deadline=deadline,
    )

    def approve(found: Plan) -> bool:
        if not as_json:
            say(*plan_lines(found))
        if yes or not found.counts().writes:
            return True
        try:
            return agreed("\nDo this?")
        except click.Abort:
            raise KeyboardInterrupt from None

    world = open_world(office, wait=wait, tell=note)
    if take == "jira":
        note("Jira's values are left for this run only; bsc-sync adopt --all writes them into the file")
    done = apply_only(office.strategy, world, policy, saved=saved, approve=approve, watch=watch)
    if done is None:
        complain("nothing was done: you said no")
        return 1
    _tell(done, saved, as_json=as_json)
    for failure in (done.stopped, done.failed):
        if failure is not None:
            complain(*failure.lines())
            return failure.exit_code
    return 0


def _tell(done: Applied, saved: Plan | None, *, as_json: bool) -> None:
    if as_json:
        outcomes = [outcome.model_dump() for outcome in done.outcomes]
        plan = done.plan.model_dump(mode="json")
        say_json(
            {
                "plan": plan,
                "outcomes": outcomes,
                "overridden": list(done.overridden),
                "already_done": list(done.already),
            }
        )
    else:
        if saved and done.already:
            say(done_before(saved, done.already))
        if done.plan.counts().writes:
            say("", *outcome_lines(done.outcomes))
    for line in done.overridden:
        note(line)


def done_before(saved: Plan, already: Sequence[str]) -> str:
    """How much of a saved plan had been done; what it has on hold is nothing to do."""
    whole = count(len(saved.writes()) + len(saved.forgets()), "change")
    return f"Done before: {len(already)} of the {whole} of this plan."


@contextmanager
def watch(total: int) -> Iterator[Tell]:
    """A bar that moves with each outcome."""
    with progress("writing to Jira", total) as step:
        yield lambda outcome: step(outcome.ref)


def read_plan(path: Path) -> Plan:
    """A saved plan; UserError when the file is not one."""
    try:
        size = path.stat().st_size
        if size > LONGEST:
            raise too_long(str(path), size)
        data = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror or error}", hint="name the file that plan -o has written"
        ) from None
    return plan_of_bytes(data, str(path))
