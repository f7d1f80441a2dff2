"""Which screens a company-managed project of Cloud uses: by its scheme, and the scheme of each type."""

from __future__ import annotations

from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import Project
from bsc_sync.sandbox.jira.call import Call, Reply, page
from bsc_sync.sandbox.jira.permissions import need_administrator
from bsc_sync.sandbox.problems import refusal

_WHY = "Only Jira administrators can access screen schemes."


def schemes_of_projects(call: Call) -> Reply:
    """GET /issuetypescreenscheme/project: by `projectId`, one or several."""
    need_administrator(call, _WHY)
    wanted = request.args.getlist("projectId")
    if not wanted:
        raise refusal(400, "The query parameter 'projectId' is required.")
    found = [
        {"issueTypeScreenScheme": {"id": item.id, "name": f"{item.key} screens"}, "projectIds": [item.id]}
        for item in _company_managed(call)
        if item.id in wanted
    ]
    return Reply(_page(found, most=100))


def mappings(call: Call) -> Reply:
    """GET /issuetypescreenscheme/mapping: which screen scheme each type has, `default` for the others."""
    need_administrator(call, _WHY)
    wanted = request.args.getlist("issueTypeScreenSchemeId")
    found = []
    for item in _company_managed(call):
        if wanted and item.id not in wanted:
            continue
        for number, type_id in enumerate(item.type_ids):
            scheme = str(_scheme_id(item, type_id))
            if number == 0:
                found.append(_mapping("default", item, scheme))
            found.append(_mapping(type_id, item, scheme))
    return Reply(_page(found, most=100))


def screen_schemes(call: Call) -> Reply:
    """GET /screenscheme: by `id`; a scheme's edit screen may be left to the default one."""
    need_administrator(call, _WHY)
    wanted = request.args.getlist("id")
    found: dict[int, dict[str, Any]] = {}
    for item in _company_managed(call):
        for type_id in item.type_ids:
            number = _scheme_id(item, type_id)
            create, edit = item.create_screens[type_id], item.edit_screens[type_id]
            screens = {"default": edit} if create == edit else {"default": edit, "create": create}
            found[number] = {"id": number, "name": f"{item.key} {type_id}", "screens": screens}
    return Reply(_page([one for key, one in found.items() if not wanted or str(key) in wanted], most=100))


def _company_managed(call: Call) -> list[Project]:
    return [item for item in call.catalog.projects if not item.team_managed]


def _scheme_id(project: Project, type_id: str) -> int:
    """Projects with the same two screens for a type have one scheme for it."""
    return project.create_screens[type_id] * 100_000 + project.edit_screens[type_id]


def _mapping(type_id: str, project: Project, scheme: str) -> dict[str, str]:
    return {"issueTypeId": type_id, "issueTypeScreenSchemeId": project.id, "screenSchemeId": scheme}


def _page(found: list[dict[str, Any]], *, most: int) -> dict[str, Any]:
    part, start, size = page(found, default=50, most=most)
    last = start + len(part) >= len(found)
    return {"maxResults": size, "startAt": start, "total": len(found), "isLast": last, "values": part}
