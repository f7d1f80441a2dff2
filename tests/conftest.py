"""What every test shares: no socket unless a test asks for one; stores of either kind; files in memory."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts
from sqlalchemy import Engine

from bsc_sync.state.database import open_database
from tests.postgres_server import PostgresServer, running_postgres

MEMORY = Path("/dev/shm")


def pytest_configure() -> None:
    """Let temporary files lie in memory where that has room: a store waits for the disk at every commit."""
    chosen = "TMPDIR" in os.environ
    if not chosen and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2 * 2**30:
        os.environ["TMPDIR"] = str(MEMORY)  # also for the processes that tests start
        tempfile.tempdir = None


def pytest_collection_finish() -> None:
    """Let no collection go over modules and collected tests again: that was a seventh of the time."""
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(autouse=True)
def _sockets(request: pytest.FixtureRequest) -> None:
    """Only tests that are marked, and those in contract and system, open sockets, on loopback."""
    folders = request.path.parts
    open_to = request.node.get_closest_marker("network") or request.node.get_closest_marker("browser")
    if open_to or "contract" in folders or "system" in folders:
        enable_socket()
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started when the first test asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store is to be, on either database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture
def open_store(store_url: str) -> Iterator[Callable[[], Engine]]:
    """Opens the store, each time as another process would; what was opened is closed after the test."""
    with ExitStack() as opened:

        def again() -> Engine:
            engine = open_database(store_url)
            opened.callback(engine.dispose)
            return engine

        yield again


@pytest.fixture
def engine(open_store: Callable[[], Engine]) -> Engine:
    """An open store."""
    return open_store()
