"""What the scorecard asks for and what Jira shows, in the same canonical, tracker-neutral values."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bsc_sync.scorecard.prose import canonical_markdown

Value = str | tuple[str, ...] | None
ItemKind = Literal["objective", "key_result"]


class Fact(BaseModel):
    """A frozen value that goes to JSON and back unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    labels: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # (verb as read from the other issue, its key)


def mark_label(card: str) -> str:
    """The label that every issue of a scorecard carries, so that a search finds them."""
    return f"bsc-{card}"


def digest(value: Value) -> str:
    """A short fingerprint of a canonical value, the same on every machine."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def canonical_value(kind: str, given: object) -> Value:
    """The one writing of a value of a field type: numbers as exact decimals, dates as ISO days,
    rich text as fixed Markdown, options by name; nothing and empty are both None."""
    if not given and not isinstance(given, int | Decimal):
        return None
    match kind:
        case "number":
            return _number(given)
        case "text":
            return canonical_markdown(str(given)) or None
        case "labels" | "options":
            return (
                tuple(sorted({str(part) for part in given}))
                if isinstance(given, list | tuple)
                else (str(given),)
            )
        case "date":
            return given.isoformat() if isinstance(given, dt.date) else str(given)[:10]
        case "line" | "url":
            return " ".join(str(given).split()) or None
        case _:
            return str(given).strip() or None


def _number(given: object) -> str | None:
    number = given if isinstance(given, Decimal) else Decimal(str(given))
    if not number.is_finite():
        return None
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
