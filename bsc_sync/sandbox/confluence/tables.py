"""What Confluence remembers, as tables, and the one counter that numbers all of it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

# Confluence numbers pages, attachments and the rest from one sequence, so ids are never a row count.
_STEP = 32

SCHEMA = """
CREATE TABLE IF NOT EXISTS wiki_counter (last INTEGER NOT NULL);
INSERT INTO wiki_counter SELECT 65537 WHERE NOT EXISTS (SELECT 1 FROM wiki_counter);
CREATE TABLE IF NOT EXISTS wiki_space (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    home INTEGER
);
CREATE TABLE IF NOT EXISTS wiki_page (
    id INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES wiki_space (id),
    parent INTEGER,
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    modified TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (space, title_key)
);
CREATE INDEX IF NOT EXISTS wiki_page_parent ON wiki_page (parent);
CREATE TABLE IF NOT EXISTS wiki_version (
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    author TEXT NOT NULL,
    message TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (page, number)
);
CREATE TABLE IF NOT EXISTS wiki_property (
    id INTEGER PRIMARY KEY,
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (page, key)
);
CREATE TABLE IF NOT EXISTS wiki_label (
    id INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (prefix, name)
);
CREATE TABLE IF NOT EXISTS wiki_page_label (
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    label INTEGER NOT NULL REFERENCES wiki_label (id),
    PRIMARY KEY (page, label)
);
CREATE TABLE IF NOT EXISTS wiki_attachment (
    id INTEGER PRIMARY KEY,
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    filename TEXT NOT NULL,
    created TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (page, filename)
);
CREATE TABLE IF NOT EXISTS wiki_attachment_version (
    attachment INTEGER NOT NULL REFERENCES wiki_attachment (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL,
    minor INTEGER NOT NULL,
    data BLOB NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (attachment, number)
);
CREATE TABLE IF NOT EXISTS wiki_attachment_property (
    id INTEGER PRIMARY KEY,
    attachment INTEGER NOT NULL REFERENCES wiki_attachment (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    created TEXT NOT NULL,
    UNIQUE (attachment, key)
);
CREATE TABLE IF NOT EXISTS wiki_quiet (
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    PRIMARY KEY (page, number)
);
CREATE TABLE IF NOT EXISTS wiki_watch (
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    account TEXT NOT NULL,
    PRIMARY KEY (page, account)
);
CREATE TABLE IF NOT EXISTS wiki_mail (
    page INTEGER NOT NULL,
    number INTEGER NOT NULL,
    event TEXT NOT NULL,
    title TEXT NOT NULL,
    recipient TEXT NOT NULL,
    author TEXT NOT NULL,
    sent TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS wiki_grant (
    space INTEGER NOT NULL REFERENCES wiki_space (id),
    action TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (space, action, account)
);
CREATE TABLE IF NOT EXISTS wiki_restriction (
    page INTEGER NOT NULL REFERENCES wiki_page (id) ON DELETE CASCADE,
    account TEXT NOT NULL,
    PRIMARY KEY (page, account)
);
"""


def next_id(connection: sqlite3.Connection) -> int:
    """An id that no other piece of content has."""
    row = connection.execute("UPDATE wiki_counter SET last = last + ? RETURNING last", (_STEP,)).fetchone()
    return int(row["last"])


def stamp(moment: datetime) -> str:
    """An aware UTC moment as Confluence writes it: ``2026-10-05T08:00:00.000Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
