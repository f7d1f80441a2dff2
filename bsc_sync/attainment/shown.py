"""Where a measure comes from and goes to, as people read it."""

from __future__ import annotations

from fractions import Fraction

from bsc_sync.attainment.exact import decimal_text
from bsc_sync.attainment.measure import Measure

_ALL_DIGITS = 70  # more than any number of the file can have: written out in full


def shown_baseline(measure: Measure) -> str:
    """The baseline in the unit of the value; empty where the type has none."""
    if measure.type in {"milestones", "work"}:
        return "0"
    if measure.type in {"increase", "decrease"} and measure.baseline is not None:
        return _full(measure.baseline)
    return ""


def shown_target(measure: Measure) -> str:
    """The target in the unit of the value: `87`, `>= 40`, `99.5 to 100`, `done`."""
    match measure.type:
        case "milestones":
            return _full(sum((Fraction(one.weight) for one in measure.milestones), Fraction(0)))
        case "work":
            return "1"
        case "done":
            return "done"
        case "between":
            return _range(measure)
        case "at_least" if measure.target is not None:
            return f">= {_full(measure.target)}"
        case "at_most" if measure.target is not None:
            return f"<= {_full(measure.target)}"
        case _:
            return "" if measure.target is None else _full(measure.target)


def shown_unit(measure: Measure) -> str:
    """The unit as declared; of milestones and work, what their value counts."""
    if measure.type == "work":
        return "of the work"
    if measure.type == "milestones" and not measure.unit:
        plain = all(one.weight == 1 for one in measure.milestones)
        return "milestones" if plain else "milestone points"
    return measure.unit


def _range(measure: Measure) -> str:
    if measure.low is not None and measure.high is not None:
        return f"{_full(measure.low)} to {_full(measure.high)}"
    if measure.low is not None:
        return f">= {_full(measure.low)}"
    return "" if measure.high is None else f"<= {_full(measure.high)}"


def _full(value: Fraction) -> str:
    return decimal_text(value, _ALL_DIGITS)
