"""What is about to be written, committed before it is; and which ref a write was meant for."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Engine, insert, select

from bsc_sync.plan.change import Write
from bsc_sync.plan.item import Value
from bsc_sync.state.lease import Lease
from bsc_sync.state.schema import intents
from bsc_sync.state.transaction import reading

# change, project, highest known key number, values after it
Entry = tuple[Write, str, int, Mapping[str, Value]]


def intend(
    engine: Engine, card: str, entries: Sequence[Entry], *, lease: Lease | None, now: dt.datetime
) -> list[str]:
    """Commit what is about to be written; gives the intents' ids in order.

    Raises Leased, and commits nothing, when the lease is another run's by now: that one would not know
    of these writes, and make them, too.
    """
    rows = [
        {
            "id": str(uuid.uuid4()),
            "card": card,
            "ref": change.ref,
            "action": change.action,
            "project": project,
            "floor": floor,
            "issue_id": getattr(change, "id", None),
            "after": json.dumps(after),
            "created": now.isoformat(),
        }
        for change, project, floor, after in entries
    ]
    if rows:
        with engine.begin() as connection:
            if lease is not None:
                lease.confirm(connection)
            connection.execute(insert(intents), rows)
    return [str(row["id"]) for row in rows]


def meant_for(engine: Engine, card: str, ids: Collection[str]) -> dict[str, str]:
    """Which ref each of these writes was meant for, by its present id; what is not known is left out."""
    if not ids:
        return {}
    mine = (intents.c.card == card) & intents.c.id.in_(ids)
    with reading(engine) as connection:
        return {
            row.id: row.ref for row in connection.execute(select(intents.c.id, intents.c.ref).where(mine))
        }
