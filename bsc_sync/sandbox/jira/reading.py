"""Reads the values that requests give to fields, field by field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bsc_sync.sandbox.catalog import FieldKind, Named, Project
from bsc_sync.sandbox.jira import adf, wiki, wiki_reading
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.jira.fields import CHOICES
from bsc_sync.sandbox.jira.lookup import visible_issue


class Unfit(Exception):
    """A value that a field does not take; the text is what Jira says of it."""


def read_value(call: Call, project: Project, field: FieldKind, raw: Any) -> Any:
    """The canonical value of what a request gives to a field, None for nothing; Unfit with a reason."""
    if raw is None:
        return None
    if field.kind == "system":
        return _system(call, project, field.id, raw)
    return _custom(call, field, raw)


def read_text(call: Call, raw: Any) -> dict[str, Any]:
    """A rich text: a document in v3, wiki markup in v2; kept in both forms."""
    if call.writes_documents:
        if not adf.is_document(raw):
            raise Unfit("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
        return {"adf": raw, "wiki": wiki.from_document(raw)}
    text = _string(raw)
    if len(text) > 32_767:
        raise Unfit("The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
    return {"adf": wiki_reading.to_document(text), "wiki": text}


def read_labels(raw: Any) -> list[str]:
    """Labels: texts without spaces, at most 255 characters each; sorted, each once."""
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise Unfit("Operation value must be an array of strings")
    for label in raw:
        if not label or re.search(r"\s", label):
            raise Unfit(f"The label '{label}' contains spaces which is invalid.")
        if len(label) > 255:
            raise Unfit(f"The label '{label}' exceeds the maximum length of 255 characters.")
    return sorted(set(raw))


def _system(call: Call, project: Project, name: str, raw: Any) -> Any:
    catalog = call.catalog
    match name:
        case "summary":
            return _summary(raw)
        case "description":
            return None if raw == "" else read_text(call, raw)
        case "labels":
            return read_labels(raw)
        case "duedate":
            return None if raw == "" else _date(raw)
        case "priority":
            return _chosen(raw, catalog.priorities, "The priority selected is invalid.")
        case "resolution":
            return _chosen(raw, catalog.resolutions, "Specify a valid 'id' or 'name' for Resolution")
        case "issuetype":
            offered = [item for item in catalog.types if item.id in project.type_ids]
            return _chosen(raw, offered, "Specify a valid issue type")
        case "components":
            return _components(raw, project)
        case "assignee" | "reporter":
            return _person(call, raw)
        case "parent":
            return _parent(call, raw)
        case "security":
            return _chosen(raw, catalog.security_levels, "Specify a valid security level")
    raise Unfit(f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.")


def _custom(call: Call, field: FieldKind, raw: Any) -> Any:
    if field.options or field.kind in CHOICES:
        return _chosen_options(field, raw)
    match field.kind:
        case "number":
            return _number(raw)
        case "textarea":
            return None if raw == "" else read_text(call, raw)
        case "date":
            return None if raw == "" else _date(raw)
        case "datetime":
            return _moment(raw)
        case "user":
            return _person(call, raw)
        case "labels":
            return read_labels(raw)
        case "epic-link":
            return _epic(call, raw)
    text = _string(raw)
    if len(text) > 255:
        raise Unfit("The entered text is too long. It exceeds the allowed limit of 255 characters.")
    if field.kind == "url" and text and not adf.safe_url(text):
        raise Unfit("The URL is not valid.")
    return text or None


def _string(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unfit("Operation value must be a string")
    return raw


def _summary(raw: Any) -> str:
    text = _string(raw)
    if not text.strip():
        raise Unfit("You must specify a summary of the issue.")
    if "\n" in text or "\r" in text:
        raise Unfit("The summary is invalid because it contains newline characters.")
    if len(text) > 255:
        raise Unfit("Summary must be less than 255 characters.")
    return text.strip()


def _date(raw: Any) -> str:
    text = _string(raw)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise Unfit(f"Error parsing date string: {text}")


def _moment(raw: Any) -> int:
    text = _string(raw)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(f"Error parsing time: {text}") from None
    if at.tzinfo is None:
        raise Unfit(f"Error parsing time: {text}")
    return int(at.astimezone(UTC).timestamp() * 1000)


def _number(raw: Any) -> int | Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise Unfit("Operation value must be a number")
    if abs(Decimal(raw)) > Decimal(10) ** 14:
        raise Unfit(
            f"The number {raw} is outside the allowed range of -100,000,000,000,000 to 100,000,000,000,000."
        )
    return raw


def _chosen(raw: Any, offered: Any, complaint: str) -> str:
    if not isinstance(raw, dict):
        raise Unfit("data was not an object")
    for item in offered:
        if "id" in raw and str(raw["id"]) == item.id:
            return str(item.id)
        if "id" not in raw and str(raw.get("name", "")).lower() == item.name.lower():
            return str(item.id)
    raise Unfit(complaint)


def _chosen_options(field: FieldKind, raw: Any) -> Any:
    if field.kind == "cascading":
        return _cascade(raw, field)
    if field.kind in {"select", "radio"}:
        return _option(raw, field)
    if not isinstance(raw, list):
        raise Unfit("data was not an array")
    return [_option(item, field) for item in raw]


def _option(raw: Any, field: FieldKind) -> str:
    return _choice(raw, field.options, field.name)


def _cascade(raw: Any, field: FieldKind) -> list[str]:
    chosen = _choice(raw, field.options, field.name)
    if raw.get("child") is None:
        return [chosen]
    below = next(item.children for item in field.options if item.id == chosen)
    return [chosen, _choice(raw["child"], below, field.name)]


def _choice(raw: Any, options: Sequence[Named], name: str) -> str:
    if not isinstance(raw, dict):
        raise Unfit("Specify a valid 'id' or 'value' for " + name)
    for item in options:
        if str(raw.get("id", "")) == item.id or ("id" not in raw and raw.get("value") == item.name):
            return item.id
    if "id" in raw:
        raise Unfit(f"Option id '{raw['id']}' is not valid")
    raise Unfit(f"Option value '{raw.get('value')}' is not valid")


def _components(raw: Any, project: Project) -> list[str]:
    if not isinstance(raw, list):
        raise Unfit("data was not an array")
    chosen = {read_component(item, project).id for item in raw}
    return sorted(chosen, key=int)


def read_component(raw: Any, project: Project) -> Named:
    """The component that `{"id"}` or `{"name"}` means."""
    if not isinstance(raw, dict):
        raise Unfit("data was not an object")
    for item in project.components:
        if str(raw.get("id", "")) == item.id or ("id" not in raw and raw.get("name") == item.name):
            return item
    if "id" in raw:
        raise Unfit(f"Component id '{raw['id']}' is not valid")
    raise Unfit(f"Component name '{raw.get('name')}' is not valid")


def _person(call: Call, raw: Any) -> str | None:
    if not isinstance(raw, dict):
        raise Unfit("data was not an object")
    if not call.cloud:
        return _named_person(call, raw)
    account_id = raw.get("accountId", raw.get("id"))
    if account_id in (None, ""):
        return None
    if not isinstance(account_id, str) or account_id not in call.site.users:
        raise Unfit(f"User '{account_id}' does not exist.")
    return str(account_id)


def _named_person(call: Call, raw: dict[str, Any]) -> str | None:
    name, key = raw.get("name"), raw.get("key")
    if name in (None, "") and key in (None, ""):
        return None
    for account_id, user in call.site.users.items():
        if name is not None and user.login.lower() == str(name).lower():
            return account_id
        if name is None and user.key == key:
            return account_id
    raise Unfit(f"User '{name if name is not None else key}' does not exist.")


def _epic(call: Call, raw: Any) -> int | None:
    if not isinstance(raw, str):
        raise Unfit("String value expected as the Epic Key.")
    if raw == "":
        return None
    found = visible_issue(call, raw)
    if found is None or found.key != raw.upper():
        raise Unfit(f"Issue with key '{raw}' could not be found.")
    return found.id


def _parent(call: Call, raw: Any) -> int | None:
    if not isinstance(raw, dict):
        raise Unfit("data was not an object")
    if raw.get("none") is True:
        return None
    wanted = raw.get("id", raw.get("key"))
    found = visible_issue(call, str(wanted)) if wanted is not None else None
    if found is None:
        raise Unfit("Could not find issue by id or key.")
    return found.id
