"""Work items for the tests of alignment: only what a test speaks of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from bsc_sync.alignment.work import Category, WorkItem


def moment(text: str) -> dt.datetime:
    """Noon in UTC of a day, or the moment itself."""
    return dt.datetime.fromisoformat(text if "T" in text else f"{text}T12:00:00+00:00")


def item(key: str, category: Category = "new", *, touched: str = "2026-11-10", **given: Any) -> WorkItem:
    """A story in scope, touched on 10 November 2026; points as text or number."""
    points = given.pop("points", None)
    seconds = given.pop("seconds", None)
    plain: dict[str, Any] = {
        "id": f"1{key.rpartition('-')[2]}-{key}",
        "project": key.partition("-")[0],
        "type": "Story",
        "summary": key,
        "status": {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}.get(category, "?"),
        "created": moment("2026-01-05"),
        "in_scope": True,
        "points": None if points is None else Decimal(points),
        "seconds": None if seconds is None else Decimal(seconds),
    }
    return WorkItem(key=key, category=category, touched=moment(touched), **{**plain, **given})
