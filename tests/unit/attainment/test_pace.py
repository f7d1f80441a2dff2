"""What was expected, on the day that the reading speaks of."""

from fractions import Fraction
from typing import Any

import pytest

from tests.measure_sample import card, exact, key_result, key_result_score, kpi, kpi_score, objective, scores


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", "0"),
        ("2026-01-01", "1/365"),
        ("2026-07-02", "183/365"),
        ("2026-12-31", "1"),
    ],
)
def test_a_straight_line_from_the_baselines_day(on: str, expected: str) -> None:
    assert kpi_score(kpi(), {}, on=on).expected == exact(expected)


def test_pace_is_of_the_readings_day_and_of_today_without_one() -> None:
    assert kpi_score(kpi(), {"2026-04-10": 20}, on="2026-06-30").expected == Fraction(100, 365)
    assert kpi_score(kpi(), {}, on="2026-06-30").expected == Fraction(181, 365)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-10-01", "1/92"),
        ("2026-10-25", "25/92"),  # the day on which the clock goes back is one day
        ("2026-11-15", "46/92"),
        ("2026-12-30", "91/92"),
        ("2026-12-31", "1"),
    ],
)
def test_of_a_cycle_both_ends_count(on: str, expected: str) -> None:
    assert key_result_score(key_result(baseline=85, target=87), {on: 86}, on=on).expected == exact(expected)


def test_a_reading_before_the_cycle_is_expected_to_be_nowhere() -> None:
    found = key_result_score(key_result(baseline=85, target=87), {"2026-09-30": 86}, on="2026-11-15")
    assert (found.value, found.raw, found.expected) == (86, Fraction(1, 2), 0)


def test_along_a_path() -> None:
    # 85 on 31 December 2025, 87 a year later, 90 another year later
    given = kpi(
        baseline={"value": 85, "on": "2025-12-31"},
        target={"value": 90, "on": "2027-12-31"},
        path=[{"value": 87, "on": "2026-12-31"}],
    )
    assert kpi_score(given, {}, on="2026-12-31").expected == Fraction(2, 5)
    assert kpi_score(given, {}, on="2026-03-14").expected == Fraction(2, 5) * Fraction(73, 365)
    assert kpi_score(given, {}, on="2027-03-14").expected == Fraction(2, 5) + Fraction(3, 5) * Fraction(
        73, 365
    )
    off_the_way = {"value": 1, "on": "2025-12-31"}, {"value": 1, "on": "2028-01-01"}
    same = kpi(**{**given, "path": [*given["path"], *off_the_way]})
    assert kpi_score(same, {}, on="2027-03-14").expected == kpi_score(given, {}, on="2027-03-14").expected


def test_a_key_result_with_a_path_of_its_own() -> None:
    given = key_result(baseline=0, target=100, path=[{"value": 80, "on": "2026-10-31"}])
    assert key_result_score(given, {}, on="2026-10-31").expected == Fraction(4, 5)
    assert key_result_score(given, {}, on="2026-10-01").expected == Fraction(4, 5) / 31


def test_a_leap_day_is_a_day_of_the_way() -> None:
    given = kpi(baseline={"value": 0, "on": "2027-12-31"}, target={"value": 366, "on": "2028-12-31"})
    assert kpi_score(given, {"2028-02-29": 60}, on="2028-02-29").expected == Fraction(60, 366)


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2026-12-24", "61/65"), ("2026-12-25", "61/65"), ("2026-12-28", "62/65"), ("2026-10-04", "2/65")],
)
def test_working_days(on: str, expected: str) -> None:
    # The quarter has 66 weekdays; without the 25th of December, a Friday, 65.
    of = card(
        objective(),
        key_results=[key_result(baseline=0, target=1)],
        calendar={"days": "working", "holidays": ["2026-12-25", "2026-12-26"]},
    )
    assert scores(of, on=on).get("C1.k.q4", "key_result").expected == exact(expected)


def test_without_days_of_its_own_the_horizon_is_the_way() -> None:
    horizon: dict[str, Any] = {"destination": {"horizon": {"from": "2026-01-01", "to": "2026-12-31"}}}
    plain: dict[str, Any] = kpi(baseline={"value": 0}, target={"value": 100})
    of = card(objective("C1", plain), **horizon)
    assert scores(of, on="2026-07-02").get("C1.k", "kpi").expected == Fraction(182, 364)
    assert scores(card(objective("C1", plain)), on="2026-07-02").get("C1.k", "kpi").expected is None


def test_what_is_expected_uses_the_same_function_as_what_is_reached() -> None:
    given = kpi(type="increase", red_flag=50, scoring={"by": "goal_red_flag"})
    # 292 of 365 days: 80 is planned; (1 + (80 - 50) / (100 - 50)) / 3
    assert kpi_score(given, {"2026-10-19": 80}, on="2026-10-19").expected == Fraction(8, 15)
    assert kpi_score(given, {"2026-10-19": 80}, on="2026-10-19").raw == Fraction(8, 15)
