"""Whether each KPI and key result can be measured the way its type says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.measure_type import derived_type, kpi_of
from bsc_sync.scorecard.measures import (
    CONTROLS,
    KPI,
    CheckIn,
    MeasureType,
    Milestone,
    Point,
    RedFlag,
    Scoring,
    StatusRule,
    Target,
    Weight,
)
from bsc_sync.scorecard.model import Cycle, KeyResult, Scorecard
from bsc_sync.scorecard.wording import Path

WAYS = frozenset({"increase", "decrease"})
_UNITS_OF_STATUS = {"ratio": "0.9 for 90 %", "absolute": "0.7 for 70 %", "gap": "10 for ten points behind"}


@dataclass(frozen=True, slots=True)
class _Measured:
    """What KPIs and key results have in common, with what a key result takes from its KPI."""

    at: Path
    type: MeasureType
    baseline: Decimal | None
    target: Target
    path: tuple[Point, ...]
    red_flag: RedFlag | None
    milestones: tuple[Milestone, ...]
    check_ins: tuple[CheckIn, ...]
    scoring: Scoring
    begins: dt.date | None
    ends: dt.date | None
    end_named: str


def check_measures(card: Scorecard) -> Iterator[Finding]:
    """Everything that keeps a KPI or a key result from being measured."""
    yield from check_scoring(card.scoring, ("scoring",))
    for number, objective in enumerate(card.objectives):
        at: Path = ("objectives", number)
        yield from _check_weights(objective.weight, (*at, "weight"))
        for index, kpi in enumerate(objective.kpis):
            yield from _check_weights(kpi.weight, (*at, "kpis", index, "weight"))
            if isinstance(kpi, KPI):
                yield from _check_kpi(card, kpi, (*at, "kpis", index))
    for number, cycle in enumerate(card.cycles):
        for index, key_result in enumerate(cycle.key_results):
            yield from _check_key_result(card, cycle, key_result, ("cycles", number, "key_results", index))


def check_status(status: StatusRule | None, at: Path) -> Iterator[Finding]:
    """Whether the bands of a status rule are in order and in its unit."""
    if status is None:
        return
    for name in ("on_track", "at_risk"):
        value = getattr(status, name)
        if value is not None and (value < 0 or (status.rule != "gap" and value > 1)):
            hint = f"write {_UNITS_OF_STATUS[status.rule]}"
            yield Finding((*at, name), f"{value} is no {status.rule} to compare with", hint)
            return
    if status.on_track is None or status.at_risk is None:
        return
    if status.rule == "gap" and status.on_track > status.at_risk:
        what = f"on_track {status.on_track} is more points behind than at_risk {status.at_risk}"
        yield Finding(at, what, "swap or correct them")
    if status.rule != "gap" and status.on_track < status.at_risk:
        yield Finding(
            at, f"on_track {status.on_track} is below at_risk {status.at_risk}", "swap or correct them"
        )


def check_scoring(scoring: Scoring | None, at: Path) -> Iterator[Finding]:
    """Whether the cap of a scoring is in order."""
    if scoring and scoring.cap and scoring.cap[0] >= scoring.cap[1]:
        low, high = scoring.cap
        yield Finding(
            (*at, "cap"), f"the cap's lower end {low} is not below its upper end {high}", "write [0, 1]"
        )


def _check_kpi(card: Scorecard, kpi: KPI, at: Path) -> Iterator[Finding]:
    horizon = card.destination.horizon
    begins = kpi.baseline.on if kpi.baseline and kpi.baseline.on else horizon.from_ if horizon else None
    yield from _check(
        _Measured(
            at=at,
            type=kpi.type,
            baseline=kpi.baseline.value if kpi.baseline else None,
            target=kpi.target,
            path=kpi.path,
            red_flag=kpi.red_flag,
            milestones=kpi.milestones,
            check_ins=kpi.check_ins,
            scoring=kpi.scoring or card.scoring,
            begins=begins,
            ends=kpi.target.on,
            end_named="the target's day",
        )
    )
    yield from check_status(kpi.status, (*at, "status"))
    yield from check_scoring(kpi.scoring, (*at, "scoring"))
    if kpi.type in WAYS and kpi.baseline and begins is None:
        what = "the baseline has no day, and the scorecard no horizon to begin with"
        yield Finding((*at, "baseline"), what, "add on: with the day of the baseline")
    if begins and kpi.target.on and kpi.target.on <= begins and kpi.baseline:
        what = f"the target's day {kpi.target.on} is not after the baseline's {begins}"
        yield Finding((*at, "target", "on"), what, "correct one of the days")


def _check_key_result(card: Scorecard, cycle: Cycle, key_result: KeyResult, at: Path) -> Iterator[Finding]:
    yield from _check_weights(key_result.weight, (*at, "weight"))
    yield from check_status(key_result.status, (*at, "status"))
    yield from check_scoring(key_result.scoring, (*at, "scoring"))
    kpi = kpi_of(card, key_result)
    if key_result.kpi and not kpi and not key_result.type:
        return
    type_ = derived_type(key_result, kpi)
    if type_ is None:
        target = key_result.target.value if key_result.target else None
        if target is not None and target == key_result.baseline:
            yield Finding(
                (*at, "target"), f"the target {target} is equal to the baseline", "correct one of them"
            )
        else:
            hint = "add kpi:, type:, or a baseline and a target"
            yield Finding(at, "nothing says how the key result is measured", hint)
        return
    of_kpi = kpi.baseline if kpi and type_ in WAYS else None
    own_on = key_result.target.on if key_result.target else None
    if own_on and not cycle.from_ <= own_on <= cycle.to:
        what = f"the target's day {own_on} is outside the cycle, {cycle.from_} to {cycle.to}"
        yield Finding((*at, "target", "on"), what, "correct the day, or leave it out")
    yield from _check(
        _Measured(
            at=at,
            type=type_,
            baseline=of_kpi.value if of_kpi and key_result.baseline is None else key_result.baseline,
            target=key_result.target or _alike(kpi, type_),
            path=key_result.path,
            red_flag=key_result.red_flag,
            milestones=key_result.milestones or (kpi.milestones if kpi and type_ == "milestones" else ()),
            check_ins=key_result.check_ins,
            scoring=key_result.scoring or (kpi.scoring if kpi else None) or card.scoring,
            begins=cycle.from_,
            ends=cycle.to,
            end_named="the cycle's end",
        )
    )


def _alike(kpi: KPI | None, type_: MeasureType) -> Target:
    if kpi is None or (kpi.type != type_ and not {kpi.type, type_} <= WAYS):
        return Target()
    return kpi.target


def _check(measured: _Measured) -> Iterator[Finding]:
    if measured.type in WAYS:
        yield from _check_way(measured)
    elif measured.type in CONTROLS:
        yield from _check_control(measured)
    else:
        yield from _check_without_values(measured)
    yield from _check_milestones(measured)
    yield from _check_path(measured)
    yield from _check_red_flag(measured)
    yield from _check_scored(measured)
    for index, check_in in enumerate(measured.check_ins):
        if isinstance(check_in.value, bool) != (measured.type == "done"):
            at = (*measured.at, "check_ins", index, "value")
            if measured.type == "done":
                yield Finding(at, f"{check_in.value} says nothing of done or not", "write true or false")
            else:
                hint = "write a number, or give the measure type: done"
                yield Finding(at, f"true and false are no values of type {measured.type}", hint)


def _check_way(measured: _Measured) -> Iterator[Finding]:
    type_, target, at = measured.type, measured.target, measured.at
    if target.low is not None or target.high is not None:
        yield Finding(
            (*at, "target"), f"type {type_} takes one value, no range", "write value:, or type: between"
        )
        return
    if target.value is None:
        yield Finding(
            (*at, "target"), f"type {type_} needs a target with a value", "add target: {value: ..., on: ...}"
        )
    if measured.baseline is None:
        hint = "add baseline: ..., or use at_least or at_most for a value to be held"
        yield Finding((*at, "baseline"), f"type {type_} needs a baseline to start from", hint)
    if target.value is None or measured.baseline is None:
        return
    if target.value == measured.baseline:
        yield Finding(
            (*at, "target"), f"the target {target.value} is equal to the baseline", "correct one of them"
        )
    elif (target.value > measured.baseline) != (type_ == "increase"):
        what = f"the target {target.value} is behind the baseline {measured.baseline} for type {type_}"
        yield Finding((*at, "target"), what, "correct the values, or the type")


def _check_control(measured: _Measured) -> Iterator[Finding]:
    type_, target, at = measured.type, measured.target, measured.at
    if measured.baseline is not None:
        what = f"type {type_} is a value to be held and takes no baseline"
        yield Finding((*at, "baseline"), what, "take the baseline out, or use increase or decrease")
    if type_ == "between":
        if target.value is not None or (target.low is None and target.high is None):
            hint = "write target: {low: ..., high: ..., on: ...}"
            yield Finding((*at, "target"), "type between needs a target with low, high or both", hint)
    elif target.low is not None or target.high is not None:
        yield Finding(
            (*at, "target"), f"type {type_} takes one value, no range", "write value:, or type: between"
        )
    elif target.value is None:
        yield Finding(
            (*at, "target"), f"type {type_} needs a target with a value", "add target: {value: ..., on: ...}"
        )


def _check_without_values(measured: _Measured) -> Iterator[Finding]:
    target = measured.target
    if measured.baseline is not None:
        yield Finding((*measured.at, "baseline"), f"type {measured.type} takes no baseline", "take it out")
    if any(value is not None for value in (target.value, target.low, target.high)):
        what = f"type {measured.type} takes no target value, only a day"
        yield Finding((*measured.at, "target"), what, "write target: {on: ...}")


def _check_milestones(measured: _Measured) -> Iterator[Finding]:
    at: Path = (*measured.at, "milestones")
    if measured.type != "milestones":
        if measured.milestones:
            yield Finding(
                at, f"type {measured.type} takes no milestones", "take them out, or write type: milestones"
            )
        return
    if not measured.milestones:
        yield Finding(
            at, "type milestones needs milestones", "add milestones: [{id: ..., name: ..., due: ...}]"
        )
    yield from _twice([milestone.id for milestone in measured.milestones], at, "milestone")


def _twice(ids: Sequence[str], at: Path, kind: str) -> Iterator[Finding]:
    for index, one in enumerate(ids):
        if ids.index(one) < index:
            first = (*at, ids.index(one), "id")
            what = f'the {kind} id "{one}" is used twice, first at {{other}}'
            yield Finding((*at, index, "id"), what, "give one of them another id", first)


def _check_path(measured: _Measured) -> Iterator[Finding]:
    at: Path = (*measured.at, "path")
    if measured.path and measured.type not in WAYS | {"at_least", "at_most"}:
        yield Finding(at, f"type {measured.type} takes no path", "take it out")
        return
    before: dt.date | None = None
    for index, point in enumerate(measured.path):
        here = (*at, index, "on")
        if before is not None and point.on <= before:
            how = "is there twice" if point.on == before else f"comes after the later {before}"
            yield Finding(here, f"{point.on} {how}", "put the days in order, each once")
        elif measured.begins and point.on < measured.begins:
            yield Finding(
                here, f"{point.on} is before the way begins on {measured.begins}", "correct the day"
            )
        elif measured.ends and point.on > measured.ends:
            yield Finding(
                here, f"{point.on} is after {measured.end_named}, {measured.ends}", "correct the day"
            )
        before = point.on


def _check_red_flag(measured: _Measured) -> Iterator[Finding]:
    flag, target, type_ = measured.red_flag, measured.target, measured.type
    at: Path = (*measured.at, "red_flag")
    if flag is None:
        return
    if type_ not in CONTROLS and not (type_ in WAYS and measured.scoring.by == "goal_red_flag"):
        what = f"a red flag belongs to at_least, at_most and between, not to {type_}"
        yield Finding(at, what, "take it out, or add scoring: {by: goal_red_flag}")
        return
    if type_ == "between":
        if target.low is not None or target.high is not None:
            yield from _check_two_flags(flag, target, at)
        return
    if flag.value is None or flag.low is not None or flag.high is not None:
        yield Finding(at, f"type {type_} takes one red flag", "write red_flag: 20")
    elif target.value is not None:
        below = type_ in {"at_least", "increase"}
        if flag.value == target.value or (flag.value < target.value) != below:
            side = "below" if below else "above"
            what = f"the red flag {flag.value} is not {side} the target {target.value}"
            yield Finding(at, what, "correct one of them, or the type")


def _check_two_flags(flag: RedFlag, target: Target, at: Path) -> Iterator[Finding]:
    if flag.value is not None or (flag.low is None and flag.high is None):
        yield Finding(
            at, "a range needs to know on which side the red flag is", "write red_flag: {low: ..., high: ...}"
        )
    if flag.low is not None and (target.low is None or flag.low >= target.low):
        yield Finding(
            (*at, "low"), f"the red flag {flag.low} is not below the target's low end", "correct one of them"
        )
    if flag.high is not None and (target.high is None or flag.high <= target.high):
        what = f"the red flag {flag.high} is not above the target's high end"
        yield Finding((*at, "high"), what, "correct one of them")


def _check_scored(measured: _Measured) -> Iterator[Finding]:
    by, at = measured.scoring.by, (*measured.at, "scoring")
    scored_by_value = measured.type in WAYS | {"at_least", "at_most"}
    if by == "distance" and scored_by_value and measured.target.value == 0:
        yield Finding(at, "the distance to a target of 0 cannot be told", "use another scoring")
    if by == "goal_red_flag" and scored_by_value and measured.red_flag is None:
        yield Finding(
            (*measured.at, "red_flag"), "scoring by goal_red_flag needs a red flag", "add red_flag: ..."
        )


def _check_weights(weights: Weight, at: Path) -> Iterator[Finding]:
    days = [weight.from_ for weight in weights]
    for index, day in enumerate(days):
        if day in days[:index]:
            what = "two weights without a day" if day is None else f"two weights from {day} on"
            yield Finding((*at, index), what, "keep one of them, or give it another day")
