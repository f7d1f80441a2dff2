"""Opening the store: SQLite beside the scorecard, or PostgreSQL for a team; its tables brought up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from bsc_sync.errors import SettingsError

REVISION = "0002"  # of the newest migration


def open_database(url: str) -> Engine:
    """An engine on a store whose tables are those of this version.

    Raises SettingsError when the address is unusable, when the store is damaged, or when a
    newer bsc-sync has written it.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
            Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address)
    except (ArgumentError, NoSuchModuleError, ImportError, OSError) as error:
        raise SettingsError(
            "BSC_SYNC_STATE_URL is not a store that can be opened",
            hint=f"use sqlite:///path/to/state.db or postgresql+psycopg://... ({type(error).__name__})",
        ) from error
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _careful_sqlite)
    try:
        with engine.begin() as connection:
            _bring_up_to_date(connection)
    except SQLAlchemyError as error:
        engine.dispose()
        raise SettingsError(
            f"the store {address.render_as_string(hide_password=True)} cannot be used: {_first_line(error)}",
            hint="check that it exists, may be written, and is a database of bsc-sync",
        ) from error
    return engine


def _careful_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # the DBAPI connection has no type
    for pragma in ("journal_mode=WAL", "busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _bring_up_to_date(connection: Connection) -> None:
    present = None
    if inspect(connection).has_table("alembic_version"):
        present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if present == REVISION:
        return
    from bsc_sync.state.upgrade import upgrade  # noqa: PLC0415  alembic is slow to read and seldom needed

    upgrade(connection, present)


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:200]
