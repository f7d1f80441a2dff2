"""Whether the strategy map's arrows join what exists, once each, and lead in no circle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.wording import Path, quoted, suggestion


def check_map(card: Scorecard, also: Collection[str]) -> Iterator[Finding]:
    """Everything that is wrong with the arrows; one finding for each circle, at the arrow closing it."""
    known = [objective.id for objective in card.objectives]
    first: dict[tuple[str, str], int] = {}
    for index, arrow in enumerate(card.map):
        at: Path = ("map", index)
        for key, ref in (("from", arrow.from_), ("to", arrow.to)):
            if ref not in known and ref not in also:
                hint = suggestion(ref, known, what="there are", none="the scorecard has no objective at all")
                yield Finding((*at, key), f"unknown objective {quoted(ref)}", hint)
        pair = (arrow.from_, arrow.to)
        if arrow.from_ == arrow.to:
            yield Finding(at, f"the arrow leads from {arrow.from_} to itself", "correct one end")
        elif pair in first:
            what = f"the arrow {arrow.from_} -> {arrow.to} is there twice, first at {{other}}"
            yield Finding(at, what, "keep one of them", ("map", first[pair]))
        else:
            first[pair] = index
    yield from _circles(first)


def _circles(arrows: Mapping[tuple[str, str], int]) -> Iterator[Finding]:
    """Arrows are added one by one; the first that leads back to its own beginning is told, and left out."""
    try:
        TopologicalSorter(_causes(arrows)).prepare()
    except CycleError:
        pass
    else:
        return
    leads: dict[str, list[str]] = {}
    for (cause, effect), index in arrows.items():
        way = _way(effect, cause, leads)
        if way:
            what = f"the arrows lead in a circle: {' -> '.join([cause, *way])}"
            yield Finding(("map", index), what, "take one of these arrows out, or turn it around")
        else:
            leads.setdefault(cause, []).append(effect)


def _causes(arrows: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    causes: dict[str, set[str]] = {}
    for cause, effect in arrows:
        causes.setdefault(effect, set()).add(cause)
    return causes


def _way(start: str, goal: str, leads: Mapping[str, Sequence[str]]) -> list[str] | None:
    came_from: dict[str, str | None] = {start: None}
    queue = [start]
    for here in queue:
        if here == goal:
            way: list[str] = []
            step: str | None = here
            while step is not None:
                way.append(step)
                step = came_from[step]
            return way[::-1]
        for following in leads.get(here, ()):
            if following not in came_from:
                came_from[following] = here
                queue.append(following)
    return None
