"""What the sync needs from the world outside: a tracker, sources of readings, a publisher."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.measurement import Found
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.plan.item import Seen
from bsc_sync.plan.order import Look, Order, Reply
from bsc_sync.report.publication import Published


class Tracker(Protocol):
    """Where the work lives. Every method may raise RemoteError."""

    def catalog(self) -> Catalog:
        """What the site offers: the account, the fields."""

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog, and what can be set when creating in these (project, issue type) places."""

    def observe(self, look: Look) -> tuple[Seen, ...]:
        """Every issue that the look finds, current values, in the order of their ids."""

    def floor(self, project: str) -> int:
        """A number that some key of the project is known to have; 0 when it has none."""

    def following(self, project: str, floor: int, fields: Sequence[FieldInfo]) -> Iterable[Seen]:
        """The issues whose keys follow, in order, until fifty in a row are absent."""

    def create(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """Create at most fifty issues in one request; a reply for each. Ambiguous when the reply is lost."""

    def change(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """Carry out adoptions, updates and retirements side by side; a reply for each."""

    def work(
        self, scopes: Sequence[WorkScope], *, since: dt.datetime, ours: Collection[str]
    ) -> Iterable[WorkItem]:
        """The teams' work that the scopes find, each item once; issues of ours (by id) are left out."""

    def url(self, key: str) -> str:
        """Where a person reads the issue."""


class Source(Protocol):
    """Where readings come from."""

    def read(self) -> Found:
        """What can be read now."""


class Publisher(Protocol):
    """Where the page goes."""

    def publish(self, storage: str, attachments: Mapping[str, tuple[bytes, str]], digest: str) -> Published:
        """Bring the page in line; writes nothing when the digest is the one that stands there."""
