"""Which slot is due. Pure: the clock and the last slot are given."""

from __future__ import annotations

import datetime as dt
import re

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_every(text: str) -> dt.timedelta:
    """The length of `30s`, `15m`, `2h`, `1d`; ValueError for anything else, and for less than a second."""
    found = re.fullmatch(r"([1-9]\d{0,5})\s*([smhd])", text.strip())
    if not found:
        raise ValueError(f"expected a length such as 30s, 15m, 2h or 1d, got {text[:40]!r}")
    return dt.timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def due_slot(every: dt.timedelta, last: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """The slot to begin now, or None while the last one still stands.

    Slots begin at multiples of `every` since 1970 (UTC), so that restarts do not shift them.
    Slots that were missed do not pile up: only the present one is due.
    """
    present = EPOCH + ((now - EPOCH) // every) * every
    return present if last is None or last < present else None
