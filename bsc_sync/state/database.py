"""Opening the store: SQLite beside the scorecard, or PostgreSQL for a team; its tables brought up to date."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bsc_sync.errors import SettingsError, StoreDamaged, StoreFailed
from bsc_sync.state.address import engine_at, file_of, read_address, shown
from bsc_sync.state.schema import metadata
from bsc_sync.state.transaction import first_line, is_damage, is_out_of_reach, reading

_LONGEST = 120  # letters of what a database says of its damage
REVISION = "0004"  # of the newest migration
_UPGRADE_LOCK = 2_071_982  # any number that is only ours
_NO_ACCESS = (
    "give the account that runs bsc-sync write access to the file and its folder (a mount that is read-only "
    "will not do), or set BSC_SYNC_STATE_URL to another; what the file holds is not at fault"
)
_HELD = "another program holds the file: try again when it has ended"
_NOT_OURS = (
    "check that it is a database of bsc-sync; where it was one, move it away, and bsc-sync import --state "
    "makes a new one from the marks in Jira"
)
_WAYS_OUT = {
    sqlite3.SQLITE_READONLY: _NO_ACCESS,
    sqlite3.SQLITE_CANTOPEN: _NO_ACCESS,
    sqlite3.SQLITE_PERM: _NO_ACCESS,
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "see to its disk; SQLite should not lie on a network drive",
}


def open_database(url: str, *, own: Path | None = None) -> Engine:
    """An engine on a store whose tables are those of this version.

    `own`: the folder that is ours to make. Any other has to be there: a slip in the address would begin
    an empty store beside the one that is meant.
    Raises SettingsError when the address is unusable, when the store lacks tables, or when a
    newer bsc-sync has written it; StoreDamaged when its file is not whole;
    StoreFailed when its server cannot be reached.
    """
    address = read_address(url)
    path = file_of(address)
    try:
        if path is not None and _folder_is_missing(path, own):
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"the store cannot be created: {error.strerror} ({path})",
            hint="set BSC_SYNC_STATE_URL to another",
        ) from None
    engine = engine_at(address)
    try:
        with reading(engine) as connection:
            _check_whole(connection)
        _bring_up_to_date(engine)
    except (SettingsError, StoreDamaged):
        engine.dispose()
        raise
    except (SQLAlchemyError, StoreFailed) as error:
        engine.dispose()
        raise _unusable(address, error, shown(address)) from error
    return engine


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A store under the name that people know it by; without an engine where there is none yet.

    `older`: the next run will upgrade its tables.
    """

    name: str
    engine: Engine | None
    older: bool = False


def look_at_database(url: str, *, own: Path | None = None) -> LookedAt:
    """The store as it is: nothing is created, no table is changed. `own` as for open_database.

    Raises SettingsError when it cannot be used, or could not be created where it is to be; StoreDamaged
    when its file is not whole; StoreFailed when its server cannot be reached.
    """
    address = read_address(url)
    path = file_of(address)
    name = shown(address) if path is None else path.name
    if path is not None and _may_be_created(path, own):
        return LookedAt(name, None)
    engine = create_engine(address) if path is not None else engine_at(address)
    try:
        with reading(engine) as connection:
            _check_whole(connection)
            present = _revision(connection)
    except StoreDamaged:
        engine.dispose()
        raise
    except (SQLAlchemyError, StoreFailed) as error:
        engine.dispose()
        if is_damage(error):
            raise StoreDamaged(first_line(error)) from None
        raise _unusable(address, error, name) from None
    if present is not None and present > REVISION:
        engine.dispose()
        raise too_new(present)
    return LookedAt(name, engine, older=present is not None and present < REVISION)


def too_new(present: str) -> SettingsError:
    """What to say of a store that a newer version has written."""
    return SettingsError(
        f"the store was written by a newer bsc-sync (its tables are of revision {present})",
        hint="update bsc-sync, or point BSC_SYNC_STATE_URL to another store",
    )


def _folder_is_missing(path: Path, own: Path | None) -> bool:
    """Whether the folder of a store is still to be made; SettingsError where it is not ours to make."""
    folder = path.absolute().parent
    if folder.is_dir():
        return False
    if folder.is_symlink() or folder.exists():  # a link to nowhere takes the name as a file does
        raise SettingsError(
            f"the store cannot be created: {folder} is not a folder",
            hint="move what stands there out of the way, or set BSC_SYNC_STATE_URL to another",
        )
    if own is None or folder.resolve() != own.resolve():
        raise SettingsError(
            f"the store cannot be opened: there is no folder {folder}",
            hint="correct BSC_SYNC_STATE_URL; where the store is to be new, make the folder first",
        )
    return True


def _may_be_created(path: Path, own: Path | None) -> bool:
    """Whether there is no such file yet; SettingsError where it could not be made, or is out of reach."""
    try:
        _folder_is_missing(path, own)
        if path.exists():
            return False
        above = next(folder for folder in path.absolute().parents if folder.exists())
    except OSError as error:
        raise SettingsError(
            f"the store is out of reach: {error.strerror} ({path})", hint="set BSC_SYNC_STATE_URL to another"
        ) from None
    if not os.access(above, os.W_OK):
        raise SettingsError(
            f"the store cannot be created in {above}",
            hint="make the folder writable, or set BSC_SYNC_STATE_URL",
        )
    return True


def _bring_up_to_date(engine: Engine) -> None:
    with reading(engine) as connection:
        present = _revision(connection)
    if present != REVISION:
        with engine.begin() as connection:
            _upgrade(connection)
    with reading(engine) as connection:
        missing = sorted(set(metadata.tables) - set(inspect(connection).get_table_names()))
    if missing:
        raise SettingsError(
            f"the store is damaged: it lacks {', '.join(missing[:3])}",
            hint="restore it from a backup, or set it aside: an empty one is rebuilt from the marks in Jira",
        )


def _check_whole(connection: Connection) -> None:
    """Raise StoreDamaged where a file has lost its order: rows would be missing without a word.

    A server sees to its own files. Looking through 25 MB takes a twentieth of a second.
    """
    if connection.dialect.name == "sqlite":
        said = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        if said != "ok":
            raise StoreDamaged(next(iter(said.splitlines()), "")[:_LONGEST])


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite: the transaction holds the file already
        connection.execute(text("SET LOCAL lock_timeout = '5min'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    present = _revision(connection)
    if present == REVISION:  # another process was first
        return
    from bsc_sync.state.upgrade import known, upgrade  # noqa: PLC0415  alembic is slow to read, seldom needed

    if present is not None and present not in known():
        raise too_new(present)
    upgrade(connection)


def _revision(connection: Connection) -> str | None:
    """Of which migration the tables are; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _unusable(address: URL, error: Exception, name: str) -> SettingsError | StoreFailed:
    said = first_line(_cause(error))
    if address.get_backend_name() == "postgresql" and is_out_of_reach(error):
        return StoreFailed(
            f"the store {name} cannot be reached: {said}",
            hint="see that its server is up, and that BSC_SYNC_STATE_URL names it",
        )
    return SettingsError(f"the store {name} cannot be used: {said}", hint=_way_out(address, error))


def _way_out(address: URL, error: Exception) -> str:
    """What helps; only a file that holds no store of ours is to be moved away, a sound one would be lost."""
    if address.get_backend_name() == "postgresql":
        return "check that BSC_SYNC_STATE_URL names a database for bsc-sync, whose user may read and write it"
    code = getattr(_cause(error), "sqlite_errorcode", None)
    return _WAYS_OUT.get(code & 0xFF, _NOT_OURS) if code is not None else _NOT_OURS


def _cause(error: BaseException) -> BaseException:
    """What the library said, of an error that may be one of ours already."""
    cause = error.__cause__ if isinstance(error, StoreFailed) and error.__cause__ else error
    return getattr(cause, "orig", None) or cause
