"""What an issue hangs below: owned like a field, told by the objective's ref wherever it is one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bsc_sync.plan.item import PARENT, Item, ItemField, Seen, Value, digest

NAME = "Parent"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Who is who above: `refs` by the keys of all that is linked, also of what has vanished; `there` are
    the refs that have an issue or get one by this very plan, `anew` those that get another one."""

    refs: Mapping[str, str]
    there: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue is to hang, where it hangs, and where it was last agreed to hang (a digest).

    `waits`: it cannot be put there yet, as there is no issue that it could hang below. `stays`: it
    cannot be put elsewhere by us at all.
    """

    asked: ItemField
    seen: Value
    base: str | None
    waits: bool = False
    stays: bool = False


def wished_parent(item: Item) -> ItemField | None:
    """What an item is to hang below, as a field of it; None where that is nothing in particular."""
    if item.parent is None:
        return None
    return ItemField(
        id=PARENT, name=NAME, type="parent", value=item.parent, owner="scorecard", asked_by=item.ref
    )


def place_of(
    item: Item, found: Seen, base: Mapping[str, str], above: Hierarchy, *, forsaken: str | None
) -> Place | None:
    """Where an item stands in the hierarchy; None where it is to hang below nothing in particular.

    Nobody has moved an issue whose epic has vanished and is created anew: `forsaken` is the key of
    such an epic, and below it counts as below nothing.
    """
    asked = wished_parent(item)
    if asked is None:
        return None
    seen = above.refs.get(found.parent or "", found.parent)
    agreed = base.get(PARENT)
    if item.parent in above.anew and seen in {None, item.parent}:
        return Place(asked, found.parent, digest(found.parent), stays=found.stays)
    if forsaken is not None and found.parent == forsaken and agreed == digest(None):
        return Place(asked, found.parent, digest(found.parent), stays=found.stays)
    waits = seen != item.parent and item.parent not in above.there
    return Place(asked, seen, agreed, waits, stays=found.stays)


def placed(parent: str | None, wanted: Value, keys: Mapping[str, str]) -> Value:
    """What an issue hangs below, by ref where that is what was wanted; `keys` by ref."""
    return wanted if parent is not None and parent == keys.get(str(wanted)) else parent
