"""A KPI and a key result as one thing: from where, to where, between which days, and how judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bsc_sync.attainment.days import ONE_DAY
from bsc_sync.scorecard.measure_type import derived_type, measure_type
from bsc_sync.scorecard.measures import (
    KPI,
    Cadence,
    MeasureType,
    Milestone,
    Override,
    RedFlag,
    Scoring,
    Series,
    StatusRule,
    Target,
)
from bsc_sync.scorecard.model import Calendar, Cycle, KeyResult, Objective, Scorecard
from bsc_sync.scorecard.quantity import Span

NUMERIC = frozenset({"increase", "decrease", "at_least", "at_most", "between"})


@dataclass(frozen=True, slots=True)
class Measure:
    """What the arithmetic needs to know of a KPI or key result, all defaults settled.

    `origin` is the day on which nothing of the way is due, `start` the first day of the window
    (a cycle's own first day already counts as one of its days), `end` the last one. Readings
    count when effective by `last` and, of a cycle, recorded by `closing`.
    """

    id: str
    kind: Literal["kpi", "key_result"]
    name: str
    type: MeasureType
    cadence: Cadence
    series: Series
    calendar: Calendar
    baseline: Fraction | None = None
    target: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    red_low: Fraction | None = None
    red_high: Fraction | None = None
    path: tuple[tuple[dt.date, Fraction], ...] = ()
    milestones: tuple[Milestone, ...] = ()
    origin: dt.date | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    last: dt.date | None = None
    closing: dt.date | None = None
    closed: dt.date | None = None
    due: dt.date | None = None
    lag: Span | None = None
    unit: str = ""
    scoring: Scoring | None = None
    status: StatusRule | None = None
    override: Override | None = None
    retired: dt.date | None = None
    planned: tuple[dt.date, dt.date] | None = None  # the window whose check-ins are counted

    def over(self, day: dt.date) -> bool:
        """Whether the measure's time is over on that day: past its end, or its cycle closed."""
        return (self.end is not None and day > self.end) or (self.closed is not None and day >= self.closed)


def kpi_measure(card: Scorecard, objective: Objective, kpi: KPI, *, as_of: dt.date) -> Measure:
    """The KPI as a measure: from its baseline's day (else the horizon's start) to its target's.

    A target without a day is taken to be due at the horizon's end. A KPI retires with the
    objective that defines it, a key result too.
    """
    horizon = card.destination.horizon
    begin = kpi.baseline.on if kpi.baseline and kpi.baseline.on else horizon.from_ if horizon else None
    end = kpi.target.on or (horizon.to if horizon else None)
    red_low, red_high = _red_flags(kpi.type, kpi.target, kpi.red_flag)
    return Measure(
        id=kpi.id,
        kind="kpi",
        name=kpi.name,
        type=kpi.type,
        cadence=kpi.cadence,
        series=kpi.series,
        calendar=card.calendar,
        baseline=_exact(kpi.baseline.value) if kpi.baseline else None,
        target=_exact(kpi.target.value),
        low=_exact(kpi.target.low),
        high=_exact(kpi.target.high),
        red_low=red_low,
        red_high=red_high,
        path=_path(kpi),
        milestones=kpi.milestones,
        origin=begin,
        start=begin,
        end=end,
        last=end,
        due=kpi.target.on,
        lag=kpi.publication_lag,
        unit=_unit(kpi),
        scoring=kpi.scoring,
        status=kpi.status,
        override=kpi.override,
        retired=_first(kpi.retired, objective.retired),
        planned=_planned(card, min(as_of, end) if end else as_of, begin, end),
    )


def key_result_measure(card: Scorecard, cycle: Cycle, key_result: KeyResult) -> Measure:
    """The key result as a measure of its cycle; what it leaves open it takes from its KPI."""
    kpi = card.kpi(key_result.kpi) if key_result.kpi else None
    target = key_result.target or (kpi.target if kpi else Target())
    type_ = measure_type(card, key_result)
    baseline = key_result.baseline
    if baseline is None and kpi and kpi.baseline:
        baseline = kpi.baseline.value
    red_flag = key_result.red_flag or (kpi.red_flag if kpi else None)
    red_low, red_high = _red_flags(type_, target, red_flag)
    return Measure(
        id=key_result.id,
        kind="key_result",
        name=key_result.name,
        type=type_,
        cadence=key_result.cadence or (kpi.cadence if kpi else "month"),
        series=kpi.series if kpi else Series(),
        calendar=card.calendar,
        baseline=_exact(baseline),
        target=_exact(target.value),
        low=_exact(target.low),
        high=_exact(target.high),
        red_low=red_low,
        red_high=red_high,
        path=_path(key_result),
        milestones=key_result.milestones or (kpi.milestones if kpi else ()),
        origin=cycle.from_ - ONE_DAY,
        start=cycle.from_,
        end=cycle.to,
        last=min(cycle.to, cycle.closed) if cycle.closed else cycle.to,
        closing=cycle.closed or cycle.closes.after(cycle.to),
        closed=cycle.closed,
        due=key_result.due or cycle.to,
        lag=key_result.publication_lag or (kpi.publication_lag if kpi else None),
        unit=_unit(key_result) or (_unit(kpi) if kpi else ""),
        scoring=key_result.scoring or (kpi.scoring if kpi else None),
        status=key_result.status or (kpi.status if kpi else None),
        override=key_result.override,
        retired=_first(key_result.retired, card.objective(key_result.objective).retired),
        planned=(cycle.from_, cycle.to),
    )


def one_measure(key_result: KeyResult, kpi: KPI) -> bool:
    """Whether a reading of either is a reading of both.

    Not where the key result says `measure: own`, and not between kinds of values that cannot
    stand for each other (a share of work done is no retention rate).
    """
    type_ = derived_type(key_result, kpi)
    alike = type_ == kpi.type or (type_ in NUMERIC and kpi.type in NUMERIC)
    return key_result.measure == "shared" and alike


def _first(*days: dt.date | None) -> dt.date | None:
    return min((day for day in days if day is not None), default=None)


def _planned(
    card: Scorecard, day: dt.date, begin: dt.date | None, end: dt.date | None
) -> tuple[dt.date, dt.date] | None:
    cycles = [cycle for cycle in card.cycles if cycle.contains(day)]
    if cycles:
        shortest = min(cycles, key=lambda cycle: cycle.to - cycle.from_)
        return shortest.from_, shortest.to
    return (begin, end) if begin and end else None


def _red_flags(
    type_: MeasureType, target: Target, red_flag: RedFlag | None
) -> tuple[Fraction | None, Fraction | None]:
    """The red flags below and above; a single value stands on the side that it lies on."""
    if red_flag is None:
        return None, None
    low, high = _exact(red_flag.low), _exact(red_flag.high)
    value = _exact(red_flag.value)
    if value is None:
        return low, high
    if type_ in {"at_most", "decrease"} or (
        type_ == "between" and target.high is not None and value > target.high
    ):
        return low, value
    return value, high


def _path(part: KPI | KeyResult) -> tuple[tuple[dt.date, Fraction], ...]:
    return tuple(sorted((point.on, Fraction(point.value)) for point in part.path))


def _unit(part: KPI | KeyResult) -> str:
    return str(part.unit) if part.unit else ""


def _exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
