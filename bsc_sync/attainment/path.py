"""The plan of a measure: where it should be on a day."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from bsc_sync.attainment.days import ONE_DAY, share_elapsed
from bsc_sync.attainment.measure import Measure


def elapsed(measure: Measure, day: dt.date) -> Fraction | None:
    """The share of the measure's time that is over on the day, 0..1; None without both ends."""
    if measure.origin is None or measure.end is None:
        return None
    return share_elapsed(measure.origin, day, measure.end, measure.calendar)


def planned_value(measure: Measure, day: dt.date) -> Fraction | None:
    """The value that the plan asks for on the day; None where no plan can be drawn.

    A straight line from the baseline to the target, or piecewise through the path's points
    (those outside the two ends are not on the way). Before and after it stays what it is at
    the ends.
    """
    if measure.baseline is None or measure.target is None or measure.origin is None or measure.end is None:
        return None
    stations = (
        (measure.origin, measure.baseline),
        *((on, value) for on, value in measure.path if measure.origin < on < measure.end),
        (measure.end, measure.target),
    )
    return _between(stations, day, measure)


def limit_on(measure: Measure, day: dt.date) -> Fraction | None:
    """The value that a control of one side must keep on the day: its target, or its path's.

    Of a flow over the year so far the path begins at zero on every first of January: at most
    24 a year with 12 by the end of June allows 20 in June no more. Before the first point of
    any other path that point holds.
    """
    if measure.target is None or not measure.path:
        return measure.target
    stations = measure.path
    if measure.end is not None and measure.end > stations[-1][0]:
        stations = (*stations, (measure.end, measure.target))
    if measure.series.kind == "flow" and measure.series.window == "ytd":
        of_year = tuple(station for station in stations if station[0].year == day.year)
        if not of_year:
            return measure.target
        stations = ((dt.date(day.year, 1, 1) - ONE_DAY, Fraction(0)), *of_year)
    return _between(stations, day, measure)


def _between(stations: tuple[tuple[dt.date, Fraction], ...], day: dt.date, measure: Measure) -> Fraction:
    begin, value = stations[0]
    for end, following in stations[1:]:
        if day < end:
            share = share_elapsed(begin, day, end, measure.calendar)
            return value + (following - value) * share
        begin, value = end, following
    return value
