"""One run at a time for each scorecard, on the database's own clock."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from bsc_sync.errors import Leased
from bsc_sync.state.schema import leases

SECONDS = 120.0
_HOLDER = re.compile(r"(.+) \(process (\d+)\)")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for one scorecard until it expires; `renew` before each batch."""

    engine: Engine
    card: str
    token: str

    def renew(self) -> None:
        """Extend the lease; raises Leased when another run has taken it meanwhile."""
        with self.engine.begin() as connection:
            mine = (leases.c.card == self.card) & (leases.c.token == self.token)
            until = _now(connection) + SECONDS
            if connection.execute(update(leases).where(mine).values(expires=until)).rowcount != 1:
                raise Leased(
                    f"the lease on {self.card} was lost to another run",
                    hint="this run stops writing; run again when the other one has ended",
                )


@contextmanager
def held_lease(engine: Engine, card: str, *, holder: str) -> Iterator[Lease]:
    """Hold the scorecard for the length of the block; Leased names who holds it already."""
    lease = Lease(engine, card, str(uuid.uuid4()))
    with engine.begin() as connection:
        _take(connection, lease, holder)
    try:
        yield lease
    finally:
        with engine.begin() as connection:
            connection.execute(delete(leases).where(leases.c.card == card, leases.c.token == lease.token))


def is_gone(other: str, mine: str) -> bool:
    """Whether a holder was a process of this very machine that has ended (`user@host (process 7)`)."""
    there, here = _HOLDER.fullmatch(other), _HOLDER.fullmatch(mine)
    if not there or not here or there[1] != here[1] or there[2] == here[2]:
        return False
    try:
        os.kill(int(there[2]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _take(connection: Connection, lease: Lease, holder: str) -> None:
    now = _now(connection)
    row = {"holder": holder, "token": lease.token, "expires": now + SECONDS}
    expired = (leases.c.card == lease.card) & (leases.c.expires < now)
    if connection.dialect.name == "sqlite":
        before = connection.execute(select(leases.c.holder).where(leases.c.card == lease.card)).scalar()
        if before and is_gone(before, holder):
            expired = (leases.c.card == lease.card) & (leases.c.holder == before)
    if connection.execute(update(leases).where(expired).values(**row)).rowcount == 1:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(leases).values(card=lease.card, **row))
    except IntegrityError:
        other = connection.execute(select(leases.c.holder).where(leases.c.card == lease.card)).scalar()
        raise Leased(
            f"another run holds {lease.card}: {other or 'it has just ended'}",
            hint="wait until it has ended; the lease of a run that died ends by itself after two minutes",
        ) from None


def _now(connection: Connection) -> ColumnElement[float]:
    if connection.dialect.name == "sqlite":
        return literal_column("((julianday('now') - 2440587.5) * 86400.0)")
    return literal_column("extract(epoch from clock_timestamp())")
