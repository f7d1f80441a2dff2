"""What the store remembers that decides today's plan, beside the digests last agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PATIENCE = 2  # how often one value is restored before the fight is given up


@dataclass(frozen=True, slots=True)
class Rebuff:
    """How Jira met what we wrote into a field: `wanted` is the digest of what was written.

    `shown` is the digest of what was read back, where that was something else; `restores` counts
    how often an edit of somebody else was undone in favor of this very value.
    """

    wanted: str
    shown: str | None = None
    restores: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """By ref and field id: the labels that were last agreed on, those that we have put there, and
    rebuffs; by ref: the first key of each linked issue, its name as last known, and the key of the
    vanished epic that it hung below until that was created anew; the refs whose issues we have marked;
    and those whose vanished issues are not waited for."""

    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    put: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    forsaken: Mapping[str, str] = field(default_factory=dict)
    rebuffs: Mapping[str, Mapping[str, Rebuff]] = field(default_factory=dict)
    first_keys: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
