"""Telling an issue of ours from its clones, which carry the same mark, when no store says which it is."""

from __future__ import annotations

from collections.abc import Sequence

from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.item import Seen, digest

CREATOR = FieldInfo("creator", "Creator", "user")
_SUMMARY = "summary"


def original(several: Sequence[Seen], *, us: str, existing: str | None) -> Seen | None:
    """Which of the issues with one ref is it; None where nothing tells.

    `us` is our account, `existing` the key that the mapping names. In turn: the issue that the mapping
    names; the older one of those whose marks are alike to the letter; the only one that we created; the
    newest, when it was written no less often than the others (a clone is younger than what it was cloned
    from, and never written); the only one whose summary is what its mark says.
    """
    named = [seen for seen in several if seen.key == existing]
    if named:
        return named[0]
    distinct: list[Seen] = []
    for seen in sorted(several, key=lambda one: int(one.id)):
        if seen.mark is None or not seen.mark.store or seen.mark not in [one.mark for one in distinct]:
            distinct.append(seen)
    created = [seen for seen in distinct if us and seen.values.get(CREATOR.id) == us]
    if len(distinct) == 1 or len(created) == 1:
        return (created if len(created) == 1 else distinct)[0]
    left = created or distinct
    *before, newest = left
    if newest.mark is not None and newest.mark.store and all(_writes(newest) >= _writes(it) for it in before):
        return newest
    alike = [seen for seen in left if _says_what_was_agreed(seen) is True]
    return alike[0] if len(alike) == 1 else None


def perhaps_a_clone(seen: Seen, *, us: str) -> bool:
    """Whether an issue with our mark was created by somebody else and has another summary than the mark says:
    a clone of one that is gone, or an issue that was adopted or renamed."""
    creator = seen.values.get(CREATOR.id)
    return bool(us and creator) and creator != us and _says_what_was_agreed(seen) is False


def _says_what_was_agreed(seen: Seen) -> bool | None:
    """Whether the summary is the one of the mark; None where the mark tells none."""
    agreed = seen.mark.digests.get(_SUMMARY) if seen.mark is not None else None
    return None if agreed is None else agreed == digest(seen.values.get(_SUMMARY, seen.summary))


def _writes(seen: Seen) -> int:
    return seen.mark.revision if seen.mark is not None else 0
