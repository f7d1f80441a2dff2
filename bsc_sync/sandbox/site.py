"""A site: one Jira and one Confluence that share people, a clock and a store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bsc_sync.sandbox import confluence, jira
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.gateway import seed_gateway
from bsc_sync.sandbox.jira.automation import Rule
from bsc_sync.sandbox.jira.index import Index
from bsc_sync.sandbox.missing import read_missing
from bsc_sync.sandbox.people import User, keep_users, read_users, users_schema
from bsc_sync.sandbox.release import NEWEST_DATA_CENTER, checked_version, release_of
from bsc_sync.sandbox.seed import checked_seed, seed_moment
from bsc_sync.sandbox.seed_parts import DEFAULT_USER
from bsc_sync.sandbox.store import Store
from bsc_sync.sandbox.weather.rules import Limits

_SCHEMA = """
CREATE TABLE IF NOT EXISTS site (
    title TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    secret TEXT NOT NULL,
    flavor TEXT NOT NULL DEFAULT 'cloud',
    version TEXT NOT NULL DEFAULT ''
);
"""


class Site:
    """Everything one sandbox knows. A store that already holds a site is not sown again.

    `flavor` and `version` (of Data Center) come from the seed where they are not given. `missing` lists
    endpoints that this site does not have, as the seed's `site.missing` does. Raises ValueError for a seed
    that does not fit, and for a store that holds a site of another flavor.
    `context_path` (`/jira`) is where it lies at its origin; `index_lag` so many seconds of real time later
    searches learn of a change (default: the seed's, else at once).
    """

    def __init__(
        self,
        seed: Mapping[str, Any],
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        base_url: str = "http://127.0.0.1:8089",
        flavor: Flavor | None = None,
        version: str | None = None,
        missing: Sequence[str] = (),
        context_path: str = "",
        index_lag: float | None = None,
    ) -> None:
        plan = checked_seed(seed)
        self.context_path = _context(context_path)
        self.limits = Limits.model_validate(plan.get("limits") or {})
        settings = plan.get("site") or {}
        wanted = flavor or settings.get("flavor", "cloud")
        version = checked_version(version or settings.get("version") or NEWEST_DATA_CENTER)
        self.missing = read_missing([*settings.get("missing", ()), *missing])
        self.properties_allowed: bool = settings.get("properties", True)
        self.automation = [Rule(**rule) for rule in plan.get("automation") or ()]
        self.failed_logins: dict[str, int] = {}
        self.store = store or Store()
        self.clock = clock or Clock(seed_moment(plan))
        self.origin = base_url.rstrip("/")
        self.users: dict[str, User] = {}
        with self.store.transaction() as connection:
            self.store.define(_SCHEMA)
            self.store.define(users_schema)
            fresh = connection.execute("SELECT 1 FROM site").fetchone() is None
            if fresh:
                zone = str(settings.get("time_zone", "UTC"))
                connection.execute(
                    "INSERT INTO site VALUES (?, ?, hex(randomblob(16)), ?, ?)",
                    (settings.get("title", "Sandbox"), zone, wanted, version),
                )
                keep_users(connection, _users(plan, zone))
            row = connection.execute("SELECT * FROM site").fetchone()
            self.title: str = row["title"]
            self.secret: str = row["secret"]
            self.flavor: Flavor = row["flavor"]
            self.version: str = row["version"]
            if flavor not in {None, self.flavor}:
                raise ValueError(f"the store holds a {self.flavor} site, not a {flavor} one")
            self.time_zone = ZoneInfo(row["time_zone"])
            self.users = read_users(connection)
            self._check_logins()
            self.cloud_id = seed_gateway(self, plan)
            if fresh:
                jira.seed(self, plan)
                confluence.seed(self, plan)
        lag = settings.get("index_lag", 0) if index_lag is None else index_lag
        self.index = Index(self.store, lag) if lag else None

    def _check_logins(self) -> None:
        logins = [user.login.lower() for user in self.users.values()]
        double = sorted({login for login in logins if logins.count(login) > 1})
        if self.flavor == "data-center" and double:
            raise ValueError(f"users: two people would log in to Data Center as {double[0]!r}")

    @property
    def base_url(self) -> str:
        """Where people open it: the origin with the context path. Assign the origin."""
        return self.origin + self.context_path

    @base_url.setter
    def base_url(self, origin: str) -> None:
        self.origin = origin.rstrip("/")

    @property
    def has_gateway(self) -> bool:
        """Whether Atlassian's gateway leads here, as it does to Cloud only."""
        return self.flavor == "cloud"

    @property
    def release(self) -> tuple[int, ...]:
        """The version in numbers: 10.3.24 is later than 8.20.30."""
        return release_of(self.version)


def _context(path: str) -> str:
    if path and not re.fullmatch(r"(/[A-Za-z0-9._-]+)+", path):
        raise ValueError(f"{path!r} is not a context path such as /jira")
    return path


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
            expires=user["expires"].isoformat() if "expires" in user else None,
        )
        for user in listed
    ]
