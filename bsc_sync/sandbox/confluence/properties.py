"""Properties that programs keep on pages and attachments: JSON by key, with a version of its own."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from bsc_sync.sandbox.confluence.content import Writing
from bsc_sync.sandbox.confluence.refusals import invalid, not_found, stale_version, too_large
from bsc_sync.sandbox.confluence.tables import next_id, stamp

Row = sqlite3.Row

MAX_PROPERTY_BYTES = 32 * 1024
MAX_KEY = 255


@dataclass(frozen=True)
class Holder:
    """What has properties: the table that keeps them, and its column with the owner's id."""

    table: str
    column: str


PAGES = Holder("wiki_property", "page")
ATTACHMENTS = Holder("wiki_attachment_property", "attachment")


def property_of(connection: sqlite3.Connection, holder: Holder, owner: int, identity: int) -> Row:
    """A property of an owner; 404 if it has none with this id."""
    row: Row | None = connection.execute(
        f"SELECT * FROM {holder.table} WHERE {holder.column} = ? AND id = ?",  # noqa: S608 - constants of this module
        (owner, identity),
    ).fetchone()
    if row is None:
        raise not_found()
    return row


def property_named(connection: sqlite3.Connection, holder: Holder, owner: int, key: str) -> Row | None:
    """The property of an owner with this key, if there is one."""
    row: Row | None = connection.execute(
        f"SELECT * FROM {holder.table} WHERE {holder.column} = ? AND key = ?",  # noqa: S608 - constants of this module
        (owner, key),
    ).fetchone()
    return row


def properties_of(connection: sqlite3.Connection, holder: Holder, owner: int) -> list[Row]:
    """The properties of an owner, oldest first."""
    return connection.execute(
        f"SELECT * FROM {holder.table} WHERE {holder.column} = ? ORDER BY id",  # noqa: S608 - constants of this module
        (owner,),
    ).fetchall()


def create_property(
    connection: sqlite3.Connection, holder: Holder, owner: int, key: str, value: Any, by: Writing
) -> int:
    """Add a property; its id. A key is given once to an owner."""
    text = _property_text(key, value)
    if property_named(connection, holder, owner, key) is not None:
        raise invalid(f"A property already exists with key {key}")
    identity = next_id(connection)
    connection.execute(
        f"INSERT INTO {holder.table}"  # noqa: S608 - constants of this module
        f" (id, {holder.column}, key, value, version, message, author, created)"
        " VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
        (identity, owner, key, text, by.message, by.author, stamp(by.at)),
    )
    return identity


def update_property(
    connection: sqlite3.Connection, holder: Holder, row: Row, value: Any, number: int, by: Writing
) -> None:
    """Write the next version of a property; 409 unless `number` is the one after the current."""
    text = _property_text(row["key"], value)
    if number != row["version"] + 1:
        raise stale_version(row["version"])
    connection.execute(
        f"UPDATE {holder.table} SET value = ?, version = ?, message = ?, author = ?, created = ?"  # noqa: S608 - constants of this module
        " WHERE id = ?",
        (text, number, by.message, by.author, stamp(by.at), row["id"]),
    )


def delete_property(connection: sqlite3.Connection, holder: Holder, row: Row) -> None:
    """Forget a property."""
    connection.execute(
        f"DELETE FROM {holder.table} WHERE id = ?",  # noqa: S608 - constants of this module
        (row["id"],),
    )


def _property_text(key: str, value: Any) -> str:
    if not key or len(key) > MAX_KEY:
        raise invalid(f"The key of a property has 1 to {MAX_KEY} characters")
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_PROPERTY_BYTES:
        raise too_large(f"The value of property {key} is larger than {MAX_PROPERTY_BYTES // 1024} KB")
    return text
