"""Check-ins against the plan of check-ins: how many of them told a success."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bsc_sync.attainment.days import slots
from bsc_sync.attainment.formula import is_met
from bsc_sync.attainment.measure import Measure
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.path import planned_value
from bsc_sync.attainment.series import Known, value_on


@dataclass(frozen=True, slots=True)
class Counted:
    """Planned check-ins of a window, those due so far, and the successes among the due.

    `told` is whether anybody checked in at all: as long as nobody did, there is nothing to
    score; from the first check-in on, a due one that is missing is a failure.
    """

    planned: int
    due: int
    successes: int
    last_succeeded: bool
    told: bool


def count_check_ins(measure: Measure, readings: Sequence[Measurement], day: dt.date) -> Counted | None:
    """The check-ins of the cycle by cadence as of a day; None where no window plans any.

    A check-in succeeds when its value is where it should be on its day: in range for a
    control, at or ahead of the plan otherwise.
    """
    if measure.planned is None:
        return None
    first, last = measure.planned
    planned = slots(first, last, measure.cadence)
    answers = [_succeeded(measure, readings, slot) for slot in planned if slot[1] <= day]
    return Counted(
        planned=len(planned),
        due=len(answers),
        successes=sum(answers),
        last_succeeded=bool(answers) and answers[-1],
        told=any(first <= reading.effective <= day for reading in readings),
    )


def _succeeded(measure: Measure, readings: Sequence[Measurement], slot: tuple[dt.date, dt.date]) -> bool:
    if not any(slot[0] <= reading.effective <= slot[1] for reading in readings):
        return False
    known = value_on(readings, measure.series, slot[1])
    return isinstance(known, Known) and _on_plan(measure, known.value, known.effective)


def _on_plan(measure: Measure, value: Fraction, on: dt.date) -> bool:
    planned = planned_value(measure, on) if measure.type in {"increase", "decrease"} else None
    if planned is None or measure.target is None or measure.baseline is None:
        return is_met(measure, value, on)
    return value >= planned if measure.target > measure.baseline else value <= planned
