"""What need not be remembered for ever: old runs, settled writes, the days between weeks, old readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, select

from bsc_sync.state.schema import intents, measurements, progress, runs
from bsc_sync.state.transaction import made_out

_AT_ONCE = 500  # rows that one statement names


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much was removed of each kind."""

    runs: int
    settled_writes: int
    progress_days: int
    readings: int

    @property
    def together(self) -> int:
        """How much was removed at all."""
        return sum(asdict(self).values())


def prune(
    engine: Engine,
    card: str,
    before: dt.datetime,
    *,
    readings: bool,
    only_count: bool,
    beside: str | None = None,
) -> Pruned:
    """Remove what is older, in one transaction; with `only_count` all of it stays.

    `beside` is the id of the run that does it: the last run is the one before.

    What today's score, plan or page needs is never removed, however old: links, what was agreed on,
    writes that are not settled, the last run and the last plan, and of each week's work progress the
    last day. Readings go only when asked for; of each measure and source the last old one stays.
    """
    with engine.connect() as connection, connection.begin() as transaction:
        found = Pruned(
            _prune_runs(connection, card, before, beside),
            _prune_intents(connection, card, before),
            _prune_progress(connection, card, before.date()),
            _prune_readings(connection, card, before.date()) if readings else 0,
        )
        if only_count:
            transaction.rollback()
    return found


def _prune_runs(connection: Connection, card: str, before: dt.datetime, beside: str | None) -> int:
    others = (runs.c.card == card) & (runs.c.id != (beside or ""))
    newest = select(runs.c.id).where(others).order_by(runs.c.started.desc()).limit(1)
    needed = {
        connection.execute(newest).scalar(),
        connection.execute(newest.where(runs.c.plan.is_not(None))).scalar(),
    }
    old = select(runs.c.id).where(runs.c.card == card, runs.c.started < _text(before))
    return _remove(connection, runs, runs.c.id, set(connection.execute(old).scalars()) - needed)


def _prune_intents(connection: Connection, card: str, before: dt.datetime) -> int:
    old = select(intents.c.id).where(intents.c.card == card, intents.c.settled < _text(before))
    return _remove(connection, intents, intents.c.id, set(connection.execute(old).scalars()))


def _prune_progress(connection: Connection, card: str, before: dt.date) -> int:
    """Of each ref and week, the last day stays."""
    mine = (progress.c.card == card) & (progress.c.day < before.isoformat())
    rows = connection.execute(select(progress.c.ref, progress.c.day).where(mine).order_by(progress.c.day))
    last: dict[tuple[str, str], str] = {}
    passed: dict[str, list[str]] = {}
    with made_out():
        by_week = [(ref, day, f"{dt.date.fromisoformat(day):%G-%V}") for ref, day in rows]
    for ref, day, week in by_week:
        if (ref, week) in last:
            passed.setdefault(ref, []).append(last[ref, week])
        last[ref, week] = day
    return sum(
        _remove(
            connection, progress, progress.c.day, days, (progress.c.card == card) & (progress.c.ref == ref)
        )
        for ref, days in passed.items()
    )


def _prune_readings(connection: Connection, card: str, before: dt.date) -> int:
    """Of each measure and source, the one that counts last before that day stays."""
    told = measurements.c
    old = (told.card == card) & (told.effective < before.isoformat())
    order = (told.effective, told.recorded, told.number)
    rank = func.row_number().over(
        partition_by=(told.subject, told.source), order_by=[column.desc() for column in order]
    )
    ranked = select(told.number, rank.label("rank")).where(old).subquery()
    passed = connection.execute(select(ranked.c.number).where(ranked.c.rank > 1)).scalars().all()
    return _remove(connection, measurements, told.number, passed)


def _remove(
    connection: Connection,
    table: Table,
    column: ColumnElement[str] | ColumnElement[int],
    values: Collection[object],
    among: ColumnElement[bool] | None = None,
) -> int:
    named: Sequence[object] = sorted(values, key=str)
    for start in range(0, len(named), _AT_ONCE):
        these = delete(table).where(column.in_(named[start : start + _AT_ONCE]))
        connection.execute(these if among is None else these.where(among))
    return len(named)


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat()
