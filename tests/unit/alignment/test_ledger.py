"""Whom the work serves: buckets that sum to the whole, and objectives that no work serves."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from bsc_sync.alignment.ledger import Alignment, align
from bsc_sync.alignment.serving import objectives_of
from bsc_sync.alignment.work import WorkItem
from bsc_sync.mapping.model import AlignmentRule
from bsc_sync.scorecard.model import Scorecard
from tests.measure_sample import Q4, card, day, key_result, kpi, objective
from tests.work_sample import item, moment

RULE = {"scope": "project in (CRM, OPS)", "period": "30 days", "effort": "points"}
STRATEGY = card(
    objective("C1", kpi("C1.k")),
    objective("C2"),
    objective("C3", retired="2026-11-05"),
    cycles=[
        {"id": "Q3", "from": "2026-07-01", "to": "2026-09-30", "key_results": [key_result("C1.q3")]},
        {**Q4, "key_results": [key_result("C1.q4"), key_result("C2.q4") | {"objective": "C2"}]},
    ],
)


def _align(*items: WorkItem, on: str = "2026-11-20", of: Scorecard = STRATEGY, **rule: Any) -> Alignment:
    declared = AlignmentRule.model_validate({**RULE, **rule})
    return align(of, items, rule=declared, as_of=day(on), zone=of.zone)


def _efforts(found: Alignment) -> dict[str, tuple[int, Fraction]]:
    return {bucket.name: (bucket.items, bucket.effort) for bucket in found.buckets}


def test_every_item_in_one_bucket() -> None:
    found = _align(
        item("CRM-1", points=5, serves=("C1",)),
        item("CRM-2", points=3, serves=("C1.q4",)),
        item("CRM-3", points=2, run_the_business=True),
        item("CRM-4", points=4, run_the_business=True, serves=("C2.q4",)),  # aligned wins
        item("OPS-1", points=1),
        item("OPS-2"),
    )
    assert (found.since, found.until) == (day("2026-10-22"), day("2026-11-20"))
    assert (found.items, found.total, found.coverage) == (6, 16, "points on 5 of 6")
    assert _efforts(found) == {"aligned": (3, 12), "run the business": (1, 2), "unexplained": (2, 2)}
    assert [bucket.share for bucket in found.buckets] == [Fraction(3, 4), Fraction(1, 8), Fraction(1, 8)]
    assert [[one.key for one in bucket.examples] for bucket in found.buckets] == [
        ["CRM-1", "CRM-4", "CRM-2"],
        ["CRM-3"],
        ["OPS-1", "OPS-2"],
    ]
    assert [
        (project, [(bucket.items, bucket.effort, bucket.share) for bucket in buckets])
        for project, buckets in found.by_project
    ] == [
        ("CRM", [(3, 12, Fraction(6, 7)), (1, 2, Fraction(1, 7)), (0, 0, 0)]),
        ("OPS", [(0, 0, 0), (0, 0, 0), (2, 2, 1)]),
    ]
    assert found.why == ""


@pytest.mark.parametrize(
    ("effort", "total", "coverage"),
    [("count", 3, ""), ("points", 7, "points on 2 of 3"), ("time", 90, "time logged on 1 of 3")],
)
def test_effort_in_its_unit(effort: str, total: int, coverage: str) -> None:
    items = (item("A-1", points=2, seconds=90), item("A-2", points=4), item("A-3"))
    found = _align(*items, effort=effort)
    assert (found.effort, found.total, found.coverage) == (effort, total, coverage)


def test_no_effort_has_no_shares() -> None:
    found = _align(item("A-1"), effort="time")
    assert [(bucket.items, bucket.effort, bucket.share) for bucket in found.buckets] == [
        (0, 0, None),
        (0, 0, None),
        (1, 0, None),
    ]


def test_an_item_under_two_objectives_counts_once() -> None:
    found = _align(
        item("A-1", points=5, serves=("C1", "C2.q4")), item("A-2", points=1, serves=("C1", "C1.q4"))
    )
    assert (found.items, found.total, found.overlap) == (2, 6, 1)
    assert _efforts(found)["aligned"] == (2, 6)


def test_a_split_is_aligned_in_part_and_the_rest_is_not() -> None:
    shares = {"C1": Fraction(6, 10), "C2.q4": Fraction(3, 10)}
    found = _align(item("A-1", points=10, serves=("C1", "C2"), shares=shares))
    assert _efforts(found) == {"aligned": (1, 9), "run the business": (0, 0), "unexplained": (0, 1)}
    assert found.overlap == 1
    declared = _align(item("A-1", points=10, shares=shares, run_the_business=True))
    assert _efforts(declared) == {"aligned": (1, 9), "run the business": (0, 1), "unexplained": (0, 0)}
    also_whole = _align(item("A-1", points=10, serves=("C2",), shares={"C1": Fraction(1, 10)}))
    assert _efforts(also_whole)["aligned"] == (1, 10)
    to_the_retired = _align(item("A-1", points=10, shares={"C1": Fraction(1, 4), "C3": Fraction(3, 4)}))
    assert _efforts(to_the_retired)["aligned"] == (1, Fraction(5, 2))


def test_the_period_is_of_days_in_the_zone_by_the_last_activity_of_people() -> None:
    def counted(**given: Any) -> int:
        touched = given.pop("touched", None)
        one = item("A-1", **given)
        plain = {name: getattr(one, name) for name in WorkItem.__slots__}
        return _align(WorkItem(**{**plain, "touched": moment(touched) if touched else None})).items

    assert counted(touched="2026-10-21T21:59:00+00:00") == 0  # 23:59 in Zurich on the day before
    assert counted(touched="2026-10-21T22:00:00+00:00") == 1
    assert counted(touched="2026-11-20T22:59:00+00:00") == 1
    assert counted(touched="2026-11-20T23:00:00+00:00") == 0  # the next day there
    assert counted(resolved=moment("2026-11-01")) == 1
    assert counted(resolved=moment("2026-11-01"), touched="2026-01-09") == 0
    assert counted(created=moment("2026-11-01")) == 1
    assert counted() == 0


def test_what_stays_out() -> None:
    found = _align(
        item("A-1", resolution="Won't Do", serves=("C1",)),
        item("A-2", container=True, serves=("C1",)),
        item("A-3", in_scope=False, serves=("C1",)),
        item("A-4", points=1, serves=("C9",)),
        exclude={"resolution": ["Won't Do"]},
    )
    assert _efforts(found) == {"aligned": (0, 0), "run the business": (0, 0), "unexplained": (1, 1)}


def test_restricted_items_are_counted_and_not_named() -> None:
    found = _align(
        item("A-1", points=9, restricted=True, serves=("C1",)), item("A-2", points=1, serves=("C1",))
    )
    aligned = found.buckets[0]
    assert (aligned.items, aligned.effort, aligned.restricted) == (2, 10, 1)
    assert [one.key for one in aligned.examples] == ["A-2"]


def test_examples_are_few_and_most_effort_first() -> None:
    found = _align(*(item(f"A-{number}", points=number % 4) for number in range(1, 12)))
    assert [one.key for one in found.buckets[2].examples] == ["A-3", "A-7", "A-11", "A-2", "A-6"]


def test_work_for_a_retired_objective_was_aligned_until_its_day() -> None:
    before = _align(item("A-1", serves=("C3",), touched="2026-11-04"))
    assert (_efforts(before)["aligned"][0], before.late.items) == (1, 0)
    after = _align(item("A-1", serves=("C3",), touched="2026-11-05"))
    assert (_efforts(after)["unexplained"][0], [one.key for one in after.late.first]) == (1, ["A-1"])


def test_objectives_that_no_work_serves() -> None:
    assert _align(item("A-1", serves=("C1.q3",))).idle_objectives == ("C2",)
    assert _align(item("A-1", serves=("C2",), in_scope=False)).idle_objectives == ("C1",)
    assert _align(item("A-1", serves=("C1", "C2"), resolution="Duplicate")).idle_objectives == ()
    dropped = _align(item("A-1", serves=("C1",), resolution="No"), exclude={"resolution": ["No"]})
    assert dropped.idle_objectives == ("C1", "C2")
    assert _align(on="2026-11-04").idle_objectives == ("C1", "C2", "C3")


def test_linked_work_that_nobody_touched() -> None:
    def untouched(**given: Any) -> list[str]:
        return [one.key for one in _align(item("A-1", **given)).untouched.first]

    assert untouched(serves=("C1",), touched="2026-11-06") == ["A-1"]  # fourteen days
    assert untouched(serves=("C1",), touched="2026-11-07") == []
    assert untouched(serves=("C1",), touched="2026-01-07", in_scope=False) == ["A-1"]
    assert untouched(serves=("C1",), touched="2026-11-06", category="done") == []
    assert untouched(serves=("C3",), touched="2026-11-06") == []
    assert untouched(touched="2026-11-06") == []


def test_work_that_still_flows_to_what_is_closed() -> None:
    def late(*serves: str, touched: str = "2026-11-10") -> bool:
        return bool(_align(item("A-1", serves=serves, touched=touched)).late.items)

    assert late("C1.q3")
    assert late("C1.q3", "C1")  # the objective only as the key result's parent
    assert not late("C1.q3", "C1.q4")
    assert not late("C1.q3", "C2")
    assert not late("C1.q4")
    assert late("C3")
    assert late("C3", "C9")
    assert not late("C9")
    assert not late()


def test_without_a_rule_there_is_no_ledger_but_objectives_may_be_idle() -> None:
    found = align(
        STRATEGY, [item("A-1", serves=("C1",))], rule=None, as_of=day("2026-11-20"), zone=STRATEGY.zone
    )
    assert found.why == "the mapping declares no alignment: which work to ask, and over what period"
    assert (found.buckets, found.total, found.items, found.by_project) == ((), 0, 0, ())
    assert found.idle_objectives == ("C2",)
    assert (found.since, found.until) == (dt.date(2026, 11, 20), dt.date(2026, 11, 20))


def test_key_results_and_kpis_stand_for_their_objective() -> None:
    assert objectives_of(STRATEGY, ("C2.q4", "C1.k", "C1.q3", "nobody")) == ("C1", "C2")
    assert objectives_of(STRATEGY, ("C3",)) == ("C3",)
    assert objectives_of(STRATEGY, ()) == ()
