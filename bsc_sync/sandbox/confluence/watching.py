"""Who watches a page, and whom each change of it is mailed to; the mail itself is only written down."""

from __future__ import annotations

import sqlite3
from typing import Any


def watch(connection: sqlite3.Connection, page: int, account: str) -> None:
    """Let an account watch a page; watching twice is watching."""
    connection.execute("INSERT OR IGNORE INTO wiki_watch (page, account) VALUES (?, ?)", (page, account))


def unwatch(connection: sqlite3.Connection, page: int, account: str) -> None:
    """Let an account watch a page no longer."""
    connection.execute("DELETE FROM wiki_watch WHERE page = ? AND account = ?", (page, account))


def watchers(connection: sqlite3.Connection, page: int) -> list[str]:
    """The accounts that watch a page."""
    query = "SELECT account FROM wiki_watch WHERE page = ? ORDER BY rowid"
    return [row["account"] for row in connection.execute(query, (page,))]


def mail(
    connection: sqlite3.Connection, page: int, *, number: int, event: str, title: str, author: str, at: str
) -> None:
    """Write down one mail for every watcher but the one who made the change."""
    connection.executemany(
        "INSERT INTO wiki_mail (page, number, event, title, recipient, author, sent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (page, number, event, title, recipient, author, at)
            for recipient in watchers(connection, page)
            if recipient != author
        ],
    )


def mailed(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every mail so far, oldest first: page, version, event, title, recipient, author, moment."""
    return [
        {
            "page": str(row["page"]),
            "version": row["number"],
            "event": row["event"],
            "title": row["title"],
            "to": row["recipient"],
            "author": row["author"],
            "sent": row["sent"],
        }
        for row in connection.execute("SELECT * FROM wiki_mail ORDER BY rowid")
    ]


def forget(connection: sqlite3.Connection) -> None:
    """Forget all mail."""
    connection.execute("DELETE FROM wiki_mail")
