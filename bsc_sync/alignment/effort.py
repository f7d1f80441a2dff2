"""What a work item weighs, and the order in which items are told."""

from __future__ import annotations

from fractions import Fraction

from bsc_sync.alignment.work import WorkItem


def estimate(item: WorkItem, by: str) -> Fraction | None:
    """The item's size by `count`, `status` (one each), `points`, `time` (seconds) or a number field.

    None where the item has no such number; a negative figure is no estimate.
    """
    match by:
        case "count" | "status":
            return Fraction(1)
        case "points":
            number = item.points
        case "time":
            number = item.seconds
        case field:
            number = item.numbers.get(field)
    return None if number is None or number < 0 else Fraction(number)


def natural(item: WorkItem) -> tuple[str, int, str]:
    """Sorts items by key as people count: CRM-2 before CRM-10."""
    return (*natural_key(item.key), item.id)


def natural_key(key: str) -> tuple[str, int]:
    """Sorts keys as people count."""
    project, _, number = key.rpartition("-")
    return (project, int(number)) if number.isdecimal() else (key, 0)
