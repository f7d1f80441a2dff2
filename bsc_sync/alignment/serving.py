"""Whom a reference serves in the end: key results and KPIs stand for their objective."""

from __future__ import annotations

from collections.abc import Iterable

from bsc_sync.scorecard.model import Scorecard


def objectives_of(card: Scorecard, refs: Iterable[str]) -> tuple[str, ...]:
    """The objectives behind the ids of objectives, KPIs and key results, in the file's order.

    Each once; an id that the scorecard does not know serves nothing.
    """
    wanted = set(refs)
    of_key_results = {one.objective for _, one in card.key_results() if one.id in wanted}
    return tuple(
        objective.id
        for objective in card.objectives
        if objective.id in wanted
        or objective.id in of_key_results
        or any(kpi.id in wanted for kpi in objective.own_kpis)
    )
