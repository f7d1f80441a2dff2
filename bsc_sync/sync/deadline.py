"""How long a run may take: after that it begins nothing new, and what was begun is settled."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass

from bsc_sync.errors import Overdue


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which a run's time is up, by the run's own clock."""

    length: dt.timedelta
    ends: dt.datetime
    clock: Callable[[], dt.datetime]

    def left(self) -> float:
        """The seconds that are left; none or fewer when the time is up."""
        return (self.ends - self.clock()).total_seconds()


@dataclass(frozen=True, slots=True)
class Endless:
    """A run that may take as long as it takes."""

    def left(self) -> float:
        """More than any wait."""
        return math.inf


Time = Deadline | Endless
ENDLESS = Endless()
TIME_UP = "the run's time was up; the next run does it"


def time_of(length: dt.timedelta | None, clock: Callable[[], dt.datetime]) -> Time:
    """The time of a run that begins now."""
    return ENDLESS if length is None else Deadline(length, clock() + length, clock)


def check_time(time: Time, doing: str) -> None:
    """Raise Overdue when the time is up; `doing` is what is not begun any more."""
    if isinstance(time, Deadline) and time.left() <= 0:
        raise overdue(time, f"before {doing}")


def overdue(time: Time, what: str) -> Overdue:
    """The time is up: what is left of the work, and how to go on."""
    length = f" ({length_text(time.length)})" if isinstance(time, Deadline) else ""
    return Overdue(
        f"the run's time{length} was up {what}",
        hint="the next run goes on from here; raise limits.deadline in mapping.yaml, or --deadline",
    )


def length_text(length: dt.timedelta) -> str:
    """A length of time as people write it."""
    seconds = int(length.total_seconds())
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
