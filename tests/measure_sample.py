"""Small scorecards and readings for the tests of the arithmetic: only what a test speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from bsc_sync.attainment.attain import attain
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.score import Score, Scores
from bsc_sync.scorecard.measures import Scoring, StatusRule
from bsc_sync.scorecard.model import Scorecard

Plain = dict[str, Any]
Q4: Plain = {"id": "2026-Q4", "from": "2026-10-01", "to": "2026-12-31"}
YEAR: Plain = {"baseline": {"value": 0, "on": "2025-12-31"}, "target": {"value": 100, "on": "2026-12-31"}}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def exact(text: str | int) -> Fraction:
    return Fraction(text)


def kpi(ref: str = "C1.k", **given: Any) -> Plain:
    """An increase from 0 to 100 over 2026, unless the test says otherwise."""
    return {"id": ref, "name": ref, "type": "increase", **YEAR, **given}


def key_result(ref: str = "C1.k.q4", **given: Any) -> Plain:
    return {"id": ref, "name": ref, "objective": "C1", **given}


def objective(ref: str = "C1", *kpis: Plain, **given: Any) -> Plain:
    return {"id": ref, "name": ref, "perspective": "customer", "kpis": list(kpis), **given}


def card(
    *objectives: Plain,
    key_results: Sequence[Plain] = (),
    cycles: Sequence[Plain] | None = None,
    **given: Any,
) -> Scorecard:
    """A scorecard in Zurich; the key results stand in the last quarter of 2026."""
    quarter = {**Q4, "key_results": list(key_results)}
    return Scorecard.model_validate(
        {
            "format": 1,
            "id": "test",
            "name": "Test",
            "timezone": "Europe/Zurich",
            "objectives": list(objectives),
            "cycles": [quarter] if cycles is None else list(cycles),
            **given,
        }
    )


def reading(
    subject: str,
    value: str | int,
    on: str,
    *,
    recorded: str | None = None,
    source: str = "field",
    at: str | None = None,
) -> Measurement:
    """A reading, recorded at noon of its day in UTC unless told otherwise."""
    moment = dt.datetime.fromisoformat(recorded or f"{on}T12:00:00+00:00")
    return Measurement(
        subject=subject,
        value=Fraction(value),
        effective=day(on),
        recorded=moment,
        source=source,
        at=dt.datetime.fromisoformat(at) if at else None,
    )


def scores(
    of: Scorecard,
    readings: Sequence[Measurement] = (),
    *,
    on: str,
    rule: Mapping[str, object] | None = None,
    scoring: Mapping[str, object] | None = None,
    work: Mapping[str, Fraction] | None = None,
    undefined_work: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Scores:
    return attain(
        of,
        readings,
        as_of=day(on),
        status=StatusRule.model_validate(rule or {}),
        scoring=None if scoring is None else Scoring.model_validate(scoring),
        work_progress=work or {},
        undefined_work=undefined_work or {},
        reasons=reasons or {},
    )


def kpi_score(given: Plain, readings: Mapping[str, str | int], *, on: str, **more: Any) -> Score:
    """The score of a card's only KPI with values by day."""
    told = [reading(given["id"], value, when) for when, value in readings.items()]
    return scores(card(objective("C1", given)), told, on=on, **more).get(given["id"], "kpi")


def key_result_score(given: Plain, readings: Mapping[str, str | int], *, on: str, **more: Any) -> Score:
    """The score of a card's only key result, in the last quarter of 2026, with values by day."""
    told = [reading(given["id"], value, when) for when, value in readings.items()]
    of = card(objective(), key_results=[given])
    return scores(of, told, on=on, **more).get(given["id"], "key_result")
