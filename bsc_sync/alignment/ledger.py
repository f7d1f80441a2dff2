"""Whom the work serves: every work item in exactly one bucket, and the buckets sum to the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from bsc_sync.alignment.effort import estimate, natural
from bsc_sync.alignment.noticed import FirstFew, Noticed, Noticing
from bsc_sync.alignment.serving import Strategy
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
    untouched: Noticed  # linked, not done, and no activity for a while
    late: Noticed  # flowed to objectives or cycles that are closed
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
    whoever prints them counts those and does not name them. The items may be a stream of any
    length, in which each comes once: what is remembered of them are sums and the few that are named.
    """
    strategy = Strategy(card, zone)
    dropped = {name.casefold() for name in rule.exclude.resolution} if rule else set()
    served: set[str] = set()
    since = as_of if rule is None else rule.period.before(as_of) + dt.timedelta(days=1)
    last_day = as_of if rule is None else rule.untouched_after.before(as_of)
    untouched = Noticing(
        lambda item: item.category != "done" and strategy.is_untouched(item, last_day, as_of)
    )
    late = Noticing(strategy.is_late)
    by_project: dict[str, _Accounts] = {}
    for item in items:
        if item.container or (item.resolution or "").casefold() in dropped:
            continue
        served.update(strategy.serves((*item.serves, *item.shares)))
        if rule is None:
            continue
        untouched.add(item)
        day = strategy.active_on(item)
        if since <= day <= as_of:
            late.add(item)
            if item.in_scope:
                by_project.setdefault(item.project, _Accounts()).book(item, strategy, day, rule.effort)
    idle = strategy.idle(served, as_of)
    if rule is None:
        return _no_ledger(as_of, idle)
    whole = _Accounts()
    for project in by_project.values():
        whole.take(project)
    return Alignment(
        since=since,
        until=as_of,
        effort=rule.effort,
        buckets=whole.buckets(),
        items=whole.items,
        total=whole.total,
        overlap=whole.overlap,
        by_project=tuple((project, by_project[project].buckets()) for project in sorted(by_project)),
        idle_objectives=idle,
        untouched=untouched.noticed(),
        late=late.noticed(),
        coverage=_coverage(whole, rule.effort),
    )


class _Account:
    """One bucket while the work streams by."""

    def __init__(self) -> None:
        self.items = 0
        self.effort = Fraction(0)
        self.restricted = 0
        self.examples = FirstFew(EXAMPLES)

    def take(self, other: _Account) -> None:
        self.items += other.items
        self.effort += other.effort
        self.restricted += other.restricted
        self.examples.take(other.examples)


class _Accounts:
    """The three buckets of a project, or of all of them."""

    def __init__(self) -> None:
        self.items = 0
        self.total = Fraction(0)
        self.overlap = 0  # items that serve more than one objective
        self.estimated = 0
        self._accounts = {name: _Account() for name in BUCKETS}

    def book(self, item: WorkItem, strategy: Strategy, day: dt.date, by: str) -> None:
        """Put the item into its bucket, and each part of its effort into its own."""
        size = estimate(item, by)
        effort = Fraction(by == "points") if size is None else size
        objectives = strategy.serves_on((*item.serves, *item.shares), day)
        aligned = strategy.aligned_share(item, objectives, day)
        other = RUN if item.run_the_business else UNEXPLAINED
        serving = effort if aligned == 1 else effort * aligned
        self.items += 1
        self.total += effort
        self.overlap += len(objectives) > 1
        self.estimated += size is not None
        self._accounts[ALIGNED].effort += serving
        self._accounts[other].effort += effort - serving
        account = self._accounts[ALIGNED if aligned > 0 else other]
        account.items += 1
        account.restricted += item.restricted
        if not item.restricted:
            account.examples.add((-(serving if aligned > 0 else effort), natural(item)), item)

    def take(self, other: _Accounts) -> None:
        """Add what another one has booked."""
        self.items += other.items
        self.total += other.total
        self.overlap += other.overlap
        self.estimated += other.estimated
        for name, account in self._accounts.items():
            account.take(other._accounts[name])

    def buckets(self) -> tuple[Bucket, ...]:
        """The buckets with their shares of the whole effort."""
        return tuple(
            Bucket(
                name=name,
                items=account.items,
                effort=account.effort,
                share=account.effort / self.total if self.total else None,
                examples=account.examples.items,
                restricted=account.restricted,
            )
            for name, account in self._accounts.items()
        )


def _coverage(whole: _Accounts, by: str) -> str:
    if by == "count":
        return ""
    what = "points" if by == "points" else "time logged"
    return f"{what} on {whole.estimated} of {whole.items}"


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
        untouched=Noticed(),
        late=Noticed(),
        coverage="",
        why="the mapping declares no alignment: which work to ask, and over what period",
    )
