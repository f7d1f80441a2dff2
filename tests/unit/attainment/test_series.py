"""What readings say together: which one counts, and levels and flows over a window."""

import datetime as dt
import itertools
from fractions import Fraction
from typing import Any

import pytest

from bsc_sync.attainment.score import Score, Status
from tests.measure_sample import card, key_result, kpi, kpi_score, objective, reading, scores


def _flow(**series: Any) -> dict[str, Any]:
    return kpi(
        type="at_least",
        baseline=None,
        target={"value": 40, "on": "2026-12-31"},
        series={"kind": "flow", **series},
    )


def _value(given: dict[str, Any], told: dict[str, str | int], on: str) -> Fraction | None:
    return kpi_score(given, told, on=on).value


def test_the_value_is_the_last_one_effective_on_or_before_the_day() -> None:
    told: dict[str, str | int] = {"2026-03-31": 10, "2026-04-30": 20}
    assert _value(kpi(), told, "2026-03-30") is None
    assert _value(kpi(), told, "2026-03-31") == 10
    assert _value(kpi(), told, "2026-04-29") == 10
    assert _value(kpi(), told, "2026-04-30") == 20


def test_on_equal_days_the_file_wins_then_the_latest_recorded_then_the_moment() -> None:
    early, late = "2026-04-01T08:00:00+00:00", "2026-04-02T08:00:00+00:00"
    readings = [
        reading("C1.k", 1, "2026-03-31", recorded=early, at="2026-03-31T10:00:00+00:00"),
        reading("C1.k", 2, "2026-03-31", recorded=late),
        reading("C1.k", 3, "2026-03-31", recorded=late, at="2026-03-31T09:00:00+00:00"),
        reading("C1.k", 4, "2026-03-31", recorded=late, at="2026-03-31T11:00:00+00:00"),
    ]
    without_file = card(objective("C1", kpi()))
    with_file = card(objective("C1", kpi(check_ins=[{"on": "2026-03-31", "value": 5, "note": "Counted."}])))
    for order in itertools.permutations(readings):
        assert scores(without_file, order, on="2026-04-30").get("C1.k", "kpi").value == 4
        found = scores(with_file, order, on="2026-04-30").get("C1.k", "kpi")
        assert found.value == 5
        assert found.reading is not None
        assert (found.reading.source, found.reading.note) == ("check-in", "Counted.")
    assert scores(without_file, readings[:3], on="2026-04-30").get("C1.k", "kpi").value == 3
    assert scores(without_file, readings[:2], on="2026-04-30").get("C1.k", "kpi").value == 2


def test_of_two_check_ins_for_one_day_the_lower_one_in_the_file_counts() -> None:
    given = kpi(check_ins=[{"on": "2026-03-31", "value": 7}, {"on": "2026-03-31", "value": 3}])
    assert _value(given, {}, "2026-04-01") == 3


@pytest.mark.parametrize(
    ("on", "recorded"),
    [
        ("2026-03-29", "2026-03-29T21:59:59.999999+00:00"),  # the clock went forward that morning
        ("2026-10-25", "2026-10-25T22:59:59.999999+00:00"),  # and back that one
        ("2026-07-31", "2026-07-31T21:59:59.999999+00:00"),
    ],
)
def test_a_check_in_of_the_file_is_recorded_at_the_end_of_its_day(on: str, recorded: str) -> None:
    found = kpi_score(kpi(check_ins=[{"on": on, "value": 3}]), {}, on="2026-12-01").reading
    assert found is not None
    assert found.recorded.astimezone(dt.UTC) == dt.datetime.fromisoformat(recorded)
    assert found.effective == dt.date.fromisoformat(on)


def test_a_flow_of_a_month_is_the_sum_of_a_whole_month() -> None:
    told: dict[str, str | int] = {
        "2026-09-10": 20,
        "2026-09-30": 22,
        "2026-10-07": 5,
    }
    for given in (_flow(period="month", aggregate="sum"), _flow(period="month")):
        assert _value(given, told, "2026-09-30") == 42
        assert _value(given, told, "2026-10-15") == 42  # October is not over
        assert _value(given, told, "2026-10-31") == 5
    assert _value(_flow(aggregate="mean"), told, "2026-10-15") == 21
    assert _value(_flow(aggregate="last"), told, "2026-10-15") == 5
    running = kpi_score(_flow(), told, on="2026-09-29")
    assert (running.value, running.undefined) == (None, "its first month is not over yet")


def test_a_flow_over_the_year_so_far_begins_anew_every_year() -> None:
    told: dict[str, str | int] = {"2025-12-31": 9, "2026-01-31": 3, "2026-02-28": 4}
    given = _flow(window="ytd", aggregate="sum")
    assert _value(given, told, "2025-12-31") == 9
    assert _value(given, told, "2026-01-31") == 3
    assert _value(given, told, "2026-03-15") == 7
    assert _value(given, told | {"2026-01-01": 1}, "2026-03-15") == 8


def test_a_rolling_sum_needs_every_month_and_a_rolling_mean_does_not() -> None:
    told: dict[str, str | int] = {"2026-01-31": 1, "2026-02-28": 2, "2026-03-31": 6, "2026-05-31": 10}
    rolling = _flow(window="rolling 3", aggregate="sum")
    assert _value(rolling, told, "2026-04-30") == 9
    lacking = kpi_score(rolling, told, on="2026-05-31")
    assert (lacking.value, lacking.undefined) == (None, "no reading in 1 of the 3 months")
    assert _value(_flow(window="rolling 3", aggregate="mean"), told, "2026-05-31") == 8


def test_a_level_can_be_averaged_over_a_window() -> None:
    told: dict[str, str | int] = {"2026-02-10": 5, "2026-04-10": 10, "2026-05-10": 30}
    given = kpi(series={"kind": "level", "period": "month", "aggregate": "mean", "window": "rolling 2"})
    assert _value(given, told, "2026-05-12") == 20
    assert _value(kpi(), told, "2026-05-12") == 30


def test_twenty_infections_in_june_against_twelve_expected_are_too_many() -> None:
    given = kpi(
        type="at_most",
        baseline=None,
        target={"value": 24, "on": "2026-12-31"},
        path=[{"value": 12, "on": "2026-06-30"}],
        red_flag=30,
        series={"kind": "flow", "period": "month", "aggregate": "sum", "window": "ytd"},
    )

    def score(value: int, on: str) -> Score:
        return kpi_score(given, {on: value}, on=on)

    assert score(20, "2026-06-30").status == Status.BREACHED
    assert score(20, "2026-06-30").raw == Fraction(20 - 30, 12 - 30)
    assert score(12, "2026-06-30").status == Status.HOLDING
    assert score(5, "2026-03-31").status == Status.HOLDING  # 12 * 90 / 181 = 5.97 are allowed
    assert score(6, "2026-03-31").status == Status.BREACHED
    assert score(24, "2026-12-31").status == Status.HOLDING
    assert score(13, "2026-06-30").status == Status.BREACHED


def test_a_level_control_follows_its_path() -> None:
    given = kpi(
        type="at_least",
        baseline=None,
        target={"value": 100, "on": "2026-12-31"},
        path=[{"value": 50, "on": "2026-06-30"}],
    )
    assert kpi_score(given, {"2026-03-31": 50}, on="2026-04-01").status == Status.HOLDING
    assert kpi_score(given, {"2026-09-30": 75}, on="2026-10-01").status == Status.HOLDING  # 92 of 184 days
    assert kpi_score(given, {"2026-09-30": 74}, on="2026-10-01").status == Status.BREACHED


def test_a_flow_key_result_sums_like_its_kpi() -> None:
    of = card(
        objective("C1", _flow(period="month", aggregate="sum")),
        key_results=[key_result(kpi="C1.k", target=60)],
    )
    told = [reading("C1.k", 30, "2026-10-10"), reading("C1.k.q4", 30, "2026-10-20")]
    found = scores(of, told, on="2026-11-05").get("C1.k.q4", "key_result")
    assert (found.value, found.status) == (60, Status.HOLDING)
