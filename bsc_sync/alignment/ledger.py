"""Whom the work serves: every work item in exactly one bucket, and the buckets sum to the whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from bsc_sync.alignment.work import WorkItem


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
