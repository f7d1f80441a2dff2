"""Pages and spaces: what may be written, and what is remembered of every version."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bsc_sync.sandbox.confluence import watching
from bsc_sync.sandbox.confluence.refusals import invalid, not_found, refused, stale_version, too_large
from bsc_sync.sandbox.confluence.storage_format import Malformed, rewrite
from bsc_sync.sandbox.confluence.tables import next_id, stamp

MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_TITLE = 255

Row = sqlite3.Row


@dataclass(frozen=True)
class Writing:
    """Who writes when, and why: the same for everything that one request changes."""

    author: str
    at: datetime
    message: str = ""
    minor: bool = False  # a minor edit mails nobody


def create_space(connection: sqlite3.Connection, key: str, name: str, home: str, by: Writing) -> int:
    """Add a space with its home page; its id."""
    space = next_id(connection)
    connection.execute(
        "INSERT INTO wiki_space (id, key, name, author, created) VALUES (?, ?, ?, ?, ?)",
        (space, key, name, by.author, stamp(by.at)),
    )
    page = create_page(connection, space, home, "", parent=None, by=by)
    connection.execute("UPDATE wiki_space SET home = ? WHERE id = ?", (page, space))
    return space


def space_by_id(connection: sqlite3.Connection, space: int) -> Row:
    """The space; 404 if there is none."""
    row: Row | None = connection.execute("SELECT * FROM wiki_space WHERE id = ?", (space,)).fetchone()
    if row is None:
        raise not_found()
    return row


def space_by_key(connection: sqlite3.Connection, key: str) -> Row | None:
    """The space with this key, if there is one."""
    row: Row | None = connection.execute("SELECT * FROM wiki_space WHERE key = ?", (key,)).fetchone()
    return row


def page_by_id(connection: sqlite3.Connection, page: int, *statuses: str) -> Row:
    """The page in one of `statuses` (default: current or archived), with its space's key; 404 otherwise."""
    row: Row | None = connection.execute(
        "SELECT p.*, s.key AS space_key FROM wiki_page p JOIN wiki_space s ON s.id = p.space WHERE p.id = ?",
        (page,),
    ).fetchone()
    if row is None or row["status"] not in (statuses or ("current", "archived")):
        raise not_found()
    return row


def page_by_title(connection: sqlite3.Connection, space: int, title: str) -> Row | None:
    """The current page of a space with exactly this title, if there is one."""
    row: Row | None = connection.execute(
        "SELECT * FROM wiki_page WHERE space = ? AND title = ? AND status = 'current'", (space, title)
    ).fetchone()
    return row


def version_of(connection: sqlite3.Connection, page: int, number: int) -> Row:
    """One remembered version of a page; 404 if it never existed."""
    row: Row | None = connection.execute(
        "SELECT * FROM wiki_version WHERE page = ? AND number = ?", (page, number)
    ).fetchone()
    if row is None:
        raise not_found()
    return row


def create_page(
    connection: sqlite3.Connection, space: int, title: str, body: str, *, parent: int | None, by: Writing
) -> int:
    """Add a page; its id. Refuses titles that are taken and bodies that are not storage format."""
    _check_title(connection, space, title, own=None)
    if parent is not None:
        _check_parent(connection, space, parent, own=None)
    page = next_id(connection)
    at = stamp(by.at)
    connection.execute(
        "INSERT INTO wiki_page (id, space, parent, position, status, title, title_key, author, created,"
        " modified, version) VALUES (?, ?, ?, ?, 'current', ?, ?, ?, ?, ?, 0)",
        (page, space, parent, _next_position(connection, parent), title, title.casefold(), by.author, at, at),
    )
    _keep_version(connection, page, 1, title, stored_body(body, page, 1), by)
    return page


def update_page(
    connection: sqlite3.Connection,
    page: Row,
    *,
    title: str,
    body: str | None,
    number: int,
    parent: int | None,
    by: Writing,
) -> None:
    """Write the next version of a page; 409 unless `number` is the one after the current.

    A `body` of None leaves the text as it is. A page that was in the trash is only taken out of it: its
    texts stay as they were.
    """
    if number != page["version"] + 1:
        raise stale_version(page["version"])
    if page["status"] == "trashed":
        connection.execute("UPDATE wiki_page SET status = 'current' WHERE id = ?", (page["id"],))
        return
    _check_title(connection, page["space"], title, own=page["id"])
    if body is None:
        text = version_of(connection, page["id"], page["version"])["body"]
    else:
        text = stored_body(body, page["id"], number)
    if parent is not None and parent != page["parent"]:
        _check_parent(connection, page["space"], parent, own=page["id"])
        connection.execute(
            "UPDATE wiki_page SET parent = ?, position = ? WHERE id = ?",
            (parent, _next_position(connection, parent), page["id"]),
        )
    _keep_version(connection, page["id"], number, title, text, by)


def rename_page(connection: sqlite3.Connection, page: Row, title: str, by: Writing) -> None:
    """Write a version that differs in its title only."""
    _check_title(connection, page["space"], title, own=page["id"])
    body = version_of(connection, page["id"], page["version"])["body"]
    _keep_version(connection, page["id"], page["version"] + 1, title, body, by)


def trash_page(connection: sqlite3.Connection, page: Row) -> None:
    """Put a page into the trash, where it keeps its title; its children move up to its parent."""
    connection.execute("UPDATE wiki_page SET parent = ? WHERE parent = ?", (page["parent"], page["id"]))
    connection.execute("UPDATE wiki_space SET home = NULL WHERE home = ?", (page["id"],))
    connection.execute("UPDATE wiki_page SET status = 'trashed' WHERE id = ?", (page["id"],))


def purge_page(connection: sqlite3.Connection, page: Row) -> None:
    """Forget a page that is in the trash, with all that belongs to it; 400 for any other."""
    if page["status"] != "trashed":
        raise invalid(f"Only trashed content can be purged. Content {page['id']} is {page['status']}")
    connection.execute("UPDATE wiki_page SET parent = NULL WHERE parent = ?", (page["id"],))
    connection.execute("DELETE FROM wiki_page WHERE id = ?", (page["id"],))


def archive_page(connection: sqlite3.Connection, page: Row) -> None:
    """Archive a page: it can be read, it keeps its title, and lists of current pages leave it out."""
    connection.execute("UPDATE wiki_page SET status = 'archived' WHERE id = ?", (page["id"],))


def stored_body(body: str, page: int, number: int) -> str:
    """The body as it is kept; 413 above 5 MB, 400 if it is not well-formed storage format."""
    if len(body.encode("utf-8", "surrogatepass")) > MAX_BODY_BYTES:
        raise too_large("Request is too large: the body of a page may have 5 MB")
    try:
        return rewrite(body, seed=f"{page}:{number}")
    except Malformed as error:
        raise refused(400, "INVALID_BODY", str(error)) from None


def tree(connection: sqlite3.Connection, space: int) -> Mapping[int | None, list[Row]]:
    """The current pages of a space by parent, in their order."""
    children: dict[int | None, list[Row]] = {}
    for row in connection.execute(
        "SELECT * FROM wiki_page WHERE space = ? AND status = 'current' ORDER BY position, id", (space,)
    ):
        children.setdefault(row["parent"], []).append(row)
    return children


def children(connection: sqlite3.Connection, page: int) -> list[Row]:
    """The current pages right below a page, in their order, with their space's key."""
    return connection.execute(
        "SELECT p.*, s.key AS space_key FROM wiki_page p JOIN wiki_space s ON s.id = p.space"
        " WHERE p.parent = ? AND p.status = 'current' ORDER BY p.position, p.id",
        (page,),
    ).fetchall()


def ancestors(connection: sqlite3.Connection, page: Row) -> list[Row]:
    """The pages above a page, the topmost first."""
    above: list[Row] = []
    parent = page["parent"]
    while parent is not None:
        row: Row = connection.execute("SELECT * FROM wiki_page WHERE id = ?", (parent,)).fetchone()
        above.insert(0, row)
        parent = row["parent"]
    return above


def _check_title(connection: sqlite3.Connection, space: int, title: str, *, own: int | None) -> None:
    if not title.strip():
        raise invalid("A page must have a title")
    if len(title) > MAX_TITLE:
        raise invalid(f"Title cannot be longer than {MAX_TITLE} characters.")
    taken: Any = connection.execute(
        "SELECT p.id, s.key FROM wiki_page p JOIN wiki_space s ON s.id = p.space"
        " WHERE p.space = ? AND p.title_key = ?",
        (space, title.casefold()),
    ).fetchone()
    if taken is not None and taken["id"] != own:
        raise invalid(
            "A page with this title already exists: A page already exists with the title"
            f" {title} in the space with key {taken['key']}"
        )


def _check_parent(connection: sqlite3.Connection, space: int, parent: int, *, own: int | None) -> None:
    row = page_by_id(connection, parent, "current", "archived")
    if row["space"] != space:
        raise invalid(f"Parent {parent} belongs to another space")
    above: int | None = parent
    while above is not None:
        if above == own:
            raise invalid("A page cannot be moved below itself")
        above = connection.execute("SELECT parent FROM wiki_page WHERE id = ?", (above,)).fetchone()["parent"]


def _next_position(connection: sqlite3.Connection, parent: int | None) -> int:
    row = connection.execute(
        "SELECT coalesce(max(position), 0) + 1 AS next FROM wiki_page WHERE parent IS ?", (parent,)
    ).fetchone()
    return int(row["next"])


def _keep_version(
    connection: sqlite3.Connection, page: int, number: int, title: str, body: str, by: Writing
) -> None:
    at = stamp(by.at)
    if by.minor:
        connection.execute("INSERT INTO wiki_quiet (page, number) VALUES (?, ?)", (page, number))
    elif number > 1:
        watching.mail(
            connection, page, number=number, event="page edited", title=title, author=by.author, at=at
        )
    watching.watch(connection, page, by.author)  # whoever creates or edits a page watches it from then on
    connection.execute(
        "INSERT INTO wiki_version (page, number, title, body, author, message, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (page, number, title, body, by.author, by.message, at),
    )
    connection.execute(
        "UPDATE wiki_page SET version = ?, title = ?, title_key = ?, modified = ? WHERE id = ?",
        (number, title, title.casefold(), at, page),
    )
