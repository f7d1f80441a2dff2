"""What was measured: readings that only grow, kept and read a measure or a batch at a time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select

from bsc_sync.attainment.measurement import Measurement
from bsc_sync.state.columns import moment
from bsc_sync.state.schema import measurements
from bsc_sync.state.transaction import reading

_BATCH = 1000
_NAMED = 500  # subjects or days that one statement names

told = measurements.c


def keep_readings(engine: Engine, card: str, found: Iterable[Measurement]) -> int:
    """Append the readings that say something new, all or none; gives how many did.

    A reading is new when the latest one of the same subject, source and moment has another value.
    """
    gathered = list(found)  # before the store is held: what is read may come over the network
    subjects, days = {one.subject for one in gathered}, {one.effective.isoformat() for one in gathered}
    with engine.begin() as connection:
        latest = _latest(connection, card, subjects, days)
        new: list[dict[str, object]] = []
        for one in gathered:
            at = one.at.astimezone(dt.UTC).isoformat() if one.at else None
            key = (one.subject, one.source, one.effective.isoformat(), at)
            if latest.get(key) != str(one.value):
                latest[key] = str(one.value)
                new.append(_row(card, one, at))
        for start in range(0, len(new), _BATCH):
            connection.execute(insert(measurements), new[start : start + _BATCH])
    return len(new)


def each_reading(engine: Engine, card: str, subjects: Collection[str] | None = None) -> Iterator[Measurement]:
    """Every reading of a scorecard (of these subjects), oldest first, a batch in memory at a time."""
    mine = select(measurements).where(told.card == card).order_by(told.number)
    if subjects is not None and len(subjects) <= _NAMED:
        mine = mine.where(told.subject.in_(sorted(subjects)))
    with reading(engine) as connection, connection.execution_options(yield_per=_BATCH).execute(mine) as rows:
        for row in rows:
            if subjects is None or row.subject in subjects:
                yield _measurement(row)


def latest_values(engine: Engine, card: str, source: str) -> Mapping[str, Fraction]:
    """The value last recorded from that kind of source, by subject."""
    mine = (told.card == card) & (told.source == source)
    last = select(func.max(told.number)).where(mine).group_by(told.subject)
    with reading(engine) as connection:
        rows = connection.execute(select(told.subject, told.value).where(told.number.in_(last)))
        return {row.subject: Fraction(row.value) for row in rows}


def _latest(
    connection: Connection, card: str, subjects: Collection[str], days: Collection[str]
) -> dict[tuple[Any, ...], str]:
    """The value recorded last, by subject, source and moment, of some days."""
    latest: dict[tuple[Any, ...], str] = {}
    named = sorted(subjects)
    for start in range(0, len(named), _NAMED):
        mine = (
            select(told.subject, told.source, told.effective, told.at, told.value)
            .where(told.card == card, told.subject.in_(named[start : start + _NAMED]))
            .order_by(told.number)
        )
        if len(days) <= _NAMED:
            mine = mine.where(told.effective.in_(sorted(days)))
        for row in connection.execute(mine):
            latest[row.subject, row.source, row.effective, row.at] = row.value
    return latest


def _measurement(row: Row[Any]) -> Measurement:
    return Measurement(
        subject=row.subject,
        value=Fraction(row.value),
        effective=dt.date.fromisoformat(row.effective),
        recorded=moment(row.recorded),
        source=row.source,
        at=moment(row.at) if row.at else None,
        note=row.note,
        evidence=json.loads(row.evidence),
    )


def _row(card: str, one: Measurement, at: str | None) -> dict[str, object]:
    return {
        "card": card,
        "subject": one.subject,
        "value": str(one.value),
        "effective": one.effective.isoformat(),
        "at": at,
        "recorded": one.recorded.astimezone(dt.UTC).isoformat(),
        "source": one.source,
        "note": one.note,
        "evidence": json.dumps(dict(one.evidence), ensure_ascii=False),
    }
