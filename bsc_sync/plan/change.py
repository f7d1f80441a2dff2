"""What a plan consists of: changes as data, never closures; they can be read, saved and compared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bsc_sync.plan.item import Fact, Item, ItemKind, Value
from bsc_sync.plan.verdict import Verdict


class FieldChange(Fact):
    """One field: from the value that is seen to the value that is wanted, and why."""

    id: str
    name: str
    type: str
    old: Value
    new: Value
    verdict: Verdict
    asked_by: str


class Create(Fact):
    action: Literal["create"] = "create"
    ref: str
    kind: ItemKind
    name: str
    item: Item
    parent_key: str | None = None  # None while the parent is created in the same plan


class Adopt(Fact):
    """Mark an issue that a team already has; its own texts are left alone."""

    action: Literal["adopt"] = "adopt"
    ref: str
    kind: ItemKind
    name: str
    id: str
    key: str
    project: str
    summary: str
    differs: tuple[FieldChange, ...] = ()


class Update(Fact):
    action: Literal["update"] = "update"
    ref: str
    kind: ItemKind
    name: str
    id: str
    key: str
    revision: int
    fields: tuple[FieldChange, ...]


class Retire(Fact):
    action: Literal["retire"] = "retire"
    ref: str
    name: str
    id: str
    key: str
    revision: int
    reason: str
    comment: str | None = None  # None when it is already there
    transition: str | None = None  # None when the issue is already done


class Hold(Fact):
    """Something that would change and does not: a person has to decide first."""

    action: Literal["hold"] = "hold"
    ref: str
    name: str
    key: str | None
    reason: str
    hint: str
    fields: tuple[FieldChange, ...] = ()


Change = Annotated[Create | Adopt | Update | Retire | Hold, Field(discriminator="action")]
Write = Create | Adopt | Update | Retire


class Counts(Fact):
    creates: int = 0
    adopts: int = 0
    updates: int = 0
    retires: int = 0
    holds: int = 0

    @property
    def writes(self) -> int:
        """How many changes would write to Jira; holds do not."""
        return self.creates + self.adopts + self.updates + self.retires


class Outcome(Fact):
    """What became of one change."""

    ref: str
    action: Literal["create", "adopt", "update", "retire", "hold"]
    result: Literal["applied", "skipped", "failed"]
    key: str | None = None
    id: str | None = None
    reason: str = ""
    unverified: tuple[str, ...] = ()  # names of fields that Jira shows otherwise than written
