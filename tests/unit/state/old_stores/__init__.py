"""Stores as earlier versions have left them, row by row, and how to put one back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, insert, text

REVISIONS = ("0001", "0002", "0003")
_SETTLED = ("publications", "settled")  # SQLite knows it as a number


def rows_of(revision: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of an old store, by table."""
    found: dict[str, list[dict[str, Any]]] = _read(revision)["rows"]
    return found


def put_back(connection: Connection, revision: str) -> None:
    """Make an empty database into the old store."""
    postgresql = connection.dialect.name == "postgresql"
    for statement in _read(revision)["tables"]:
        connection.execute(
            text(statement.replace("number INTEGER", "number SERIAL") if postgresql else statement)
        )
    tables = MetaData()
    tables.reflect(connection)
    for name, rows in rows_of(revision).items():
        if rows:
            typed = [
                {key: bool(value) if (name, key) == _SETTLED else value for key, value in row.items()}
                for row in rows
            ]
            connection.execute(insert(tables.tables[name]), typed)
    if postgresql:
        connection.execute(text("SELECT setval('measurements_number_seq', max(number)) FROM measurements"))


def _read(revision: str) -> Any:
    return json.loads((Path(__file__).parent / f"{revision}.json").read_text(encoding="utf-8"))
