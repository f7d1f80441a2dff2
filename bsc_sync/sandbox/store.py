"""One SQLite database that holds the whole site, in memory or in a file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock


class Store:
    """Keeps the site's data; threads take turns, a transaction at a time."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._lock = RLock()
        self._depth = 0
        self._connection = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys = ON")
        if str(path) != ":memory:":
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: commits at the end, rolls back on an error; inside another one it joins it."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
            except BaseException:
                if outermost:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def define(self, schema_sql: str) -> None:
        """Run a script of CREATE ... IF NOT EXISTS statements, also inside a transaction."""
        with self.transaction() as connection:
            for statement in _statements(schema_sql):
                connection.execute(statement)

    def copy_to(self, target: sqlite3.Connection) -> None:
        """Fill an empty database with everything; not inside a transaction."""
        with self._lock:
            self._connection.backup(target)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit a transaction that is under way.
    pending = ""
    for piece in re.split(r"(?<=;)", script):
        pending += piece
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
