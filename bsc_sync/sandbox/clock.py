"""A clock that can be stopped: every stamp of the sandbox follows it."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock


class Clock:
    """Tells the time: the real one, or the moment it was set to."""

    def __init__(self, at: datetime | None = None) -> None:
        self._lock = Lock()
        self._at = None if at is None else _aware(at)

    def now(self) -> datetime:
        """The present moment as an aware UTC datetime; a set clock stands still."""
        with self._lock:
            return self._at or datetime.now(UTC)

    @property
    def frozen(self) -> bool:
        """Whether the clock was set to a moment."""
        return self._at is not None

    def set(self, at: datetime) -> None:
        """Stop the clock at an aware moment; ValueError for a naive one."""
        moment = _aware(at)
        with self._lock:
            self._at = moment

    def release(self) -> None:
        """Follow the real time again."""
        with self._lock:
            self._at = None


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"the clock needs a moment with a zone, got {at.isoformat()}")
    return at.astimezone(UTC)
