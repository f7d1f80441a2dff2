"""What the review says of KPIs and key results: too many, too late, or beside each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from bsc_sync.scorecard.advice import Advice, advise
from bsc_sync.scorecard.measure_type import derived_type, kpi_of
from bsc_sync.scorecard.measures import KPI, CheckIn, MeasureType, Target
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Scorecard

MAX_KPIS = 2
SHORTEST = {"week": 7, "month": 28, "quarter": 89, "year": 365}  # days that hold one reading at least


def measure_remarks(card: Scorecard, live: Sequence[Objective]) -> Iterator[Advice]:
    """What is remarkable about the measures of the objectives, and of each cycle."""
    for objective in live:
        kpis = [kpi for kpi in objective.kpis if not isinstance(kpi, KPI) or kpi.retired is None]
        if not kpis:
            yield advise("kpis-none", objective.id, f"objective {objective.id} has no KPI")
        if len(kpis) > MAX_KPIS:
            yield advise("kpis-many", objective.id, f"objective {objective.id} has {len(kpis)} KPIs")
        own = [kpi for kpi in objective.own_kpis if kpi.retired is None]
        if len(own) > 1:
            yield from _one_kind(objective.id, f"objective {objective.id}", own)
        if objective.due:
            yield from _outside(card, objective.id, objective.due)
        for kpi in own:
            yield from _kpi(card, kpi)
    every = [kpi for objective in live for kpi in objective.own_kpis if kpi.retired is None]
    yield from _one_kind(card.id, "the scorecard", every)
    for cycle, key_result in card.key_results():
        if key_result.retired is None:
            yield from _key_result(card, cycle, key_result)


def planned(card: Scorecard, kpi: KPI, day: dt.date) -> Fraction | None:
    """The value a KPI should have on a day: straight between its stations; None outside its way."""
    horizon = card.destination.horizon
    begins = kpi.baseline.on if kpi.baseline and kpi.baseline.on else horizon.from_ if horizon else None
    if kpi.baseline is None or begins is None or kpi.target.value is None or kpi.target.on is None:
        return None
    points = [(begins, kpi.baseline.value), *((point.on, point.value) for point in kpi.path)]
    points.append((kpi.target.on, kpi.target.value))
    for (start, low), (end, high) in pairwise(points):
        if start <= day <= end and start < end:
            share = Fraction((day - start).days, (end - start).days)
            return Fraction(low) + (Fraction(high) - Fraction(low)) * share
    return None


def _one_kind(ref: str, name: str, kpis: Sequence[KPI]) -> Iterator[Advice]:
    kinds = {kpi.indicator for kpi in kpis}
    if len(kinds) == 1 and None not in kinds:
        yield advise("kpis-one-kind", ref, f"every KPI of {name} is {kpis[0].indicator}")


def _outside(card: Scorecard, ref: str, day: dt.date) -> Iterator[Advice]:
    horizon = card.destination.horizon
    if horizon and not horizon.from_ <= day <= horizon.to:
        what = f"{ref} is due on {day}, outside the horizon {horizon.from_} to {horizon.to}"
        yield advise("due-outside", ref, what)


def _kpi(card: Scorecard, kpi: KPI) -> Iterator[Advice]:
    if kpi.target.on is None:
        yield advise("target-date", kpi.id, f"the target of KPI {kpi.id} has no day")
    else:
        yield from _outside(card, kpi.id, kpi.target.on)
    yield from _already_met(kpi.id, f"KPI {kpi.id}", kpi.type, kpi.target, kpi.check_ins)


def _already_met(
    ref: str, name: str, type_: MeasureType, target: Target, check_ins: Sequence[CheckIn]
) -> Iterator[Advice]:
    if not check_ins or target.value is None or type_ not in {"increase", "decrease"}:
        return
    last = max(check_ins, key=lambda check_in: check_in.on).value
    if isinstance(last, bool):
        return
    if (last > target.value) if type_ == "increase" else (last < target.value):
        yield advise("already-met", ref, f"{name} is at {last}, already past its target {target.value}")


def _key_result(card: Scorecard, cycle: Cycle, key_result: KeyResult) -> Iterator[Advice]:
    ref, kpi = key_result.id, kpi_of(card, key_result)
    if key_result.due and not cycle.from_ <= key_result.due <= cycle.to:
        what = f"{ref} is due on {key_result.due}, outside its cycle {cycle.from_} to {cycle.to}"
        yield advise("due-outside", ref, what)
    cadence = key_result.cadence or (kpi.cadence if kpi else "month")
    if SHORTEST[cadence] > (cycle.to - cycle.from_).days + 1:
        what = f"{ref} is read once a {cadence}, and its cycle {cycle.id} is shorter"
        yield advise("cadence-slow", ref, what)
    type_ = derived_type(key_result, kpi)
    target = key_result.target or Target()
    if type_:
        yield from _already_met(ref, f"key result {ref}", type_, target, key_result.check_ins)
    if kpi is None or not {kpi.type, type_} <= {"increase", "decrease"}:
        return
    if type_ != kpi.type:
        yield advise("kr-direction", ref, f"{ref} is to {type_}, its KPI {kpi.id} to {kpi.type}")
        return
    wanted = planned(card, kpi, cycle.to)
    if wanted is None or target.value is None:
        return
    reached = Fraction(target.value)
    if reached < wanted if kpi.type == "increase" else reached > wanted:
        plan = f"{Decimal(wanted.numerator) / Decimal(wanted.denominator):.6g}"
        what = f"{ref} aims at {target.value}, its KPI {kpi.id} should be at {plan} on {cycle.to}"
        yield advise("kr-behind-path", ref, what)
