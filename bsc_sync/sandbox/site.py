"""A site: one Jira and one Confluence that share people, a clock and a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bsc_sync.sandbox import confluence, jira
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.people import User, keep_users, read_users, users_schema
from bsc_sync.sandbox.seed import DEFAULT_USER, checked_seed, seed_moment
from bsc_sync.sandbox.store import Store

_SCHEMA = """
CREATE TABLE IF NOT EXISTS site (title TEXT NOT NULL, time_zone TEXT NOT NULL, secret TEXT NOT NULL);
"""


class Site:
    """Everything one sandbox knows. A store that already holds a site is not sown again."""

    def __init__(
        self,
        seed: Mapping[str, Any],
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        base_url: str = "http://127.0.0.1:8089",
    ) -> None:
        plan = checked_seed(seed)
        self.store = store or Store()
        self.clock = clock or Clock(seed_moment(plan))
        self.base_url = base_url.rstrip("/")
        self.users: dict[str, User] = {}
        with self.store.transaction() as connection:
            self.store.define(_SCHEMA)
            self.store.define(users_schema)
            fresh = connection.execute("SELECT 1 FROM site").fetchone() is None
            if fresh:
                settings = plan.get("site") or {}
                zone = str(settings.get("time_zone", "UTC"))
                connection.execute(
                    "INSERT INTO site VALUES (?, ?, hex(randomblob(16)))",
                    (settings.get("title", "Sandbox"), zone),
                )
                keep_users(connection, _users(plan, zone))
            row = connection.execute("SELECT * FROM site").fetchone()
            self.title: str = row["title"]
            self.secret: str = row["secret"]
            self.time_zone = ZoneInfo(row["time_zone"])
            self.users = read_users(connection)
            if fresh:
                jira.seed(self, plan)
                confluence.seed(self, plan)


def _users(plan: Mapping[str, Any], zone: str) -> list[User]:
    listed = plan.get("users") or [DEFAULT_USER]
    return [
        User(
            account_id=user["account_id"],
            name=user["name"],
            email=user["email"],
            token=user["token"],
            time_zone=user.get("time_zone", zone),
            kind=user.get("kind", "atlassian"),
        )
        for user in listed
    ]
