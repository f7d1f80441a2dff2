"""Where a store is: the address as people write it, and an engine that reaches it."""

from __future__ import annotations

import weakref
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bsc_sync.errors import SettingsError
from bsc_sync.state.transaction import careful

_NO_STORE = "BSC_SYNC_STATE_URL is not a store that can be opened"
_STORES = "use sqlite:///path/to/state.db or postgresql://user:password@host/database"
_LIBRARY = 'pip install "bsc-sync[postgres]"'
_POSTGRESQL = frozenset({"postgres", "postgresql"})
# libpq's own settings: who does not answer is given up, and an administrator sees whose connection it is
_MANNERS: dict[str, str | int] = {
    "application_name": "bsc-sync",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "tcp_user_timeout": 30_000,
}


def read_address(url: str) -> URL:
    """The address of a store; SettingsError when it is none of those that can be opened."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(_NO_STORE, hint=_STORES) from None
    if address.drivername in _POSTGRESQL:
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingsError(f"{_NO_STORE}: it is of the kind {address.drivername[:40]!r}", hint=_STORES)
    return address


def file_of(address: URL) -> Path | None:
    """The file that holds a store; None where it is on a server."""
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return None
    return Path(str(address.database))


def shown(address: URL) -> str:
    """The name of a store in messages, without its password."""
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)


def engine_at(address: URL) -> Engine:
    """An engine that reaches the store; nothing is asked of it yet.

    A connection that the server has dropped is replaced before it is used. Raises SettingsError
    when the library that speaks to the store is not installed.
    """
    how: dict[str, object] = {}
    if address.get_backend_name() == "postgresql":
        how = {"pool_pre_ping": True}
        if address.get_driver_name() == "psycopg":
            unsaid = {name: value for name, value in _MANNERS.items() if name not in address.query}
            how["connect_args"] = unsaid
    try:
        engine = create_engine(address, **how)
    except ImportError:
        raise SettingsError(
            f"the store {shown(address)} needs a library that is not installed", hint=_LIBRARY
        ) from None
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingsError(f"{_NO_STORE} ({type(error).__name__})", hint=_STORES) from None
    careful(engine)
    _closed_when_let_go(engine)
    return engine


def _closed_when_let_go(engine: Engine) -> None:
    """End the connections of an engine that nobody holds any more.

    What is kept for it must not lead back to the engine, or nobody ever lets go of it: its pool would.
    """
    held: dict[int, DBAPIConnection] = {}

    def opened(connection: DBAPIConnection, _record: object) -> None:
        held[id(connection)] = connection

    def closing(connection: DBAPIConnection, _record: object) -> None:
        held.pop(id(connection), None)

    event.listen(engine, "connect", opened)
    event.listen(engine, "close", closing)
    weakref.finalize(engine, _close, held)


def _close(held: dict[int, DBAPIConnection]) -> None:
    for connection in held.values():
        with suppress(Exception):  # of a server that has gone before
            connection.close()
