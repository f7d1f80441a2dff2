"""What was seen in Jira, seen as one: our issues by ref, candidates by key, and what is odd."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from bsc_sync.plan.item import Seen


@dataclass(frozen=True, slots=True)
class Observation:
    """`ours` by ref; `candidates` by key (issues that the mapping names as existing);
    `clones`: issues that carry a mark whose ref another issue holds; `foreign_stores`: marks of
    this scorecard that another store wrote; `missing`: refs whose linked issue did not answer;
    `undecided`: refs whose last write is not known yet."""

    ours: Mapping[str, Seen]
    candidates: Mapping[str, Seen] = field(default_factory=dict)
    clones: tuple[Seen, ...] = ()
    foreign_stores: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()

    def digest(self) -> str:
        """A fingerprint of all that was seen."""
        text = "\n".join(self.ours[ref].model_dump_json() for ref in sorted(self.ours))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
