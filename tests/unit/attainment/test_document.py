"""The document of `score --json`, whole; and the rules in words."""

import datetime as dt
import json

from bsc_sync.attainment.document import scores_json
from bsc_sync.attainment.measurement import Measurement
from tests.measure_sample import card, exact, key_result, kpi, objective, scores

KEYS = [
    *("id", "kind", "name", "value", "raw", "attainment", "expected", "status", "coverage"),
    *("okr_progress", "work_progress", "undefined", "parent", "cycle", "unit", "baseline", "target"),
    *("due", "stale", "weight", "reading"),
]


def test_the_whole_document() -> None:
    of = card(
        objective("C1", kpi("C1.a", unit="h")),
        key_results=[key_result("C1.a.q4", kpi="C1.a", baseline=60, target=90, weight=2)],
        perspectives=[{"id": "customer", "name": "Customer"}],
    )
    told = Measurement(
        subject="C1.a.q4",
        value=exact("70"),
        effective=dt.date(2026, 11, 15),
        recorded=dt.datetime(2026, 11, 16, 8, tzinfo=dt.UTC),
        source="field",
        note="Counted twice.",
        evidence={"issue": "STRAT-7"},
    )
    document = scores_json(of, scores(of, [told], on="2026-11-20", work={"C1": exact("0.25")}))
    seen = {
        "effective": "2026-11-15",
        "recorded": "2026-11-16T08:00:00+00:00",
        "source": "field",
        "note": "Counted twice.",
        "evidence": {"issue": "STRAT-7"},
    }
    nothing = dict.fromkeys(KEYS, None)
    whole = {"coverage": "1", "stale": False, "weight": "1"}
    rolled = whole | {"raw": "0.7", "attainment": "0.7", "expected": "0.87397260274", "status": "at risk"}
    progress = {"okr_progress": "0.333333333333", "work_progress": "0.25"}
    assert document == {
        "as_of": "2026-11-20",
        "scorecard": {
            "id": "test",
            "name": "Test",
            "attainment": "0.7",
            "expected": "0.87397260274",
            "coverage": "1",
            "objectives": {"on_plan": 0, "of": 1, "unjudged": 0},
            "kpis": {"on_plan": 0, "of": 1, "unjudged": 0},
            "key_results": {"on_plan": 0, "of": 1, "unjudged": 0},
        },
        "items": [
            nothing | rolled | progress | {"id": "customer", "kind": "perspective", "name": "Customer"},
            nothing
            | rolled
            | progress
            | {"id": "C1", "kind": "objective", "name": "C1", "parent": "customer", "due": "2026-12-31"},
            nothing
            | rolled
            | {
                "id": "C1.a",
                "kind": "kpi",
                "name": "C1.a",
                "parent": "C1",
                "unit": "h",
                "value": "70",
                "baseline": "0",
                "target": "100",
                "due": "2026-12-31",
                "reading": seen,
            },
            nothing
            | whole
            | {
                "id": "C1.a.q4",
                "kind": "key_result",
                "name": "C1.a.q4",
                "parent": "C1",
                "unit": "h",
                "value": "70",
                "raw": "0.333333333333",
                "attainment": "0.333333333333",
                "expected": "0.5",
                "status": "off track",
                "cycle": "2026-Q4",
                "weight": "2",
                "baseline": "60",
                "target": "90",
                "due": "2026-12-31",
                "reading": seen,
            },
        ],
    }
    assert [list(item) for item in document["items"]] == [KEYS] * 4  # type: ignore[attr-defined]  # JSON
    assert json.loads(json.dumps(document)) == document


def test_undefined_is_null_with_its_reason() -> None:
    of = card(objective("C1", kpi("C1.a")))
    document = json.loads(json.dumps(scores_json(of, scores(of, on="2026-11-20"))))
    item = next(item for item in document["items"] if item["id"] == "C1.a")
    assert (item["value"], item["raw"], item["attainment"], item["reading"]) == (None, None, None, None)
    assert (item["undefined"], item["coverage"], item["status"]) == ("no reading yet", "0", "no data")
    assert item["expected"] == "0.887671232877"
    assert document["scorecard"]["attainment"] is None


def test_the_rules_in_words() -> None:
    of = card(
        objective("C1", kpi("C1.a", status={"rule": "gap"}, scoring={"by": "distance"})),
        key_results=[
            key_result(
                "C1.x", baseline=0, target=1, status={"rule": "absolute", "names": {"off_track": "red"}}
            )
        ],
        calendar={"days": "working", "holidays": ["2026-12-25"]},
    )
    words = scores(of, on="2026-11-20", scoring={"by": "goal_red_flag"}).rules
    assert words == (
        "Status: on track from 90 % of what was expected, at risk from 70 %, off track below.",
        "Attainment: a third at the red flag, two thirds at the goal, linear, from 0 to 100 %.",
        (
            "Pace: a reading is compared with what was expected on its own day, on a straight line or the "
            "declared path, in working days (Monday to Friday, without 1 holiday), time zone Europe/Zurich."
        ),
        (
            "Roll-up: the weighted mean of the children that have a value, each counted from 0 % to 100 %; a "
            "missing value is left out and lowers the coverage."
        ),
        "Controls (at least, at most, between) hold or are breached; they are expected in full at any time.",
        "Too early: nothing is expected yet, or the first reading is not yet due.",
        (
            "When a cycle or target date is over: achieved or missed by the readings effective by its end, "
            "for a cycle recorded by its closing day; without any, no data."
        ),
        (
            "C1.a: on track less than 16.5 points behind what was expected, at risk up to 33 points, "
            "off track beyond."
        ),
        "C1.a: scored by value divided by target (at most: 2 minus that).",
        "C1.x: on track from 70 % of attainment, at risk from 40 %, red below.",
    )
