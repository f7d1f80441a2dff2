"""Labels are owned one by one: the others on an issue are not ours to see, to compare or to remove."""

from __future__ import annotations

from itertools import combinations

from bsc_sync.plan.item import Value, digest

OWNED_ONE_BY_ONE = frozenset({"labels"})
_RECALLED = 3  # so many labels of ours at most are found again by their digest


def our_part(kind: str, seen: Value, *named: Value) -> Value:
    """What of a seen value is ours: of labels, those that are named; of anything else, all of it."""
    if kind not in OWNED_ONE_BY_ONE or not isinstance(seen, tuple):
        return seen
    ours = {label for value in named if isinstance(value, tuple) for label in value}
    return tuple(label for label in seen if label in ours) or None


def added(old: Value, new: Value) -> tuple[str, ...]:
    """The labels that are in the new value and not in the old one."""
    return tuple(label for label in _each(new) if label not in _each(old))


def removed(old: Value, new: Value) -> tuple[str, ...]:
    """The labels that are in the old value and not in the new one."""
    return added(new, old)


def _each(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def recalled(kind: str, seen: Value, base: str | None) -> Value:
    """The labels that were last agreed on, found on the issue again where only their digest is known."""
    if kind not in OWNED_ONE_BY_ONE or base is None:
        return None
    some = [part for size in range(1, _RECALLED + 1) for part in combinations(_each(seen), size)]
    return next((part for part in some if digest(part) == base), None)
