"""A program: upgrade an old store again and again, killed before and after each statement in turn.

`python killed_upgrades.py URL REVISION` prints how many kill points there were, once an upgrade has come to
its end; it stops with a word when a kill left anything but the whole old store (or the whole new one).
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import Engine, create_engine, event, func, inspect, select, table, text

from bsc_sync.state.address import read_address
from bsc_sync.state.database import REVISION, open_database
from tests.unit.state.old_stores import rows_of


def upgrade_killed_at(url: str, point: int) -> None:
    """Open the store, and be killed at that point."""
    passed = 0

    def count(*_anything: object) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "after_cursor_execute", count)
    event.listen(Engine, "commit", count)
    open_database(url)


def contents(url: str) -> tuple[str, dict[str, int]]:
    """The revision of a store, and how many rows each table has."""
    engine = create_engine(read_address(url))
    with engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        names = inspect(connection).get_table_names()
        counts = {
            name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in names
        }
    engine.dispose()
    return str(revision), counts


def main(url: str, revision: str) -> None:
    """Kill it everywhere."""
    before = contents(url)
    if before != (revision, {name: len(rows) for name, rows in rows_of(revision).items()}):
        sys.exit(f"not the old store: {before}")
    point = 0
    while True:
        point += 1
        child = os.fork()
        if child == 0:
            upgrade_killed_at(url, point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        now = contents(url)
        if now[0] != REVISION and now != before:
            sys.exit(f"killed at point {point}, it was left as {now}")
        if status == 0:
            sys.stdout.write(f"{point - 1}\n")
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
