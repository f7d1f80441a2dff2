"""Days: how many lie between two of them, which period one belongs to, when a cadence is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from bsc_sync.scorecard.measures import Cadence
from bsc_sync.scorecard.model import Calendar
from bsc_sync.scorecard.quantity import Span, add_months

Unit = Literal["day", "week", "month", "quarter", "year"]
ONE_DAY = dt.timedelta(days=1)
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


def share_elapsed(origin: dt.date, day: dt.date, end: dt.date, calendar: Calendar) -> Fraction:
    """How much of the way from `origin` (0) to `end` (1) is over on `day`, clamped to 0..1.

    Counted in days, or in working days where the calendar says so.
    """
    if day <= origin:
        return Fraction(0)
    if day >= end:
        return Fraction(1)
    whole = count_days(origin, end, calendar)
    return Fraction(count_days(origin, day, calendar), whole) if whole else Fraction(0)


def count_days(after: dt.date, through: dt.date, calendar: Calendar) -> int:
    """The days after `after` up to and with `through`; working days where the calendar says so."""
    span = max((through - after).days, 0)
    if calendar.days == "calendar":
        return span
    weeks, rest = divmod(span, 7)
    odd = sum((through - ONE_DAY * back).weekday() < 5 for back in range(rest))
    off = sum(after < holiday <= through and holiday.weekday() < 5 for holiday in set(calendar.holidays))
    return weeks * 5 + odd - off


def period_of(day: dt.date, unit: Unit) -> tuple[dt.date, dt.date]:
    """The first and last day of the calendar period that holds `day`; weeks begin on Monday."""
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - ONE_DAY * day.weekday()
        return monday, monday + ONE_DAY * 6
    months = _MONTHS[unit]
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months) - ONE_DAY


def periods_back(day: dt.date, unit: Unit, count: int) -> dt.date:
    """The first day of the `count` periods of which the last one holds `day`."""
    first, _ = period_of(day, unit)
    for _ in range(count - 1):
        first, _ = period_of(first - ONE_DAY, unit)
    return first


def cadence_span(cadence: Cadence) -> Span:
    """The time between two readings of that cadence."""
    return Span(count=1, unit=cadence)


def slots(first: dt.date, last: dt.date, cadence: Cadence) -> tuple[tuple[dt.date, dt.date], ...]:
    """The planned check-ins from `first` to `last`: whole stretches of one cadence each.

    A rest shorter than the cadence plans none; a window shorter than it plans a single one.
    """
    return tuple(_whole_slots(first, last, cadence)) or ((first, last),)


def _whole_slots(first: dt.date, last: dt.date, cadence: Cadence) -> Iterator[tuple[dt.date, dt.date]]:
    begin, index = first, 1
    while (following := Span(count=index, unit=cadence).after(first)) - ONE_DAY <= last:
        yield begin, following - ONE_DAY
        begin, index = following, index + 1
