"""Whether every slot of several servers is accounted for, from what they have logged."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"timestamp='([^']+)'.* event='([^']+)'")
_SLOT = re.compile(r"\bslot='([^']+)'")
_ENDS = ("sync ended", "slot skipped", "sync failed")
KILLED, STARTED = "KILLED", "STARTED"


@dataclass(frozen=True, slots=True)
class Served:
    """One slot in the log of one server: when it was begun, and how and when that ended."""

    slot: dt.datetime
    server: str
    begun: dt.datetime
    ended: dt.datetime | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """What one server has said: its slots, and when it was not there."""

    server: str
    served: tuple[Served, ...]
    away: tuple[tuple[dt.datetime, dt.datetime], ...]
    bugs: tuple[str, ...]


def read_log(server: str, lines: Iterable[str], *, begin: dt.datetime, end: dt.datetime) -> Log:
    """A log whose moments are in UTC; `KILLED` and `STARTED` lines are those of whoever did that."""
    served: list[Served] = []
    away: list[tuple[dt.datetime, dt.datetime]] = []
    gone: dt.datetime | None = begin
    bugs: list[str] = []
    for line in lines:
        found = _LINE.search(line)
        if "bug=True" in line or "Traceback" in line:
            bugs.append(line.strip()[:200])
        if found is None:
            continue
        at, text = dt.datetime.fromisoformat(found[1]), found[2]
        if gone is not None and not text.startswith(STARTED):  # it lives when it says something
            away.append((gone, at))
            gone = None
        if text.startswith(KILLED):
            gone = at
            if served and served[-1].ended is None:
                served[-1] = _ended(served[-1], at, "killed")
            continue
        slot = _SLOT.search(line)
        if slot is None:
            continue
        moment = dt.datetime.fromisoformat(slot[1])
        if text.startswith("sync begins"):
            served.append(Served(moment, server, at))
        elif text.startswith(_ENDS) and served and served[-1].slot == moment:
            served[-1] = _ended(served[-1], at, next(one for one in _ENDS if text.startswith(one)))
    if gone is not None:
        away.append((gone, end))
    return Log(server, tuple(served), tuple(away), tuple(bugs))


def unaccounted(
    logs: Sequence[Log], *, begin: dt.datetime, end: dt.datetime, every: dt.timedelta
) -> list[str]:
    """Every slot that was done twice, did not end, or that nobody did though somebody had time for it."""
    wrong = [f"{log.server}: {bug}" for log in logs for bug in log.bugs]
    by_slot: dict[dt.datetime, list[Served]] = {}
    for log in logs:
        for one in log.served:
            by_slot.setdefault(one.slot, []).append(one)
            if one.ended is None:
                wrong.append(f"{one.server}: {one.slot:%H:%M:%S} did not end")
    for slot, done in sorted(by_slot.items()):
        if len(done) > 1:
            wrong.append(f"{slot:%H:%M:%S} was done by {' and '.join(one.server for one in done)}")
    for slot in _slots(begin, end, every):
        if slot not in by_slot:
            free = [log.server for log in logs if _free(log, slot, slot + every) > every * 0.6]
            if free:
                wrong.append(f"{slot:%H:%M:%S} was done by nobody, and {', '.join(free)} had time for it")
    return wrong


def _ended(one: Served, at: dt.datetime, ending: str) -> Served:
    return Served(one.slot, one.server, one.begun, at, ending)


def _slots(begin: dt.datetime, end: dt.datetime, every: dt.timedelta) -> Iterator[dt.datetime]:
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    slot = epoch + ((begin - epoch) // every + 1) * every
    while slot + every <= end:
        yield slot
        slot += every


def _free(log: Log, begin: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """How long a server had nothing to do between two moments; its heart beats once a second."""
    second = dt.timedelta(seconds=1)
    taken = [(one.begun, (one.ended or end) + second) for one in log.served]
    left = end - begin
    for start, stop in (*taken, *((start, stop + second) for start, stop in log.away)):
        left -= max(dt.timedelta(0), min(end, stop) - max(begin, start))
    return left
