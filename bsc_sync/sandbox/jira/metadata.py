"""What can be filled in when an issue is created or edited."""

from __future__ import annotations

from typing import Any

from bsc_sync.sandbox.catalog import Project
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, page
from bsc_sync.sandbox.jira.lookup import issue_or_404, project_or_404
from bsc_sync.sandbox.problems import refusal


def create_types(call: Call, key: str) -> Reply:
    """GET /issue/createmeta/{project}/issuetypes."""
    project = project_or_404(call, key)
    types = [call.catalog.type_by_id[type_id] for type_id in project.type_ids]
    part, start, size = page(types, default=50, most=200)
    shown = [shapes.issue_type(call, item) for item in part]
    return Reply({"issueTypes": shown, "startAt": start, "maxResults": size, "total": len(types)})


def create_fields(call: Call, key: str, type_id: str) -> Reply:
    """GET /issue/createmeta/{project}/issuetypes/{type}."""
    project = project_or_404(call, key)
    if type_id not in project.type_ids:
        raise refusal(400, f"No issue type with id '{type_id}' in project '{project.key}'.")
    kind = call.catalog.type_by_id[type_id]
    required = {"project", "issuetype", "summary", *(["parent"] if kind.subtask else [])}
    shown = []
    for field in call.catalog.fields:
        if field.id in required or field.id in project.create_screens[type_id]:
            meta = field_meta(call, project, field.id, required=field.id in required)
            shown.append(meta | {"fieldId": field.id})
    part, start, size = page(shown, default=50, most=200)
    return Reply({"fields": part, "startAt": start, "maxResults": size, "total": len(shown)})


def edit_fields(call: Call, key: str) -> Reply:
    """GET /issue/{key}/editmeta."""
    issue = issue_or_404(call, key)
    project = call.catalog.project_by_id[issue.project_id]
    screen = project.edit_screens[issue.values["issuetype"]]
    fields = {
        field.id: field_meta(call, project, field.id, required=field.id == "summary")
        for field in call.catalog.fields
        if field.id in screen or field.id == "comment"
    }
    return Reply({"fields": fields})


def field_meta(call: Call, project: Project, field_id: str, *, required: bool = False) -> dict[str, Any]:
    """One field: its type, what may be done to it, and the values it takes."""
    field = call.catalog.field_by_id[field_id]
    several = (field.schema or {}).get("type") == "array"
    operations = ["add", "remove", "set"] if several else ["set"]
    if field_id in {"comment", "issuelinks"}:
        operations = ["add"]
    meta: dict[str, Any] = {
        "required": required,
        "schema": field.schema,
        "name": field.name,
        "key": field.id,
        "hasDefaultValue": field_id in {"priority", "reporter"},
        "operations": operations,
    }
    values = _allowed(call, project, field_id)
    if values is not None:
        meta["allowedValues"] = values
    return meta


def _allowed(call: Call, project: Project, field_id: str) -> list[Any] | None:
    catalog = call.catalog
    match field_id:
        case "project":
            return [shapes.project(call, project)]
        case "issuetype":
            return [shapes.issue_type(call, catalog.type_by_id[type_id]) for type_id in project.type_ids]
        case "priority":
            return [shapes.priority(call, item) for item in catalog.priorities]
        case "resolution":
            return [shapes.resolution(call, item) for item in catalog.resolutions]
        case "components":
            return [shapes.component(call, item) for item in project.components]
    options = catalog.field_by_id[field_id].options
    if not options:
        return None
    return [
        {"self": shapes.link(call, f"customFieldOption/{item.id}"), "value": item.name, "id": item.id}
        for item in options
    ]
