"""What can be filled in when an issue is created or edited."""

from __future__ import annotations

from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import IssueType, Option, Project
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, listed, page
from bsc_sync.sandbox.jira.lookup import issue_or_404, project_or_404
from bsc_sync.sandbox.jira.permissions import may, settable_by_caller, visible_projects
from bsc_sync.sandbox.problems import refusal


def create_types(call: Call, key: str) -> Reply:
    """GET /issue/createmeta/{project}/issuetypes: `issueTypes` on Cloud, a page on Data Center."""
    project = _open_project(call, key)
    types = [call.catalog.type_by_id[type_id] for type_id in project.type_ids]
    if not may(call, "CREATE_ISSUES", project):
        types = []
    part, start, size = page(types, default=50, most=200)
    shown = [shapes.issue_type(call, item) for item in part]
    return Reply(_page(call, "issueTypes", shown, start, size, len(types)))


def create_fields(call: Call, key: str, type_id: str) -> Reply:
    """GET /issue/createmeta/{project}/issuetypes/{type}."""
    project = _open_project(call, key)
    if type_id not in project.type_ids or not may(call, "CREATE_ISSUES", project):
        raise refusal(400, f"No issue type with id '{type_id}' in project '{project.key}'.")
    shown = list(_creation(call, project, type_id).values())
    part, start, size = page(shown, default=50, most=200)
    return Reply(_page(call, "fields", part, start, size, len(shown)))


def create_everything(call: Call) -> Reply:
    """GET /issue/createmeta: projects with their types, and fields where `expand` asks for them."""
    keys, ids = listed("projectKeys"), listed("projectIds")
    type_ids, names = listed("issuetypeIds"), request.args.getlist("issuetypeNames")
    with_fields = "projects.issuetypes.fields" in listed("expand")
    projects = []
    for project in visible_projects(call):
        if not may(call, "CREATE_ISSUES", project):
            continue
        if (keys and project.key not in keys) or (ids and project.id not in ids):
            continue
        types = []
        for kind in (call.catalog.type_by_id[type_id] for type_id in project.type_ids):
            if (type_ids and kind.id not in type_ids) or (names and kind.name not in names):
                continue
            shape = shapes.issue_type(call, kind)
            if with_fields:
                fields = _creation(call, project, kind.id)
                if call.cloud:
                    for meta in fields.values():
                        del meta["fieldId"]
                shape |= {"expand": "fields", "fields": fields}
            types.append(shape)
        short = shapes.project(call, project)
        kept = {name: short[name] for name in ("self", "id", "key", "name", "avatarUrls")}
        projects.append({"expand": "issuetypes"} | kept | {"issuetypes": types})
    return Reply({"expand": "projects", "projects": projects})


def edit_fields(call: Call, key: str) -> Reply:
    """GET /issue/{key}/editmeta."""
    issue = issue_or_404(call, key)
    project = call.catalog.project_by_id[issue.project_id]
    type_id = issue.values["issuetype"]
    screen = editable(call, project, type_id) - {"issuetype"}
    required = {"summary", *project.required[type_id]}
    fields = {
        field.id: field_meta(call, project, field.id, required=field.id in required)
        for field in call.catalog.fields
        if field.id in screen
    }
    return Reply({"fields": fields})


def creatable(call: Call, project: Project, kind: IssueType) -> set[str]:
    """The fields that the caller may give to a new issue of a type, `project` and `issuetype` apart."""
    screen = {*call.catalog.settable(project, kind.id, "create"), "summary", "comment"}
    return settable_by_caller(call, project, screen) | ({"parent"} if kind.subtask else set())


def editable(call: Call, project: Project, type_id: str) -> set[str]:
    """The fields that the caller may change on an issue of a type."""
    screen = {*call.catalog.settable(project, type_id, "edit"), "issuetype"}
    if not may(call, "EDIT_ISSUES", project):
        screen = set()
    return settable_by_caller(call, project, {*screen, "comment"})


def _open_project(call: Call, key: str) -> Project:
    project = project_or_404(call, key)
    if not call.cloud and not may(call, "CREATE_ISSUES", project):
        raise refusal(400, "You do not have permission to create issues in this project.")
    return project


def _creation(call: Call, project: Project, type_id: str) -> dict[str, Any]:
    kind = call.catalog.type_by_id[type_id]
    always = {"project", "issuetype", "summary", *(["parent"] if kind.subtask else [])}
    screen = (creatable(call, project, kind) | always) - {"comment"}
    required = {*always, *project.required[type_id]}
    return {
        field.id: field_meta(call, project, field.id, required=field.id in required) | {"fieldId": field.id}
        for field in call.catalog.fields
        if field.id in screen
    }


def _page(call: Call, name: str, part: list[Any], start: int, size: int, total: int) -> dict[str, Any]:
    if call.cloud:
        return {name: part, "startAt": start, "maxResults": size, "total": total}
    last = start + len(part) >= total
    return {"maxResults": size, "startAt": start, "total": total, "isLast": last, "values": part}


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
        "hasDefaultValue": field_id in {"priority", "reporter"},
        "operations": operations,
    }
    meta["key" if call.cloud else "fieldId"] = field.id
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
        case "security":
            levels = catalog.security_levels
            return [{"id": item.id, "name": item.name, "description": ""} for item in levels]
        case "components":
            return [shapes.component(call, item) for item in project.components]
    options = catalog.field_by_id[field_id].options
    if not options:
        return None
    return [_option(call, item) for item in options]


def _option(call: Call, item: Option) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "self": shapes.link(call, f"customFieldOption/{item.id}"),
        "value": item.name,
        "id": item.id,
    }
    if item.children:
        shape["children"] = [_option(call, Option(child.id, child.name)) for child in item.children]
    return shape
