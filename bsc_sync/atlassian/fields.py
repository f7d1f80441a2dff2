"""Field values: what Jira calls a field's type, and each type's canonical value as a payload and back.

Every type has one pair of functions below, for both products: the dialect says how rich text
travels and how people are named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bsc_sync.atlassian.dialect import CLOUD, Dialect
from bsc_sync.atlassian.documents import plain_text, rich_text
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.item import Value
from bsc_sync.plan.values import SETS, canonical_value
from bsc_sync.scorecard.quantity import Unfit

_CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
_BY_CUSTOM = {
    f"{_CUSTOM}float": "number",
    f"{_CUSTOM}textarea": "text",
    f"{_CUSTOM}textfield": "line",
    f"{_CUSTOM}url": "url",
    f"{_CUSTOM}datepicker": "date",
    f"{_CUSTOM}datetime": "moment",
    f"{_CUSTOM}select": "option",
    f"{_CUSTOM}radiobuttons": "option",
    f"{_CUSTOM}multiselect": "options",
    f"{_CUSTOM}multicheckboxes": "options",
    f"{_CUSTOM}cascadingselect": "cascade",
    f"{_CUSTOM}labels": "labels",
    f"{_CUSTOM}userpicker": "user",
    f"{_CUSTOM}multiversion": "versions",
    "com.pyxis.greenhopper.jira:jsw-story-points": "number",
    "com.pyxis.greenhopper.jira:gh-epic-link": "epic-link",
    "com.pyxis.greenhopper.jira:gh-epic-label": "epic-name",
    "com.pyxis.greenhopper.jira:gh-epic-status": "epic-status",
    "com.pyxis.greenhopper.jira:gh-epic-color": "epic-color",
    "com.pyxis.greenhopper.jira:gh-sprint": "sprint",
    "com.pyxis.greenhopper.jira:gh-lexo-rank": "rank",
    "com.atlassian.jpo:jpo-custom-field-parent": "parent-link",
}
_BY_SYSTEM = {
    "summary": "line",
    "description": "text",
    "environment": "text",
    "priority": "priority",
    "labels": "labels",
    "components": "components",
    "fixVersions": "versions",
    "versions": "versions",
}
_BY_TYPE = {
    "number": "number",
    "date": "date",
    "datetime": "moment",
    "user": "user",
    "option": "option",
    "option-with-child": "cascade",
    "priority": "priority",
}
_CHOSEN = frozenset({"option", "options", "cascade", "priority", "components", "versions"})
_KEYS_OF_PARTS = {"options": "value", "components": "name", "versions": "name"}


def field_info(raw: Mapping[str, Any]) -> FieldInfo:
    """A field as the site lists it (`/field`, or an entry of a create screen)."""
    schema = raw.get("schema") or {}
    identifier = str(raw.get("id") or raw.get("fieldId") or raw.get("key"))
    custom = str(schema.get("custom") or "")
    kind = _BY_CUSTOM.get(custom)
    kind = (
        kind or _BY_SYSTEM.get(str(schema.get("system") or "")) or _BY_TYPE.get(str(schema.get("type") or ""))
    )
    required = bool(raw.get("required")) and not raw.get("hasDefaultValue")
    scope = raw.get("scope") or {}
    project = str((scope.get("project") or {}).get("id")) if scope.get("type") == "PROJECT" else None
    kind = kind or "other"
    name = str(raw.get("name") or identifier)
    choices = _choices(raw.get("allowedValues")) if kind in _CHOSEN else None
    return FieldInfo(identifier, name, kind, required, project, custom, choices)


def to_payload(kind: str, value: Value, dialect: Dialect = CLOUD) -> object:
    """What the API wants for a canonical value."""
    if value is None:
        return [] if kind in SETS else None
    if isinstance(value, tuple):
        key = _KEYS_OF_PARTS.get(kind)
        return [{key: part} if key else part for part in value]
    match kind:
        case "number":
            number = Decimal(value)
            # Jira keeps a double: this conversion is the wire's, no arithmetic is done on it
            return int(number) if number == number.to_integral_value() else float(number)
        case "text":
            return rich_text(value, dialect)
        case "option":
            return {"value": value}
        case "cascade":
            parent, _, child = value.partition(" > ")
            return {"value": parent, "child": {"value": child}} if child else {"value": parent}
        case "priority":
            return {"name": value}
        case "user":
            return {dialect.users: value}
        case "moment":
            return f"{moment(value):%Y-%m-%dT%H:%M:%S}.{moment(value).microsecond // 1000:03d}+0000"
        case _:
            return value


def from_payload(kind: str, raw: object, dialect: Dialect = CLOUD) -> Value:
    """The canonical value of what the API shows; what it should not show for the type is nothing."""
    if raw is None:
        return None
    try:
        return _read(kind, raw, dialect)
    except Unfit:
        return None


def moment(text: str) -> dt.datetime:
    """An aware moment from Jira's writing of it (the offset has no colon)."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _read(kind: str, raw: object, dialect: Dialect) -> Value:
    match kind:
        case "text":
            return plain_text(raw, dialect)
        case str() if kind in SETS:
            parts = [_named(part) for part in raw] if isinstance(raw, list) else []
            return canonical_value(kind, tuple(part for part in parts if part))
        case "user":
            return _person(raw, dialect)
        case "cascade" if isinstance(raw, Mapping):
            parent, child = _named(raw), _named(raw.get("child"))
            return f"{parent} > {child}" if parent and child else parent
        case "number" if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
            return None
        case _ if isinstance(raw, Mapping):
            return _named(raw)
        case _:
            return canonical_value(kind, raw)


def _choices(allowed: object) -> tuple[str, ...] | None:
    """What a create screen lets one choose; a choice below another as `Parent > Child`."""
    if not isinstance(allowed, list):
        return None
    choices: list[str] = []
    for one in allowed:
        name = _named(one)
        if name is None:
            continue
        children = one.get("children") if isinstance(one, Mapping) else None
        below = [_named(child) for child in children] if isinstance(children, list) else []
        choices += [name, *(f"{name} > {child}" for child in below if child)]
    return tuple(choices)


def _person(raw: object, dialect: Dialect) -> str | None:
    if not isinstance(raw, Mapping):
        return None
    ways = (dialect.users, "accountId", "name", "key")
    return next((str(raw[way]) for way in ways if raw.get(way)), None)


def _named(raw: object) -> str | None:
    if isinstance(raw, Mapping):
        shown = raw.get("value") or raw.get("name") or raw.get("key")
        return None if shown is None else str(shown)
    return None if raw is None else str(raw)
