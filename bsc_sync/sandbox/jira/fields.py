"""The fields every Jira has, and the types a site may add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bsc_sync.sandbox.catalog import FieldKind, Kind, Named

_OWN = "com.atlassian.jira.plugin.system.customfieldtypes:"

# kind: what the value is, the items of an array, the type key that schema.custom shows.
CUSTOM: Mapping[str, tuple[str, str | None, str]] = {
    "number": ("number", None, _OWN + "float"),
    "text": ("string", None, _OWN + "textfield"),
    "textarea": ("string", None, _OWN + "textarea"),
    "date": ("date", None, _OWN + "datepicker"),
    "datetime": ("datetime", None, _OWN + "datetime"),
    "select": ("option", None, _OWN + "select"),
    "multiselect": ("array", "option", _OWN + "multiselect"),
    "user": ("user", None, _OWN + "userpicker"),
    "labels": ("array", "string", _OWN + "labels"),
    "url": ("string", None, _OWN + "url"),
}

_SYSTEM: tuple[tuple[str, str, str, str | None, tuple[str, ...]], ...] = (
    ("summary", "Summary", "string", None, ("summary",)),
    ("issuetype", "Issue Type", "issuetype", None, ("issuetype", "type")),
    ("project", "Project", "project", None, ("project",)),
    ("status", "Status", "status", None, ("status",)),
    ("statusCategory", "Status Category", "statusCategory", None, ("statusCategory",)),
    ("priority", "Priority", "priority", None, ("priority",)),
    ("resolution", "Resolution", "resolution", None, ("resolution",)),
    ("resolutiondate", "Resolved", "datetime", None, ("resolutiondate", "resolved")),
    ("parent", "Parent", "issuelink", None, ("parent",)),
    ("description", "Description", "string", None, ("description",)),
    ("labels", "Labels", "array", "string", ("labels",)),
    ("components", "Components", "array", "component", ("component",)),
    ("assignee", "Assignee", "user", None, ("assignee",)),
    ("reporter", "Reporter", "user", None, ("reporter",)),
    ("creator", "Creator", "user", None, ("creator",)),
    ("created", "Created", "datetime", None, ("created", "createdDate")),
    ("updated", "Updated", "datetime", None, ("updated", "updatedDate")),
    ("duedate", "Due date", "date", None, ("due", "duedate")),
    ("subtasks", "Sub-tasks", "array", "issuelinks", ("subtasks",)),
    ("issuelinks", "Linked Issues", "array", "issuelinks", ("issueLink",)),
    (
        "statuscategorychangedate",
        "Status Category Changed",
        "datetime",
        None,
        ("statusCategoryChangedDate",),
    ),
    ("comment", "Comment", "comments-page", None, ("comment",)),
)

NOT_NAVIGABLE = frozenset({"comment"})
NOT_SEARCHABLE = frozenset({"subtasks", "issuelinks"})


def system_fields() -> list[FieldKind]:
    """The fields of every site, in the order that replies show them."""
    found = []
    for field_id, name, value, items, clauses in _SYSTEM:
        schema: dict[str, Any] = {"type": value, "system": field_id}
        if items:
            schema["items"] = items
        found.append(FieldKind(field_id, name, "system", schema, clauses))
    return found


def custom_field(field_id: str, name: str, kind: Kind, options: list[Named], custom: str | None) -> FieldKind:
    """A field that the site adds."""
    value, items, key = CUSTOM[kind]
    number = int(field_id.removeprefix("customfield_"))
    schema: dict[str, Any] = {"type": value, "custom": custom or key, "customId": number}
    if items:
        schema["items"] = items
    return FieldKind(field_id, name, kind, schema, (f"cf[{number}]", name), tuple(options))
