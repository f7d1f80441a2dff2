"""The attainment of every type, and the published vectors of DOMAIN 3, computed by hand."""

from fractions import Fraction
from typing import Any

import pytest

from bsc_sync.attainment.score import Status
from tests.measure_sample import exact, key_result, key_result_score, kpi, kpi_score

ON = "2026-06-30"


def _raw(value: str, **given: Any) -> Fraction | None:
    return kpi_score(kpi(**given), {ON: value}, on=ON).raw


def _control(type_: str, target: object, red_flag: object = None) -> dict[str, Any]:
    bounds = target if isinstance(target, dict) else {"value": target, "on": "2026-12-31"}
    return {"type": type_, "baseline": None, "target": bounds, "red_flag": red_flag}


@pytest.mark.parametrize(
    ("value", "raw"),
    [("85", "0"), ("87", "2/5"), ("90", "1"), ("84", "-1/5"), ("92.5", "3/2"), ("85.1", "1/50")],
)
def test_increase(value: str, raw: str) -> None:
    given = {"baseline": {"value": 85, "on": "2025-12-31"}, "target": {"value": 90, "on": "2026-12-31"}}
    assert _raw(value, **given) == exact(raw)


@pytest.mark.parametrize(("value", "raw"), [("60", "0"), ("48", "1/3"), ("24", "1"), ("66", "-1/6")])
def test_decrease(value: str, raw: str) -> None:
    given = {"baseline": {"value": 60, "on": "2025-12-31"}, "target": {"value": 24, "on": "2026-12-31"}}
    assert _raw(value, type="decrease", **given) == exact(raw)


@pytest.mark.parametrize(
    ("control", "value", "raw"),
    [
        (_control("at_least", 40), "40", "1"),
        (_control("at_least", 40), "45", "1"),
        (_control("at_least", 40), "39", "0"),
        (_control("at_least", 40, 20), "31", "11/20"),
        (_control("at_least", 40, 20), "20", "0"),
        (_control("at_least", 40, 20), "10", "-1/2"),
        (_control("at_most", 5), "5", "1"),
        (_control("at_most", 5), "6", "0"),
        (_control("at_most", 5, 10), "6", "4/5"),
        (_control("at_most", 5, 10), "12", "-2/5"),
        (_control("between", {"low": 2, "high": 4}), "2", "1"),
        (_control("between", {"low": 2, "high": 4}), "4", "1"),
        (_control("between", {"low": 2, "high": 4}), "4.1", "0"),
        (_control("between", {"low": 2, "high": 4}, {"low": 1, "high": 8}), "1.5", "1/2"),
        (_control("between", {"low": 2, "high": 4}, {"low": 1, "high": 8}), "5", "3/4"),
        (_control("between", {"low": 2, "high": 4}, {"low": 1, "high": 8}), "9", "-1/4"),
        (_control("between", {"low": 2, "high": 4}, {"low": 1}), "5", "0"),
        (_control("between", {"low": 2, "high": 4}, 8), "5", "3/4"),
        (_control("between", {"low": 2, "high": 4}, 1), "1.5", "1/2"),
    ],
)
def test_controls(control: dict[str, Any], value: str, raw: str) -> None:
    found = kpi_score(kpi(**control), {ON: value}, on=ON)
    assert (found.raw, found.expected) == (exact(raw), 1)
    assert found.attainment == min(max(exact(raw), Fraction(0)), Fraction(1))
    assert found.status == (Status.HOLDING if raw == "1" else Status.BREACHED)


def test_milestones_by_weight_and_day() -> None:
    given = kpi(
        type="milestones",
        baseline=None,
        target={"on": "2026-12-31"},
        milestones=[
            {"id": "a", "name": "A", "weight": 1, "reached": "2026-05-12"},
            {"id": "b", "name": "B", "weight": 2, "due": "2026-06-30", "reached": "2026-07-02"},
            {"id": "c", "name": "C", "weight": 3},
        ],
    )
    before = kpi_score(given, {}, on="2026-05-11")
    assert (before.value, before.raw, before.expected, before.coverage) == (0, 0, 0, 1)
    half_year = kpi_score(given, {}, on="2026-06-30")
    assert (half_year.value, half_year.raw, half_year.expected) == (1, Fraction(1, 6), Fraction(1, 3))
    later = kpi_score(given, {}, on="2026-07-02")
    assert (later.raw, later.expected, later.status) == (Fraction(1, 2), Fraction(1, 3), Status.ON_TRACK)
    end = kpi_score(given, {}, on="2026-12-31")
    assert (end.raw, end.expected, end.target, end.unit) == (Fraction(1, 2), 1, "6", "milestone points")


def test_milestones_without_any_are_undefined() -> None:
    found = kpi_score(kpi(type="milestones", baseline=None), {}, on=ON)
    assert (found.raw, found.undefined, found.coverage) == (None, "it has no milestones", 0)


def test_done_by_its_day() -> None:
    given = key_result(
        type="done",
        due="2026-11-15",
        check_ins=[{"on": "2026-10-20", "value": False}, {"on": "2026-11-20", "value": True}],
    )
    assert key_result_score(given, {}, on="2026-10-19").undefined == "no reading yet"
    open_ = key_result_score(given, {}, on="2026-11-10")
    assert (open_.value, open_.raw, open_.expected, open_.status) == (0, 0, 0, Status.TOO_EARLY)
    late = key_result_score(given, {}, on="2026-11-15")
    assert (late.raw, late.expected, late.status) == (0, 1, Status.OFF_TRACK)
    done = key_result_score(given, {}, on="2026-11-20")
    assert (done.raw, done.status, done.target) == (1, Status.ACHIEVED, "done")


def test_work_is_expected_by_the_days_of_the_cycle() -> None:
    found = key_result_score(key_result(type="work"), {"2026-11-15": "0.4"}, on="2026-11-20")
    assert (found.value, found.raw, found.expected) == (Fraction(2, 5), Fraction(2, 5), Fraction(46, 92))
    assert found.status == Status.AT_RISK


def test_nine_of_thirteen_weekly_check_ins_in_range() -> None:
    values = [44, 41, 39, 40, 50, 12, 40, 41, 38, 44, 45, 30, 40]  # 9 are 40 or more
    days = [f"2026-{month}" for month in ("10-05", "10-12", "10-19", "10-26", "11-02", "11-09", "11-16")]
    days += [f"2026-{month}" for month in ("11-23", "11-30", "12-07", "12-14", "12-21", "12-28")]
    given = key_result(type="at_least", target=40, cadence="week", scoring={"by": "check_ins"})
    found = key_result_score(given, dict(zip(days, values, strict=True)), on="2026-12-31")
    assert found.raw == Fraction(9, 13)
    assert round(100 * Fraction(9, 13)) == 69
    assert (found.expected, found.status) == (1, Status.HOLDING)


def test_a_due_check_in_that_is_missing_is_a_failure() -> None:
    given = key_result(type="at_least", target=40, cadence="week", scoring={"by": "check_ins"})
    told: dict[str, str | int] = {"2026-10-05": 44, "2026-10-12": 44, "2026-10-27": 44}
    found = key_result_score(given, told, on="2026-11-04")  # five weeks due; the third and fifth are missing
    assert (found.raw, found.expected, found.status) == (
        Fraction(3, 13),
        Fraction(5, 13),
        Status.BREACHED,
    )
    nobody = key_result_score(given, {}, on="2026-11-04")
    assert (nobody.raw, nobody.expected) == (None, Fraction(5, 13))
    assert nobody.undefined == "no check-in in this cycle yet"


def test_check_ins_of_a_climb_succeed_when_they_are_on_its_line() -> None:
    given = key_result(baseline=0, target=92, cadence="month", scoring={"by": "check_ins"})
    told: dict[str, str | int] = {"2026-10-31": 31, "2026-11-30": 60, "2026-12-31": 92}  # 61 were asked for
    found = key_result_score(given, told, on="2026-12-31")
    assert (found.raw, found.expected, found.status) == (Fraction(2, 3), 1, Status.OFF_TRACK)
    missed = key_result_score(given, told, on="2027-01-15")
    assert (missed.raw, missed.status) == (Fraction(2, 3), Status.MISSED)


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        ("0.8", 120),
        ("0.5", 150),
        ("0.25", 175),
        ("1", 100),
        ("1.2", 80),
        ("1.35", 65),
        ("1.5", 50),
        ("1.75", 25),
    ],
)
def test_distance_at_most(value: str, percent: int) -> None:
    given = _control("at_most", 1) | {"scoring": {"by": "distance"}}
    assert _raw(value, **given) == Fraction(percent, 100)


def test_distance_at_least_and_its_zero() -> None:
    given: dict[str, Any] = {"scoring": {"by": "distance"}}
    assert _raw("30", **_control("at_least", 40), **given) == Fraction(3, 4)
    zero = kpi_score(kpi(**_control("at_most", 0), **given), {ON: "1"}, on=ON)
    assert (zero.raw, zero.undefined) == (None, "distance scoring divides by the target, which is 0")


@pytest.mark.parametrize(
    ("value", "of_ten"),
    [("300", "0"), ("500", "10/3"), ("700", "20/3"), ("900", "10"), ("1200", "10"), ("0", "0")],
)
def test_goal_and_red_flag(value: str, of_ten: str) -> None:
    given = _control("at_least", 700, 500) | {"scoring": {"by": "goal_red_flag"}}
    assert _raw(value, **given) == exact(of_ten) / 10


@pytest.mark.parametrize(
    ("value", "of_ten"), [("900", "0"), ("700", "10/3"), ("500", "20/3"), ("300", "10"), ("600", "5")]
)
def test_goal_and_red_flag_reversed(value: str, of_ten: str) -> None:
    given = _control("at_most", 500, 700) | {"scoring": {"by": "goal_red_flag"}}
    assert _raw(value, **given) == exact(of_ten) / 10


def test_a_control_on_its_goal_holds_however_it_is_scored() -> None:
    given = _control("at_least", 700, 500) | {"scoring": {"by": "goal_red_flag"}}
    found = kpi_score(kpi(**given), {ON: "700"}, on=ON)
    assert (found.raw, found.expected, found.status) == (Fraction(2, 3), Fraction(2, 3), Status.HOLDING)


def test_goal_and_red_flag_needs_a_red_flag() -> None:
    found = kpi_score(kpi(scoring={"by": "goal_red_flag"}), {ON: "50"}, on=ON)
    assert found.undefined == "goal and red flag scoring needs a red flag apart from the target"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"baseline": None}, "it has no baseline"),
        ({"target": {"on": "2026-12-31"}}, "it has no target"),
        ({"target": {"value": 0, "on": "2026-12-31"}}, "its target is its baseline"),
        (_control("at_least", {"on": "2026-12-31"}), "it has no target"),
        (_control("between", {"on": "2026-12-31"}), "it has no range"),
        ({"target": {"on": "2026-12-31"}, "scoring": {"by": "distance"}}, "it has no target"),
        ({"target": {"on": "2026-12-31"}, "scoring": {"by": "goal_red_flag"}}, "it has no target"),
    ],
)
def test_what_cannot_be_scored_says_why(given: dict[str, Any], why: str) -> None:
    found = kpi_score(kpi(**given), {ON: "50"}, on=ON)
    assert (found.value, found.raw, found.attainment, found.coverage) == (50, None, None, 0)
    assert (found.undefined, found.status) == (why, Status.NO_DATA)


def test_the_scoring_of_the_measure_wins_over_the_mapping_over_the_card() -> None:
    at_most = _control("at_most", 1, 2)
    own = kpi(**at_most, scoring={"by": "distance"})
    plain = kpi(**at_most)
    by_flag = {"by": "goal_red_flag"}
    assert kpi_score(own, {ON: "1.5"}, on=ON, scoring=by_flag).raw == Fraction(1, 2)
    assert kpi_score(plain, {ON: "1.5"}, on=ON, scoring=by_flag).raw == Fraction(1, 2)
    assert kpi_score(plain, {ON: "1"}, on=ON, scoring=by_flag).raw == Fraction(2, 3)


def test_a_cap_of_their_own() -> None:
    given = kpi(scoring={"cap": [-1, 2]})
    assert kpi_score(given, {ON: "150"}, on=ON).attainment == Fraction(3, 2)
    assert kpi_score(given, {ON: "300"}, on=ON).attainment == 2
    assert kpi_score(given, {ON: "-300"}, on=ON).attainment == -1
