"""The store keeps whole transactions; the clock stands where it was put."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread

import pytest

from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.store import Store

SCHEMA = "CREATE TABLE IF NOT EXISTS thing (name TEXT NOT NULL);"


def names(store: Store) -> list[str]:
    with store.transaction() as connection:
        return [row["name"] for row in connection.execute("SELECT name FROM thing ORDER BY name")]


def test_an_error_undoes_everything_also_what_a_joined_transaction_wrote() -> None:
    store = Store()
    store.define(SCHEMA)

    def fail() -> None:
        with store.transaction() as outer:
            outer.execute("INSERT INTO thing VALUES ('a')")
            with store.transaction() as inner:
                inner.execute("INSERT INTO thing VALUES ('b')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(store) == []


def test_defining_inside_a_transaction_does_not_commit_it() -> None:
    store = Store()
    store.define(SCHEMA)

    def fail() -> None:
        with store.transaction() as connection:
            connection.execute("INSERT INTO thing VALUES ('a')")
            store.define("CREATE TABLE IF NOT EXISTS other (id INTEGER);")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(store) == []
    with store.transaction() as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT * FROM other")


def test_threads_take_turns() -> None:
    store = Store()
    store.define("CREATE TABLE IF NOT EXISTS counter (value INTEGER); INSERT INTO counter VALUES (0);")

    def count() -> None:
        for _ in range(50):
            with store.transaction() as connection:
                value = connection.execute("SELECT value FROM counter").fetchone()["value"]
                connection.execute("UPDATE counter SET value = ?", (value + 1,))

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction() as connection:
        assert connection.execute("SELECT value FROM counter").fetchone()["value"] == 200


def test_a_file_keeps_what_was_committed(tmp_path: Path) -> None:
    first = Store(tmp_path / "site.db")
    first.define(SCHEMA)
    with first.transaction() as connection:
        connection.execute("INSERT INTO thing VALUES ('kept')")
    first.close()
    second = Store(tmp_path / "site.db")
    assert names(second) == ["kept"]
    second.close()


def test_a_set_clock_stands_still_in_utc_and_a_released_one_runs() -> None:
    clock = Clock()
    assert not clock.frozen
    clock.set(datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.release()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="with a zone"):
        Clock().set(datetime(2026, 1, 1))  # noqa: DTZ001 - the missing zone is the test
