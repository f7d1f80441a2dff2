"""What the sync asks a tracker to look at and to carry out, and what it hears of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bsc_sync.errors import BscSyncError
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.change import Write
from bsc_sync.plan.item import Mark, Seen


def never(_: Seen) -> bool:
    """Doubt nothing."""
    return False


@dataclass(frozen=True, slots=True)
class Look:
    """What to look at: issues of ours by ref (their numeric ids), candidates by key, which fields.

    `keys` are the last known keys of those ids, `marks` the marks as the store remembers them (by id):
    for a site where reading by id is one request an issue. What is to be looked at `closely` (by id)
    is read by id in any case: how its last write ended is not known, or its mark decides something. What
    is `recent` was written a moment ago, and is read by id when what the index shows of it raises `doubts`.
    With `history` the latest edits come along for what is read by id.
    """

    card: str
    known: Mapping[str, str]
    candidates: tuple[str, ...]
    fields: tuple[FieldInfo, ...]
    search: bool = True  # also ask the index which issues carry our label
    keys: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    closely: frozenset[str] = frozenset()
    recent: frozenset[str] = frozenset()
    doubts: Callable[[Seen], bool] = never
    history: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One change to carry out, with the mark that travels in the same request."""

    change: Write
    mark: Mark
    parent_key: str | None = None
    link_key: str | None = None  # the issue that it is linked to, by `link` of its item
    was: str | None = None  # the ref in the mark that stands on the issue


@dataclass(frozen=True, slots=True)
class Reply:
    """What the tracker made of an order: the issue it concerns, or why not."""

    id: str | None = None
    key: str | None = None
    error: BscSyncError | None = None
    warning: str = ""  # it was done, but not all of it
