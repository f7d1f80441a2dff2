"""Transactions that are whole on either database, and what a failing one says.

SQLite: the library would begin a transaction late, and none around a change of tables; here each
block is one from its first statement on. A block that may write (`engine.begin()`) holds the right to
write at once, because a reader that turns writer is turned away when another has written meanwhile.
PostgreSQL: whoever waits for a row gives up after a while instead of for ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)

from bsc_sync.errors import StoreDamaged, StoreFailed

_MALFORMED = "database disk image is malformed"
PATIENCE = 10  # seconds for which a writer waits for another one
_FAILURES = frozenset({OperationalError, InterfaceError, InternalError, DatabaseError})
# PostgreSQL calls these errors of the program: no right to it, no such schema, the table is gone
_KEPT_OUT = frozenset({"42501", "3F000", "42P01"})
_UNDECODED = "Could not decode to UTF-8"
_NOT_NOW = (
    "starting up",
    "shutting down",
    "recovery mode",
    "accepting connections",  # "not currently": an administrator has closed the database; "not yet"
    "too many",
    "remaining connection slots",
)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: it waits for no writer, and no writer waits for it.

    What is read in it is made out in it, too: rows that mean nothing are damage.
    """
    with engine.connect() as connection, made_out():
        yield connection.execution_options(reading=True)


@contextmanager
def made_out() -> Iterator[None]:
    """What is done in the block is to make out what rows say; StoreDamaged where they say nothing.

    Nothing else belongs into such a block: an error of ours would look like one of the store.
    """
    try:
        yield
    except SQLAlchemyError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise StoreDamaged("some of what it holds cannot be made out") from error


def careful(engine: Engine) -> None:
    """Make every transaction of the engine whole, and every failure of the store one of ours."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _open_postgresql)
    event.listen(engine, "handle_error", _told)


def first_line(error: BaseException) -> str:
    """What a database says first of its failure."""
    cause = getattr(error, "orig", None) or error
    if _UNDECODED in str(cause):  # the rest would quote what stands there
        return "a text in it is no UTF-8"
    return next(iter(str(cause).splitlines()), type(cause).__name__)[:200]


def is_damage(error: BaseException) -> bool:
    """Whether the library says that a file is a database, and not whole."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF == sqlite3.SQLITE_CORRUPT) or _UNDECODED in str(cause)


def is_out_of_reach(error: BaseException) -> bool:
    """Whether a PostgreSQL gave no answer, or takes nobody at the moment.

    A server that turns somebody away says FATAL; of a connection that failed its library tells no code.
    """
    cause = error.__cause__ if isinstance(error, StoreFailed) and error.__cause__ else error
    cause = getattr(cause, "orig", None) or cause
    kinds = {kind.__name__ for kind in type(cause).__mro__}  # the library may not be installed
    if "OperationalError" not in kinds or getattr(cause, "sqlstate", None):
        return False
    text = str(cause)
    return "FATAL" not in text or any(words in text for words in _NOT_NOW)


def _open_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # the DBAPI connection has no type
    cursor = connection.cursor()  # type: ignore[attr-defined]  # the DBAPI connection has no type
    try:
        for pragma in (
            f"busy_timeout={PATIENCE * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    except UnicodeDecodeError as error:  # what the library says of the damage quotes it
        raise StoreDamaged(_MALFORMED) from error
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _open_postgresql(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # the DBAPI connection has no type
    cursor.execute(f"SET lock_timeout = '{3 * PATIENCE}s'")
    cursor.close()
    connection.commit()  # type: ignore[attr-defined]  # the DBAPI connection has no type


def _told(context: ExceptionContext) -> BaseException | None:
    error = context.sqlalchemy_exception
    if isinstance(context.original_exception, UnicodeDecodeError):
        return StoreDamaged(_MALFORMED)
    if context.is_pre_ping or error is None:
        return None
    if is_damage(context.original_exception):
        return StoreDamaged(first_line(error))
    kept_out = isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) in _KEPT_OUT
    if type(error) in _FAILURES or kept_out or context.is_disconnect:
        return StoreFailed(
            f"the store failed: {first_line(error)}",
            hint="see that its database is up, has room and lets us write; "
            "what was begun is settled by the next run",
        )
    return None
