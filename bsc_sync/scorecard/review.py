"""The strategy review: what a seasoned reader of scorecards would remark about this one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bsc_sync.scorecard.advice import Advice, advise, spoken
from bsc_sync.scorecard.map_review import map_remarks
from bsc_sync.scorecard.measure_review import measure_remarks
from bsc_sync.scorecard.model import Cycle, Objective, Scorecard
from bsc_sync.scorecard.wording import listed

CAPITALS = ("human", "information", "organizational")
MAX_OBJECTIVES = 25
MAX_KEY_RESULTS = 5


def review(card: Scorecard) -> tuple[Advice, ...]:
    """The advice that needs no mapping, without what the scorecard silences."""
    return spoken(card, remarks(card))


def remarks(card: Scorecard) -> tuple[Advice, ...]:
    """The advice that needs no mapping, silenced or not. Retired items are not spoken of."""
    live = tuple(objective for objective in card.objectives if objective.retired is None)
    return tuple(
        advice
        for part in (
            _destination(card, live),
            _objectives(card, live),
            map_remarks(card, live),
            measure_remarks(card, live),
            _cycles(card),
        )
        for advice in part
    )


def _destination(card: Scorecard, live: tuple[Objective, ...]) -> Iterator[Advice]:
    if not 3 <= len(card.themes) <= 5:
        yield advise("themes-count", card.id, f"the strategy has {len(card.themes)} themes")
    horizon = card.destination.horizon
    if horizon is None:
        yield advise("horizon-missing", card.id, "the destination has no horizon")
    else:
        days = (horizon.to - horizon.from_).days + 1
        if not 365 <= days <= 3 * 366:
            what = f"the horizon, {horizon.from_} to {horizon.to}, is not one to three years"
            yield advise("horizon-length", card.id, what)
    types = {kpi.type for part in live if part.perspective == "financial" for kpi in part.own_kpis}
    if card.destination.stage == "harvest" and types == {"increase"}:
        yield advise(
            "stage-at-odds", card.id, "the stage is harvest, and every financial KPI is about growth"
        )
    if card.destination.stage == "growth" and types and types <= {"decrease", "at_most"}:
        yield advise("stage-at-odds", card.id, "the stage is growth, and every financial KPI is about less")


def _objectives(card: Scorecard, live: tuple[Objective, ...]) -> Iterator[Advice]:
    for perspective in card.perspectives:
        if not any(objective.perspective == perspective.id for objective in live):
            yield advise(
                "perspective-empty", perspective.id, f"the perspective {perspective.name} has no objective"
            )
    processes = {objective.process for objective in live if objective.process}
    if processes == {"operations"}:
        yield advise("process-only-operations", card.id, "every internal objective is about operations")
    learning = [objective for objective in live if objective.perspective == "learning" or objective.capital]
    for capital in CAPITALS if learning else ():
        if all(objective.capital != capital for objective in learning):
            yield advise("capital-missing", capital, f"no learning objective is about {capital} capital")
    if len(live) > MAX_OBJECTIVES:
        yield advise("objectives-many", card.id, f"there are {len(live)} objectives")
    for objective in live:
        if not objective.owner:
            yield advise("objective-owner", objective.id, f"objective {objective.id} has no owner")
        if not objective.themes:
            yield advise("objective-theme", objective.id, f"objective {objective.id} has no theme")


def _cycles(card: Scorecard) -> Iterator[Advice]:
    parents = {cycle.within for cycle in card.cycles}
    for number, cycle in enumerate(card.cycles):
        live = [key_result for key_result in cycle.key_results if key_result.retired is None]
        if not live and cycle.id not in parents:
            yield advise("cycle-empty", cycle.id, f"cycle {cycle.id} has no key results")
        for ref, count in Counter(key_result.objective for key_result in live).items():
            if count > MAX_KEY_RESULTS:
                what = f"objective {ref} has {count} key results in cycle {cycle.id}"
                yield advise("kr-many", ref, what)
        yield from _overlaps(cycle, card.cycles[:number])


def _overlaps(cycle: Cycle, earlier: tuple[Cycle, ...]) -> Iterator[Advice]:
    others = [
        other.id
        for other in earlier
        if other.kind == cycle.kind and other.from_ <= cycle.to and cycle.from_ <= other.to
    ]
    if others:
        what = f"cycle {cycle.id} overlaps with {listed(others)}, of the same kind"
        yield advise("cycle-overlap", cycle.id, what)
