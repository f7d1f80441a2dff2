"""The mark that travels with a write: whose the issue is, and what is agreed on once it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bsc_sync.plan.change import Create, Reinstate, Retire, Write
from bsc_sync.plan.item import PARENT, PUT, Item, Mark, Value, digest, remembered_only
from bsc_sync.plan.labels import LABELS, OWNED_ONE_BY_ONE, our_part


def next_mark(
    change: Write,
    after: Mapping[str, Value],
    *,
    card: str,
    store: str,
    intent: str,
    before: Mark | None,
    base: Mapping[str, str],
    today: dt.date,
) -> Mark:
    """The mark after a write that leaves these values; `before` is the one that stands on the issue.

    Where none does, what the store has agreed on is carried over.
    """
    known = base if before is None else before.digests
    owned = in_mark(change.item) if isinstance(change, Create) else set(after)
    written = {name: digest(_lasting(name, after)) for name in after if name in owned}
    retired = (before.retired if before else None) or today.isoformat()
    return Mark(
        scorecard=card,
        ref=change.ref,
        store=store,
        revision=(before.revision if before else 0) + 1,
        intent=intent,
        digests={name: seal for name, seal in {**known, **written}.items() if not remembered_only(name)},
        retired=retired if isinstance(change, Retire) else None,
        status=_status(change, before),
    )


def in_mark(item: Item) -> set[str]:
    """The fields of an item whose digests its mark holds; of labels, also of those that we have put there."""
    owned = [part for part in item.fields if part.owner == "scorecard"]
    return {PARENT, *(part.id for part in owned)} | {
        PUT + part.id for part in owned if part.type in OWNED_ONE_BY_ONE
    }


def _lasting(name: str, after: Mapping[str, Value]) -> Value:
    """What is left of a value after the write: of the labels that we have put there, those still wanted."""
    if not name.startswith(PUT):
        return after[name]
    return our_part(LABELS, after[name], after[name.removeprefix(PUT)])


def _status(change: Write, before: Mark | None) -> str | None:
    """The status that an issue goes back to: kept until it is seen to be there."""
    if isinstance(change, Retire):
        return change.status or None
    going_back = isinstance(change, Reinstate) and change.transition is not None
    return before.status if before is not None and going_back else None
