"""What a plan consists of: changes as data, never closures; they can be read, saved and compared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bsc_sync.plan.item import Fact, Item, ItemKind, Value
from bsc_sync.plan.verdict import Verdict


class FieldChange(Fact):
    """One field: from the value that is seen to the value that is wanted, and why.

    `base` is the digest of the value on which both sides last agreed; None where they never did.
    """

    id: str
    name: str
    type: str
    old: Value
    new: Value
    base: str | None = None
    verdict: Verdict
    asked_by: str


class Create(Fact):
    """A new issue; `replaces` is the key of the one that has vanished and is not waited for any more."""

    action: Literal["create"] = "create"
    ref: str
    kind: ItemKind
    name: str
    reason: str = "in the scorecard, and not in Jira yet"
    item: Item
    replaces: str | None = None
    parent_key: str | None = None  # None while the parent is created in the same plan


class Adopt(Fact):
    """Mark an issue that a team already has; its own texts are left alone."""

    action: Literal["adopt"] = "adopt"
    ref: str
    kind: ItemKind
    name: str
    reason: str = "named under existing in the mapping"
    id: str
    key: str
    project: str
    summary: str
    other_type: str = ""  # that its type is another one than the mapping's, where it is
    differs: tuple[FieldChange, ...] = ()


class Update(Fact):
    action: Literal["update"] = "update"
    ref: str
    kind: ItemKind
    name: str
    reason: str = "the scorecard moved"
    id: str
    key: str
    revision: int
    fields: tuple[FieldChange, ...]


class Retire(Fact):
    """Say on the issue that nothing asks for it any more.

    `status` is the one it had until then, `status_now` the one it shows when the plan is made: another
    one where an earlier retirement was cut short.
    """

    action: Literal["retire"] = "retire"
    ref: str
    name: str
    id: str
    key: str
    revision: int
    reason: str
    label: str | None = None  # None when it is already there
    comment: str | None = None  # None when it is already there
    transition: str | None = None  # None when the issue is already done
    status: str = ""
    status_now: str = ""


class Reinstate(Fact):
    """Bring a retired issue back, with whatever has moved since in the same edit.

    `status_now` is the status that it shows when the plan is made.
    """

    action: Literal["reinstate"] = "reinstate"
    ref: str
    kind: ItemKind
    name: str
    id: str
    key: str
    revision: int
    reason: str
    label: str | None = None  # the label to take off; None when it is gone already
    transition: str | None = None  # the status to go back to; None when there is none to leave
    status_now: str = ""
    fields: tuple[FieldChange, ...] = ()


class Forget(Fact):
    """Stop waiting for an issue that has vanished; Jira is not touched, and nothing is created instead.

    `released`: it is none of ours, or not asked for any more: nothing at all is remembered of it.
    """

    action: Literal["forget"] = "forget"
    ref: str
    name: str
    key: str
    reason: str
    released: bool = False


class Hold(Fact):
    """Something that would change and does not: a person has to decide first.

    `guard` names what `--force` would have to override, where it is a guard that holds.
    """

    action: Literal["hold"] = "hold"
    ref: str
    name: str
    key: str | None
    reason: str
    hint: str
    guard: Literal["projects"] | None = None
    fields: tuple[FieldChange, ...] = ()


Change = Annotated[
    Create | Adopt | Update | Retire | Reinstate | Forget | Hold, Field(discriminator="action")
]
Write = Create | Adopt | Update | Retire | Reinstate
Action = Literal["create", "adopt", "update", "retire", "reinstate", "forget", "hold"]


def wave_of(change: Change) -> int:
    """The waves in which a plan is done: what hangs below a new or an adopted epic comes after both."""
    if isinstance(change, Create) and change.kind == "key_result":
        return 2
    ranks = {"create": 0, "adopt": 1, "reinstate": 3, "update": 4, "retire": 5, "forget": 6, "hold": 7}
    return ranks[change.action]


class Counts(Fact):
    creates: int = 0
    adopts: int = 0
    updates: int = 0
    retires: int = 0
    reinstates: int = 0
    forgets: int = 0
    holds: int = 0

    @property
    def writes(self) -> int:
        """How many changes would write to Jira; what is held or forgotten does not."""
        return self.creates + self.adopts + self.updates + self.retires + self.reinstates


class Outcome(Fact):
    """What became of one change."""

    ref: str
    action: Action
    result: Literal["applied", "skipped", "failed"]
    key: str | None = None
    id: str | None = None
    reason: str = ""
    overwritten: tuple[str, ...] = ()  # what somebody wrote between our last look and our write
    unverified: tuple[str, ...] = ()  # names of fields that Jira shows otherwise than written
