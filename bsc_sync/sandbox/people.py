"""Who may come in: accounts with an email and an API token."""

from __future__ import annotations

import base64
import binascii
import hmac
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Request

from bsc_sync.sandbox.problems import Refusal, unauthenticated

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

users_schema = """
CREATE TABLE IF NOT EXISTS person (
    account_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    kind TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class User:
    """An account. `kind` is `atlassian` for a person, `app` for a program."""

    account_id: str
    name: str
    email: str
    token: str
    time_zone: str
    kind: str = "atlassian"

    @property
    def zone(self) -> ZoneInfo:
        """The zone this account reads and writes times in."""
        return ZoneInfo(self.time_zone)


def keep_users(connection: sqlite3.Connection, users: Iterable[User]) -> None:
    """Store accounts."""
    connection.executemany(
        "INSERT INTO person (account_id, name, email, token, time_zone, kind) VALUES (?, ?, ?, ?, ?, ?)",
        [(user.account_id, user.name, user.email, user.token, user.time_zone, user.kind) for user in users],
    )


def read_users(connection: sqlite3.Connection) -> dict[str, User]:
    """All accounts by account id, in the order they were stored."""
    rows = connection.execute("SELECT * FROM person ORDER BY rowid").fetchall()
    return {row["account_id"]: User(**dict(row)) for row in rows}


def authenticate(site: Site, request: Request) -> User | None:
    """The account behind a request, or None without credentials; a Refusal (401, 403) for wrong ones."""
    header = request.headers.get("Authorization", "")
    scheme, _, credentials = header.partition(" ")
    if not header.strip():
        return None
    if scheme.lower() == "bearer":
        raise Refusal(403, {"error": "Failed to parse Connect Session Auth Token"})
    if scheme.lower() != "basic":
        raise unauthenticated()
    email, token = _email_and_token(credentials)
    for user in site.users.values():
        if user.email.lower() == email.lower() and hmac.compare_digest(user.token.encode(), token.encode()):
            return user
    raise unauthenticated()


def _email_and_token(credentials: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise unauthenticated() from None
    email, _, token = text.partition(":")
    return email, token
