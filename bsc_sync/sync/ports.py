"""What the sync needs from the world outside: a tracker, sources of readings, a publisher."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.asking import FieldAsk, QueryAsk, TableAsk
from bsc_sync.attainment.measurement import Found
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.plan.item import Seen
from bsc_sync.plan.order import Look, Order, Reply
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published


class Tracker(Protocol):
    """Where the work lives. Every method may raise RemoteError."""

    def catalog(self) -> Catalog:
        """What the site offers: the account, the fields."""

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog, and what can be set when creating in these (project, issue type) places."""

    def faults(self, jql: Sequence[str]) -> Mapping[str, str]:
        """Which of the queries cannot be carried out as they are meant, and why."""

    def observe(self, look: Look) -> tuple[Seen, ...]:
        """Every issue that the look finds, current values, in the order of their ids."""

    def floor(self, project: str) -> int:
        """A number that some key of the project is known to have; 0 when it has none."""

    def following(self, card: str, project: str, floor: int, fields: Sequence[FieldInfo]) -> Iterable[Seen]:
        """The issues whose keys follow, in order, until fifty in a row are absent."""

    def create(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """Create at most fifty issues in one request; a reply for each. Ambiguous when the reply is lost."""

    def change(self, orders: Sequence[Order], label: str) -> Sequence[Reply]:
        """Carry out adoptions, updates and retirements side by side; a reply for each."""

    def work(
        self,
        scopes: Sequence[WorkScope],
        *,
        since: dt.datetime,
        ours: Collection[str],
        points: FieldInfo | None,
        numbers: Sequence[FieldInfo],
        before: Sequence[str] = (),
    ) -> Iterable[WorkItem]:
        """The teams' work that the scopes find; issues of ours (by id) are left out.

        `since` is how far back activity matters; `points` and `numbers` are fields to bring along.
        `before` are some issues that were in scope last time: Vanished is raised when nothing is in
        scope any more and they are still there.
        """

    def url(self, key: str) -> str:
        """Where a person reads the issue."""


class FigureSource(Protocol):
    """Readings that live in the tracker: fields that teams fill, figures over queries."""

    def fields(self, asks: Sequence[FieldAsk], *, now: dt.datetime) -> Found:
        """Every change of the asked fields."""

    def queries(self, asks: Sequence[QueryAsk], *, now: dt.datetime) -> Found:
        """A figure for each query, as of now."""


class TableSource(Protocol):
    """Readings that live in tables outside of the tracker."""

    def read(self, asks: Sequence[TableAsk], *, now: dt.datetime) -> Found:
        """A reading for each row whose period is over."""


class Publisher(Protocol):
    """Where the page goes; `always` is true of a place that is not held back until it is due."""

    @property
    def always(self) -> bool:
        """Whether it is never held back."""

    def recall(self, *, now: dt.datetime) -> Published | None:
        """Remember the page that stands there already, where one of ours does; nothing is written there."""

    def publish(self, page: Page, digest: str, *, force: bool) -> Published:
        """Bring what stands there in line; writes nothing when its digest is this one."""
