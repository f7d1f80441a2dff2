"""Who may do what: permissions of a space, and restrictions of a page to those who may edit it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

ACTIONS = ("create", "attach")


def grant(connection: sqlite3.Connection, space: int, action: str, accounts: Iterable[str]) -> None:
    """Let only these accounts `create` and edit pages of a space, or `attach` files to them.

    An empty list lets nobody; an action that was never granted is open to everybody.
    """
    if action not in ACTIONS:
        raise ValueError(f"spaces: permissions: {action!r} is none of {', '.join(ACTIONS)}")
    connection.executemany(
        "INSERT OR IGNORE INTO wiki_grant (space, action, account) VALUES (?, ?, ?)",
        [(space, action, account) for account in ("", *accounts)],
    )


def may(connection: sqlite3.Connection, space: int, action: str, account: str) -> bool:
    """Whether an account may do an action in a space."""
    query = "SELECT account FROM wiki_grant WHERE space = ? AND action = ?"
    granted = {row["account"] for row in connection.execute(query, (space, action))}
    return not granted or account in granted


def may_edit(connection: sqlite3.Connection, page: sqlite3.Row, account: str) -> bool:
    """Whether an account may edit a page: the space lets it, and the page is not restricted to others."""
    named = editors(connection, page["id"])
    return may(connection, page["space"], "create", account) and (not named or account in named)


def may_attach(connection: sqlite3.Connection, page: sqlite3.Row, account: str) -> bool:
    """Whether an account may attach files to a page."""
    return may(connection, page["space"], "attach", account) and may_edit(connection, page, account)


def editors(connection: sqlite3.Connection, page: int) -> list[str]:
    """The accounts to which editing a page is restricted; none: it is not."""
    query = "SELECT account FROM wiki_restriction WHERE page = ? ORDER BY rowid"
    return [row["account"] for row in connection.execute(query, (page,))]


def restrict(connection: sqlite3.Connection, page: int, accounts: Iterable[str]) -> None:
    """Restrict editing a page to these accounts; to none of them: lift the restriction."""
    connection.execute("DELETE FROM wiki_restriction WHERE page = ?", (page,))
    connection.executemany(
        "INSERT OR IGNORE INTO wiki_restriction (page, account) VALUES (?, ?)",
        [(page, account) for account in accounts],
    )
