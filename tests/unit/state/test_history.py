"""What was measured: progress as it was known on a day, and the latest values by source."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from sqlalchemy import Engine

from bsc_sync.alignment.ledger import Progress
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.state.history import History

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
MONDAY = NOW.date()
TUESDAY = MONDAY + dt.timedelta(days=1)


@pytest.fixture
def history(engine: Engine) -> History:
    return History(engine, "acme")


def part(done: int, total: int, why: str = "") -> Progress:
    share = Fraction(done, total) if total else None
    return Progress(share, Fraction(done), Fraction(total), "count", total, total, why)


def test_progress_is_what_was_last_known_on_the_day(history: History) -> None:
    history.keep_progress(MONDAY, {"C1": part(1, 3), "C2": part(0, 0, "no linked work"), "C3": part(1, 2)})
    history.keep_progress(TUESDAY, {"C1": part(2, 3), "C2": part(1, 2), "C4": part(0, 0, "none")})
    History(history.engine, "globex").keep_progress(TUESDAY, {"C1": part(3, 3)})
    assert history.progress(MONDAY - dt.timedelta(days=1)) == ({}, {})
    assert history.progress(MONDAY) == (
        {"C1": Fraction(1, 3), "C3": Fraction(1, 2)},
        {"C2": "no linked work"},
    )
    assert history.progress(TUESDAY + dt.timedelta(days=9)) == (
        {"C1": Fraction(2, 3), "C2": Fraction(1, 2), "C3": Fraction(1, 2)},
        {"C4": "none"},
    )
    history.keep_progress(TUESDAY, {"C1": part(0, 0, "no linked work")})
    assert history.progress(TUESDAY)[1]["C1"] == "no linked work"
    assert "C1" not in history.progress(TUESDAY)[0]


def test_the_latest_value_of_a_source_is_the_one_recorded_last(history: History) -> None:
    history.keep_readings(
        [
            Measurement("C1.r", Fraction(1, 3), TUESDAY, NOW, "field"),
            Measurement("C1.r", Fraction(2, 3), MONDAY, NOW, "field"),
            Measurement("C1.r", Fraction(5), TUESDAY, NOW, "jql"),
            Measurement("C2.r", Fraction(7), TUESDAY, NOW, "jql"),
        ]
    )
    assert history.latest("field") == {"C1.r": Fraction(2, 3)}
    assert history.latest("jql") == {"C1.r": Fraction(5), "C2.r": Fraction(7)}


def test_readings_stream_in_their_order_and_by_subject(history: History) -> None:
    many = [
        Measurement(f"K{number % 3}", Fraction(number, 7), MONDAY, NOW + dt.timedelta(seconds=number), "csv")
        for number in range(2500)
    ]
    assert history.keep_readings(iter(many)) == 2500
    assert history.keep_readings(many[-3:]) == 0
    assert history.keep_readings(many[:1]) == 1  # the value of before is back: that is new
    assert list(history.readings())[:2500] == many
    assert list(history.readings(frozenset({"K1"}))) == [one for one in many if one.subject == "K1"]
    everything = frozenset(f"K{number}" for number in range(700))
    assert len(list(history.readings(everything))) == 2501
    assert next(history.readings()) == many[0]  # and the rest is never read
