"""Opening the store: SQLite beside the scorecard, or PostgreSQL for a team; its tables brought up to date."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from bsc_sync.errors import SettingsError

REVISION = "0003"  # of the newest migration
_UPGRADE_LOCK = 2_071_982  # any number that is only ours
_NO_STORE = "BSC_SYNC_STATE_URL is not a store that can be opened"
_STORES = "use sqlite:///path/to/state.db or postgresql+psycopg://..."


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
            _NO_STORE,
            hint=f"{_STORES} ({type(error).__name__})",
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


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A store under the name that people know it by; without an engine where there is none yet."""

    name: str
    engine: Engine | None


def look_at_database(url: str) -> LookedAt:
    """The store as it is: nothing is created, no table is changed.

    Raises SettingsError when it cannot be used, or could not be created where it is to be.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsError(_NO_STORE, hint=_STORES) from None
    name = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
        path = Path(str(address.database))
        name = path.name
        if not path.exists():
            above = next(folder for folder in path.absolute().parents if folder.exists())
            if not os.access(above, os.W_OK):
                raise SettingsError(
                    f"the store cannot be created in {above}",
                    hint="make the folder writable, or set BSC_SYNC_STATE_URL",
                )
            return LookedAt(name, None)
    try:
        engine = create_engine(address)
        with engine.connect() as connection:
            present = _revision(connection)
    except (SQLAlchemyError, ImportError) as error:
        raise SettingsError(
            f"the store {name} cannot be used: {_first_line(error)}",
            hint="check that it exists, may be read and written, and is a database of bsc-sync",
        ) from None
    if present is not None and present > REVISION:
        raise SettingsError(
            f"the store was written by a newer bsc-sync (its tables are of revision {present})",
            hint="update bsc-sync, or point BSC_SYNC_STATE_URL to another store",
        )
    return LookedAt(name, engine)


def _careful_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # the DBAPI connection has no type
    for pragma in ("journal_mode=WAL", "busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _bring_up_to_date(connection: Connection) -> None:
    if _revision(connection) == REVISION:
        return
    _wait_for_others(connection)
    present = _revision(connection)
    if present == REVISION:
        return
    from bsc_sync.state.upgrade import upgrade  # noqa: PLC0415  alembic is slow to read and seldom needed

    upgrade(connection, present)


def _wait_for_others(connection: Connection) -> None:
    """Hold the store alone until the transaction ends: two first processes would make the same tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})


def _revision(connection: Connection) -> str | None:
    """Of which migration the tables are; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:200]
