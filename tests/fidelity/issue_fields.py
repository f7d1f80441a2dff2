"""What stands in an issue's `fields`: Jira's documents leave it open, but describe each part elsewhere.

So that replies are held against more than "an object", the system fields are joined here with the
document's own schemas of what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HOLDS = {
    "assignee": "UserDetails",
    "creator": "UserDetails",
    "reporter": "UserDetails",
    "issuetype": "IssueTypeDetails",
    "parent": "LinkedIssue",
    "priority": "Priority",
    "project": "ProjectDetails",
    "resolution": "Resolution",
    "status": "StatusDetails",
    "statusCategory": "StatusCategory",
    "comment": "PageOfComments",
    "timetracking": "TimeTrackingDetails",
    "votes": "Votes",
    "watches": "Watchers",
    "worklog": "PageOfWorklogs",
}
_LISTS = {
    "attachment": "Attachment",
    "components": "ProjectComponent",
    "fixVersions": "Version",
    "subtasks": "LinkedIssue",
    "versions": "Version",
}
_TEXT = {"type": "string", "nullable": True}
_PLAIN: dict[str, Mapping[str, Any]] = {
    "created": {"type": "string", "format": "date-time"},
    "duedate": {**_TEXT, "format": "date"},
    "labels": {"type": "array", "items": {"type": "string"}},
    "resolutiondate": {**_TEXT, "format": "date-time"},
    "summary": {"type": "string"},
    "updated": {"type": "string", "format": "date-time"},
}


def open_up(components: Mapping[str, Any]) -> dict[str, Any]:
    """The named schemas of a Jira Cloud document, with an issue's system fields described."""
    bean = components["IssueBean"]
    fields = {
        **_PLAIN,
        **{name: {"allOf": [_named(kind)], "nullable": True} for name, kind in _HOLDS.items()},
        **{name: {"type": "array", "items": _named(kind)} for name, kind in _LISTS.items()},
        "issuelinks": {"type": "array", "items": _link()},
    }
    described = {"type": "object", "properties": fields, "additionalProperties": {}}
    return {
        **components,
        "IssueBean": {**bean, "properties": {**bean["properties"], "fields": described}},
    }


def _link() -> dict[str, Any]:
    """A link as an issue shows it: only the other end. (`IssueLink` demands both.)"""
    other = {"id": {"type": "string"}, "self": {"type": "string"}, "type": _named("IssueLinkType")}
    ends = {"inwardIssue": _named("LinkedIssue"), "outwardIssue": _named("LinkedIssue")}
    return {"type": "object", "required": ["id", "type"], "properties": {**other, **ends}}


def _named(kind: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind}"}
