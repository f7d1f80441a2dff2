"""From KPIs and key results to objectives, perspectives, themes and the whole card."""

from fractions import Fraction
from typing import Any

import pytest

from bsc_sync.attainment.score import Score, Scores, Status, Tally
from tests.measure_sample import Q4, Plain, card, key_result, kpi, objective, reading, scores

ON = "2026-07-02"  # 183 of 365 days
THEMES = [{"id": "loyal", "name": "Loyal"}, {"id": "lead", "name": "Lead"}]


def _told(**values: int) -> list[Any]:
    return [reading(f"{ref[:2]}.{ref[2:]}", value, ON) for ref, value in values.items()]


def _of(found: Scores, ref: str = "C1") -> Score:
    return found.get(ref, "objective")


def test_a_weighted_mean_of_capped_children_that_have_a_number() -> None:
    of = card(objective("C1", kpi("C1.a", weight=3), kpi("C1.b"), kpi("C1.c", weight=4)))
    found = _of(scores(of, _told(C1a=150, C1b=20), on=ON))
    assert found.attainment == (3 * 1 + Fraction(20, 100)) / 4
    assert found.raw == found.attainment
    assert found.expected == Fraction(183, 365)
    assert found.coverage == Fraction(1, 2)
    assert found.children == ("C1.a", "C1.b", "C1.c")
    assert found.value is None
    assert found.status == Status.ON_TRACK


def test_coverage_is_recursive() -> None:
    of = card(
        objective("C1", kpi("C1.a"), kpi("C1.b"), weight=3),
        objective("C2", kpi("C2.a")),
        objective("C3", perspective="internal"),
    )
    found = scores(of, _told(C1a=50), on=ON)
    assert found.get("customer", "perspective").coverage == Fraction(3, 4) * Fraction(1, 2)
    assert found.get("internal", "perspective").coverage == 0
    assert found.coverage == Fraction(3, 5) * Fraction(1, 2)
    empty = found.get("financial", "perspective")
    assert (empty.attainment, empty.coverage, empty.status) == (None, 0, Status.NO_DATA)
    assert empty.undefined == "it has no objective"
    assert _of(found, "C2").undefined == "none of its KPIs has a value"
    assert _of(found, "C3").undefined == "it has no KPI"


def test_pace_compares_the_same_children() -> None:
    # a: 40 where 50 of 365 days are expected; b has no day to be due by, so nothing to keep pace with
    undated = kpi("C1.b", baseline={"value": 0}, target={"value": 100})
    of = card(objective("C1", kpi("C1.a"), undated))
    found = _of(scores(of, [reading("C1.a", 40, "2026-02-19"), reading("C1.b", 0, ON)], on=ON))
    assert (found.attainment, found.expected) == (Fraction(1, 5), Fraction(50, 365))
    assert found.status == Status.ON_TRACK
    assert found.coverage == 1


def test_a_weight_holds_from_its_day() -> None:
    dated = [{"value": 1}, {"from": "2026-07-01", "value": 3}]
    of = card(objective("C1", kpi("C1.a", weight=dated), kpi("C1.b")))
    told = [reading("C1.a", 100, "2026-06-01"), reading("C1.b", 0, "2026-06-01")]
    assert _of(scores(of, told, on="2026-06-30")).attainment == Fraction(1, 2)
    found = scores(of, told, on="2026-07-01")
    assert _of(found).attainment == Fraction(3, 4)
    assert found.get("C1.a", "kpi").weight == 3
    later_only = card(objective("C1", kpi("C1.a", weight=dated[1:]), kpi("C1.b")))
    assert _of(scores(later_only, told, on="2026-06-30")).attainment == Fraction(1, 2)


def test_a_shared_kpi_has_its_own_weight_here_and_counts_once_in_the_total() -> None:
    of = card(
        objective("C1", kpi("C1.a")),
        objective("C2", kpi("C2.a"), {"ref": "C1.a", "weight": 3}),
        objective("C3", {"ref": "C1.a"}),
    )
    found = scores(of, _told(C1a=100, C2a=0), on=ON)
    assert _of(found, "C2").attainment == Fraction(3, 4)
    assert _of(found, "C2").children == ("C2.a", "C1.a")
    assert _of(found, "C3").attainment == 1
    assert found.attainment == Fraction(1, 2)  # C1.a under C1, C2.a under C2
    assert found.coverage == 1
    assert found.kpis == Tally(on_plan=1, of=2, unjudged=0)
    assert [item.id for item in found.items if item.kind == "kpi"] == ["C1.a", "C2.a"]


def test_a_shared_kpi_of_a_retired_objective_counts_where_it_is_shared() -> None:
    of = card(
        objective("C1", kpi("C1.a"), retired="2026-06-01"),
        objective("C2", {"ref": "C1.a"}),
        objective("C3", {"ref": "C1.a"}),
    )
    found = scores(of, _told(C1a=100), on=ON)
    assert (found.attainment, found.kpis, found.objectives) == (1, Tally(1, 1, 0), Tally(2, 2, 0))


def test_what_is_retired_leaves_the_roll_ups_on_its_day() -> None:
    of = card(
        objective("C1", kpi("C1.a"), kpi("C1.b", retired="2026-07-02")),
        objective("C2", kpi("C2.a"), retired="2026-07-02"),
        key_results=[key_result("C1.x", baseline=0, target=1, retired="2026-11-01")],
    )
    told = _told(C1a=100, C1b=0, C2a=0)
    before = scores(of, [reading(one.subject, str(one.value), "2026-07-01") for one in told], on="2026-07-01")
    assert (_of(before).attainment, before.attainment) == (Fraction(1, 2), Fraction(1, 4))
    after = scores(of, told, on="2026-07-02")
    assert (_of(after).attainment, after.attainment) == (1, 1)
    assert after.get("customer", "perspective").children == ("C1",)
    assert after.get("C1.b", "kpi").retired
    assert after.get("C2.a", "kpi").retired
    assert not after.get("C1.a", "kpi").retired
    assert after.kpis == Tally(1, 1, 0)
    assert scores(of, on="2026-10-31").key_results == Tally(0, 0, 1)
    assert scores(of, on="2026-11-01").key_results == Tally(0, 0, 0)


def test_okr_progress_is_of_the_current_cycle_only() -> None:
    quarters = [
        {"id": "Q3", "from": "2026-07-01", "to": "2026-09-30", "key_results": [_kr("C1.q3")]},
        {**Q4, "key_results": [_kr("C1.x", weight=3), _kr("C1.y"), _kr("C1.z")]},
        {
            "id": "2026",
            "kind": "year",
            "from": "2026-01-01",
            "to": "2026-12-31",
            "key_results": [_kr("C1.year")],
        },
    ]
    of = card(objective("C1", themes=["loyal"]), cycles=quarters, themes=THEMES)
    told = [
        reading("C1.q3", 100, "2026-09-01"),
        reading("C1.x", 20, "2026-11-01"),
        reading("C1.y", 300, "2026-11-01"),
        reading("C1.year", 50, "2026-11-01"),
    ]
    found = scores(of, told, on="2026-11-01")
    expected = (3 * Fraction(1, 5) + 1 + Fraction(1, 2)) / 5
    assert _of(found).okr_progress == expected
    assert found.get("customer", "perspective").okr_progress == expected
    assert found.get("loyal", "theme").okr_progress == expected
    assert found.get("lead", "theme").okr_progress is None
    assert _of(found).attainment is None
    assert found.key_results.unjudged == 1
    assert found.get("C1.q3", "key_result").status == Status.ACHIEVED
    between = scores(of, told, on="2027-02-01")  # the one that began last
    assert _of(between).okr_progress == (3 * Fraction(1, 5) + 1) / 4


def _kr(ref: str, **given: Any) -> Plain:
    return key_result(ref, baseline=0, target=100, **given)


def test_work_progress_stays_apart() -> None:
    of = card(
        objective("C1", kpi("C1.a"), weight=3),
        objective("C2"),
        objective("C3", perspective="internal"),
        key_results=[_kr("C1.x")],
    )
    work = {"C1": Fraction(1, 2), "C2": Fraction(1), "C1.x": Fraction(1, 3)}
    found = scores(of, on="2026-11-01", work=work)
    assert _of(found).work_progress == Fraction(1, 2)
    assert found.get("C1.x", "key_result").work_progress == Fraction(1, 3)
    assert found.get("customer", "perspective").work_progress == Fraction(5, 8)
    assert found.get("internal", "perspective").work_progress is None
    assert (_of(found).attainment, found.attainment) == (None, None)


@pytest.mark.parametrize(
    ("children", "status"),
    [
        (["none", "none"], Status.NO_DATA),
        (["early", "early"], Status.TOO_EARLY),
        (["early", "none"], Status.TOO_EARLY),
        (["later", "later"], Status.NOT_STARTED),
        (["later", "early"], Status.TOO_EARLY),
        (["done", "done"], Status.ACHIEVED),
        (["done", "none"], Status.ON_TRACK),
        (["done", "off"], Status.ON_TRACK),  # (1 + 0.1) / 2 of 0.5
        (["off", "off"], Status.OFF_TRACK),
        (["holding", "holding"], Status.ON_TRACK),
        (["holding", "off"], Status.AT_RISK),  # (1 + 0.1) / 2 of (1 + 0.5) / 2
        (["early"], Status.TOO_EARLY),
        ([], Status.NO_DATA),
    ],
)
def test_the_status_of_a_parent(children: list[str], status: Status) -> None:
    later = {"baseline": {"value": 0, "on": "2026-08-01"}}
    today = {"baseline": {"value": 0, "on": ON}}
    kinds: dict[str, tuple[dict[str, Any], int | None]] = {
        "none": ({}, None),
        "early": (today, 1),
        "later": (later, 1),
        "done": ({}, 100),
        "off": ({}, 10),
        "holding": ({"type": "at_least", "baseline": None, "target": {"value": 1, "on": "2026-12-31"}}, 1),
    }
    kpis = [kpi(f"C1.{index}", **kinds[child][0]) for index, child in enumerate(children)]
    told = [
        reading(f"C1.{index}", value, ON)
        for index, child in enumerate(children)
        if (value := kinds[child][1]) is not None
    ]
    assert _of(scores(card(objective("C1", *kpis)), told, on=ON)).status == status


def test_the_worst_child_is_told_beside() -> None:
    of = card(objective("C1", kpi("C1.a"), kpi("C1.b"), kpi("C1.c", weight=9)))
    assert _of(scores(of, _told(C1a=30, C1b=40, C1c=60), on=ON)).worst_child == "C1.a"
    assert _of(scores(of, _told(C1b=40, C1c=60), on=ON)).worst_child == "C1.b"
    calm = _of(scores(of, _told(C1c=60), on=ON))
    assert (calm.worst_child, calm.status) == (None, Status.ON_TRACK)
    whole = scores(of, _told(C1a=1, C1b=1, C1c=1), on=ON).get("customer", "perspective")
    assert whole.worst_child == "C1"


def test_an_objective_judged_by_hand() -> None:
    by_hand = {"status": "off track", "until": ON, "reason": "The market is gone."}
    of = card(objective("C1", kpi("C1.a"), override=by_hand))
    found = _of(scores(of, _told(C1a=100), on=ON))
    assert (found.status, found.overridden, found.attainment) == (Status.OFF_TRACK, by_hand["reason"], 1)
    assert _of(scores(of, _told(C1a=100), on="2026-07-03")).overridden is None


def test_apex_first_each_objective_with_its_kpis_and_key_results_themes_last() -> None:
    of = card(
        objective("L1", kpi("L1.a"), perspective="learning"),
        objective("F1", kpi("F1.a"), kpi("F1.b"), perspective="financial"),
        objective("C1"),
        objective("F2", {"ref": "F1.a"}, perspective="financial"),
        key_results=[_kr("C1.x"), _kr("F1.x") | {"objective": "F1"}],
        themes=THEMES,
    )
    assert [item.id for item in scores(of, on=ON).items] == [
        *("financial", "F1", "F1.a", "F1.b", "F1.x", "F2"),
        *("customer", "C1", "C1.x"),
        *("internal",),
        *("learning", "L1", "L1.a"),
        *("loyal", "lead"),
    ]


def test_when_an_objective_is_due() -> None:
    of = card(
        objective("C1", kpi("C1.a"), kpi("C1.b", target={"value": 1, "on": "2026-03-31"})),
        objective("C2", kpi("C2.a"), due="2026-05-05"),
        objective("C3"),
        destination={"horizon": {"from": "2026-01-01", "to": "2028-12-31"}},
    )
    found = scores(of, on=ON)
    assert [str(_of(found, ref).due) for ref in ("C1", "C2", "C3")] == [
        "2026-12-31",
        "2026-05-05",
        "2028-12-31",
    ]
    with pytest.raises(KeyError):
        found.get("C9", "objective")
