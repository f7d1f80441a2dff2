"""An issue that nobody has taken into a scorecard yet, as a tracker shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bsc_sync.plan.item import Mark, Value


@dataclass(frozen=True, slots=True)
class Person:
    """Whom an issue is assigned to: as the tracker knows them, and as people do."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """One issue as it is: `values` canonical by field id, `level` 1 and more for epics, -1 for sub-tasks.

    `unkept` says by field id what of a text its canonical form does not hold; `epic` is the key of what
    it hangs below.
    """

    id: str
    key: str
    project: str
    project_name: str
    issue_type: str
    level: int
    category: str
    values: Mapping[str, Value]
    labels: tuple[str, ...] = ()
    person: Person | None = None
    mark: Mark | None = None
    epic: str | None = None
    unkept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Child:
    """What hangs below an epic, as far as it takes to decide what it is."""

    id: str
    key: str
    issue_type: str
    level: int
    epic: str
