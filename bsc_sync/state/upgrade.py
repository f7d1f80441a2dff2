"""Bringing the tables of a store up to date."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bsc_sync.errors import SettingsError


def upgrade(connection: Connection, present: str | None, *, to: str = "head") -> None:
    """Carry out the migrations that follow the present revision, within the connection's transaction.

    Raises SettingsError when the present revision is not one of ours.
    """
    config = migrations()
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise SettingsError(
            f"the store was written by a newer bsc-sync (its tables are of revision {present})",
            hint="update bsc-sync, or point BSC_SYNC_STATE_URL to another store",
        )
    command.upgrade(config, to)


def migrations() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", "bsc_sync.state:migrations")
    config.set_main_option("path_separator", "os")
    return config
