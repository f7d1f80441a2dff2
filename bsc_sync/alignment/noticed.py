"""The first few of many: what a page names of a long stream, and how many there are in all."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bsc_sync.alignment.effort import natural
from bsc_sync.alignment.work import WorkItem

MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Noticed:
    """Work worth a look: how many items, how many of them restricted, and the first ten by key.

    `first` are of all items, `first_open` of those that are not restricted.
    """

    items: int = 0
    restricted: int = 0
    first: tuple[WorkItem, ...] = ()
    first_open: tuple[WorkItem, ...] = ()


class FirstFew:
    """Keeps the `most` items that come first in an order, of however many are added."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[Any, WorkItem]] = []

    def add(self, rank: tuple[Any, ...], item: WorkItem) -> None:
        """Consider one item at its place in the order; no two items have the same rank."""
        if len(self._kept) == self._most and rank >= self._kept[-1][0]:
            return
        insort(self._kept, (rank, item), key=_rank)
        del self._kept[self._most :]

    def take(self, other: FirstFew) -> None:
        """Consider all that another one has kept."""
        for rank, item in other._kept:
            self.add(rank, item)

    @property
    def items(self) -> tuple[WorkItem, ...]:
        """Those that come first, in order."""
        return tuple(item for _, item in self._kept)


class Noticing:
    """Gathers what is worth a look while the work streams by."""

    def __init__(self, fits: Callable[[WorkItem], bool]) -> None:
        self._fits = fits
        self._items = 0
        self._restricted = 0
        self._first = FirstFew(MOST_NAMED)
        self._first_open = FirstFew(MOST_NAMED)

    def add(self, item: WorkItem) -> None:
        """Take note of an item that fits."""
        if not self._fits(item):
            return
        rank = natural(item)
        self._items += 1
        self._restricted += item.restricted
        self._first.add(rank, item)
        if not item.restricted:
            self._first_open.add(rank, item)

    def noticed(self) -> Noticed:
        """What was noted."""
        return Noticed(self._items, self._restricted, self._first.items, self._first_open.items)


def _rank(entry: tuple[Any, WorkItem]) -> Any:
    return entry[0]
