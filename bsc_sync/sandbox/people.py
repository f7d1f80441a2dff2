"""Who may come in: accounts with an email and an API token."""

from __future__ import annotations

import base64
import binascii
import hmac
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Request

from bsc_sync.sandbox.problems import (
    Refusal,
    captcha_challenge,
    failed_login,
    unauthenticated,
    unknown_access_token,
)

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

MAX_FAILED_LOGINS = 3

users_schema = """
CREATE TABLE IF NOT EXISTS person (
    account_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    kind TEXT NOT NULL,
    expires TEXT
);
"""


@dataclass(frozen=True)
class User:
    """An account; `kind` is `atlassian` for a person, `app` for a program.

    `expires` is the ISO moment at which its token does, None for never.
    """

    account_id: str
    name: str
    email: str
    token: str
    time_zone: str
    kind: str = "atlassian"
    number: int = 0
    expires: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone this account reads and writes times in."""
        return ZoneInfo(self.time_zone)

    def holds(self, token: str, now: datetime) -> bool:
        """Whether this is the account's token, and not expired."""
        same = hmac.compare_digest(self.token.encode(), token.encode())
        return same and (self.expires is None or now < datetime.fromisoformat(self.expires))

    @property
    def login(self) -> str:
        """The user name on Data Center: what follows the colon of the account id."""
        return self.account_id.rpartition(":")[2]

    @property
    def key(self) -> str:
        """The user key on Data Center, which outlives a change of the name."""
        return f"JIRAUSER{10_099 + self.number}"


NOBODY = User("", "Anonymous", "", "", "UTC")


def keep_users(connection: sqlite3.Connection, users: Iterable[User]) -> None:
    """Store accounts."""
    connection.executemany(
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.account_id, one.name, one.email, one.token, one.time_zone, one.kind, one.expires)
            for one in users
        ],
    )


def read_users(connection: sqlite3.Connection) -> dict[str, User]:
    """All accounts by account id, in the order they were stored."""
    rows = connection.execute("SELECT *, rowid AS number FROM person ORDER BY rowid").fetchall()
    return {row["account_id"]: User(**dict(row)) for row in rows}


def authenticate(site: Site, request: Request) -> User | None:
    """The account behind a request, or None without credentials; a Refusal (401, 403) for wrong ones."""
    if site.flavor == "data-center":
        return authenticate_on_data_center(site, request)
    header = request.headers.get("Authorization", "")
    scheme, _, credentials = header.partition(" ")
    if not header.strip():
        return None
    if scheme.lower() == "bearer":
        raise Refusal(403, {"error": "Failed to parse Connect Session Auth Token"})
    if scheme.lower() != "basic":
        raise unauthenticated()
    email, token = read_basic(credentials) or ("", "")
    for user in site.users.values():
        if user.email.lower() == email.lower() and user.holds(token, site.clock.now()):
            return user
    raise unauthenticated()


def authenticate_on_data_center(site: Site, request: Request) -> User | None:
    """As `authenticate`, by user name and password or by personal access token."""
    header = request.headers.get("Authorization", "")
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() == "bearer":
        for user in site.users.values():
            if user.holds(credentials.strip(), site.clock.now()):
                return user
        raise unknown_access_token()
    if scheme.lower() != "basic":
        return None
    name, password = read_basic(credentials) or ("", "")
    if site.failed_logins.get(name.lower(), 0) >= MAX_FAILED_LOGINS:
        raise captcha_challenge(site.base_url)
    for user in site.users.values():
        same = hmac.compare_digest(user.token.encode(), password.encode())
        if user.login.lower() == name.lower() and same:
            site.failed_logins.pop(name.lower(), None)
            return user
    site.failed_logins[name.lower()] = site.failed_logins.get(name.lower(), 0) + 1
    raise failed_login(site.base_url)


def read_basic(credentials: str) -> tuple[str, str] | None:
    """Name and password of a Basic header, None if it is not readable."""
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    name, _, password = text.partition(":")
    return name, password
