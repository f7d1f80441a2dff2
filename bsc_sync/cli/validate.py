"""`validate`: both files, offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import Line, say, say_json, say_table
from bsc_sync.errors import UserError
from bsc_sync.mapping.directions import Group
from bsc_sync.mapping.directions import directions as ways
from bsc_sync.mapping.review import review
from bsc_sync.mapping.sources import CsvSource
from bsc_sync.runtime import read_strategy


@click.command()
@click.option(
    "--directions", is_flag=True, help="Show which field goes which way, who owns it, and what drift does."
)
@json_option
@project_option
def validate(*, directions: bool, as_json: bool, folder: Path) -> int:
    """Check scorecard.yaml and mapping.yaml, offline. Exit 0 when they can be used, else 1.

    \b
    Example:  bsc-sync validate --project strategy
              bsc-sync validate --directions
    """
    try:
        strategy = read_strategy(project_of(folder))
    except UserError as error:
        if not as_json:
            raise
        problems = [
            {"where": p.where, "path": p.path, "what": p.what, "hint": p.hint} for p in error.problems
        ]
        say_json({"valid": False, "message": error.message, "problems": problems, "advice": []})
        return 1
    if directions:
        _show_directions(ways(strategy.mapping.jira), as_json=as_json)
        return 0
    card = strategy.card
    advice = review(card, strategy.mapping)
    missing = [
        rule.source.csv
        for rule in strategy.mapping.measures
        if isinstance(rule.source, CsvSource) and not (folder / rule.source.csv).is_file()
    ]
    if as_json:
        told = [{"code": a.code, "ref": a.ref, "what": a.what, "why": a.why} for a in advice]
        say_json({"valid": True, "message": "", "problems": [], "advice": told, "missing_files": missing})
        return 0
    kpis = sum(len(objective.own_kpis) for objective in card.objectives)
    key_results = sum(len(cycle.key_results) for cycle in card.cycles)
    say(
        Line(f"{card.name}: both files are in order", "good"),
        f"{len(card.objectives)} objectives, {kpis} KPIs, {len(card.map)} arrows, "
        f"{key_results} key results in {len(card.cycles)} cycle{'' if len(card.cycles) == 1 else 's'}",
    )
    say(
        *(
            Line(f"no file {name} beside mapping.yaml yet: its measures have no value", "warn")
            for name in missing
        )
    )
    if advice:
        say("", "Advice of the strategy review (silence one in the file: review: {silence: [...]}):")
        say(*(f"  {entry.code} {entry.ref}: {entry.what} - {entry.why}" for entry in advice))
    return 0


def _show_directions(groups: Sequence[Group], *, as_json: bool) -> None:
    if as_json:
        say_json([asdict(group) for group in groups])
        return
    for group in groups:
        say(Line(f"{group.name} ({group.where})", "strong"))
        if group.fields:
            rows = [
                [*map(Line, (f"  {one.field}", one.source, one.way, one.owner, one.on_drift or "-"))]
                for one in group.fields
            ]
            say_table(("  field", "from", "way", "owner", "on drift"), rows, right=frozenset())
        say("")
