"""The teams' work in the store: written in batches while it streams in, shown whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, delete, func, insert, select

from bsc_sync.alignment.work import WorkItem
from bsc_sync.state.schema import work_items, work_pulls
from bsc_sync.state.transaction import reading
from bsc_sync.state.upsert import upsert

_BATCH = 500
_WORK: TypeAdapter[WorkItem] = TypeAdapter(WorkItem)


def keep_work(
    engine: Engine, card: str, items: Iterable[WorkItem], *, after_batch: Callable[[], None]
) -> int:
    """Replace the work of a scorecard by this stream; gives how many items it had.

    An item that comes again replaces what it was. Readers see the work of before until the
    stream has ended; each batch is a transaction of its own, so nobody waits for the network.
    `after_batch` is called outside of them. When the stream raises, the work of before stays.
    """
    with engine.begin() as connection:
        before = _pull(connection, card)
        connection.execute(delete(work_items).where(work_items.c.card == card, work_items.c.pull != before))
    pull = before + 1
    batch: dict[str, dict[str, object]] = {}
    for position, item in enumerate(items):
        text = _WORK.dump_json(item).decode()
        row = {"card": card, "pull": pull, "position": position, "issue_id": item.id, "item": text}
        batch[item.id] = row
        if len(batch) == _BATCH:
            _write(engine, card, pull, batch)
            batch = {}
            after_batch()
    _write(engine, card, pull, batch)
    with engine.begin() as connection:
        upsert(connection, work_pulls, [{"card": card, "pull": pull}])
        connection.execute(delete(work_items).where(work_items.c.card == card, work_items.c.pull != pull))
        counted = select(func.count()).where(work_items.c.card == card)
        return connection.execute(counted).scalar() or 0


def each_work(engine: Engine, card: str) -> Iterator[WorkItem]:
    """The work of a scorecard as last kept, in the order in which it came, a batch in memory at a time."""
    with reading(engine) as connection:
        mine = (
            select(work_items.c.item)
            .where(work_items.c.card == card, work_items.c.pull == _pull(connection, card))
            .order_by(work_items.c.position)
        )
        with connection.execution_options(yield_per=_BATCH).execute(mine) as rows:
            for text in rows.scalars():
                yield _WORK.validate_json(text)


def _pull(connection: Connection, card: str) -> int:
    """The number of the pull whose work is shown; 0 before the first."""
    return connection.execute(select(work_pulls.c.pull).where(work_pulls.c.card == card)).scalar() or 0


def _write(engine: Engine, card: str, pull: int, batch: Mapping[str, Mapping[str, object]]) -> None:
    if not batch:
        return
    again = (work_items.c.card == card) & (work_items.c.pull == pull) & work_items.c.issue_id.in_(batch)
    with engine.begin() as connection:
        connection.execute(delete(work_items).where(again))
        connection.execute(insert(work_items), list(batch.values()))
