"""Where a measure stands: the first status that fits, in the order of DOMAIN 3."""

from decimal import Decimal
from typing import Any

import pytest

from bsc_sync.attainment.judgment import by_rule
from bsc_sync.attainment.score import Status
from bsc_sync.scorecard.measures import StatusRule
from tests.measure_sample import (
    Q4,
    card,
    exact,
    key_result,
    key_result_score,
    kpi,
    kpi_score,
    objective,
    reading,
    scores,
)

SEGMENT = key_result(baseline=0, target=92, cadence="week")  # one a day


def _rule(**given: Any) -> StatusRule:
    return StatusRule.model_validate(given)


@pytest.mark.parametrize(
    ("rule", "actual", "expected", "status"),
    [
        (_rule(), "0.9", "1", Status.ON_TRACK),
        (_rule(), "0.89", "1", Status.AT_RISK),
        (_rule(), "0.35", "0.5", Status.AT_RISK),
        (_rule(), "0.349", "0.5", Status.OFF_TRACK),
        (_rule(), "-0.1", "0.5", Status.OFF_TRACK),
        (_rule(), "0", "0", Status.TOO_EARLY),
        (_rule(), "0.5", None, Status.NO_DATA),
    ],
)
def test_ratio(rule: StatusRule, actual: str, expected: str | None, status: Status) -> None:
    assert by_rule(rule, exact(actual), None if expected is None else exact(expected)) == status


@pytest.mark.parametrize(
    ("actual", "status"),
    [
        ("0.95", Status.ON_TRACK),
        ("0.94", Status.AT_RISK),
        ("0.75", Status.AT_RISK),
        ("0.74", Status.OFF_TRACK),
    ],
)
def test_ratio_with_bands_at_95_and_75(actual: str, status: Status) -> None:
    rule = {"rule": "ratio", "on_track": Decimal("0.95"), "at_risk": Decimal("0.75")}
    assert by_rule(_rule(**rule), exact(actual), exact(1)) == status


def test_fifteen_percent_done_at_day_forty_of_a_hundred() -> None:
    hundred = {
        "id": "H",
        "from": "2026-09-01",
        "to": "2026-12-09",
        "key_results": [SEGMENT | {"target": 100}],
    }
    of = card(objective(), cycles=[hundred])
    rule = {"rule": "ratio", "on_track": Decimal("0.7"), "at_risk": Decimal("0.4")}
    found = scores(of, [reading("C1.k.q4", 15, "2026-10-10")], on="2026-10-10", rule=rule)
    score = found.get("C1.k.q4", "key_result")
    assert (score.raw, score.expected) == (exact("0.15"), exact("0.4"))
    assert exact("0.15") / exact("0.4") == exact("0.375")
    assert score.status == Status.OFF_TRACK


@pytest.mark.parametrize(
    ("points_behind", "status"),
    [
        ("0", Status.ON_TRACK),
        ("16.49", Status.ON_TRACK),
        ("16.5", Status.AT_RISK),
        ("33", Status.AT_RISK),
        ("33.01", Status.OFF_TRACK),
        ("-20", Status.ON_TRACK),
    ],
)
def test_gap(points_behind: str, status: Status) -> None:
    actual = exact("0.5") - exact(points_behind) / 100
    assert by_rule(_rule(rule="gap"), actual, exact("0.5")) == status


@pytest.mark.parametrize(
    ("actual", "status"),
    [("0.7", Status.ON_TRACK), ("0.69", Status.AT_RISK), ("0.4", Status.AT_RISK), ("0.39", Status.OFF_TRACK)],
)
def test_absolute_needs_no_expectation(actual: str, status: Status) -> None:
    assert by_rule(_rule(rule="absolute"), exact(actual), exact("0.1")) == status
    assert by_rule(_rule(rule="absolute"), exact(actual), None) == status
    assert by_rule(_rule(rule="absolute"), exact(actual), exact(0)) == Status.TOO_EARLY


def test_a_measures_own_rule_and_names_win() -> None:
    own = {"rule": "absolute", "names": {"at_risk": "lagging"}}
    found = kpi_score(kpi(status=own), {"2026-06-30": 45}, on="2026-06-30", rule={"rule": "gap"})
    assert (found.status, found.status_name) == (Status.AT_RISK, "lagging")
    given = kpi_score(kpi(), {"2026-06-30": 45}, on="2026-06-30", rule={"names": {"on_track": "green"}})
    assert (given.status, given.status_name) == (Status.ON_TRACK, "green")


def test_from_the_first_day_to_the_last() -> None:
    for on, value, expected in (
        ("2026-09-30", 5, Status.NOT_STARTED),
        ("2026-10-01", 1, Status.TOO_EARLY),  # the first week is not over
        ("2026-10-06", 1, Status.TOO_EARLY),
        ("2026-10-07", 1, Status.OFF_TRACK),
        ("2026-10-10", 9, Status.ON_TRACK),
        ("2026-10-10", 8, Status.AT_RISK),
        ("2026-10-10", 92, Status.ACHIEVED),
        ("2026-12-31", 91, Status.ON_TRACK),
        ("2027-01-01", 91, Status.MISSED),
        ("2027-01-01", 92, Status.ACHIEVED),
    ):
        readings: dict[str, str | int] = {min(on, "2026-12-31"): value}
        assert key_result_score(SEGMENT, readings, on=on).status == expected, on
    assert key_result_score(SEGMENT, {}, on="2026-11-10").status == Status.NO_DATA


def test_a_target_date_that_is_over() -> None:
    assert kpi_score(kpi(), {"2026-12-31": 100}, on="2026-12-31").status == Status.ACHIEVED
    assert kpi_score(kpi(), {"2026-12-31": 99}, on="2027-01-01").status == Status.MISSED
    late = kpi_score(kpi(), {"2026-12-31": 99, "2027-01-01": 100}, on="2027-02-01")
    assert (late.value, late.status) == (99, Status.MISSED)


def test_of_a_cycle_that_is_over_what_was_recorded_too_late_does_not_count() -> None:
    of = card(objective(), key_results=[SEGMENT])
    in_time = reading("C1.k.q4", 80, "2026-12-20")
    on_the_last_day = reading("C1.k.q4", 92, "2026-12-31", recorded="2027-01-10T22:59:00+00:00")
    a_minute_late = reading("C1.k.q4", 92, "2026-12-31", recorded="2027-01-10T23:00:00+00:00")
    of_january = reading("C1.k.q4", 92, "2027-01-02")

    def outcome(*readings: Any) -> tuple[Status, str | None]:
        found = scores(of, readings, on="2027-02-01").get("C1.k.q4", "key_result")
        return found.status, found.undefined

    assert outcome(in_time, on_the_last_day) == (Status.ACHIEVED, None)  # 23:59 in Zurich
    assert outcome(in_time, a_minute_late, of_january) == (Status.MISSED, None)
    assert outcome(a_minute_late) == (
        Status.NO_DATA,
        "no reading effective by 2026-12-31 and recorded by 2027-01-10",
    )
    assert outcome() == (Status.NO_DATA, "no reading yet")


def test_a_closed_cycle_is_frozen_on_its_day() -> None:
    def status(closed: str | None, on: str) -> Status:
        of = card(objective(), cycles=[{**Q4, "closed": closed, "key_results": [SEGMENT]}])
        told = [
            reading("C1.k.q4", 92, "2026-12-31", recorded="2027-01-15T08:00:00+00:00"),
            reading("C1.k.q4", 50, "2026-12-10"),
        ]
        return scores(of, told, on=on).get("C1.k.q4", "key_result").status

    assert status(None, "2027-02-01") == Status.MISSED  # ten days were over
    assert status("2027-01-20", "2027-02-01") == Status.ACHIEVED
    assert status("2026-12-15", "2026-12-14") == Status.AT_RISK  # 50 of 71
    assert status("2026-12-15", "2026-12-15") == Status.MISSED


def test_work_after_the_end_of_a_cycle_does_not_count_for_it() -> None:
    work = {"C1.k.q4": exact(1)}
    running = key_result_score(key_result(type="work"), {}, on="2026-12-31", work=work)
    assert (running.raw, running.work_progress, running.status) == (1, 1, Status.ACHIEVED)
    over = key_result_score(key_result(type="work"), {}, on="2027-01-01", work=work)
    assert (over.raw, over.work_progress, over.status) == (None, 1, Status.NO_DATA)
    assert over.undefined == "no reading effective by 2026-12-31 and recorded by 2027-01-10"
    assert key_result_score(key_result(type="work"), {}, on="2027-01-01").undefined == "no linked work"


def test_by_hand_until_its_day_and_not_over_the_end() -> None:
    given = SEGMENT | {"override": {"status": "at risk", "until": "2026-11-30", "reason": "Audit pending."}}

    def found(on: str) -> tuple[Status, str | None]:
        score = key_result_score(given, {"2026-10-10": 9}, on=on)
        return score.status, score.overridden

    assert found("2026-11-30") == (Status.AT_RISK, "Audit pending.")
    assert found("2026-12-01") == (Status.ON_TRACK, None)
    beyond = given | {"override": given["override"] | {"until": "2027-12-31"}}
    assert key_result_score(beyond, {"2026-10-10": 9}, on="2027-01-02").status == Status.MISSED
    undefined = key_result_score(beyond, {}, on="2026-11-02")
    assert (undefined.status, undefined.attainment) == (Status.AT_RISK, None)


@pytest.mark.parametrize(
    ("on", "lag", "stale"),
    [
        ("2026-11-30", None, False),  # a month after the last day of October
        ("2026-12-01", None, True),
        ("2026-12-10", "10 days", False),
        ("2026-12-11", "10 days", True),
    ],
)
def test_stale_is_older_than_cadence_and_lag(on: str, lag: str | None, stale: bool) -> None:
    given = kpi(publication_lag=lag)
    assert kpi_score(given, {"2026-10-31": 80}, on=on).stale is stale


def test_nothing_is_stale_that_waits_for_no_reading() -> None:
    assert kpi_score(kpi(), {}, on="2026-12-01").stale is False
    assert kpi_score(kpi(), {"2026-10-31": 80}, on="2027-03-01").stale is False
    done = key_result(type="done", check_ins=[{"on": "2026-10-02", "value": True}])
    assert key_result_score(done, {}, on="2026-12-20").stale is False


def test_why_a_source_gave_nothing() -> None:
    reasons = {"C1.k": "the query names an unknown project"}
    assert kpi_score(kpi(), {}, on="2026-06-30", reasons=reasons).undefined == reasons["C1.k"]
    told = kpi_score(kpi(), {"2026-06-30": 3}, on="2026-06-30", reasons=reasons)
    assert (told.undefined, told.value) == (None, 3)
    work = key_result_score(
        key_result(type="work"), {}, on="2026-11-01", undefined_work={"C1.k.q4": "no points"}
    )
    assert (work.undefined, work.status) == ("no points", Status.NO_DATA)
