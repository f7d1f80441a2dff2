"""What the caller may do, in which project."""

from __future__ import annotations

from collections.abc import Collection

from bsc_sync.sandbox.catalog import GLOBAL, Permission, Project
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.people import NOBODY
from bsc_sync.sandbox.problems import refusal

_OF_FIELDS: dict[str, Permission] = {
    "duedate": "SCHEDULE_ISSUES",
    "reporter": "MODIFY_REPORTER",
    "assignee": "ASSIGN_ISSUES",
    "issuelinks": "LINK_ISSUES",
    "comment": "ADD_COMMENTS",
}


def may(call: Call, permission: Permission, project: Project | None = None) -> bool:
    """Whether the caller has a permission: in a project, or (None) in any; a global one everywhere."""
    if call.user is NOBODY:
        return False
    denials = [
        item.project
        for item in call.catalog.denials
        if item.account_id == call.user.account_id and permission in item.permissions
    ]
    if None in denials:
        return False
    if permission in GLOBAL:
        return not denials
    if project is not None:
        return project.id not in denials
    return any(item.id not in denials for item in call.catalog.projects)


def settable_by_caller(call: Call, project: Project, fields: Collection[str]) -> set[str]:
    """The fields among some that the caller's permissions let them set."""
    return {name for name in fields if name not in _OF_FIELDS or may(call, _OF_FIELDS[name], project)}


def visible_projects(call: Call) -> list[Project]:
    """The projects whose issues the caller may see."""
    return [item for item in call.catalog.projects if may(call, "BROWSE_PROJECTS", item)]


def hidden_projects(call: Call) -> frozenset[str]:
    """The ids of the other projects."""
    if call.user is not NOBODY and not call.catalog.denials:
        return frozenset()
    return frozenset(item.id for item in call.catalog.projects if not may(call, "BROWSE_PROJECTS", item))


def secret_levels(call: Call) -> frozenset[str]:
    """The ids of the security levels whose issues the caller may not see."""
    levels = call.catalog.security_levels
    return frozenset(item.id for item in levels if call.user.account_id not in item.account_ids)


def need_administrator(call: Call, told: str) -> None:
    """403 for everybody but administrators of the whole site."""
    if not may(call, "ADMINISTER"):
        raise refusal(403, told)


def check_silence(call: Call, project: Project) -> None:
    """A write that nobody is to hear of (`notifyUsers=false`) is for administrators alone."""
    if not may(call, "ADMINISTER") and not may(call, "ADMINISTER_PROJECTS", project):
        raise refusal(
            400 if call.cloud else 403,
            "To discard the user notification either admin or project admin permissions are required.",
        )
