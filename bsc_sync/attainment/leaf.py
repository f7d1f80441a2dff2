"""The score of one KPI or key result on one day: value, attainment, expectation, status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from bsc_sync.attainment.book import usable
from bsc_sync.attainment.days import cadence_span
from bsc_sync.attainment.formula import (
    By,
    expected_attainment,
    is_met,
    milestones_reached,
    raw_attainment,
)
from bsc_sync.attainment.judgment import by_rule, name_of
from bsc_sync.attainment.measure import Measure
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.planned import count_check_ins
from bsc_sync.attainment.score import Score, Status
from bsc_sync.attainment.series import Known, value_on
from bsc_sync.attainment.shown import shown_baseline, shown_target, shown_unit
from bsc_sync.scorecard.measures import CONTROLS, Scoring, StatusRule

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What all measures are judged by, unless they bring their own; first scoring wins."""

    as_of: dt.date
    zone: ZoneInfo
    status: StatusRule
    scorings: tuple[Scoring, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A score, and its expectation under the same cap as its attainment, for the roll-up."""

    score: Score
    expected: Fraction | None


@dataclass(frozen=True, slots=True)
class _Reckoned:
    known: Known | None = None
    why: str | None = None  # why there is no attainment
    raw: Fraction | None = None
    expected: Fraction | None = None
    met: bool = False


def score_leaf(
    measure: Measure,
    readings: Sequence[Measurement],
    terms: Terms,
    *,
    parent: str,
    cycle: str | None,
    weight: Fraction,
    work: Fraction | None = None,
    why: str | None = None,
) -> Leaf:
    """Score one measure with its readings in the order of `book`.

    `work` is the share of its linked work done (used by a measure of type `work` that has no
    roll-up reading, as long as its time is not over), `why` the reason its source gave nothing.
    """
    scoring = _chosen(measure, terms)
    reckoned = _reckon(measure, readings, terms, scoring.by, work=work, why=why)
    rule = measure.status or terms.status
    status, overridden = _status(measure, reckoned, rule, terms.as_of)
    low, high = _cap(measure, terms)
    known = reckoned.known
    score = Score(
        id=measure.id,
        kind=measure.kind,
        name=measure.name,
        status=status,
        value=known.value if known else None,
        raw=reckoned.raw,
        attainment=None if reckoned.raw is None else min(max(reckoned.raw, low), high),
        expected=reckoned.expected,
        coverage=ZERO if reckoned.raw is None else ONE,
        work_progress=work if measure.kind == "key_result" else None,
        undefined=None if reckoned.raw is not None else reckoned.why,
        overridden=overridden,
        stale=_is_stale(measure, reckoned, terms.as_of),
        unit=shown_unit(measure),
        baseline=shown_baseline(measure),
        target=shown_target(measure),
        due=measure.due,
        reading=known.reading if known else None,
        parent=parent,
        cycle=cycle,
        weight=weight,
        status_name=name_of(status, rule) or name_of(status, terms.status),
        retired=measure.retired is not None and measure.retired <= terms.as_of,
    )
    expected = None if reckoned.expected is None else min(max(reckoned.expected, low), high)
    return Leaf(score, expected)


def _chosen(measure: Measure, terms: Terms) -> Scoring:
    return next((one for one in (measure.scoring, *terms.scorings) if one is not None), Scoring())


def _cap(measure: Measure, terms: Terms) -> tuple[Fraction, Fraction]:
    for scoring in (measure.scoring, *terms.scorings):
        if scoring is not None and scoring.cap is not None:
            return Fraction(scoring.cap[0]), Fraction(scoring.cap[1])
    return ZERO, ONE


def _reckon(
    measure: Measure,
    readings: Sequence[Measurement],
    terms: Terms,
    by: By,
    *,
    work: Fraction | None,
    why: str | None,
) -> _Reckoned:
    over = measure.over(terms.as_of)
    day = min(terms.as_of, measure.last) if over and measure.last else terms.as_of
    counted = usable(readings, until=day, recorded_by=measure.closing if over else None, zone=terms.zone)
    known = _known(measure, counted, day, work=None if over else work)
    if by == "check_ins" and measure.type not in {"milestones", "work"}:
        return _by_check_ins(measure, counted, day, known, over=over, why=why)
    if isinstance(known, str):
        if over and not counted and (readings or work is not None):
            why = _too_late(measure)
        return _Reckoned(why=why or known, expected=expected_attainment(measure, day, by))
    raw = raw_attainment(measure, known.value, known.effective, by)
    expected = expected_attainment(measure, known.effective, by)
    if isinstance(raw, str):
        return _Reckoned(known=known, why=raw, expected=expected)
    met = is_met(measure, known.value, known.effective)
    return _Reckoned(known=known, raw=raw, expected=expected, met=met)


def _known(
    measure: Measure, readings: Sequence[Measurement], day: dt.date, *, work: Fraction | None
) -> Known | str:
    if measure.type == "milestones":
        if not measure.milestones:
            return "it has no milestones"
        return Known(milestones_reached(measure, day), day)
    known = value_on(readings, measure.series, day)
    if measure.type == "done" and isinstance(known, Known):
        return Known(known.value, day, known.reading)  # not done stays not done: judged by its due day
    if measure.type == "work" and isinstance(known, str):
        return "no linked work" if work is None else Known(work, day)
    return known


def _too_late(measure: Measure) -> str:
    by_close = f" and recorded by {measure.closing}" if measure.closing else ""
    return f"no reading effective by {measure.last}{by_close}"


def _by_check_ins(
    measure: Measure,
    readings: Sequence[Measurement],
    day: dt.date,
    known: Known | str,
    *,
    over: bool,
    why: str | None,
) -> _Reckoned:
    """Successes among all planned check-ins, against the share of them that is due.

    While it runs a control holds when its last due check-in was a success; every other measure
    is achieved when all planned ones were.
    """
    value = None if isinstance(known, str) else known
    counted = count_check_ins(measure, readings, day)
    if counted is None:
        return _Reckoned(known=value, why="no cycle and no target date that check-ins are planned for")
    expected = Fraction(counted.due, counted.planned)
    if not counted.told:
        return _Reckoned(known=value, why=why or "no check-in in this cycle yet", expected=expected)
    kept = counted.last_succeeded if measure.type in CONTROLS and not over else False
    return _Reckoned(
        known=value,
        raw=Fraction(counted.successes, counted.planned),
        expected=expected,
        met=kept or counted.successes == counted.planned,
    )


def _status(
    measure: Measure, reckoned: _Reckoned, rule: StatusRule, as_of: dt.date
) -> tuple[Status, str | None]:
    """The first status of DOMAIN 3 that fits, and the reason where it was set by hand.

    An undefined measure whose time is over is `no data`, not `missed`: nobody can say that it
    was missed.
    """
    if measure.over(as_of):
        if reckoned.raw is None:
            return Status.NO_DATA, None
        return (Status.ACHIEVED if reckoned.met else Status.MISSED), None
    if measure.override and as_of <= measure.override.until:
        return Status(measure.override.status), measure.override.reason
    return _judged(measure, reckoned, rule, as_of), None


def _judged(measure: Measure, reckoned: _Reckoned, rule: StatusRule, as_of: dt.date) -> Status:
    if measure.start is not None and as_of < measure.start:
        return Status.NOT_STARTED
    if reckoned.raw is None:
        return Status.NO_DATA
    if measure.type in CONTROLS:
        return Status.HOLDING if reckoned.met else Status.BREACHED
    if reckoned.met:
        return Status.ACHIEVED
    if measure.origin is not None and as_of < cadence_span(measure.cadence).after(measure.origin):
        return Status.TOO_EARLY
    return by_rule(rule, reckoned.raw, reckoned.expected)


def _is_stale(measure: Measure, reckoned: _Reckoned, as_of: dt.date) -> bool:
    """Whether the last reading is older than cadence and publication lag allow.

    Never before the window or after it, nor of what is done: no further reading is due then.
    """
    reading = reckoned.known.reading if reckoned.known else None
    if reading is None or measure.over(as_of) or (measure.start and as_of < measure.start):
        return False
    if measure.type == "done" and reckoned.met:
        return False
    due = cadence_span(measure.cadence).after(reading.effective)
    return as_of > (measure.lag.after(due) if measure.lag else due)
