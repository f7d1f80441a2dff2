"""`serve`: slots do not drift or pile up, a failing run ends nothing, a stop lets the run finish."""

import datetime as dt
import threading

import pytest

from bsc_sync.errors import Leased, StoreFailed, Unreachable
from bsc_sync.service.cadence import due_slot, parse_every
from bsc_sync.service.loop import serve

QUARTER = dt.timedelta(minutes=15)


def at(hour: int, minute: int, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, 10, 5, hour, minute, second, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("last", "now", "slot"),
    [
        (None, at(8, 7), at(8, 0)),
        (at(8, 0), at(8, 14, 59), None),
        (at(8, 0), at(8, 15), at(8, 15)),
        (at(8, 0), at(11, 50), at(11, 45)),
        (at(9, 0), at(8, 30), None),
    ],
)
def test_the_present_slot_is_due_once(
    last: dt.datetime | None, now: dt.datetime, slot: dt.datetime | None
) -> None:
    assert due_slot(QUARTER, last, now) == slot


@pytest.mark.parametrize("text", ["", "15", "m", "0m", "-1h", "1.5h", "15 minutes", "9999999s"])
def test_a_length_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="expected a length such as"):
        parse_every(text)


def test_a_failing_run_is_logged_and_the_next_slot_comes(capsys: pytest.CaptureFixture[str]) -> None:
    stop = threading.Event()
    kept: list[dt.datetime] = []
    calls: list[str] = []
    moments = iter([at(8, 0), at(8, 15), at(8, 30), at(8, 45)])

    def claim(slot: dt.datetime) -> bool:
        kept.append(slot)
        return True

    def work(_slot: dt.datetime) -> str:
        calls.append("run")
        if len(calls) == 1:
            raise Unreachable("no answer")
        if len(calls) == 2:
            raise ZeroDivisionError
        stop.set()
        return "finished"

    serve(
        work,
        every=QUARTER,
        last_slot=lambda: kept[-1] if kept else None,
        claim_slot=claim,
        clock=lambda: next(moments),
        stop=stop,
    )
    assert calls == ["run"] * 3
    assert kept == [at(8, 0), at(8, 15), at(8, 30)]
    assert "finished" in capsys.readouterr().out


def logged(out: str) -> list[str]:
    return [line for line in out.splitlines() if "sync" in line or "skipped" in line]


def test_a_slot_that_another_process_has_claimed_is_not_begun_and_one_that_is_held_is_skipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stop = threading.Event()
    claims = iter([False, True])

    def claim(_slot: dt.datetime) -> bool:
        return next(claims)

    def work(slot: dt.datetime) -> str:
        assert slot == at(8, 0)
        stop.set()
        raise Leased("another run holds acme: mia@there", hint="wait")

    serve(work, every=QUARTER, last_slot=lambda: None, claim_slot=claim, clock=lambda: at(8, 0), stop=stop)
    begins, skipped = logged(capsys.readouterr().out)
    assert "sync begins" in begins
    assert "slot skipped" in skipped
    assert "another run holds acme: mia@there" in skipped


def test_a_store_that_is_away_is_told_once_and_the_loop_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    stop = threading.Event()
    beats: list[int] = []

    def last_slot() -> dt.datetime:
        beats.append(1)
        if len(beats) == 4:
            stop.set()
        raise StoreFailed("the store failed: gone" if len(beats) < 3 else "the store failed: full")

    serve(
        lambda _slot: "",
        every=QUARTER,
        last_slot=last_slot,
        claim_slot=lambda _slot: True,
        clock=lambda: at(8, 0),
        stop=stop,
    )
    told = logged(capsys.readouterr().out)
    assert ["gone" in line for line in told] == [True, False]
    assert len(beats) == 4


def test_what_fails_with_every_beat_is_told_once_though_nobody_foresaw_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stop = threading.Event()
    beats: list[int] = []

    def last_slot() -> dt.datetime:
        beats.append(1)
        if len(beats) == 3:
            stop.set()
        raise ZeroDivisionError

    serve(
        lambda _slot: "",
        every=QUARTER,
        last_slot=last_slot,
        claim_slot=lambda _slot: True,
        clock=lambda: at(8, 0),
        stop=stop,
    )
    assert len(beats) == 3
    assert capsys.readouterr().out.count("sync failed") == 1
