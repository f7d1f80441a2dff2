"""How far a value has come: the attainment of every type, and the other ways to score it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Literal

from bsc_sync.attainment.measure import Measure
from bsc_sync.attainment.path import elapsed, limit_on, planned_value
from bsc_sync.scorecard.measures import CONTROLS

By = Literal["attainment", "check_ins", "distance", "goal_red_flag"]
ONE_SIDED = frozenset({"increase", "decrease", "at_least", "at_most"})


def raw_attainment(measure: Measure, value: Fraction, on: dt.date, by: By = "attainment") -> Fraction | str:
    """The attainment of a value on a day, as a fraction of 1, not capped; or why there is none.

    Formulas of DOMAIN 3: (v - b) / (t - b) for increase and decrease; a control is 1 when met,
    else (v - r) / (t - r) with a red flag r and 0 without; milestones, done and work bring
    their share with them. `distance` is v / t (at most: 2 - v / t). `goal_red_flag` is on its
    scale of ten a third at the red flag and two thirds at the goal, clamped; here divided by ten.
    """
    if by == "distance" and measure.type in ONE_SIDED:
        return _distance(measure, value, on)
    if by == "goal_red_flag" and measure.type in ONE_SIDED:
        return _goal_red_flag(measure, value, on)
    match measure.type:
        case "increase" | "decrease":
            return _covered(measure, value)
        case "at_least" | "at_most":
            return _control(measure, value, limit_on(measure, on))
        case "between":
            return _range(measure, value)
        case "milestones":
            whole = sum((Fraction(milestone.weight) for milestone in measure.milestones), Fraction(0))
            return value / whole if whole else "it has no milestones"
        case "done":
            return Fraction(value >= 1)
        case "work":
            return value


def is_met(measure: Measure, value: Fraction, on: dt.date) -> bool:
    """Whether the value is where the target wants it on that day, however it is scored."""
    if measure.type in {"increase", "decrease"}:
        return _has_arrived(measure, value)
    raw = raw_attainment(measure, value, on)
    return isinstance(raw, Fraction) and raw >= 1


def expected_attainment(measure: Measure, day: dt.date, by: By = "attainment") -> Fraction | None:
    """What the plan asks for on the day: the same function applied to the planned value.

    1 for controls; of milestones the weight of those due (one without a day falls due at the
    end); of done 1 from its due day on; of work the share of the time that is over. None
    where the plan has no end, or no beginning.
    """
    if measure.type in CONTROLS:
        limit = limit_on(measure, day)
        asked = raw_attainment(measure, limit, day, by) if limit is not None else Fraction(1)
        return asked if isinstance(asked, Fraction) else None
    if measure.type == "milestones":
        return _milestones_due(measure, day)
    if measure.type == "done":
        due = measure.due or measure.end
        return None if due is None else Fraction(day >= due)
    if measure.type == "work":
        return elapsed(measure, day)
    planned = planned_value(measure, day)
    if planned is None:
        return None
    asked = raw_attainment(measure, planned, day, by)
    return asked if isinstance(asked, Fraction) else None


def milestones_reached(measure: Measure, day: dt.date) -> Fraction:
    """The weight of the milestones that were reached by the end of the day."""
    return sum(
        (
            Fraction(milestone.weight)
            for milestone in measure.milestones
            if milestone.reached is not None and milestone.reached <= day
        ),
        Fraction(0),
    )


def _milestones_due(measure: Measure, day: dt.date) -> Fraction | None:
    dues = [(milestone.due or measure.end, Fraction(milestone.weight)) for milestone in measure.milestones]
    whole = sum((weight for _, weight in dues), Fraction(0))
    if not whole:
        return None
    return sum((weight for due, weight in dues if due is not None and due <= day), Fraction(0)) / whole


def _covered(measure: Measure, value: Fraction) -> Fraction | str:
    if measure.target is None:
        return "it has no target"
    if measure.baseline is None:
        return "it has no baseline"
    if measure.target == measure.baseline:
        return "its target is its baseline"
    return (value - measure.baseline) / (measure.target - measure.baseline)


def _has_arrived(measure: Measure, value: Fraction) -> bool:
    if measure.target is None:
        return False
    rises = measure.type == "increase" if measure.baseline is None else measure.target > measure.baseline
    return value >= measure.target if rises else value <= measure.target


def _control(measure: Measure, value: Fraction, limit: Fraction | None) -> Fraction | str:
    if limit is None:
        return "it has no target"
    at_least = measure.type == "at_least"
    if value >= limit if at_least else value <= limit:
        return Fraction(1)
    return _beyond(value, limit, measure.red_low if at_least else measure.red_high)


def _range(measure: Measure, value: Fraction) -> Fraction | str:
    if measure.low is None and measure.high is None:
        return "it has no range"
    if measure.low is not None and value < measure.low:
        return _beyond(value, measure.low, measure.red_low)
    if measure.high is not None and value > measure.high:
        return _beyond(value, measure.high, measure.red_high)
    return Fraction(1)


def _beyond(value: Fraction, limit: Fraction, red_flag: Fraction | None) -> Fraction:
    """An unmet control's rest, linear from 1 at the limit to 0 at the red flag and below."""
    if red_flag is None or (value - limit) * (red_flag - limit) <= 0:
        return Fraction(0)
    return (value - red_flag) / (limit - red_flag)


def _distance(measure: Measure, value: Fraction, on: dt.date) -> Fraction | str:
    goal = _goal(measure, on)
    if goal is None:
        return "it has no target"
    if goal == 0:
        return "distance scoring divides by the target, which is 0"
    ratio = value / goal
    return ratio if measure.type in {"increase", "at_least"} else 2 - ratio


def _goal_red_flag(measure: Measure, value: Fraction, on: dt.date) -> Fraction | str:
    goal = _goal(measure, on)
    red_flag = measure.red_low if measure.type in {"increase", "at_least"} else measure.red_high
    if goal is None:
        return "it has no target"
    if red_flag is None or red_flag == goal:
        return "goal and red flag scoring needs a red flag apart from the target"
    score = (1 + (value - red_flag) / (goal - red_flag)) / 3
    return min(max(score, Fraction(0)), Fraction(1))


def _goal(measure: Measure, on: dt.date) -> Fraction | None:
    return limit_on(measure, on) if measure.type in CONTROLS else measure.target
