"""Bringing the tables of a store up to date."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Carry out the missing migrations within the connection's transaction: all of them, or none."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def known() -> frozenset[str]:
    """The revisions that this version can upgrade from."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(migrations()).walk_revisions())


def migrations() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", "bsc_sync.state:migrations")
    config.set_main_option("path_separator", "os")
    return config
