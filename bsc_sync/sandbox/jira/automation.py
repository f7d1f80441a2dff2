"""Rules of the site that change what somebody writes: an automation, a post-function, a hidden field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from bsc_sync.sandbox.catalog import FieldKind
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.jira.records import Values

Doing = Literal["ignore", "upper", "refuse"]


class Rule(NamedTuple):
    """What the site does to a field (by name or id) whenever it is written: `ignore` keeps what was there,
    `upper` writes it in capitals, `refuse` turns down a text that has `having` in it."""

    field: str
    does: Doing
    having: str = ""


def ruled(call: Call, before: Values, after: Values) -> Values:
    """The values that are kept, once every rule of the site has had its way with a write."""
    kept = dict(after)
    for rule in call.site.automation:
        for field in _fields(call.catalog.fields, rule.field):
            if kept.get(field.id) == before.get(field.id):
                continue
            if rule.does == "ignore":
                if field.id in before:
                    kept[field.id] = before[field.id]
                elif field.id != "summary":  # no issue is without one
                    kept.pop(field.id, None)
            elif rule.does == "upper" and isinstance(kept.get(field.id), str):
                kept[field.id] = kept[field.id].upper()
    return kept


def refused(call: Call, values: Values) -> dict[str, str]:
    """What a validator of the site says of each field that it turns down."""
    return {
        field.id: f"{field.name} must not say {rule.having}."
        for rule in call.site.automation
        if rule.does == "refuse"
        for field in _fields(call.catalog.fields, rule.field)
        if rule.having in str(values.get(field.id, ""))
    }


def _fields(known: Iterable[FieldKind], name: str) -> list[FieldKind]:
    return [field for field in known if name in {field.id, field.name}]
