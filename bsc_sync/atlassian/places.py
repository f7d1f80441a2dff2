"""What can be created where: issue types and create screens, the new way, the old way, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bsc_sync.atlassian.fields import field_info
from bsc_sync.atlassian.issues import Issues, Raw
from bsc_sync.errors import NotOffered, Rejected
from bsc_sync.mapping.catalog import FieldInfo, IssueTypeInfo

_PAGE = 200


def issue_types(issues: Issues, project: str) -> tuple[IssueTypeInfo, ...]:
    """The types that the account may create in a project; none where it may not see the project."""
    try:
        found = issues.can.first_of(
            ("createmeta of a project", partial(_paged, issues, f"{project}/issuetypes", "issueTypes")),
            ("createmeta", partial(_old_types, issues, project)),
            ("project", partial(_project_types, issues, project)),
        )
    except NotOffered:
        raise
    except Rejected:
        return ()
    return tuple(IssueTypeInfo(str(kind["id"]), str(kind["name"]), _level(kind)) for kind in found)


def create_screen(issues: Issues, project: str, type_id: str) -> Mapping[str, FieldInfo] | None:
    """The fields that can be set when creating an issue; None where this Jira does not tell."""
    path = f"{project}/issuetypes/{type_id}"
    found = issues.can.first_of(
        ("createmeta of a project", partial(_paged, issues, path, "fields")),
        ("createmeta", partial(_old_fields, issues, project, type_id)),
        ("no createmeta", lambda: None),
    )
    if found is None:
        return None
    infos = [field_info({**raw, "id": raw.get("fieldId") or raw.get("key")}) for raw in found]
    return {info.id: info for info in infos}


def _level(kind: Raw) -> int:
    if kind.get("subtask"):
        return -1
    return int(kind.get("hierarchyLevel") or 0)


def _paged(issues: Issues, path: str, key: str) -> list[Raw]:
    entries: list[Raw] = []
    while True:
        page = (
            issues.site.get(f"{issues.api}/issue/createmeta/{path}", startAt=len(entries), maxResults=_PAGE)
            or {}
        )
        part = page.get(key) or page.get("values") or []
        entries += part
        if not part or page.get("isLast") or len(entries) >= int(page.get("total") or 0):
            return entries


def _old(issues: Issues, project: str, **more: str) -> list[Raw]:
    query = {"projectKeys": project, **more}
    try:
        reply = issues.site.get(f"{issues.api}/issue/createmeta", **query) or {}
    except Rejected as error:
        if error.status != 404 or isinstance(error, NotOffered):
            raise
        # a Jira without it looks for an issue of that name
        raise NotOffered(error.message, hint=error.hint, status=404) from None
    projects: list[Raw] = list(reply.get("projects") or ())
    # a proxy that leaves the query out shows every project
    return [kind for one in projects if one.get("key") == project for kind in one.get("issuetypes") or ()]


def _old_types(issues: Issues, project: str) -> list[Raw]:
    return _old(issues, project)


def _old_fields(issues: Issues, project: str, type_id: str) -> list[Raw]:
    more = {"issuetypeIds": type_id, "expand": "projects.issuetypes.fields"}
    kinds = [kind for kind in _old(issues, project, **more) if str(kind.get("id")) == type_id]
    fields: dict[str, Any] = (kinds[0].get("fields") or {}) if kinds else {}
    return [{**raw, "fieldId": identifier} for identifier, raw in fields.items()]


def _project_types(issues: Issues, project: str) -> list[Raw]:
    return list(issues.client.project(project).get("issueTypes") or ())
