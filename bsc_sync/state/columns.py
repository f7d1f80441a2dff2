"""Kinds of columns whose values are what they say: a file may hold anything where it is damaged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Dialect, Integer, String, Text

from bsc_sync.errors import StoreDamaged

_EARLIEST, _LATEST = 1970, 9000
T = TypeVar("T")


class Words(String):
    """A short text."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None]:  # noqa: ARG002  SQLAlchemy asks so
        """Nothing but text."""
        return _only(str)


class Prose(Text):
    """A text of any length."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None]:  # noqa: ARG002  SQLAlchemy asks so
        """Nothing but text."""
        return _only(str)


class Whole(Integer):
    """A whole number."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], int | None]:  # noqa: ARG002  SQLAlchemy asks so
        """Nothing but whole numbers."""
        return _only(int)


def moment(text: str) -> dt.datetime:
    """A moment as the store writes it; ValueError where it is none."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None or not _EARLIEST <= at.year <= _LATEST:
        raise ValueError("no moment that the store would write")
    return at


def _only(kind: type[T]) -> Callable[[Any], T | None]:
    def process(value: Any) -> T | None:
        if value is None or isinstance(value, kind):
            return value
        raise StoreDamaged("something else stands where a text or a number should")

    return process
