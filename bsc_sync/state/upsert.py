"""Rows that are written whether they were there or not, in one statement that two may send at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, object]


def insert_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can be told what to do with a row that is there already."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def inserted(connection: Connection, added: sqlite.Insert | postgresql.Insert) -> bool:
    """Whether one row was written, and not kept from it by a row that is there."""
    return connection.execution_options(preserve_rowcount=True).execute(added).rowcount == 1


def upsert(
    connection: Connection, table: Table, rows: Sequence[Row], *, at_first: Collection[str] = ()
) -> None:
    """Write rows of equal columns by primary key; of several rows of one key, the last one counts.

    The columns `at_first` are written into new rows only. All are written in the order of their
    keys, so that two writers of many rows never wait for each other.
    """
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    by_key = {tuple(str(row[name]) for name in key): dict(row) for row in rows}
    added = insert_new(connection, table)
    values = {name: added.excluded[name] for name in rows[0] if name not in {*key, *at_first}}
    connection.execute(
        added.on_conflict_do_update(index_elements=key, set_=values), [by_key[one] for one in sorted(by_key)]
    )
