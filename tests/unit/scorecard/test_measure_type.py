"""Which type a key result has."""

from __future__ import annotations

import pytest

from bsc_sync.errors import ScorecardError
from bsc_sync.scorecard.measure_type import measure_type
from bsc_sync.scorecard.model import KeyResult, Scorecard


def _card(kpi: dict[str, object]) -> Scorecard:
    return Scorecard.model_validate(
        {
            "format": 1,
            "id": "demo",
            "name": "Demo",
            "objectives": [
                {
                    "id": "F1",
                    "perspective": "financial",
                    "name": "Grow",
                    "kpis": [{"id": "K", "name": "K", **kpi}],
                }
            ],
        }
    )


RISING: dict[str, object] = {"type": "increase", "baseline": {"value": 1}, "target": {"value": 9}}


@pytest.mark.parametrize(
    ("kpi", "key_result", "expected"),
    [
        (RISING, {"kpi": "K", "baseline": 2, "target": 3}, "increase"),
        (RISING, {"kpi": "K", "baseline": 3, "target": 2}, "decrease"),
        (RISING, {"kpi": "K"}, "increase"),
        (RISING, {"kpi": "K", "type": "at_least", "target": 3}, "at_least"),
        ({"type": "at_most"}, {"kpi": "K", "target": 3}, "at_most"),
        ({"type": "done"}, {"kpi": "K"}, "done"),
        (RISING, {"baseline": 9, "target": 3}, "decrease"),
        (RISING, {"target": {"low": 1, "high": 2}}, "between"),
        (RISING, {"milestones": [{"id": "a", "name": "A"}]}, "milestones"),
        (RISING, {"type": "work"}, "work"),
        (RISING, {"kpi": "gone", "baseline": 1, "target": 2}, "increase"),
    ],
)
def test_own_then_direction_then_kpi(
    kpi: dict[str, object], key_result: dict[str, object], expected: str
) -> None:
    card = _card(kpi)
    parsed = KeyResult.model_validate({"id": "R", "objective": "F1", "name": "R", **key_result})
    assert measure_type(card, parsed) == expected


def test_nothing_tells() -> None:
    parsed = KeyResult.model_validate({"id": "R", "objective": "F1", "name": "R", "target": 3})
    with pytest.raises(ScorecardError, match='the key result "R" has no type'):
        measure_type(_card(RISING), parsed)
