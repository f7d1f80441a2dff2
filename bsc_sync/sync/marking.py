"""The mark that travels with a write: whose the issue is, and what is agreed on once it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bsc_sync.plan.change import Create, Retire, Write
from bsc_sync.plan.item import LINK, RETIRED, Mark, Value, digest


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
    owned = (
        {part.id for part in change.item.fields if part.owner == "scorecard"}
        if isinstance(change, Create)
        else set(after)
    )
    written = {name: digest(value) for name, value in after.items() if name in owned}
    pseudo = {LINK, RETIRED}
    retired = (before.retired if before else None) or today.isoformat()
    return Mark(
        scorecard=card,
        ref=change.ref,
        store=store,
        revision=(before.revision if before else 0) + 1,
        intent=intent,
        digests={name: seal for name, seal in {**known, **written}.items() if name not in pseudo},
        retired=retired if isinstance(change, Retire) else None,
        status=(change.status or None) if isinstance(change, Retire) else None,
    )
