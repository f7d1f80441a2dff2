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
class Unplaced:
    """A new id whose `was:` nobody knows, and the refs whose issues it may be meant for."""

    was: str
    perhaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """By ref and field id: the labels that were last agreed on, those that we have put there, and
    rebuffs; by ref: the first key of each linked issue, its name as last known, and the key of the
    vanished epic that it hung below until that was created anew; the keys that show nothing, of which one
    may be the ref's; the refs whose issues we have marked; those whose vanished issues are not waited for;
    and those of the file whose `was:` nobody knows."""

    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    put: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    forsaken: Mapping[str, str] = field(default_factory=dict)
    rebuffs: Mapping[str, Mapping[str, Rebuff]] = field(default_factory=dict)
    first_keys: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    unplaced: Mapping[str, Unplaced] = field(default_factory=dict)
