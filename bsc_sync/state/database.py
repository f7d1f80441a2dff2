"""Opening the store: SQLite beside the scorecard, or PostgreSQL for a team; its tables brought up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from bsc_sync.errors import SettingsError


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
    config = Config()
    config.set_main_option("script_location", "bsc_sync.state:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_revision()
    if present == scripts.get_current_head():
        return
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise SettingsError(
            f"the store was written by a newer bsc-sync (its tables are of revision {present})",
            hint="update bsc-sync, or point BSC_SYNC_STATE_URL to another store",
        )
    command.upgrade(config, "head")


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:200]
