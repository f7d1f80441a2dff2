"""One run at a time for each scorecard, on the database's own clock.

While a block holds the scorecard, a thread of its own renews the lease: a run that waits ten minutes
for a rate limit keeps it. The thread ends with its process, so what a dead process held is free after
`SECONDS` - and at once where the store is a file, whose processes are of this machine.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Engine, delete, literal_column, or_, select, update

from bsc_sync.errors import Leased, StoreFailed
from bsc_sync.state.schema import leases
from bsc_sync.state.transaction import made_out, reading
from bsc_sync.state.upsert import insert_new, inserted

SECONDS = 120.0
RENEWED = SECONDS / 3  # seconds between two renewals
TRIED = SECONDS / 24  # seconds until a store that failed is tried again
_POLL = 1.0  # seconds between two looks of a run that waits
_HOLDER = re.compile(r"(.+) \(process (\d+)\)")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for one scorecard; `renew` before each batch."""

    engine: Engine
    card: str
    token: str
    lost: threading.Event = field(default_factory=threading.Event)

    def renew(self) -> None:
        """Extend the lease; raises Leased, now and ever after, when another run has taken it meanwhile."""
        if self.lost.is_set() or not self._extended():
            self.lost.set()
            raise self._lost()

    def confirm(self, connection: Connection) -> None:
        """The same within a transaction: what it writes is written by the holder, or not at all."""
        if self.lost.is_set() or not self._extend(connection):
            self.lost.set()
            raise self._lost()

    def keep(self, ended: threading.Event) -> None:
        """Renew again and again until `ended` or the lease is lost; a store that fails is tried again."""
        pause = RENEWED
        while not ended.wait(pause):
            try:
                if not self._extended():
                    self.lost.set()
                    return
                pause = RENEWED
            except StoreFailed:
                pause = TRIED

    def _extended(self) -> bool:
        with self.engine.begin() as connection:
            return self._extend(connection)

    def _extend(self, connection: Connection) -> bool:
        mine = (leases.c.card == self.card) & (leases.c.token == self.token)
        until = _now(connection) + SECONDS
        return connection.execute(update(leases).where(mine).values(expires=until)).rowcount == 1

    def _lost(self) -> Leased:
        return Leased(
            f"the lease on {self.card} was lost to another run",
            hint="this run stops writing; run again when the other one has ended",
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a scorecard, since when, and until when unless it is renewed."""

    holder: str
    since: dt.datetime | None  # None: an older version has taken it
    expires: dt.datetime

    def __str__(self) -> str:
        return self.holder + (f" since {self.since:%Y-%m-%d %H:%M:%S} UTC" if self.since else "")


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait for a holder, and whom to tell of it; `pause` sleeps, and is True to give up."""

    length: dt.timedelta = dt.timedelta(0)
    tell: Callable[[str], None] = lambda _: None
    pause: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic


NO_WAIT = Wait()


@contextmanager
def held_lease(engine: Engine, card: str, *, holder: str, wait: Wait = NO_WAIT) -> Iterator[Lease]:
    """Hold the scorecard for the length of the block; Leased names who holds it already."""
    lease = Lease(engine, card, str(uuid.uuid4()))
    _take_in_time(lease, holder, wait)
    ended = threading.Event()
    keeper = threading.Thread(target=lease.keep, args=(ended,), name=f"lease of {card}", daemon=True)
    keeper.start()
    try:
        yield lease
    finally:
        ended.set()
        keeper.join()
        with suppress(StoreFailed), engine.begin() as connection:  # it ends by itself, then
            connection.execute(delete(leases).where(leases.c.card == card, leases.c.token == lease.token))


def holder_of(engine: Engine, card: str, *, asker: str = "") -> Held | None:
    """Who holds the scorecard now; None when nobody does.

    With an `asker` (`user@host (process 7)`) a dead process of the same machine holds nothing in a file,
    as it would not keep the asker from taking the lease.
    """
    with reading(engine) as connection:
        mine = select(leases).where(leases.c.card == card, leases.c.expires >= _now(connection))
        row = connection.execute(mine).first()
    if row is None or (engine.dialect.name == "sqlite" and is_gone(row.holder, asker)):
        return None
    with made_out():
        since = None if row.taken is None else dt.datetime.fromtimestamp(row.taken, dt.UTC)
        return Held(row.holder, since, dt.datetime.fromtimestamp(row.expires, dt.UTC))


def is_gone(other: str, mine: str) -> bool:
    """Whether a holder was a process of this very machine that has ended (`user@host (process 7)`)."""
    there, here = _HOLDER.fullmatch(other), _HOLDER.fullmatch(mine)
    if not there or not here or _machine(there[1]) != _machine(here[1]) or there[2] == here[2]:
        return False
    try:
        os.kill(int(there[2]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _machine(who: str) -> str:
    return who.rpartition("@")[2]


def _take_in_time(lease: Lease, holder: str, wait: Wait) -> None:
    until = wait.clock() + wait.length.total_seconds()
    told: str | None = None
    while not _take(lease, holder):
        held = holder_of(lease.engine, lease.card)
        other = str(held or "a run that has just ended")
        left = until - wait.clock()
        if left > 0 and told != other:
            wait.tell(f"{lease.card} is held by {other}; waiting up to {left:.0f} seconds")
            told = other
        if left <= 0 or wait.pause(min(_POLL, left)):
            raise Leased(
                f"another run holds {lease.card}: {other}",
                hint="wait until it has ended (--wait 10m does); "
                "the lease of a run that died ends by itself after two minutes",
            )


def _take(lease: Lease, holder: str) -> bool:
    """Take the lease where it is free, has expired, or was a dead process's of this machine."""
    with lease.engine.begin() as connection:
        now = _now(connection)
        free = leases.c.expires < now
        if connection.dialect.name == "sqlite":
            before = connection.execute(select(leases.c.holder).where(leases.c.card == lease.card)).scalar()
            if before and is_gone(before, holder):
                free = or_(free, leases.c.holder == before)
        row = {"holder": holder, "token": lease.token, "taken": now, "expires": now + SECONDS}
        added = insert_new(connection, leases).values(card=lease.card, **row)
        taken = added.on_conflict_do_update(index_elements=["card"], set_=row, where=free)
        return inserted(connection, taken)


def _now(connection: Connection) -> ColumnElement[float]:
    if connection.dialect.name == "sqlite":
        return literal_column("((julianday('now') - 2440587.5) * 86400.0)")
    return literal_column("extract(epoch from clock_timestamp())")
