"""The judge of the trial of two servers: it finds what is broken, and only that."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.torture.served_slots import read_log, unaccounted

EVERY = dt.timedelta(seconds=5)
BEGIN = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
END = BEGIN + dt.timedelta(seconds=20)


def line(second: float, event: str, slot: int | None = None) -> str:
    at = (BEGIN + dt.timedelta(seconds=second)).isoformat()
    named = "" if slot is None else f" slot='{(BEGIN + dt.timedelta(seconds=slot)).isoformat()}'"
    return f"timestamp='{at}' level='info' event='{event}'{named}"


GOOD = {
    "one": [
        line(0, "STARTED"),
        line(0.1, "sync begins", 0),
        line(6, "sync ended", 0),
        line(10, "sync begins", 10),
        line(11, "KILLED"),
    ],
    "two": [
        line(0, "STARTED"),
        line(5, "sync begins", 5),
        line(9, "sync failed", 5),
        line(15, "sync begins", 15),
        line(19, "slot skipped", 15),
    ],
}


def judged(logs: dict[str, list[str]]) -> list[str]:
    read = [read_log(name, lines, begin=BEGIN, end=END) for name, lines in logs.items()]
    return unaccounted(read, begin=BEGIN, end=END, every=EVERY)


def test_a_good_trial_is_good() -> None:
    assert judged(GOOD) == []


@pytest.mark.parametrize(
    ("server", "number", "instead", "found"),
    [
        ("two", 2, None, ["two: 10:00:05 did not end"]),
        ("one", 4, None, ["one: 10:00:10 did not end"]),
        (
            "two",
            1,
            line(5, "sync begins", 0),
            ["two: 10:00:00 did not end", "10:00:00 was done by one and two"],
        ),
        ("one", 2, "... bug=True", ["one: ... bug=True", "one: 10:00:00 did not end"]),
    ],
)
def test_what_is_broken_is_found(server: str, number: int, instead: str | None, found: list[str]) -> None:
    lines = [*GOOD[server]]
    lines[number : number + 1] = [] if instead is None else [instead]
    assert judged({**GOOD, server: lines}) == found


def test_a_slot_that_nobody_did_is_lost_only_where_somebody_had_time() -> None:
    without = {"one": GOOD["one"], "two": [line(0, "STARTED"), line(1, "it is there"), *GOOD["two"][3:]]}
    assert judged(without) == ["10:00:05 was done by nobody, and two had time for it"]
    late = {"one": GOOD["one"], "two": [line(9, "STARTED"), *GOOD["two"][3:]]}
    assert judged(late) == []  # the one was busy until a moment before, and the other was not there yet
