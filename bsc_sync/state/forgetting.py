"""Taking a person out of the store of a scorecard: values, texts, and digests from which one could tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, Connection, Engine, RowMapping, Table, delete, select, update

from bsc_sync.errors import UnsafePlan
from bsc_sync.state.names import Names
from bsc_sync.state.schema import (
    absences,
    base,
    intents,
    links,
    measurements,
    progress,
    publications,
    rebuffs,
    runs,
    work_items,
)
from bsc_sync.state.transaction import first_line, reading

# What of each table may hold a name. Everything else is an id, a number, a day, or the digest of a whole.
TEXTS: Mapping[Table, tuple[str, ...]] = {
    links: ("note",),
    intents: ("outcome",),
    measurements: ("note",),
    absences: ("reason",),
    progress: ("why",),
    runs: ("who",),
}
DATA: Mapping[Table, tuple[str, ...]] = {
    intents: ("after",),
    measurements: ("evidence",),
    progress: ("evidence",),
    work_items: ("item",),
    runs: ("report", "plan", "outcomes"),
}
CALLED: Mapping[Table, tuple[str, ...]] = {links: ("name",)}  # what something else is called
OF_ISSUES: Mapping[Table, str] = {  # the column that says of which ref a row is
    links: "ref",
    intents: "ref",
    measurements: "subject",
    absences: "subject",
    progress: "ref",
}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out: rows changed, by table; the refs of fields on which nothing is agreed any more.

    `named` are refs and keys of issues of which a row said something that named the person.
    `elsewhere` counts rows of other scorecards in the same store that name the person.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    unagreed: tuple[tuple[str, str], ...] = ()
    named: frozenset[tuple[str, str]] = frozenset()
    elsewhere: Mapping[str, int] = field(default_factory=dict)


class _Undone(Exception):
    """Ends a transaction whose work was only counted."""


def forget_person(engine: Engine, card: str, names: Names, *, dry_run: bool) -> Forgotten:
    """Replace every name of a person in a scorecard's rows, in one transaction; with `dry_run`, count only.

    What was agreed on about a field that held the person is given up: its digest would tell.
    Raises UnsafePlan while a write that names the person is not settled.
    """
    rows: Counter[str] = Counter()
    unagreed: list[tuple[str, str]] = []
    named: set[tuple[str, str]] = set()
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            _check_settled(connection, card, names)
            unagreed += _give_up(connection, card, names, rows, named)
            for table in {**TEXTS, **DATA, **CALLED}:
                rows[table.name] += _clean(connection, table, card, names, named)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    return Forgotten(
        {name: count for name, count in rows.items() if count},
        tuple(unagreed),
        frozenset(named),
        _elsewhere(engine, card, names),
    )


def wipe(engine: Engine) -> str | None:
    """Give up the room in which old rows still stand; says why where that could not be done now."""
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = any(row[0] for row in cursor.fetchall())
            cursor.close()
            return "another process reads the store" if busy else None
        driver = connection.driver_connection
        driver.autocommit = True  # type: ignore[union-attr]  # VACUUM is no part of a transaction
        try:
            names = ", ".join(sorted(table.name for table in {**TEXTS, **DATA, **CALLED, base: ()}))
            connection.cursor().execute(f"VACUUM (FULL) {names}")
        finally:
            driver.autocommit = False  # type: ignore[union-attr]  # as every other user of the pool has it
    except Exception as error:  # noqa: BLE001  each driver has errors of its own, and the rows are gone already
        return first_line(error)
    finally:
        connection.close()
    return None


def published_at(engine: Engine, card: str) -> tuple[str, ...]:
    """The addresses of the pages that were published."""
    query = select(publications.c.url).where(publications.c.card == card, publications.c.url != "")
    with reading(engine) as connection:
        return tuple(sorted(set(connection.execute(query).scalars())))


def _check_settled(connection: Connection, card: str, names: Names) -> None:
    opened = select(intents.c.ref, intents.c.after).where(intents.c.card == card, intents.c.settled.is_(None))
    refs = [row.ref for row in connection.execute(opened) if names.taken_out_of_json(row.after) != row.after]
    if refs:
        raise UnsafePlan(
            f"a write to {', '.join(sorted(set(refs)))} that names the person is not settled yet",
            hint="run bsc-sync plan, which finds out how it ended, and forget again",
        )


def _give_up(
    connection: Connection, card: str, names: Names, rows: Counter[str], named: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Rows whose digest would tell go; other remembered values lose the name, and keep their digest."""
    told: set[tuple[str, str]] = set()
    for row in connection.execute(select(base).where(base.c.card == card)).all():
        mine = (base.c.card == card) & (base.c.ref == row.ref) & (base.c.field == row.field)
        if names.tells(row.digest) or names.is_value(row.value):
            connection.execute(delete(base).where(mine))
            told.add((row.ref, row.field))
            rows[base.name] += 1
        elif row.value and (value := names.taken_out_of_json(row.value)) != row.value:
            connection.execute(update(base).where(mine).values(value=value))
            named.add((row.ref, ""))
            rows[base.name] += 1
    for row in connection.execute(select(rebuffs).where(rebuffs.c.card == card)).all():
        if names.tells(row.wanted) or names.tells(row.shown) or (row.ref, row.field) in told:
            mine = (rebuffs.c.card == card) & (rebuffs.c.ref == row.ref) & (rebuffs.c.field == row.field)
            connection.execute(delete(rebuffs).where(mine))
            # without what was agreed on, too, the field is held, and not written once more
            connection.execute(
                delete(base).where(base.c.card == card, base.c.ref == row.ref, base.c.field == row.field)
            )
            told.add((row.ref, row.field))
            rows[rebuffs.name] += 1
    yield from sorted(told)


def _clean(connection: Connection, table: Table, card: str, names: Names, named: set[tuple[str, str]]) -> int:
    changed = 0
    key = list(table.primary_key)
    ref = OF_ISSUES.get(table)
    for row in _rows(connection, table, card):
        new = _cleaned(table, row, names)
        if new:
            mine = [column == row[column.name] for column in key]
            connection.execute(update(table).where(*mine).values(**new))
            changed += 1
            if ref is not None:
                named.add((str(row[ref]), ""))
            for name in DATA.get(table, ()):
                named |= names.told_of(row[name])
    return changed


def _rows(connection: Connection, table: Table, card: str | None) -> Iterator[RowMapping]:
    columns: list[Column[object]] = [*table.primary_key, *(table.c[name] for name in _columns(table))]
    if table in OF_ISSUES and table.c[OF_ISSUES[table]] not in columns:
        columns.append(table.c[OF_ISSUES[table]])
    if table.c.card not in columns:
        columns.append(table.c.card)
    query = select(*columns)
    if card is not None:
        query = query.where(table.c.card == card)
    for row in connection.execute(query).all():
        yield row._mapping  # noqa: SLF001  SQLAlchemy's documented name for a row as a mapping


def _columns(table: Table) -> tuple[str, ...]:
    return (*TEXTS.get(table, ()), *DATA.get(table, ()), *CALLED.get(table, ()))


def _cleaned(table: Table, row: RowMapping, names: Names) -> dict[str, str]:
    """The columns of a row that change, with their new texts."""
    new: dict[str, str] = {}
    for name in _columns(table):
        old = row[name]
        if not isinstance(old, str):
            continue
        if name in DATA.get(table, ()):
            text = names.taken_out_of_json(old)
        else:
            text = names.taken_out(old, identity=name in CALLED.get(table, ()))
        if text != old:
            new[name] = text
    return new


def _elsewhere(engine: Engine, card: str, names: Names) -> Mapping[str, int]:
    """How many rows of other scorecards name the person, by scorecard."""
    found: Counter[str] = Counter()
    with reading(engine) as connection:
        for table in {**TEXTS, **DATA, **CALLED}:
            for row in _rows(connection, table, None):
                if row["card"] != card and _cleaned(table, row, names):
                    found[str(row["card"])] += 1
        others = select(base.c.card, base.c.digest, base.c.value).where(base.c.card != card)
        for agreed in connection.execute(others):
            if names.tells(agreed.digest) or names.is_value(agreed.value):
                found[str(agreed.card)] += 1
    return dict(sorted(found.items()))
