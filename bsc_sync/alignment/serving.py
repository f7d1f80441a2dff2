"""Whom a reference serves in the end: key results and KPIs stand for their objective."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from bsc_sync.alignment.work import WorkItem
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


class Strategy:
    """What the scorecard says about the refs that work serves, looked up once."""

    def __init__(self, card: Scorecard, zone: ZoneInfo) -> None:
        self._card = card
        self._zone = zone
        self._objectives: dict[frozenset[str], tuple[str, ...]] = {}
        self._retired = {one.id: one.retired for one in card.objectives}
        self._key_results = {one.id: (cycle, one) for cycle, one in card.key_results()}

    def active_on(self, item: WorkItem) -> dt.date:
        """The day of the last activity by a person, as far as it is known."""
        return (item.touched or item.resolved or item.created).astimezone(self._zone).date()

    def serves(self, refs: Iterable[str]) -> tuple[str, ...]:
        """The objectives behind the refs, retired or not."""
        known = frozenset(refs)
        if known not in self._objectives:
            self._objectives[known] = objectives_of(self._card, known)
        return self._objectives[known]

    def serves_on(self, refs: Iterable[str], day: dt.date) -> tuple[str, ...]:
        """The objectives served, without those that had been retired by that day."""
        return tuple(ref for ref in self.serves(refs) if not _gone(self._retired[ref], day))

    def idle(self, served: Collection[str], as_of: dt.date) -> tuple[str, ...]:
        """The objectives that are not among those served, without the retired."""
        return tuple(
            ref for ref, retired in self._retired.items() if ref not in served and not _gone(retired, as_of)
        )

    def is_untouched(self, item: WorkItem, last_day: dt.date, as_of: dt.date) -> bool:
        """Whether it serves an objective of today and has not been active since after that day."""
        return self.active_on(item) <= last_day and bool(self.serves_on((*item.serves, *item.shares), as_of))

    def is_late(self, item: WorkItem) -> bool:
        """Whether the last activity served only what was closed by then.

        An objective counts as served for its own sake when it is not just the parent of a
        closed key result.
        """
        day = self.active_on(item)
        refs = {*item.serves, *item.shares}
        closed = {ref for ref in refs if self._is_closed(ref, day)}
        parents = {self._key_results[ref][1].objective for ref in closed if ref in self._key_results}
        return bool(closed) and not (set(self._known(refs)) - closed - parents)

    def aligned_share(self, item: WorkItem, served: Sequence[str], day: dt.date) -> Fraction:
        """The share of the item that serves those objectives, which it serves on that day."""
        if not served:
            return Fraction(0)
        if set(served) - set(self.serves(item.shares)):
            return Fraction(1)  # some objective takes it without a split: wholly aligned
        parts = [share for ref, share in item.shares.items() if self.serves_on((ref,), day)]
        return min(sum(parts, Fraction(0)), Fraction(1))

    def _known(self, refs: Iterable[str]) -> Iterable[str]:
        return (ref for ref in refs if self.serves((ref,)))

    def _is_closed(self, ref: str, day: dt.date) -> bool:
        if ref in self._key_results:
            cycle, key_result = self._key_results[ref]
            objective = self._retired[key_result.objective]
            over = day > cycle.to or (cycle.closed is not None and day > cycle.closed)
            return over or _gone(key_result.retired, day) or _gone(objective, day)
        return any(_gone(self._retired[objective], day) for objective in self.serves((ref,)))


def _gone(retired: dt.date | None, day: dt.date) -> bool:
    return retired is not None and retired <= day
