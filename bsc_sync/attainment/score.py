"""What a measure, an objective or a whole perspective scores, and whether it keeps its pace."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from bsc_sync.attainment.measurement import Measurement

Kind = Literal["perspective", "theme", "objective", "kpi", "key_result"]


class Status(StrEnum):
    """Where a measure stands, in words; the first that fits (DOMAIN 3)."""

    ACHIEVED = "achieved"
    MISSED = "missed"
    NOT_STARTED = "not started"
    NO_DATA = "no data"
    HOLDING = "holding"
    BREACHED = "breached"
    TOO_EARLY = "too early"
    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OFF_TRACK = "off track"


ON_PLAN = frozenset({Status.ACHIEVED, Status.HOLDING, Status.ON_TRACK})
OFF_PLAN = frozenset({Status.MISSED, Status.BREACHED, Status.AT_RISK, Status.OFF_TRACK})


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one item; fractions of 1, exact, `None` where undefined with the reason.

    `raw` is uncapped, `attainment` capped (what a roll-up uses); of a parent both are the
    weighted mean. `expected` is what the plan asks for on the reading's effective day.
    `children` are the ids that the roll-up went over, `weight` the item's own.
    """

    id: str
    kind: Kind
    name: str
    status: Status
    value: Fraction | None = None
    raw: Fraction | None = None
    attainment: Fraction | None = None
    expected: Fraction | None = None
    coverage: Fraction = Fraction(0)
    okr_progress: Fraction | None = None
    work_progress: Fraction | None = None
    undefined: str | None = None
    overridden: str | None = None  # the reason, where the status was set by hand
    stale: bool = False
    worst_child: str | None = None
    unit: str = ""
    baseline: str = ""  # as shown to people: "85", ">= 40", "99.5 to 100"
    target: str = ""
    due: dt.date | None = None
    reading: Measurement | None = None
    parent: str | None = None  # a KPI's or key result's objective, an objective's perspective
    cycle: str | None = None
    children: tuple[str, ...] = ()
    weight: Fraction = Fraction(1)
    status_name: str | None = None  # a name of the authors' own for this status
    retired: bool = False  # left the scorecard: scored still, but in no roll-up and no tally


@dataclass(frozen=True, slots=True)
class Tally:
    """n of m on plan; those that cannot be judged yet are counted apart and are not in m."""

    on_plan: int
    of: int
    unjudged: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Every score of one scorecard on one day, apex perspective first, in the file's order."""

    as_of: dt.date
    items: tuple[Score, ...]
    objectives: Tally
    kpis: Tally
    key_results: Tally
    attainment: Fraction | None
    expected: Fraction | None
    coverage: Fraction
    rules: tuple[str, ...]  # the declared rules in words, for the page

    def get(self, ref: str, kind: Kind) -> Score:
        """The score of that item; KeyError when there is none."""
        for item in self.items:
            if item.id == ref and item.kind == kind:
                return item
        raise KeyError(ref)
