"""Scores as plain JSON: the document that `score --json` prints."""

from __future__ import annotations

from fractions import Fraction

from bsc_sync.attainment.exact import decimal_text
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.score import Score, Scores, Tally
from bsc_sync.scorecard.model import Scorecard


def scores_json(card: Scorecard, scores: Scores) -> dict[str, object]:
    """The scores as JSON values: numbers as text of exact decimals (12 significant digits).

    Fractions of 1, values in their own unit; null where undefined. Every key is always there.
    """
    return {
        "as_of": scores.as_of.isoformat(),
        "scorecard": {
            "id": card.id,
            "name": card.name,
            "attainment": _number(scores.attainment),
            "expected": _number(scores.expected),
            "coverage": _number(scores.coverage),
            "objectives": _tally(scores.objectives),
            "kpis": _tally(scores.kpis),
            "key_results": _tally(scores.key_results),
        },
        "items": [_item(score) for score in scores.items],
    }


def _item(score: Score) -> dict[str, object]:
    return {
        "id": score.id,
        "kind": score.kind,
        "name": score.name,
        "value": _number(score.value),
        "raw": _number(score.raw),
        "attainment": _number(score.attainment),
        "expected": _number(score.expected),
        "status": score.status.value,
        "coverage": _number(score.coverage),
        "okr_progress": _number(score.okr_progress),
        "work_progress": _number(score.work_progress),
        "undefined": score.undefined,
        "parent": score.parent,
        "cycle": score.cycle,
        "unit": score.unit or None,
        "baseline": score.baseline or None,
        "target": score.target or None,
        "due": score.due.isoformat() if score.due else None,
        "stale": score.stale,
        "weight": _number(score.weight),
        "reading": _reading(score.reading) if score.reading else None,
    }


def _reading(reading: Measurement) -> dict[str, object]:
    return {
        "effective": reading.effective.isoformat(),
        "recorded": reading.recorded.isoformat(),
        "source": reading.source,
        "note": reading.note,
        "evidence": dict(reading.evidence),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"on_plan": tally.on_plan, "of": tally.of, "unjudged": tally.unjudged}


def _number(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)
