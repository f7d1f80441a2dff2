"""What hangs on a page: labels and attachments."""

from __future__ import annotations

import mimetypes
import sqlite3
from collections.abc import Sequence

from bsc_sync.sandbox.confluence import watching
from bsc_sync.sandbox.confluence.content import Writing
from bsc_sync.sandbox.confluence.refusals import not_found
from bsc_sync.sandbox.confluence.tables import next_id, stamp

Row = sqlite3.Row

MAX_KEY = 255
_FORBIDDEN_IN_LABELS = set("!#&()*,.:;<>?@[]^ \t\r\n/\\")

# One row per attachment: itself and its newest version.
ATTACHMENTS = (
    "(SELECT a.id, a.page, a.filename, a.created, a.version, v.media_type, v.comment, v.minor, v.author,"
    " v.created AS changed, length(v.data) AS size FROM wiki_attachment a"
    " JOIN wiki_attachment_version v ON v.attachment = a.id AND v.number = a.version)"
)
PAGE_LABELS = "(SELECT l.*, pl.page FROM wiki_label l JOIN wiki_page_label pl ON pl.label = l.id)"


def labels_of(connection: sqlite3.Connection, page: int) -> list[Row]:
    """The labels of a page, oldest first."""
    return connection.execute(
        f"SELECT * FROM {PAGE_LABELS} WHERE page = ? ORDER BY id",  # noqa: S608 - a constant of this module
        (page,),
    ).fetchall()


def add_labels(connection: sqlite3.Connection, page: int, labels: Sequence[tuple[str, str]]) -> None:
    """Put labels, as (prefix, name), on a page; those that are there stay. 400 if one cannot be a label."""
    for prefix, name in labels:
        if prefix not in {"global", "my", "team"}:
            raise ValueError(f"Invalid label prefix: {prefix}")
        if not name or len(name) > MAX_KEY or set(name) & _FORBIDDEN_IN_LABELS:
            raise ValueError(f"The label name {name!r} contains invalid characters or too many of them")
        connection.execute(
            "INSERT OR IGNORE INTO wiki_label (id, prefix, name) VALUES (?, ?, ?)",
            (next_id(connection), prefix, name.lower()),
        )
        connection.execute(
            "INSERT OR IGNORE INTO wiki_page_label"
            " SELECT ?, id FROM wiki_label WHERE prefix = ? AND name = ?",
            (page, prefix, name.lower()),
        )


def remove_label(connection: sqlite3.Connection, page: int, name: str) -> None:
    """Take a label off a page; taking one off that is not there changes nothing."""
    connection.execute(
        "DELETE FROM wiki_page_label WHERE page = ? AND label IN (SELECT id FROM wiki_label WHERE name = ?)",
        (page, name.lower()),
    )


def attachments_of(connection: sqlite3.Connection, page: int) -> list[Row]:
    """The attachments of a page with their newest versions, oldest first."""
    return connection.execute(
        f"SELECT * FROM {ATTACHMENTS} WHERE page = ? ORDER BY id",  # noqa: S608 - a constant of this module
        (page,),
    ).fetchall()


def attachment_named(connection: sqlite3.Connection, page: int, filename: str) -> Row | None:
    """The attachment of a page with this file name, if there is one."""
    row: Row | None = connection.execute(
        f"SELECT * FROM {ATTACHMENTS} WHERE page = ? AND filename = ?",  # noqa: S608 - a constant of this module
        (page, filename),
    ).fetchone()
    return row


def attachment_by_id(connection: sqlite3.Connection, identity: int) -> Row:
    """An attachment with its newest version; 404 if there is none."""
    row: Row | None = connection.execute(
        f"SELECT * FROM {ATTACHMENTS} WHERE id = ?",  # noqa: S608 - a constant of this module
        (identity,),
    ).fetchone()
    if row is None:
        raise not_found()
    return row


def keep_attachment(
    connection: sqlite3.Connection,
    page: int,
    filename: str,
    data: bytes,
    *,
    media_type: str,
    minor: bool,
    by: Writing,
) -> int:
    """Store a file as a new attachment, or as the next version of the one with its name; its id."""
    known = attachment_named(connection, page, filename)
    identity = next_id(connection) if known is None else int(known["id"])
    number = 1 if known is None else known["version"] + 1
    at = stamp(by.at)
    if known is None:
        connection.execute(
            "INSERT INTO wiki_attachment (id, page, filename, created, version) VALUES (?, ?, ?, ?, ?)",
            (identity, page, filename, at, number),
        )
    else:
        connection.execute("UPDATE wiki_attachment SET version = ? WHERE id = ?", (number, identity))
    connection.execute(
        "INSERT INTO wiki_attachment_version"
        " (attachment, number, media_type, comment, minor, data, author, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (identity, number, _media_type(filename, media_type), by.message, minor, data, by.author, at),
    )
    if not minor:
        watching.mail(
            connection, page, number=number, event="file attached", title=filename, author=by.author, at=at
        )
    return identity


def describe_attachment(
    connection: sqlite3.Connection, row: Row, *, filename: str, media_type: str, comment: str
) -> None:
    """Change what is said of an attachment's newest version, and its name."""
    connection.execute("UPDATE wiki_attachment SET filename = ? WHERE id = ?", (filename, row["id"]))
    connection.execute(
        "UPDATE wiki_attachment_version SET media_type = ?, comment = ? WHERE attachment = ? AND number = ?",
        (media_type, comment, row["id"], row["version"]),
    )


def attachment_data(
    connection: sqlite3.Connection, page: int, filename: str, number: int | None
) -> Row | None:
    """The bytes of an attachment (`data`, `media_type`, `number`), newest version by default."""
    row: Row | None = connection.execute(
        "SELECT v.* FROM wiki_attachment a JOIN wiki_attachment_version v ON v.attachment = a.id"
        " WHERE a.page = ? AND a.filename = ? AND v.number = coalesce(?, a.version)",
        (page, filename, number),
    ).fetchone()
    return row


def _media_type(filename: str, given: str) -> str:
    if given and given != "application/octet-stream":
        return given.partition(";")[0].strip().lower()
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
