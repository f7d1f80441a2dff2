"""What the scorecard asks for and what Jira shows, in the same canonical, tracker-neutral values."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Value = str | tuple[str, ...] | None
ItemKind = Literal["objective", "key_result"]
RETIRED = "retirement"  # stands among an issue's fields for the transition of its retirement
LINK = "issue link"  # stands among an issue's fields for its link to the objective's epic, where it has one
PARENT = "parent issue"  # stands among them for what it hangs below: a ref of ours, else a key
NAMED = "name in the mark"  # stands among them for the ref that its mark says it is
UNFOUND = "issue that was not found"  # stands among a ref's fields while it has none, and may have had one
GIVEN_UP = "given up"  # what stands there when it is not waited for
OTHER_TYPE = "its type is "  # how a note of another type begins
PUT = "put by us: "  # before a field's id: those of its labels that we have put there


class Fact(BaseModel):
    """A frozen value that goes to JSON and back unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class ItemField(Fact):
    """One field of an item: `value` canonical, `asked_by` the ref whose value it is."""

    id: str
    name: str
    type: str
    value: Value
    owner: Literal["scorecard", "jira", "seed"]
    on_drift: Literal["hold", "restore", "adopt"] = "hold"
    asked_by: str


class Item(Fact):
    """One issue that the scorecard asks for. Identity is the ref, never a title or a key."""

    ref: str
    kind: ItemKind
    name: str
    project: str
    issue_type: str
    parent: str | None = None
    link: str | None = None
    link_to: str | None = None
    existing: str | None = None
    labels: tuple[str, ...] = ()
    retired: dt.date | None = None
    fields: tuple[ItemField, ...] = ()


class Mark(Fact):
    """Our mark, as it stands on the issue: whose it is, and digests of what we last agreed on."""

    scorecard: str
    ref: str
    store: str
    revision: int = 0
    intent: str | None = None
    digests: Mapping[str, str] = Field(default_factory=dict)
    retired: str | None = None
    status: str | None = None  # of a retired issue: the one it had before


class Edit(Fact):
    """One change of one field, as the issue's history tells it: `number` gives the order, `by` is an account,
    `field` its id or its name, `was` the value before it as text."""

    number: int
    at: str
    by: str
    field: str
    was: str


class Seen(Fact):
    """One issue as Jira shows it now; `values` by field id, canonical."""

    id: str
    key: str
    project: str
    issue_type: str
    summary: str
    category: str
    values: Mapping[str, Value]
    mark: Mark | None = None
    status: str = ""
    labels: tuple[str, ...] = ()
    parent: str | None = None  # the key of what it hangs below
    type_id: str = ""
    level: int | None = None  # of its type: 1 and more for epics, -1 for sub-tasks; None: not known
    archived: bool = False  # it can be read, and not written to
    stays: bool = False  # this Jira lets no program hang it below something else
    unclear: tuple[str, ...] = ()  # ids of blocks of which it cannot be told where they begin and end
    edits: tuple[Edit, ...] = ()  # oldest first; only where the history was asked for
    links: tuple[tuple[str, str], ...] = ()  # (verb as read from the other issue, its key)


def mark_label(card: str) -> str:
    """The label that every issue of a scorecard carries, so that a search finds them."""
    return f"bsc-{card}"


def type_note(seen: Seen, wanted: str) -> str:
    """That an issue's type is another one than the mapping's (a name or an id); nothing where it is not."""
    if wanted in {seen.issue_type, seen.type_id}:
        return ""
    return f"{OTHER_TYPE}{seen.issue_type} in Jira, and {wanted} in the mapping"


def lacks_label(seen: Seen) -> bool:
    """Whether an issue carries our mark, and not the label by which a search would find it."""
    return seen.mark is not None and mark_label(seen.mark.scorecard) not in seen.labels


def remembered_only(field_id: str) -> bool:
    """Whether what goes by this name is the store's alone and does not stand in the mark."""
    return field_id in {LINK, RETIRED, NAMED, UNFOUND}


def of_the_issue(name: str) -> bool:
    """Whether what goes by this name is one value of the issue: a field's, or what it hangs below."""
    return not (remembered_only(name) or name.startswith(PUT))


def digest(value: Value) -> str:
    """A short fingerprint of a canonical value, the same on every machine."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
