"""Field values: what Jira calls a field's type, and each type's canonical value as a payload and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bsc_sync.atlassian.dialect import CLOUD, Dialect
from bsc_sync.atlassian.documents import rich_text, text_of
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.item import Value, canonical_value

_CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
_BY_CUSTOM = {
    "float": "number",
    "textarea": "text",
    "textfield": "line",
    "url": "url",
    "datepicker": "date",
    "datetime": "moment",
    "select": "option",
    "radiobuttons": "option",
    "multiselect": "options",
    "multicheckboxes": "options",
    "labels": "labels",
    "userpicker": "user",
}
_BY_SYSTEM = {
    "summary": "line",
    "description": "text",
    "environment": "text",
    "priority": "priority",
    "labels": "labels",
}
_BY_TYPE = {"number": "number", "date": "date", "datetime": "moment", "user": "user", "option": "option"}


def field_info(raw: Mapping[str, Any]) -> FieldInfo:
    """A field as the site lists it (`/field`, or an entry of a create screen)."""
    schema = raw.get("schema") or {}
    identifier = str(raw.get("id") or raw.get("fieldId") or raw.get("key"))
    custom = str(schema.get("custom") or "")
    kind = _BY_CUSTOM.get(custom.removeprefix(_CUSTOM)) if custom else None
    kind = (
        kind or _BY_SYSTEM.get(str(schema.get("system") or "")) or _BY_TYPE.get(str(schema.get("type") or ""))
    )
    required = bool(raw.get("required")) and not raw.get("hasDefaultValue")
    scope = raw.get("scope") or {}
    project = str((scope.get("project") or {}).get("id")) if scope.get("type") == "PROJECT" else None
    return FieldInfo(
        identifier, str(raw.get("name") or identifier), kind or "other", required, project, custom
    )


def to_payload(kind: str, value: Value, dialect: Dialect = CLOUD) -> object:
    """What the API wants for a canonical value."""
    if value is None:
        return [] if kind in {"labels", "options"} else None
    match kind:
        case "number":
            number = Decimal(str(value))
            # Jira keeps a double: this conversion is the wire's, no arithmetic is done on it
            return int(number) if number == number.to_integral_value() else float(number)
        case "text":
            return rich_text(str(value), dialect)
        case "option":
            return {"value": value}
        case "options":
            return [{"value": part} for part in value]
        case "priority":
            return {"name": value}
        case "user":
            return {dialect.users: value}
        case "labels":
            return list(value)
        case _:
            return value


def from_payload(kind: str, raw: object, dialect: Dialect = CLOUD) -> Value:
    """The canonical value of what the API shows."""
    if raw is None:
        return None
    match kind:
        case "text":
            return text_of(raw)
        case "option" | "priority":
            return _named(raw)
        case "options":
            parts = [_named(part) for part in raw] if isinstance(raw, list) else []
            return canonical_value(kind, tuple(part for part in parts if part))
        case "labels":
            return canonical_value(kind, tuple(raw)) if isinstance(raw, list) else None
        case "user":
            return str(raw.get(dialect.users) or "") if isinstance(raw, Mapping) else None
        case "number" if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
            return None
        case _ if isinstance(raw, Mapping):
            return _named(raw)
        case _:
            return canonical_value(kind, raw)


def moment(text: str) -> dt.datetime:
    """An aware moment from Jira's writing of it (the offset has no colon)."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _named(raw: object) -> str | None:
    if isinstance(raw, Mapping):
        shown = raw.get("value") or raw.get("name") or raw.get("key")
        return None if shown is None else str(shown)
    return None if raw is None else str(raw)
