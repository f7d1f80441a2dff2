"""Labels are owned one by one: the others on an issue are not ours to see, to compare or to remove."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from bsc_sync.plan.item import Value, digest

LABELS = "labels"  # the id of the field that every issue has, and the type of all such fields
OWNED_ONE_BY_ONE = frozenset({LABELS})
_RECALLED = 3  # so many labels of ours at most are found again by their digest


def our_part(kind: str, seen: Value, *named: Value) -> Value:
    """What of a seen value is ours: of labels, those that are named; of anything else, all of it."""
    if kind not in OWNED_ONE_BY_ONE:
        return seen
    ours = {label for value in named for label in each(value)}
    return tuple(label for label in each(seen) if label in ours) or None


def compared(
    shown: Value,
    wanted: Value,
    *,
    put: Iterable[str],
    agreed: Iterable[str] | None,
    base: str | None,
) -> tuple[Value, str | None]:
    """What of the shown labels counts, and the base by which the whole field gets its verdict.

    `put` are those that we have put there, `agreed` those last agreed on; None after a lost store,
    which leaves their digest, the `base`. Ours are the wanted ones, and of the others only what we
    have put there and nobody has taken away since. A wanted one that was agreed on and is missing was
    taken away: that is drift. All the rest is ours to add and to remove.
    """
    want, show = set(each(wanted)), set(each(shown))
    known = None if agreed is None else set(agreed)
    if known is None and base is not None:
        likely = (tuple(sorted(show & want)) or None, wanted, recalled(shown, base))
        known = next((set(each(value)) for value in likely if digest(value) == base), None)
    ours = want | (set(put) & (known or set()))
    seen = tuple(sorted(show & ours)) or None
    if known is None:
        return seen, None
    return seen, digest(wanted if (want - show) & known else seen)


def added(old: Value, new: Value) -> tuple[str, ...]:
    """The labels that are in the new value and not in the old one."""
    return tuple(label for label in each(new) if label not in each(old))


def removed(old: Value, new: Value) -> tuple[str, ...]:
    """The labels that are in the old value and not in the new one."""
    return added(new, old)


def each(value: Value) -> tuple[str, ...]:
    """The labels of a value, one by one."""
    return value if isinstance(value, tuple) else ()


def recalled(shown: Value, base: str) -> Value:
    """Labels of which only the digest is known, found again among those that an issue shows."""
    some = [part for size in range(1, _RECALLED + 1) for part in combinations(each(shown), size)]
    return next((part for part in some if digest(part) == base), None)
