"""What the sync asks a tracker to look at and to carry out, and what it hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bsc_sync.errors import BscSyncError
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.change import Write
from bsc_sync.plan.item import Mark


@dataclass(frozen=True, slots=True)
class Look:
    """What to look at: issues of ours by ref (their numeric ids), candidates by key, which fields."""

    card: str
    known: Mapping[str, str]
    candidates: tuple[str, ...]
    fields: tuple[FieldInfo, ...]
    search: bool = True  # also ask the index which issues carry our label


@dataclass(frozen=True, slots=True)
class Order:
    """One change to carry out, with the mark that travels in the same request."""

    change: Write
    mark: Mark
    parent_key: str | None = None
    link_key: str | None = None  # the issue that the new one is linked to, by `link` of its item


@dataclass(frozen=True, slots=True)
class Reply:
    """What the tracker made of an order: the issue it concerns, or why not."""

    id: str | None = None
    key: str | None = None
    error: BscSyncError | None = None
    warning: str = ""  # it was done, but not all of it
