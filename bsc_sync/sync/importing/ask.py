"""What somebody wants to have imported, and what of it there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.found import Found


@dataclass(frozen=True, slots=True)
class Ask:
    """A query, and how its issues are to be understood.

    `objectives` are the issue types that become objectives (epics of any kind when it is empty),
    `key_results` those of their children that become key results; the rest is the teams' work. The
    fields are names or ids; empty means none.
    """

    jql: str
    card: str = ""
    name: str = ""
    objectives: tuple[str, ...] = ()
    key_results: tuple[str, ...] = ()
    perspective_from: str = ""
    baseline_field: str = ""
    target_field: str = ""
    current_field: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the query found and the draft does not have, and why; `below` which of its objectives it hangs."""

    key: str
    issue_type: str
    below: str | None
    why: str


@dataclass(frozen=True)
class Survey:
    """What the query found: `work` counts by epic and issue type what stays the teams' work.

    `fields` are all that was read, by what they are for.
    """

    epics: tuple[Found, ...]
    key_results: tuple[Found, ...]
    work: Mapping[str, Mapping[str, int]]
    left_out: Sequence[LeftOut] = ()
    fields: Mapping[str, tuple[FieldInfo, ...]] = field(default_factory=dict)

    @property
    def issues(self) -> tuple[Found, ...]:
        """Everything that becomes part of the scorecard."""
        return (*self.epics, *self.key_results)

    @cached_property
    def key_result_ids(self) -> frozenset[str]:
        """Which issues become key results; the others become objectives."""
        return frozenset(found.id for found in self.key_results)

    def value(self, found: Found, purpose: str) -> object:
        """What an issue holds in the field for a purpose; of several of one name, in the one it fills."""
        values = (found.values.get(info.id) for info in self.fields.get(purpose, ()))
        return next((value for value in values if value is not None), None)
