"""Whom the work serves: every work item in exactly one bucket, and the buckets sum to the whole."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from bsc_sync.alignment.effort import estimate, natural
from bsc_sync.alignment.serving import objectives_of
from bsc_sync.alignment.work import WorkItem
from bsc_sync.mapping.model import AlignmentRule
from bsc_sync.scorecard.model import Scorecard

ALIGNED, RUN, UNEXPLAINED = "aligned", "run the business", "unexplained"
BUCKETS = (ALIGNED, RUN, UNEXPLAINED)
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of some linked work is done: `done` of `total`, in the unit of `by`.

    `share` is None where there is nothing to share; `why` says so. `evidence` is plain JSON:
    the keys counted, excluded and unestimated, enough to recompute the figure by hand.
    """

    share: Fraction | None
    done: Fraction
    total: Fraction
    by: str
    items: int
    estimated: int
    why: str = ""
    evidence: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str  # aligned | run the business | unexplained
    items: int
    effort: Fraction
    share: Fraction | None  # of the whole effort; None when there is none
    examples: tuple[WorkItem, ...]  # most effort first, restricted ones left out
    restricted: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The ledger of one period, and the other way round: objectives that no work serves."""

    since: dt.date
    until: dt.date
    effort: str  # count | points | time
    buckets: tuple[Bucket, ...]
    items: int
    total: Fraction
    overlap: int  # items that serve more than one objective, counted once above
    by_project: tuple[tuple[str, tuple[Bucket, ...]], ...]
    idle_objectives: tuple[str, ...]
    untouched: tuple[WorkItem, ...]  # linked, not done, and no activity for a while
    late: tuple[WorkItem, ...]  # flowed to objectives or cycles that are closed
    coverage: str  # e.g. "points on 14 of 22"
    why: str = ""  # why there is no ledger


def align(
    card: Scorecard,
    items: Iterable[WorkItem],
    *,
    rule: AlignmentRule | None,
    as_of: dt.date,
    zone: ZoneInfo,
) -> Alignment:
    """Put every work item of the period into exactly one bucket; their efforts sum to the whole.

    The ledger is over items in scope whose last activity by a person (touched, else resolved,
    else created) lies in the rule's period, which ends with `as_of`. An item is aligned when it
    serves an objective that was not retired on that day, else run the business where declared,
    else unexplained. One that is split by `shares` is aligned in part; the rest of its effort
    goes to the other bucket, while it is counted as one aligned item. Items without points
    count one point; time is what was logged.

    The other way round asks all linked work, in scope or not: objectives that no work serves,
    work that nobody touched for a while, work still flowing to what is closed. Excluded
    resolutions and containers count nowhere. `untouched` and `late` hold restricted items too:
    whoever prints them counts those and does not name them.
    """
    strategy = _Strategy(card, zone)
    dropped = {name.casefold() for name in rule.exclude.resolution} if rule else set()
    linked_or_not = {item.id: item for item in items}.values()
    counted = sorted(
        (
            item
            for item in linked_or_not
            if not item.container and (item.resolution or "").casefold() not in dropped
        ),
        key=natural,
    )
    idle = strategy.idle(counted, as_of)
    if rule is None:
        return _no_ledger(as_of, idle)
    since = rule.period.before(as_of) + dt.timedelta(days=1)
    recent = [item for item in counted if since <= strategy.active_on(item) <= as_of]
    entries = [strategy.entry(item, rule.effort) for item in recent if item.in_scope]
    by_project: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        by_project[entry.item.project].append(entry)
    return Alignment(
        since=since,
        until=as_of,
        effort=rule.effort,
        buckets=_buckets(entries),
        items=len(entries),
        total=sum((entry.effort for entry in entries), Fraction(0)),
        overlap=sum(entry.objectives > 1 for entry in entries),
        by_project=tuple((project, _buckets(by_project[project])) for project in sorted(by_project)),
        idle_objectives=idle,
        untouched=tuple(
            item
            for item in counted
            if item.category != "done"
            and strategy.is_untouched(item, rule.untouched_after.before(as_of), as_of)
        ),
        late=tuple(item for item in recent if strategy.is_late(item)),
        coverage=_coverage(entries, rule.effort),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    item: WorkItem
    effort: Fraction
    estimated: bool
    aligned: Fraction  # the share of it that serves an objective
    objectives: int

    def in_bucket(self, name: str) -> Fraction:
        """The part of the effort that falls into that bucket; the three parts are the whole."""
        if name == ALIGNED:
            return self.effort * self.aligned
        other = RUN if self.item.run_the_business else UNEXPLAINED
        return self.effort * (1 - self.aligned) if name == other else Fraction(0)

    @property
    def bucket(self) -> str:
        if self.aligned > 0:
            return ALIGNED
        return RUN if self.item.run_the_business else UNEXPLAINED


class _Strategy:
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
        known = frozenset(refs)
        if known not in self._objectives:
            self._objectives[known] = objectives_of(self._card, known)
        return self._objectives[known]

    def serves_on(self, refs: Iterable[str], day: dt.date) -> tuple[str, ...]:
        """The objectives served, without those that had been retired by that day."""
        return tuple(ref for ref in self.serves(refs) if not _gone(self._retired[ref], day))

    def entry(self, item: WorkItem, by: str) -> _Entry:
        size = estimate(item, by)
        day = self.active_on(item)
        served = self.serves_on((*item.serves, *item.shares), day)
        return _Entry(
            item=item,
            effort=Fraction(by == "points") if size is None else size,
            estimated=size is not None,
            aligned=self._aligned_share(item, served, day),
            objectives=len(served),
        )

    def idle(self, items: Iterable[WorkItem], as_of: dt.date) -> tuple[str, ...]:
        served = {ref for item in items for ref in self.serves((*item.serves, *item.shares))}
        return tuple(
            ref for ref, retired in self._retired.items() if ref not in served and not _gone(retired, as_of)
        )

    def is_untouched(self, item: WorkItem, last_day: dt.date, as_of: dt.date) -> bool:
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

    def _known(self, refs: Iterable[str]) -> Iterable[str]:
        return (ref for ref in refs if self.serves((ref,)))

    def _is_closed(self, ref: str, day: dt.date) -> bool:
        if ref in self._key_results:
            cycle, key_result = self._key_results[ref]
            objective = self._retired[key_result.objective]
            over = day > cycle.to or (cycle.closed is not None and day > cycle.closed)
            return over or _gone(key_result.retired, day) or _gone(objective, day)
        return any(_gone(self._retired[objective], day) for objective in self.serves((ref,)))

    def _aligned_share(self, item: WorkItem, served: Sequence[str], day: dt.date) -> Fraction:
        if not served:
            return Fraction(0)
        if set(served) - set(self.serves(item.shares)):
            return Fraction(1)  # some objective takes it without a split: wholly aligned
        parts = [share for ref, share in item.shares.items() if self.serves_on((ref,), day)]
        return min(sum(parts, Fraction(0)), Fraction(1))


def _gone(retired: dt.date | None, day: dt.date) -> bool:
    return retired is not None and retired <= day


def _buckets(entries: Sequence[_Entry]) -> tuple[Bucket, ...]:
    total = sum((entry.effort for entry in entries), Fraction(0))
    return tuple(_bucket(name, entries, total) for name in BUCKETS)


def _bucket(name: str, entries: Sequence[_Entry], total: Fraction) -> Bucket:
    effort = sum((entry.in_bucket(name) for entry in entries), Fraction(0))
    members = [entry for entry in entries if entry.bucket == name]
    shown = sorted(
        (entry for entry in members if not entry.item.restricted),
        key=lambda entry: (-entry.in_bucket(name), natural(entry.item)),
    )
    return Bucket(
        name=name,
        items=len(members),
        effort=effort,
        share=effort / total if total else None,
        examples=tuple(entry.item for entry in shown[:EXAMPLES]),
        restricted=sum(entry.item.restricted for entry in members),
    )


def _coverage(entries: Sequence[_Entry], by: str) -> str:
    if by == "count":
        return ""
    what = "points" if by == "points" else "time logged"
    return f"{what} on {sum(entry.estimated for entry in entries)} of {len(entries)}"


def _no_ledger(as_of: dt.date, idle: tuple[str, ...]) -> Alignment:
    return Alignment(
        since=as_of,
        until=as_of,
        effort="count",
        buckets=(),
        items=0,
        total=Fraction(0),
        overlap=0,
        by_project=(),
        idle_objectives=idle,
        untouched=(),
        late=(),
        coverage="",
        why="the mapping declares no alignment: which work to ask, and over what period",
    )
