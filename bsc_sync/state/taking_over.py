"""A new store in the place of one that is lost: the marks in Jira know it by the old one's id."""

from __future__ import annotations

from sqlalchemy import select

from bsc_sync.errors import UserError
from bsc_sync.state.schema import links, meta
from bsc_sync.state.store import Memory
from bsc_sync.state.upsert import upsert


def take_over(memory: Memory, store: str) -> None:
    """Be known by this id from now on; nothing, where that is so already.

    Raises UserError where another scorecard's marks name the id that this store has.
    """
    if memory.store_id == store:
        return
    with memory.engine.begin() as connection:
        others = select(links.c.card).where(links.c.card != memory.card).distinct().order_by(links.c.card)
        found = list(connection.execute(others).scalars())
        if found:
            raise UserError(
                f"this database is the store of {', '.join(found)} too, and their marks name it by its id",
                hint="give the rebuilt scorecard a database of its own: BSC_SYNC_STATE_URL",
            )
        upsert(connection, meta, [{"key": "store", "value": store}])
