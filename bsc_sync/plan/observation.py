"""What was seen in Jira, seen as one: our issues by ref, candidates by key, and what is odd."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bsc_sync.plan.item import Seen


@dataclass(frozen=True, slots=True)
class Observation:
    """`ours` by ref; `candidates` by key (issues that the mapping names as existing);
    `clones`: issues that carry a mark whose ref another issue holds; `missing`: refs whose linked issue
    did not answer; `undecided`: refs whose last write is not known yet; `unfound`: refs for which a rebuilt
    store has found no issue, with the keys of those that may be it, where it cannot be told which."""

    ours: Mapping[str, Seen]
    candidates: Mapping[str, Seen] = field(default_factory=dict)
    clones: tuple[Seen, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()
    unfound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def digest(self) -> str:
        """A fingerprint of all that was seen, in whatever order."""
        everything = {
            "ours": {ref: seen.model_dump(mode="json") for ref, seen in self.ours.items()},
            "candidates": {key: seen.model_dump(mode="json") for key, seen in self.candidates.items()},
            "clones": {seen.id: seen.model_dump(mode="json") for seen in self.clones},
            "missing": dict(self.missing),
            "undecided": sorted(self.undecided),
            "unfound": dict(self.unfound),
        }
        text = json.dumps(everything, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
