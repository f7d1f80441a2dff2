"""What the review says of the strategy map: the story from learning to the results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bsc_sync.scorecard.advice import Advice, advise
from bsc_sync.scorecard.model import Arrow, Objective, Scorecard


def map_remarks(card: Scorecard, live: Sequence[Objective]) -> Iterator[Advice]:
    """Arrows that point down or skip a perspective; objectives outside the story, or short of its end."""
    level = {perspective.id: number for number, perspective in enumerate(card.perspectives)}
    height = {part.id: level[part.perspective] for part in live if part.perspective in level}
    arrows = [arrow for arrow in card.map if arrow.from_ in height and arrow.to in height]
    if not arrows:
        if len(height) > 1:
            yield advise("map-unlinked", card.id, "the strategy map has no arrows")
        return
    for arrow in arrows:
        ref = f"{arrow.from_} -> {arrow.to}"
        step = height[arrow.to] - height[arrow.from_]
        if step < 0:
            yield advise("map-down", ref, f"the arrow {ref} points down")
        elif step > 1:
            between = card.perspectives[height[arrow.from_] + 1].name
            yield advise("map-skips", ref, f"the arrow {ref} skips the perspective {between}")
    linked = {ref for arrow in arrows for ref in (arrow.from_, arrow.to)}
    apex = max(
        (number for number, perspective in enumerate(card.perspectives) if perspective.apex),
        default=len(card.perspectives) - 1,
    )
    top = [ref for ref, number in height.items() if number == apex]
    joined = _causes_of(top, arrows)
    for ref in height:
        if ref not in linked:
            yield advise("map-unlinked", ref, f"no arrow leads to or from objective {ref}")
        elif top and ref not in joined:
            name = card.perspectives[apex].name
            yield advise("map-no-way-up", ref, f"no chain of arrows joins objective {ref} to the top, {name}")


def _causes_of(effects: Iterable[str], arrows: Sequence[Arrow]) -> set[str]:
    """The effects, and all that leads to them by any chain."""
    found = set(effects)
    causes: dict[str, list[str]] = {}
    for arrow in arrows:
        causes.setdefault(arrow.to, []).append(arrow.from_)
    queue = list(found)
    for ref in queue:
        for cause in causes.get(ref, ()):
            if cause not in found:
                found.add(cause)
                queue.append(cause)
    return found
