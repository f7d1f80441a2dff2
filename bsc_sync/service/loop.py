"""`serve`: the heartbeat of the `schedule` library, a slot that is due, a run that cannot end the loop."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import schedule
import structlog

from bsc_sync.errors import BscSyncError, Leased
from bsc_sync.service.cadence import due_slot

HEARTBEAT = 1  # seconds


def serve(
    work: Callable[[dt.datetime], str],
    *,
    every: dt.timedelta,
    last_slot: Callable[[], dt.datetime | None],
    claim_slot: Callable[[dt.datetime], bool],
    clock: Callable[[], dt.datetime],
    stop: threading.Event,
) -> None:
    """Do the work once a slot until `stop` is set; the work that is running then is finished first.

    A slot is claimed before its work begins: of several processes on one store, one does it. Where
    another run holds the scorecard for the whole of the slot, it is skipped, and that is told.

    `schedule` gives the heartbeat only: it would run a raising job again on every tick and
    forgets everything at a restart, so a beat never raises and the last slot is in the store.
    """
    log = structlog.get_logger()

    told = ""  # of what keeps the loop from its slots: once, not with every beat

    def beat() -> None:
        nonlocal told
        at: dict[str, str] = {}
        try:
            slot = due_slot(every, last_slot(), clock())
            if slot is None or not claim_slot(slot):  # another process may have been first
                return
            at, told = {"slot": slot.isoformat()}, ""
            log.info("sync begins", **at)
            log.info("sync ended", **at, result=work(slot))
        except Leased as busy:
            log.warning("slot skipped", **at, reason=busy.message)
        except BscSyncError as error:
            text = "; ".join(error.lines())
            if at or text != told:
                log.error("sync failed", **at, error=text, exit_code=error.exit_code)
            told = "" if at else text
        except Exception as error:
            text = type(error).__name__
            if at or text != told:
                log.error("sync failed", **at, error=text, bug=True, exc_info=True)
            told = "" if at else text

    jobs = schedule.Scheduler()
    jobs.every(HEARTBEAT).seconds.do(beat)
    jobs.run_all()
    while not stop.wait(HEARTBEAT / 2):
        jobs.run_pending()
    log.info("stopped")


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, for the length of the block."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
