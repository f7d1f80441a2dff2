"""Issues as replies show them: the fields asked for, and what is expanded."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bsc_sync.sandbox.catalog import Catalog, FieldKind, Named, Status
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.jira.changelog import all_histories, newest_histories
from bsc_sync.sandbox.jira.comments import comment_page
from bsc_sync.sandbox.jira.fields import NOT_NAVIGABLE
from bsc_sync.sandbox.jira.links import links_of
from bsc_sync.sandbox.jira.properties import properties_of
from bsc_sync.sandbox.jira.records import Issue, read_issues
from bsc_sync.sandbox.jira.workflow import transition_shapes

_EXPANDS = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"


@dataclass(frozen=True)
class View:
    """What to show: field ids, expansions, property keys."""

    fields: tuple[str, ...]
    expand: frozenset[str] = frozenset()
    properties: tuple[str, ...] = ()


def chosen_fields(catalog: Catalog, asked: Iterable[str], default: str) -> tuple[str, ...]:
    """The field ids that a `fields` parameter names: ids, `*all`, `*navigable`, `-without`."""
    wanted = list(asked)
    if not wanted or all(name.startswith("-") for name in wanted):
        wanted = [default, *wanted]
    every = [item.id for item in catalog.fields]
    shown: dict[str, None] = {}
    for name in wanted:
        if name == "*all":
            shown |= dict.fromkeys(every)
        elif name == "*navigable":
            shown |= dict.fromkeys(item for item in every if item not in NOT_NAVIGABLE)
        elif name.startswith("-"):
            shown.pop(name[1:], None)
        elif name in catalog.field_by_id:
            shown[name] = None
    return tuple(shown)


def issue_shapes(call: Call, issues: Sequence[Issue], view: View) -> list[dict[str, Any]]:
    """Several issues, reading what they share at once."""
    mentioned = {issue.values["parent"] for issue in issues if "parent" in issue.values}
    subtasks: dict[int, list[int]] = {}
    if "subtasks" in view.fields:
        subtasks = _subtasks(call, [issue.id for issue in issues])
        mentioned |= {number for listed in subtasks.values() for number in listed}
    others = {item.id: item for item in read_issues(call.connection, sorted(mentioned))}
    return [_shape(call, issue, view, others, subtasks.get(issue.id, ())) for issue in issues]


def issue_shape(call: Call, issue: Issue, view: View) -> dict[str, Any]:
    """One issue."""
    return issue_shapes(call, [issue], view)[0]


def names(catalog: Catalog, fields: Collection[str]) -> dict[str, str]:
    """Field names by id."""
    return {field_id: catalog.field_by_id[field_id].name for field_id in fields}


def schemas(catalog: Catalog, fields: Collection[str]) -> dict[str, Any]:
    """Field types by id."""
    return {field_id: catalog.field_by_id[field_id].schema for field_id in fields}


def _shape(
    call: Call, issue: Issue, view: View, others: Mapping[int, Issue], subtasks: Sequence[int]
) -> dict[str, Any]:
    shape: dict[str, Any] = {"expand": _EXPANDS} if call.cloud else {}
    shape |= {
        "id": str(issue.id),
        "self": shapes.link(call, f"issue/{issue.id}"),
        "key": issue.key,
        "fields": {},
    }
    subtask = issue.values["issuetype"] in call.catalog.subtask_type_ids
    parent = others.get(issue.values.get("parent", 0))
    for field_id in view.fields:
        field = call.catalog.field_by_id[field_id]
        if field_id == "parent":
            if parent is not None and (call.cloud or subtask):
                shape["fields"]["parent"] = shapes.linked_issue(call, parent)
        elif field_id == "subtasks":
            listed = [shapes.linked_issue(call, others[number]) for number in subtasks]
            shape["fields"]["subtasks"] = listed
        elif field.kind == "epic-link":
            shape["fields"][field_id] = None if parent is None or subtask else parent.key
        elif field.custom:
            value = f"0|i{issue.id:05d}:" if field.kind == "rank" else issue.values.get(field_id)
            shape["fields"][field_id] = _custom(call, field, value)
        else:
            shape["fields"][field_id] = _system(call, issue, field_id)
    return shape | _expanded(call, issue, view)


def _expanded(call: Call, issue: Issue, view: View) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    if "renderedFields" in view.expand:
        shape["renderedFields"] = _rendered(call, issue, view.fields)
    if "names" in view.expand:
        shape["names"] = names(call.catalog, view.fields)
    if "schema" in view.expand:
        shape["schema"] = schemas(call.catalog, view.fields)
    if "changelog" in view.expand:
        shape["changelog"] = newest_histories(call, issue.id) if call.cloud else all_histories(call, issue.id)
    if "transitions" in view.expand:
        shape["transitions"] = transition_shapes(call, issue, with_fields=False)
    if view.properties and call.site.properties_allowed:
        shape["properties"] = properties_of(call.connection, issue.id, view.properties)
    return shape


def _system(call: Call, issue: Issue, name: str) -> Any:
    if name in _DERIVED:
        return _DERIVED[name](call, issue)
    value = issue.values.get(name)
    if name in {"labels", "components"}:
        components = call.catalog.component_by_id
        return [
            item if name == "labels" else shapes.component(call, components[item]) for item in value or ()
        ]
    if value is None:
        return None
    match name:
        case "priority":
            return shapes.priority(call, call.catalog.priority_by_id[value])
        case "resolution":
            return shapes.resolution(call, call.catalog.resolution_by_id[value])
        case "security":
            return _security(call, value)
        case "description":
            return shapes.written(call, value)
        case "assignee" | "reporter":
            return shapes.user(call, value)
    return value


def _security(call: Call, level_id: str) -> dict[str, Any]:
    name = next(item.name for item in call.catalog.security_levels if item.id == level_id)
    return {
        "self": shapes.link(call, f"securitylevel/{level_id}"),
        "id": level_id,
        "name": name,
        "description": "",
    }


def _status(call: Call, issue: Issue) -> Status:
    return call.catalog.status_by_id[issue.values["status"]]


def _stamp(call: Call, moment: int | None) -> str | None:
    return None if moment is None else shapes.stamp(call, moment)


_DERIVED: Mapping[str, Callable[[Call, Issue], Any]] = {
    "issuetype": lambda call, issue: shapes.issue_type(
        call, call.catalog.type_by_id[issue.values["issuetype"]]
    ),
    "project": lambda call, issue: shapes.project(call, call.catalog.project_by_id[issue.project_id]),
    "status": lambda call, issue: shapes.status(call, _status(call, issue)),
    "statusCategory": lambda call, issue: shapes.status_category(call, _status(call, issue).category),
    "creator": lambda call, issue: shapes.user(call, issue.creator),
    "created": lambda call, issue: _stamp(call, issue.created),
    "updated": lambda call, issue: _stamp(call, issue.updated),
    "resolutiondate": lambda call, issue: _stamp(call, issue.resolved),
    "statuscategorychangedate": lambda call, issue: _stamp(call, issue.category_changed),
    "issuelinks": links_of,
    "comment": comment_page,
}


def _custom(call: Call, field: FieldKind, value: Any) -> Any:
    if value is None:
        return None
    match field.kind:
        case "textarea":
            return shapes.written(call, value)
        case "datetime":
            return shapes.stamp(call, value)
        case "select" | "radio":
            return _option(call, field.options, value)
        case "multiselect" | "checkboxes":
            return [_option(call, field.options, item) for item in value]
        case "cascading":
            return _cascade(call, field, value)
        case "user":
            return shapes.user(call, value)
    return value


def _cascade(call: Call, field: FieldKind, chosen: Sequence[str]) -> dict[str, Any]:
    shape = _option(call, field.options, chosen[0])
    if len(chosen) > 1:
        below = next(item.children for item in field.options if item.id == chosen[0])
        shape["child"] = _option(call, below, chosen[1])
    return shape


def _option(call: Call, options: Sequence[Named], option_id: str) -> dict[str, Any]:
    name = next(item.name for item in options if item.id == option_id)
    return {
        "self": shapes.link(call, f"customFieldOption/{option_id}"),
        "value": name,
        "id": option_id,
    }


def _rendered(call: Call, issue: Issue, fields: Sequence[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field_id in fields:
        value = issue.values.get(field_id)
        field = call.catalog.field_by_id[field_id]
        if field_id == "description" or field.kind == "textarea":
            shown[field_id] = "" if value is None else shapes.rendered(value)
        elif field_id in {"created", "updated"}:
            shown[field_id] = shapes.stamp(call, getattr(issue, field_id))[:16].replace("T", " ")
        elif field_id == "comment":
            shown[field_id] = comment_page(call, issue, rendered=True)
        else:
            shown[field_id] = None
    return shown


def _subtasks(call: Call, ids: Sequence[int]) -> dict[int, list[int]]:
    rows = call.connection.execute(
        "SELECT id, parent_id, type_id FROM issue"
        " WHERE parent_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        if call.catalog.type_by_id[row["type_id"]].subtask:
            found.setdefault(row["parent_id"], []).append(row["id"])
    return found
