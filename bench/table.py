"""The table as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.figures import Figures, Target
from bench.rounds import Footprint, limit_name

_HEADS = (
    "scenario",
    "limit",
    "contestant",
    "time s",
    "CPU s",
    "MB",
    "requests",
    "writes",
    "peak",
    "429",
    "again",
    "early",
)


def lines(figures: Sequence[Figures], memory: Sequence[Footprint], goals: Sequence[Target]) -> Iterator[str]:
    """Everything that was measured, then the targets."""
    yield from _table(_HEADS, [_cells(part) for part in figures], left=3)
    for part in figures:
        for problem in part.problems[:3]:
            yield f"  no figures for {part.contestant}, {part.scenario}, {limit_name(part.rate)}: {problem}"
    if memory:
        yield ""
        rows = [
            [one.verb, f"{one.work_items:,}", f"{one.megabytes:.0f}", f"{one.cpu:.1f}", str(one.requests)]
            for one in memory
        ]
        yield from _table(("bsc-sync", "work items", "peak MB", "CPU s", "requests"), rows, left=1)
    yield ""
    reached = {True: "yes", False: "NO", None: "not measured"}
    rows = [[goal.what, goal.goal, goal.figure, reached[goal.reached]] for goal in goals]
    yield from _table(("target", "goal", "figure", "reached"), rows, left=1)


def _cells(part: Figures) -> list[str]:
    return [
        part.scenario,
        limit_name(part.rate),
        part.contestant,
        _number(part.seconds, 2),
        _number(part.cpu, 2),
        _number(part.megabytes, 0),
        *(
            _number(one, 0)
            for one in (part.requests, part.writes, part.peak, part.refused, part.impatient, part.early)
        ),
    ]


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    for row in (heads, ["-" * width for width in widths], *rows):
        cells = (
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
