"""What an import asks of a tracker: everything that can be known before there is a mapping."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.plan.found import Child, Found


class Explorer(Protocol):
    """A tracker seen by somebody who comes there for the first time. Every method may raise RemoteError."""

    def catalog(self) -> Catalog:
        """What the site offers: the account, the fields."""

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog, and what can be set when creating in these (project, issue type) places."""

    def faults(self, jql: Sequence[str]) -> Mapping[str, str]:
        """Which of the queries cannot be carried out as they are meant, and why."""

    def find(self, jql: str) -> Sequence[str]:
        """The ids of all issues that a query finds, in its order."""

    def read(self, ids: Sequence[str], fields: Sequence[FieldInfo]) -> Iterable[Found]:
        """The issues of those ids, current values, in that order; what may not be seen is absent."""

    def below(self, keys: Sequence[str]) -> Iterable[Child]:
        """What hangs directly below these issues."""


Step = Callable[[str], None]
"""What is told after each step, for whoever watches."""
