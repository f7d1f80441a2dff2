"""`history`: what was done, when, by whom, and how it ended; from the store, never the network."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from pydantic import TypeAdapter, ValidationError

from bsc_sync.cli.endings import ending, length, moment, run_json
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.plan_text import outcome_lines, plan_lines
from bsc_sync.cli.render import Line, say, say_json, say_table
from bsc_sync.cli.typed_parameter import Word
from bsc_sync.errors import UserError, WrongUsage
from bsc_sync.plan.change import Outcome
from bsc_sync.plan.plan import Plan
from bsc_sync.runtime import Office, open_office, who_runs
from bsc_sync.state.history import History
from bsc_sync.state.lease import Held, holder_of
from bsc_sync.state.run_records import RunRecord

_SHORT = 8  # letters of an id, as lists show it
_OUTCOMES = TypeAdapter(tuple[Outcome, ...])


@click.command()
@click.argument("run", type=Word(), required=False)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first."
)
@json_option
@project_option
def history(*, run: str | None, limit: int, as_json: bool, folder: Path) -> int:
    """List the last runs, or show one: RUN is its id, or the beginning of it.

    \b
    Example:  bsc-sync history --limit 5
              bsc-sync history 3f2a91c0
    """
    office = open_office(project_of(folder))
    held = holder_of(office.engine, office.strategy.card.id, asker=who_runs())
    if run is not None:
        found = the_run(office.history, run)
        if as_json:
            say_json(run_json(found, held, whole=True))
        else:
            say(*_story(found, held, office))
        return 0
    last = office.history.runs(limit=limit)
    if as_json:
        say_json([run_json(one, held) for one in last])
    elif last:
        say_table(
            ("run", "began", "took", "verb", "written", "req.", "result"),
            list(_rows(last, held, office)),
            right=frozenset({2, 4, 5}),
        )
    else:
        say("No run is recorded yet.")
    return 0


def the_run(history: History, beginning: str) -> RunRecord:
    """The one run whose id begins so; else UserError names those that are near."""
    if not beginning.strip():
        raise WrongUsage("the id of the run is empty", hint="bsc-sync history lists the runs")
    found = history.runs_named(beginning)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(one.id[:13] for one in found)
        raise UserError(f"several runs begin with {beginning}: {names}", hint="give more of the id")
    known = {one.id[:_SHORT]: one for one in history.runs(limit=1000)}
    near = difflib.get_close_matches(beginning[:_SHORT], known, n=3, cutoff=0.5) or list(known)[:3]
    raise UserError(
        f"no run {beginning!r} is recorded",
        hint=f"did you mean {', '.join(near)}? bsc-sync history lists them"
        if near
        else "none is recorded yet",
    )


def _rows(last: Sequence[RunRecord], held: Held | None, office: Office) -> Iterator[list[Line]]:
    zone = office.strategy.card.zone
    for one in last:
        word, style = ending(one, held)
        yield [
            Line(one.id[:_SHORT]),
            Line(moment(one.started, zone), "quiet"),
            Line(length(one)),
            Line(one.verb),
            Line(_written(one)),
            Line("" if one.requests is None else str(one.requests)),
            Line(word, style),
        ]


def _written(one: RunRecord) -> str:
    """How much of what was planned was written: `2 of 3`."""
    counts = one.report.get("plan")
    if not isinstance(counts, dict):
        return ""
    planned = sum(number for name, number in counts.items() if name not in {"holds", "forgets"})
    done = one.report.get("applied", 0)
    return f"{done} of {planned}" if planned else "0"


def _story(one: RunRecord, held: Held | None, office: Office) -> Iterator[Line]:
    zone = office.strategy.card.zone
    word, style = ending(one, held)
    yield Line(f"Run {one.id}", "strong")
    mode = f", mode {one.mode}" if one.mode else ""
    yield Line(f"  what      {one.verb}{mode}, bsc-sync {one.version}")
    yield Line(f"  who       {one.who or 'not recorded'}")
    took = f", took {length(one)}" if one.took is not None else ""
    yield Line(f"  when      {moment(one.started, zone)} {_zone(zone)}{took}")
    yield Line(f"  result    {word}" + ("" if one.exit_code is None else f" (exit {one.exit_code})"), style)
    if one.requests is not None:
        yield Line(f"  requests  {one.requests}")
    for name, value in (("scorecard", one.scorecard_digest), ("mapping", one.mapping_digest)):
        now = getattr(office.strategy, f"{name}_digest")
        changed = "the file of today" if value == now else "changed since"
        if value:
            yield Line(f"  {name:9} {value[:16]} ({changed})")
    asked = one.report.get("asked")
    if isinstance(asked, dict):
        yield Line(f"  asked     {' '.join(_asked(asked))}")
    for name in ("error", "stopped", "warnings"):
        told = one.report.get(name)
        for text in told if isinstance(told, list) else ():
            yield Line(f"  {name + ':':9} {text}", "bad" if name == "error" else "warn")
    yield Line("")
    yield from _planned(one)
    if one.outcomes:
        yield Line("")
        yield from _done(one)


def _planned(one: RunRecord) -> Iterator[Line]:
    if one.plan is None:
        yield Line("No plan was made." if one.verb != "pull" else "It read; nothing was planned.", "quiet")
        return
    try:
        yield from plan_lines(Plan.model_validate(one.plan))
    except ValidationError:
        yield Line("Its plan is of another version; --json shows it.", "warn")


def _done(one: RunRecord) -> Iterator[Line]:
    try:
        yield from outcome_lines(_OUTCOMES.validate_python(list(one.outcomes)))
    except ValidationError:
        yield Line("What became of it is told by another version; --json shows it.", "warn")


def _asked(asked: dict[str, object]) -> Iterator[str]:
    for name, value in asked.items():
        option = "--target" if name == "targets" else f"--{name}"
        for one in value if isinstance(value, list) else [value]:
            yield f"{option} {one}"


def _zone(zone: ZoneInfo) -> str:
    return zone.key
