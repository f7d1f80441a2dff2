"""`score`: attainment from the store and the file, never the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import click

from bsc_sync.attainment.document import scores_json
from bsc_sync.attainment.exact import decimal_text, percent
from bsc_sync.attainment.score import Score, Scores, Status
from bsc_sync.cli.frame import Day, json_option, project_of, project_option
from bsc_sync.cli.render import Line, say, say_json, say_table
from bsc_sync.runtime import open_office, system_clock
from bsc_sync.sync.assess import assess

_STYLES = {
    Status.ACHIEVED: "good",
    Status.HOLDING: "good",
    Status.ON_TRACK: "good",
    Status.AT_RISK: "warn",
    Status.OFF_TRACK: "bad",
    Status.MISSED: "bad",
    Status.BREACHED: "bad",
}
LONGEST_UNIT = 6  # longer ones are on the page; here they would crowd out the names
_INDENT = {"perspective": 0, "theme": 0, "objective": 1, "kpi": 2, "key_result": 2}


@click.command()
@click.option("--as-of", type=Day(), help="Score this day (default: today).")
@json_option
@project_option
def score(*, as_of: dt.date | None, as_json: bool, folder: Path) -> int:
    """Show where every perspective, objective, KPI and key result stands.

    \b
    Example:  bsc-sync score --as-of 2026-12-31 --json
    """
    office = open_office(project_of(folder))
    card = office.strategy.card
    scores = assess(office.strategy, office.history, as_of=as_of or card.today(system_clock()))
    if as_json:
        say_json(scores_json(card, scores))
        return 0
    say(Line(f"{card.name}, as of {scores.as_of}", "strong"), _headline(scores), "")
    columns = ("", "value", "base", "target", "att.", "exp.", "status")
    say_table(columns, list(_rows(scores)), right=frozenset({1, 2, 3, 4, 5}))
    if any(item.stale for item in scores.items):
        say("", Line("* stale: the last reading is older than its cadence", "quiet"))
    missing = [item for item in scores.items if item.undefined and item.kind in {"kpi", "key_result"}]
    if missing:
        say("", "Without a figure:")
        say(*(Line(f"  {item.id}: {item.undefined}", "quiet") for item in missing))
    return 0


def _headline(scores: Scores) -> str:
    tally = scores.objectives
    unjudged = f", {tally.unjudged} cannot be judged yet" if tally.unjudged else ""
    return f"{tally.on_plan} of {tally.of} objectives on plan{unjudged}"


def _rows(scores: Scores) -> Iterator[list[Line]]:
    for item in scores.items:
        style = "strong" if item.kind in {"perspective", "theme"} else "plain"
        name = item.name if item.kind in {"perspective", "theme"} else f"{item.id} {item.name}"
        word = item.status_name or item.status.value
        yield [
            Line("  " * _INDENT[item.kind] + name, style),
            Line(_value(item)),
            Line(item.baseline, "quiet"),
            Line(item.target, "quiet"),
            Line(_share(item.attainment)),
            Line(_share(item.expected), "quiet"),
            Line(word + ("*" if item.stale else ""), _STYLES.get(item.status, "quiet")),
        ]


def _value(item: Score) -> str:
    if item.value is None:
        return "" if item.kind not in {"kpi", "key_result"} else "–"
    unit = item.unit if len(item.unit) <= LONGEST_UNIT else ""
    return f"{decimal_text(item.value, 6)} {unit}".strip()


def _share(share: Fraction | None) -> str:
    return "–" if share is None else percent(share)
