"""Days, periods and planned check-ins, on the days where calendars are awkward."""

import datetime as dt
from fractions import Fraction

import pytest

from bsc_sync.attainment.days import Unit, count_days, period_of, periods_back, share_elapsed, slots
from bsc_sync.scorecard.model import Calendar
from tests.measure_sample import day

EVERY_DAY = Calendar()
WORKING = Calendar.model_validate({"days": "working", "holidays": ["2026-12-25", "2026-12-26"]})


def test_a_cycle_counts_its_first_and_its_last_day() -> None:
    origin, end = day("2026-09-30"), day("2026-12-31")  # the day before the quarter, and its last
    assert share_elapsed(origin, day("2026-09-30"), end, EVERY_DAY) == 0
    assert share_elapsed(origin, day("2026-10-01"), end, EVERY_DAY) == Fraction(1, 92)
    assert share_elapsed(origin, day("2026-12-30"), end, EVERY_DAY) == Fraction(91, 92)
    assert share_elapsed(origin, end, end, EVERY_DAY) == 1
    assert share_elapsed(origin, day("2027-03-01"), end, EVERY_DAY) == 1


def test_the_29th_of_february_is_a_day() -> None:
    assert count_days(day("2028-02-28"), day("2028-03-01"), EVERY_DAY) == 2
    assert count_days(day("2027-02-28"), day("2027-03-01"), EVERY_DAY) == 1
    assert period_of(day("2028-02-29"), "month") == (day("2028-02-01"), day("2028-02-29"))


def test_days_on_which_the_clock_changes_are_days_like_others() -> None:
    assert count_days(day("2026-03-28"), day("2026-03-29"), EVERY_DAY) == 1
    assert count_days(day("2026-10-24"), day("2026-10-26"), EVERY_DAY) == 2


def test_working_days_leave_out_weekends_and_holidays() -> None:
    # December 2026: 23 weekdays; the 25th is a Friday, the 26th a Saturday
    assert count_days(day("2026-11-30"), day("2026-12-31"), WORKING) == 22
    assert count_days(day("2026-12-24"), day("2026-12-27"), WORKING) == 0
    assert share_elapsed(day("2026-11-30"), day("2026-12-15"), day("2026-12-31"), WORKING) == Fraction(11, 22)
    assert share_elapsed(day("2026-12-24"), day("2026-12-26"), day("2026-12-27"), WORKING) == 0


def test_working_days_agree_with_counting_one_by_one() -> None:
    start = day("2026-12-01")
    for length in range(40):
        end = start + dt.timedelta(days=length)
        one_by_one = sum(
            (start + dt.timedelta(days=index)).weekday() < 5
            and start + dt.timedelta(days=index) not in WORKING.holidays
            for index in range(1, length + 1)
        )
        assert count_days(start, end, WORKING) == one_by_one


@pytest.mark.parametrize(
    ("unit", "first", "last"),
    [
        ("day", "2026-11-18", "2026-11-18"),
        ("week", "2026-11-16", "2026-11-22"),
        ("month", "2026-11-01", "2026-11-30"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_period_of_a_day(unit: Unit, first: str, last: str) -> None:
    assert period_of(day("2026-11-18"), unit) == (day(first), day(last))


def test_periods_back() -> None:
    assert periods_back(day("2026-02-10"), "month", 12) == day("2025-03-01")
    assert periods_back(day("2026-02-10"), "quarter", 1) == day("2026-01-01")


def test_a_quarter_plans_thirteen_weekly_and_three_monthly_check_ins() -> None:
    first, last = day("2026-10-01"), day("2026-12-31")
    weekly = slots(first, last, "week")
    assert len(weekly) == 13
    assert weekly[0] == (day("2026-10-01"), day("2026-10-07"))
    assert weekly[-1] == (day("2026-12-24"), day("2026-12-30"))
    assert slots(first, last, "month") == (
        (day("2026-10-01"), day("2026-10-31")),
        (day("2026-11-01"), day("2026-11-30")),
        (day("2026-12-01"), day("2026-12-31")),
    )
    assert slots(first, last, "year") == ((first, last),)
