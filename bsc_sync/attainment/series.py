"""What single readings say together on a day: the latest level, or a flow over a window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bsc_sync.attainment.days import ONE_DAY, period_of, periods_back
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.scorecard.measures import Series


@dataclass(frozen=True, slots=True)
class Known:
    """A value, the day that it speaks of, and the reading that it rests on (the last of them)."""

    value: Fraction
    effective: dt.date
    reading: Measurement | None = None


def value_on(readings: Sequence[Measurement], series: Series, day: dt.date) -> Known | str:
    """The value of a series as of a day, or the reason why there is none.

    `readings` in the order of `book`; each counts from its effective day. A flow that is
    summed or averaged over periods speaks of whole ones only: half a month is not compared
    with a month's target. A flow is summed unless the series says otherwise. Readings of a
    year so far are summed as they are; a rolling sum needs a reading in each of its periods.
    """
    of_day = {reading.effective: reading for reading in readings if reading.effective <= day}
    if not of_day:
        return "no reading yet"
    how = _aggregate(series)
    if how == "last":
        reading = of_day[max(of_day)]
        return Known(reading.value, reading.effective, reading)
    whole_periods = series.kind == "flow" and series.window != "ytd"
    if whole_periods:
        of_day = {on: found for on, found in of_day.items() if period_of(on, series.period)[1] <= day}
        if not of_day:
            return f"its first {series.period} is not over yet"
    latest = of_day[max(of_day)]
    since = _window_start(latest.effective, series)
    inside = {on: found.value for on, found in of_day.items() if on >= since}
    if how == "sum" and (missing := _missing_periods(since, latest.effective, inside, series)):
        return f"no reading in {missing} of the {series.window.removeprefix('rolling ')} {series.period}s"
    total = sum(inside.values(), Fraction(0))
    return Known(
        value=total if how == "sum" else total / len(inside),
        effective=period_of(latest.effective, series.period)[1] if whole_periods else latest.effective,
        reading=latest,
    )


def _aggregate(series: Series) -> str:
    if series.kind == "flow" and "aggregate" not in series.model_fields_set:
        return "sum"
    return series.aggregate


def _window_start(latest: dt.date, series: Series) -> dt.date:
    if series.window == "ytd":
        return dt.date(latest.year, 1, 1)
    count = 1 if series.window == "period" else int(series.window.removeprefix("rolling "))
    return periods_back(latest, series.period, count)


def _missing_periods(since: dt.date, latest: dt.date, inside: dict[dt.date, Fraction], series: Series) -> int:
    if not series.window.startswith("rolling"):
        return 0
    told = {period_of(on, series.period) for on in inside}
    missing, day = 0, latest
    while day >= since:
        period = period_of(day, series.period)
        missing += period not in told
        day = period[0] - ONE_DAY
    return missing
