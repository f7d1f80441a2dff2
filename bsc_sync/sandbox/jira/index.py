"""The search index that lags behind: a copy of the issues that learns of every change some seconds later.

The lag is real time (monotonic), so that it also passes while the sandbox's clock stands still; a test that
does not want to wait catches up at once (`POST /_sandbox/index`). Searches and counts read the copy, values
included; what is read by id is always current.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.store import Store

_CHANGED = "changed_issue"
_ROW = {"INSERT": ("NEW",), "UPDATE": ("NEW", "OLD"), "DELETE": ("OLD",)}


@dataclass(frozen=True)
class _Table:
    """A table of which each row belongs to one issue, or to both ends of a link."""

    name: str
    owners: tuple[str, ...]
    width: int

    @property
    def condition(self) -> str:
        return " OR ".join(f"{column} = ?1" for column in self.owners)


@dataclass(frozen=True)
class _Change:
    """Issues as they were left at a moment: all their rows by table, none for a deleted one."""

    at: float
    rows: dict[int, list[tuple[_Table, list[tuple[object, ...]]]]]


class Index:
    """What searches see of a store. Use it inside a transaction of the store."""

    def __init__(self, store: Store, lag: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.lag = lag
        self._clock = clock
        self._waiting: deque[_Change] = deque()
        self._copy = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._copy.row_factory = sqlite3.Row
        store.copy_to(self._copy)
        self._tables = list(_tables(self._copy))
        with store.transaction() as connection:
            for statement in _watching(self._tables):
                connection.execute(statement)

    @property
    def connection(self) -> sqlite3.Connection:
        """The copy."""
        return self._copy

    @property
    def waiting(self) -> int:
        """How many changes it has not taken in yet."""
        return len(self._waiting)

    def note(self, connection: sqlite3.Connection) -> None:
        """Remember what a transaction has changed; call it at its end."""
        ids = [row[0] for row in connection.execute(f"SELECT DISTINCT issue_id FROM temp.{_CHANGED}")]  # noqa: S608  a constant
        if ids:
            connection.execute(f"DELETE FROM temp.{_CHANGED}")  # noqa: S608  a constant
            self._waiting.append(self._state(connection, ids))

    def catch_up(self, *, fully: bool = False) -> None:
        """Take in what is older than the lag, or everything."""
        until = self._clock() - self.lag
        if not self._waiting or not (fully or self._waiting[0].at <= until):
            return
        self._copy.execute("BEGIN")
        while self._waiting and (fully or self._waiting[0].at <= until):
            self._take(self._waiting.popleft())
        self._copy.execute("COMMIT")

    @contextmanager
    def reconciled(self, connection: sqlite3.Connection, ids: Sequence[int]) -> Iterator[None]:
        """For the time being, these issues are as they are now."""
        if not ids or not self._waiting:
            yield
            return
        self._copy.execute("BEGIN")
        try:
            self._take(self._state(connection, ids))
            yield
        finally:
            self._copy.execute("ROLLBACK")

    def close(self) -> None:
        """Forget the copy."""
        self._copy.close()

    def _state(self, connection: sqlite3.Connection, ids: Sequence[int]) -> _Change:
        rows: dict[int, list[tuple[_Table, list[tuple[object, ...]]]]] = {number: [] for number in ids}
        for number in ids:
            for table in self._tables:
                statement = " ".join(("SELECT * FROM", table.name, "WHERE", table.condition))
                found = [tuple(row) for row in connection.execute(statement, (number,))]
                rows[number].append((table, found))
        return _Change(self._clock(), rows)

    def _take(self, change: _Change) -> None:
        for number, parts in change.rows.items():
            for table, rows in parts:
                self._copy.execute(" ".join(("DELETE FROM", table.name, "WHERE", table.condition)), (number,))
                if rows:
                    marks = ", ".join("?" * table.width)
                    statement = " ".join(("INSERT OR REPLACE INTO", table.name, "VALUES (", marks, ")"))
                    self._copy.executemany(statement, rows)


@contextmanager
def as_indexed(call: Call, reconcile: Sequence[int] = ()) -> Iterator[Call]:
    """The call as a search makes it: over what the index knows, and the reconciled issues as they are."""
    index = call.site.index
    if index is None:
        yield call
        return
    index.catch_up()
    with index.reconciled(call.connection, reconcile):
        yield replace(call, connection=index.connection)


def _tables(connection: sqlite3.Connection) -> Iterator[_Table]:
    # Whatever refers to an issue belongs to it, so that a table that is added later is not forgotten here.
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        width = connection.execute("SELECT count(*) FROM pragma_table_info(?)", (name,)).fetchone()[0]
        keys = connection.execute('SELECT "table", "from" FROM pragma_foreign_key_list(?)', (name,))
        owners = ("id",) if name == "issue" else tuple(row[1] for row in keys if row[0] == "issue")
        if owners:
            yield _Table(name, owners, width)


def _watching(tables: Sequence[_Table]) -> Iterator[str]:
    # Not unique: a statement's own way out of conflicts (an upsert) would take the trigger's place.
    yield f"CREATE TEMP TABLE {_CHANGED} (issue_id INTEGER NOT NULL)"
    for table in tables:
        for event, sides in _ROW.items():
            notes = "".join(
                f"INSERT INTO {_CHANGED} VALUES ({side}.{column}); "  # noqa: S608  names of the schema
                for side in sides
                for column in table.owners
            )
            trigger = f"{_CHANGED}_{table.name}_{event.lower()}"
            yield f"CREATE TEMP TRIGGER {trigger} AFTER {event} ON main.{table.name} BEGIN {notes}END"
