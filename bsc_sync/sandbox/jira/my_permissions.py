"""What the caller may do, as they are told it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, get_args

from flask import request

from bsc_sync.sandbox.catalog import GLOBAL, Permission, Project
from bsc_sync.sandbox.jira.call import Call, Reply, invalid_payload, listed, read_object
from bsc_sync.sandbox.jira.lookup import issue_or_404, project_or_404
from bsc_sync.sandbox.jira.permissions import may
from bsc_sync.sandbox.problems import refusal

_NUMBERS: dict[Permission, tuple[str, str]] = {
    "ADMINISTER": ("0", "Administer Jira"),
    "BULK_CHANGE": ("33", "Make bulk changes"),
    "BROWSE_PROJECTS": ("10", "Browse Projects"),
    "ADMINISTER_PROJECTS": ("23", "Administer Projects"),
    "CREATE_ISSUES": ("11", "Create Issues"),
    "EDIT_ISSUES": ("12", "Edit Issues"),
    "ASSIGN_ISSUES": ("13", "Assign Issues"),
    "RESOLVE_ISSUES": ("14", "Resolve Issues"),
    "ADD_COMMENTS": ("15", "Add Comments"),
    "DELETE_ISSUES": ("16", "Delete Issues"),
    "CREATE_ATTACHMENTS": ("19", "Create Attachments"),
    "LINK_ISSUES": ("21", "Link Issues"),
    "SCHEDULE_ISSUES": ("28", "Schedule Issues"),
    "MODIFY_REPORTER": ("30", "Modify Reporter"),
    "TRANSITION_ISSUES": ("46", "Transition Issues"),
}


def my_permissions(call: Call) -> Reply:
    """GET /mypermissions: Cloud tells of those in `permissions`, Data Center of all."""
    project = _context(call)
    return Reply({"permissions": {key: _shape(call, key, project) for key in _wanted(call)}})


def check_permissions(call: Call) -> Reply:
    """POST /permissions/check on Cloud: those of the named permissions that the caller has, and where."""
    body = read_object()
    if set(body) - {"accountId", "globalPermissions", "projectPermissions"}:
        raise invalid_payload()
    wanted = body.get("globalPermissions") or []
    _check_names(wanted, GLOBAL)
    granted: list[dict[str, Any]] = []
    for part in body.get("projectPermissions") or []:
        names = part.get("permissions") or []
        _check_names(names, frozenset(get_args(Permission)) - GLOBAL)
        projects = [call.catalog.project_by_id.get(str(number)) for number in part.get("projects") or []]
        granted += [
            {
                "permission": name,
                "issues": [],
                "projects": [int(one.id) for one in projects if one is not None and may(call, name, one)],
            }
            for name in names
        ]
    shown = [one for one in granted if one["projects"]]
    return Reply(
        {
            "globalPermissions": [name for name in wanted if may(call, name)],
            "projectPermissions": shown,
        }
    )


def _check_names(names: Any, known: Collection[str]) -> None:
    if not isinstance(names, list):
        raise invalid_payload()
    unknown = sorted(set(map(str, names)) - set(known))
    if unknown:
        raise refusal(400, f"Unrecognized permission(s): {', '.join(unknown)}")


def _wanted(call: Call) -> Iterable[Permission]:
    if not call.cloud:
        return tuple(_NUMBERS)
    named = listed("permissions")
    if not named:
        raise refusal(400, "The 'permissions' query parameter is required.")
    unknown = sorted(set(named) - set(get_args(Permission)))
    if unknown:
        raise refusal(400, f"Unrecognized permission(s): {', '.join(unknown)}")
    return [key for key in _NUMBERS if key in named]


def _shape(call: Call, key: Permission, project: Project | None) -> dict[str, Any]:
    number, name = _NUMBERS[key]
    return {
        "id": number,
        "key": key,
        "name": name,
        "type": "GLOBAL" if key in GLOBAL else "PROJECT",
        "description": "",
        "havePermission": may(call, key, project),
    }


def _context(call: Call) -> Project | None:
    project = request.args.get("projectKey") or request.args.get("projectId")
    issue = request.args.get("issueKey") or request.args.get("issueId")
    if issue:
        return call.catalog.project_by_id[issue_or_404(call, issue).project_id]
    return project_or_404(call, project) if project else None
