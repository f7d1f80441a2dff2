"""Where a store is: the address as people write it, and an engine that reaches it."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bsc_sync.errors import SettingsError
from bsc_sync.redaction import hide
from bsc_sync.state.transaction import careful

_NO_STORE = "BSC_SYNC_STATE_URL is not a store that can be opened"
_STORES = "use sqlite:///path/to/state.db or postgresql://user:password@host/database"
_ENCODED = "in a password, write %40 for @, %2F for /, %3A for :, %3F for ?"
_LIBRARY = 'pip install "bsc-sync[postgres]"'
_POSTGRESQL = frozenset({"postgres", "postgresql"})
_SECRET = frozenset({"password", "sslpassword"})  # as parts of the query
# libpq's own settings: who does not answer is given up, and an administrator sees whose connection it is
_MANNERS: dict[str, str | int] = {
    "application_name": "bsc-sync",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "tcp_user_timeout": 30_000,
}


def read_address(url: str) -> URL:
    """The address of a store; SettingsError when it is none of those that can be opened.

    Its passwords are covered from now on, whoever words a message.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(_NO_STORE, hint=_STORES) from None
    if address.drivername in _POSTGRESQL:
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise SettingsError(f"{_NO_STORE}: it is of the kind {address.drivername[:40]!r}", hint=_STORES)
    hide(*_secrets(address))
    if address.get_backend_name() == "postgresql" and "@" in f"{address.host}{address.database}":
        # the rest of a password would stand in messages as the name of a host
        raise SettingsError(f"{_NO_STORE}: there is an @ too many in it", hint=_ENCODED)
    return address


def file_of(address: URL) -> Path | None:
    """The file that holds a store; None where it is on a server."""
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return None
    name = str(address.database)
    return Path(unquote(urlsplit(name).path) if "uri" in address.query else name)


def shown(address: URL) -> str:
    """The name of a store in messages, without its password."""
    covered = {name: "hidden" for name in address.query if name in _SECRET}
    plain = address.set(drivername=address.get_backend_name()).update_query_dict(covered)
    return plain.render_as_string(hide_password=True)


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


def _secrets(address: URL) -> Iterator[str]:
    if address.password:
        yield str(address.password)
    for name in _SECRET & address.query.keys():
        value = address.query[name]
        yield from (value,) if isinstance(value, str) else value


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
