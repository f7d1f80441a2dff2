"""What a site is: itself, its people, fields, types, statuses and projects."""

from __future__ import annotations

from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import CATEGORIES, Project
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, listed, page
from bsc_sync.sandbox.jira.lookup import project_or_404
from bsc_sync.sandbox.jira.permissions import hidden_projects, visible_projects
from bsc_sync.sandbox.jira.stamps import iso_stamp
from bsc_sync.sandbox.problems import refusal


def server_info(call: Call) -> Reply:
    """GET /serverInfo: also for those who did not log in."""
    site = call.site
    if not call.cloud:
        return Reply(_data_center_info(call))
    return Reply(
        {
            "baseUrl": site.base_url,
            "displayUrl": site.base_url,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100_281,
            "buildDate": "2026-10-01T00:00:00.000+0000",
            "serverTime": iso_stamp(int(call.now.timestamp() * 1000), site.time_zone),
            "scmInfo": "sandbox",
            "serverTitle": site.title,
            "serverTimeZone": str(site.time_zone),
        }
    )


def _data_center_info(call: Call) -> dict[str, Any]:
    site = call.site
    numbers = [*site.release, 0][:3]
    return {
        "baseUrl": site.base_url,
        "version": site.version,
        "versionNumbers": numbers,
        "deploymentType": "Server",
        "buildNumber": numbers[0] * 100_000 + numbers[1] * 1_000 + numbers[2],
        "buildDate": "2026-06-15T00:00:00.000+0000",
        "databaseBuildNumber": numbers[0] * 100_000 + numbers[1] * 1_000 + numbers[2],
        "serverTime": iso_stamp(int(call.now.timestamp() * 1000), site.time_zone),
        "scmInfo": "sandbox",
        "serverTitle": site.title,
    }


def all_fields(call: Call) -> Reply:
    """GET /field: those of projects that the caller may see."""
    hidden = hidden_projects(call)
    return Reply([shapes.field(call, item) for item in call.catalog.fields if item.project not in hidden])


def all_types(call: Call) -> Reply:
    """GET /issuetype."""
    return Reply(
        [shapes.issue_type(call, item) | shapes.scope(call, item.project) for item in call.catalog.types]
    )


def one_type(call: Call, key: str) -> Reply:
    """GET /issuetype/{id}."""
    found = call.catalog.type_by_id.get(key)
    if found is None:
        raise refusal(404, "The issue type was not found.")
    return Reply(shapes.issue_type(call, found) | shapes.scope(call, found.project))


def all_statuses(call: Call) -> Reply:
    """GET /status."""
    return Reply(
        [shapes.status(call, item) | shapes.scope(call, item.project) for item in call.catalog.statuses]
    )


def one_status(call: Call, key: str) -> Reply:
    """GET /status/{id or name}."""
    for item in call.catalog.statuses:
        if key in {item.id, item.name}:
            return Reply(shapes.status(call, item))
    raise refusal(404, f"The status with ID or name '{key}' was not found.")


def all_categories(call: Call) -> Reply:
    """GET /statuscategory."""
    return Reply([shapes.status_category(call, key) for key in CATEGORIES])


def all_priorities(call: Call) -> Reply:
    """GET /priority."""
    return Reply([shapes.priority(call, item) for item in call.catalog.priorities])


def all_resolutions(call: Call) -> Reply:
    """GET /resolution."""
    shown = [shapes.resolution(call, item) for item in call.catalog.resolutions]
    return Reply([{name: value for name, value in item.items() if value != ""} for item in shown])


def all_link_types(call: Call) -> Reply:
    """GET /issueLinkType."""
    return Reply({"issueLinkTypes": [shapes.link_type(call, item) for item in call.catalog.link_types]})


def all_projects(call: Call) -> Reply:
    """GET /project."""
    return Reply([_short(call, item) for item in visible_projects(call)])


def search_projects(call: Call) -> Reply:
    """GET /project/search: by `keys`, `id` or `query`."""
    keys, ids, query = listed("keys"), listed("id"), request.args.get("query", "").lower()
    found = [
        item
        for item in visible_projects(call)
        if (not keys or item.key in keys)
        and (not ids or item.id in ids)
        and (query in item.key.lower() or query in item.name.lower())
    ]
    part, start, size = page(found, default=50, most=100)
    return Reply(
        {
            "self": shapes.link(call, f"project/search?maxResults={size}&startAt={start}"),
            "maxResults": size,
            "startAt": start,
            "total": len(found),
            "isLast": start + len(part) >= len(found),
            "values": [_short(call, item) for item in part],
        }
    )


def one_project(call: Call, key: str) -> Reply:
    """GET /project/{key}: with types, components and style."""
    item = project_or_404(call, key)
    return Reply(
        _short(call, item)
        | {
            "description": "",
            "lead": shapes.user(call, item.lead),
            "components": [shapes.component(call, entry) for entry in item.components],
            "issueTypes": [
                shapes.issue_type(call, call.catalog.type_by_id[type_id]) for type_id in item.type_ids
            ],
            "assigneeType": "UNASSIGNED",
            "versions": [],
            "roles": {},
        }
        | ({"properties": {}} if call.cloud else {})
    )


def project_statuses(call: Call, key: str) -> Reply:
    """GET /project/{key}/statuses: for each type."""
    item = project_or_404(call, key)
    statuses = [shapes.status(call, call.catalog.status_by_id[status_id]) for status_id in item.status_ids]
    shown = []
    for type_id in item.type_ids:
        kind = call.catalog.type_by_id[type_id]
        shown.append(
            {
                "self": shapes.link(call, f"issuetype/{kind.id}"),
                "id": kind.id,
                "name": kind.name,
                "subtask": kind.subtask,
                "statuses": statuses,
            }
        )
    return Reply(shown)


def project_components(call: Call, key: str) -> Reply:
    """GET /project/{key}/components."""
    item = project_or_404(call, key)
    more = {"project": item.key, "projectId": int(item.id)}
    return Reply([shapes.component(call, entry) | more for entry in item.components])


def _short(call: Call, item: Project) -> dict[str, Any]:
    shape = shapes.project(call, item)
    if not call.cloud:
        return shape | {"archived": False}
    return shape | {
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        "style": item.style,
        "isPrivate": False,
    }
