"""What a change is called in the history: field, values and the texts that people read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from bsc_sync.sandbox.catalog import Catalog, FieldKind, Named
from bsc_sync.sandbox.jira.records import Values
from bsc_sync.sandbox.jira.stamps import iso_stamp

Item = dict[str, str]
Worded = tuple[str | None, str]

_NOTHING: Worded = (None, "")


def changes(connection: sqlite3.Connection, catalog: Catalog, before: Values, after: Values) -> list[Item]:
    """The items that tell two states of an issue apart, in the order of the site's fields."""
    items: list[Item] = []
    for field in catalog.fields:
        old, new = before.get(field.id), after.get(field.id)
        if old == new:
            continue
        if field.id == "components":
            items += _one_by_one(catalog.component_by_id, old or [], new or [])
        elif field.id == "parent":
            pair = (_issue(connection, old), _issue(connection, new))
            link = catalog.epic_link
            if link is not None and after["issuetype"] not in catalog.subtask_type_ids:
                items.append(item(link.name, *pair, field_id=link.id, kind="custom"))
                continue
            items.append(item("IssueParentAssociation", *pair, field_id=None))
        else:
            pair = (_worded(catalog, field, old), _worded(catalog, field, new))
            name = field.name if field.custom else field.id
            kind = "custom" if field.custom else "jira"
            items.append(item(name, *pair, field_id=field.id, kind=kind))
    return items


def item(field: str, old: Worded, new: Worded, *, field_id: str | None, kind: str = "jira") -> Item:
    """One changed field: (stored value, shown text) before and after; what has no id leaves it out."""
    made: Item = {"field": field, "fieldtype": kind}
    if field_id is not None:
        made["fieldId"] = field_id
    if old[0] is not None:
        made["from"] = old[0]
    made["fromString"] = old[1]
    if new[0] is not None:
        made["to"] = new[0]
    made["toString"] = new[1]
    return made


def _one_by_one(components: Mapping[str, Named], old: list[str], new: list[str]) -> list[Item]:
    gone = [(components[i].id, components[i].name) for i in old if i not in new]
    come = [(components[i].id, components[i].name) for i in new if i not in old]
    return [
        *(item("Component", pair, _NOTHING, field_id="components") for pair in gone),
        *(item("Component", _NOTHING, pair, field_id="components") for pair in come),
    ]


def _issue(connection: sqlite3.Connection, issue_id: int | None) -> Worded:
    if issue_id is None:
        return _NOTHING
    row = connection.execute("SELECT key FROM issue WHERE id = ?", (issue_id,)).fetchone()
    return (str(issue_id), str(issue_id) if row is None else row["key"])


def _worded(catalog: Catalog, field: FieldKind, value: Any) -> Worded:
    if field.id == "labels" or field.kind == "labels":
        return ("", " ".join(value or ()))
    if value is None:
        return _NOTHING
    by_id = _named(catalog, field)
    if field.kind == "cascading":
        below = {child.id: child for option in field.options for child in option.children}
        return (", ".join(value), " - ".join((by_id | below)[key].name for key in value))
    if field.kind in {"multiselect", "checkboxes"}:
        return (f"[{', '.join(value)}]", ", ".join(by_id[key].name for key in value))
    if by_id:
        return (str(value), by_id[value].name)
    if field.kind == "user" or field.id in {"assignee", "reporter"}:
        return (str(value), catalog.people.get(value, str(value)))
    if field.kind == "textarea" or field.id == "description":
        return (None, str(value["wiki"]))
    if field.id == "duedate":
        return (str(value), f"{value} 00:00:00.0")
    if field.kind == "date":
        return (str(value), str(value))
    if field.kind == "datetime":
        return (iso_stamp(value), iso_stamp(value))
    return (None, str(value))


def _named(catalog: Catalog, field: FieldKind) -> dict[str, Any]:
    match field.id:
        case "issuetype":
            return catalog.type_by_id
        case "status":
            return catalog.status_by_id
        case "priority":
            return catalog.priority_by_id
        case "resolution":
            return catalog.resolution_by_id
        case "security":
            return {level.id: level for level in catalog.security_levels}
    return {option.id: option for option in field.options}
