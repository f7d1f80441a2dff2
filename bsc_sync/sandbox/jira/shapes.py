"""How people, types, statuses and issues look in replies."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bsc_sync.sandbox.catalog import CATEGORIES, FieldKind, IssueType, LinkType, Named, Project, Status
from bsc_sync.sandbox.jira import adf
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.jira.fields import NOT_NAVIGABLE, NOT_SEARCHABLE
from bsc_sync.sandbox.jira.records import Issue
from bsc_sync.sandbox.jira.stamps import iso_stamp
from bsc_sync.sandbox.people import User
from bsc_sync.sandbox.prefixes import api_root

Shape = dict[str, Any]


def link(call: Call, path: str) -> str:
    """The address of a resource in the version of the API that was asked."""
    return f"{api_root(call.site)}/rest/api/{call.version}/{path}"


def stamp(call: Call, moment: int) -> str:
    """`2026-10-05T10:11:12.345+0200` in the asking user's zone."""
    return iso_stamp(moment, call.user.zone)


def user(call: Call, account_id: str | None) -> Shape | None:
    """A person, None for nobody."""
    if account_id is None:
        return None
    known = call.site.users.get(account_id)
    return known_user(call, known or User(account_id, "Former user", "", "", "UTC"), active=known is not None)


def known_user(call: Call, person: User, *, active: bool = True) -> Shape:
    """A person whose account is at hand."""
    if not call.cloud:
        return _data_center_user(call, person, active=active)
    shape: Shape = {
        "self": link(call, f"user?accountId={quote(person.account_id, safe='')}"),
        "accountId": person.account_id,
        "emailAddress": person.email,
        "avatarUrls": avatars(call, "user"),
        "displayName": person.name,
        "active": active,
        "timeZone": person.time_zone,
        "accountType": person.kind,
    }
    return shape if person.email else {name: item for name, item in shape.items() if name != "emailAddress"}


def _data_center_user(call: Call, person: User, *, active: bool) -> Shape:
    return {
        "self": link(call, f"user?username={quote(person.login, safe='')}"),
        "name": person.login,
        "key": person.key,
        "emailAddress": person.email,
        "avatarUrls": avatars(call, "user"),
        "displayName": person.name,
        "active": active,
        "timeZone": person.time_zone,
    }


def avatars(call: Call, what: str) -> Shape:
    """Addresses of a picture in four sizes."""
    return {
        f"{size}x{size}": f"{call.site.base_url}/_sandbox/avatar/{what}.svg?size={size}"
        for size in (48, 24, 16, 32)
    }


def status_category(call: Call, key: str) -> Shape:
    """A status category; its key is the part that no language changes."""
    number, name, color = CATEGORIES[key]
    return {
        "self": link(call, f"statuscategory/{number}"),
        "id": number,
        "key": key,
        "colorName": color,
        "name": name,
    }


def status(call: Call, item: Status) -> Shape:
    """A status with its category."""
    return {
        "self": link(call, f"status/{item.id}"),
        "description": "",
        "iconUrl": f"{call.site.base_url}/images/icons/status_generic.gif",
        "name": item.name,
        "id": item.id,
        "statusCategory": status_category(call, item.category),
    }


def issue_type(call: Call, item: IssueType) -> Shape:
    """An issue type; Cloud also tells its level."""
    shape: Shape = {
        "self": link(call, f"issuetype/{item.id}"),
        "id": item.id,
        "description": "",
        "iconUrl": f"{call.site.base_url}/images/icons/issuetypes/{quote(item.name.lower())}.svg",
        "name": item.name,
        "subtask": item.subtask,
        "avatarId": 10300,
    }
    return shape | {"hierarchyLevel": item.level} if call.cloud else shape


def priority(call: Call, item: Named) -> Shape:
    """A priority."""
    return {
        "self": link(call, f"priority/{item.id}"),
        "iconUrl": f"{call.site.base_url}/images/icons/priorities/{item.name.lower()}.svg",
        "name": item.name,
        "id": item.id,
    }


def resolution(call: Call, item: Named) -> Shape:
    """A resolution."""
    return {
        "self": link(call, f"resolution/{item.id}"),
        "id": item.id,
        "description": "",
        "name": item.name,
    }


def component(call: Call, item: Named) -> Shape:
    """A component."""
    return {"self": link(call, f"component/{item.id}"), "id": item.id, "name": item.name}


def link_type(call: Call, item: LinkType) -> Shape:
    """A kind of link with its readings."""
    return {
        "id": item.id,
        "name": item.name,
        "inward": item.inward,
        "outward": item.outward,
        "self": link(call, f"issueLinkType/{item.id}"),
    }


def project(call: Call, item: Project) -> Shape:
    """A project, in short."""
    shape: Shape = {
        "self": link(call, f"project/{item.id}"),
        "id": item.id,
        "key": item.key,
        "name": item.name,
        "projectTypeKey": "software",
        "avatarUrls": avatars(call, "project"),
    }
    return shape | {"simplified": item.style == "next-gen"} if call.cloud else shape


def scope(call: Call, project_id: str | None) -> Shape:
    """The mark of what belongs to one team-managed project; empty for anything else."""
    owner = None if project_id is None else call.catalog.project_by_id[project_id]
    if owner is None or not owner.team_managed:
        return {}
    return {"scope": {"type": "PROJECT", "project": {"id": owner.id}}}


def field(call: Call, item: FieldKind) -> Shape:
    """A field."""
    shape: Shape = {
        "id": item.id,
        "name": item.name,
        "custom": item.custom,
        "orderable": item.id not in {"status", "created", "updated", "creator", "resolutiondate"},
        "navigable": item.id not in NOT_NAVIGABLE,
        "searchable": item.searchable and item.id not in NOT_SEARCHABLE,
        "clauseNames": list(item.clauses),
    }
    if item.schema is not None:
        shape["schema"] = item.schema
    return shape | {"key": item.id} | scope(call, item.project) if call.cloud else shape


def linked_issue(call: Call, issue: Issue) -> Shape:
    """An issue as others mention it: parent, sub-task, link."""
    catalog = call.catalog
    fields: Shape = {
        "summary": issue.values["summary"],
        "status": status(call, catalog.status_by_id[issue.values["status"]]),
        "issuetype": issue_type(call, catalog.type_by_id[issue.values["issuetype"]]),
    }
    if "priority" in issue.values:
        fields["priority"] = priority(call, catalog.priority_by_id[issue.values["priority"]])
    return {"id": str(issue.id), "key": issue.key, "self": link(call, f"issue/{issue.id}"), "fields": fields}


def written(call: Call, text: Shape) -> Any:
    """A kept text as this version shows it: a document (v3) or wiki markup (v2)."""
    return text["adf"] if call.writes_documents else text["wiki"]


def rendered(text: Shape) -> str:
    """A kept text as HTML."""
    return adf.html(text["adf"])
