"""An engine that nobody holds any more holds nothing either: no file, no connection, no memory."""

from __future__ import annotations

import gc
import weakref

from sqlalchemy import QueuePool, text

from bsc_sync.state.database import open_database
from bsc_sync.state.store import Memory
from tests.postgres_server import PostgresServer


def test_what_is_let_go_is_closed(store_url: str) -> None:
    engine = open_database(store_url)
    assert Memory(engine, "acme").links() == {}
    assert isinstance(engine.pool, QueuePool)
    pooled = engine.pool.checkedin()
    there = weakref.ref(engine)
    closed: list[object] = []
    connection = engine.raw_connection()
    raw = connection.driver_connection
    assert raw is not None
    connection.close()
    del engine, connection
    gc.collect()
    assert pooled
    assert there() is None
    try:
        raw.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001  each library has its own word for a closed connection
        closed.append(error)
    assert "clos" in str(closed)


def test_servers_are_left_by_whoever_lets_go(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        for _ in range(3):
            Memory(open_database(url), "acme").links()
        gc.collect()
        watching = open_database(url)
        with watching.connect() as connection:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            there = connection.execute(text(f"{asked} AND pid <> pg_backend_pid()")).scalar()
        watching.dispose()
    assert there == 0
