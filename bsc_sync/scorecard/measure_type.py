"""Which type a key result has, where it does not say so itself."""

from __future__ import annotations

from bsc_sync.errors import ScorecardError
from bsc_sync.scorecard.measures import KPI, MeasureType, Target
from bsc_sync.scorecard.model import KeyResult, Scorecard


def measure_type(card: Scorecard, key_result: KeyResult) -> MeasureType:
    """The type of a key result; a scorecard that was checked has one for each.

    Its own; else its KPI's, except that its own baseline and target say the direction where the
    KPI is an increase or a decrease; else milestones, a range, or the way from its baseline to
    its target. Raises ScorecardError where none of these tells.
    """
    found = derived_type(key_result, kpi_of(card, key_result))
    if found is None:
        raise ScorecardError(f'the key result "{key_result.id}" has no type', hint="add type: ...")
    return found


def derived_type(key_result: KeyResult, kpi: KPI | None) -> MeasureType | None:
    """The type as `measure_type` has it, None where nothing tells."""
    target = key_result.target or Target()
    if key_result.type:
        return key_result.type
    if kpi and kpi.type not in {"increase", "decrease"}:
        return kpi.type
    if key_result.milestones:
        return "milestones"
    if target.low is not None or target.high is not None:
        return "between"
    if key_result.baseline is not None and target.value is not None and target.value != key_result.baseline:
        return "increase" if target.value > key_result.baseline else "decrease"
    return kpi.type if kpi else None


def kpi_of(card: Scorecard, key_result: KeyResult) -> KPI | None:
    """The KPI whose segment a key result is; None if it names none, or none that exists."""
    try:
        return card.kpi(key_result.kpi) if key_result.kpi else None
    except KeyError:
        return None
