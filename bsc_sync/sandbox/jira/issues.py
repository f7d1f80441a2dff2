"""An issue in plain words, for the page that people read."""

from __future__ import annotations

import sqlite3
from typing import Any

from bsc_sync.sandbox.catalog import Catalog, FieldKind, read_catalog
from bsc_sync.sandbox.jira import adf
from bsc_sync.sandbox.jira.properties import properties_of
from bsc_sync.sandbox.jira.records import Issue, child_ids, find_issue, read_issues
from bsc_sync.sandbox.jira.stamps import iso_stamp
from bsc_sync.sandbox.jira.wire import loads

Portrait = dict[str, Any]


def load_issue(connection: sqlite3.Connection, key_or_id: str) -> Portrait | None:
    """Everything a page shows of an issue, in plain words; None if there is no such issue.

    Keys: key, id, project, summary, type, status, status_category (new | indeterminate | done), resolution,
    priority, description (ADF document or None), parent (key), parent_summary, children (key, summary,
    status, status_category), labels, components, assignee, reporter, created, updated, resolved (ms), due,
    fields (name and text pairs), comments (author, created, body: ADF), links (reading, key, summary, status,
    status_category), remote_links (url, title, summary), changelog (author, created, items: field, from, to),
    properties (key and value pairs).
    """
    issue = find_issue(connection, key_or_id)
    if issue is None:
        return None
    catalog = read_catalog(connection)
    values = issue.values
    parents = read_issues(connection, [values["parent"]]) if "parent" in values else []
    description = values.get("description")
    return _mention(catalog, issue) | {
        "id": str(issue.id),
        "project": catalog.project_by_id[issue.project_id].name,
        "type": catalog.type_by_id[values["issuetype"]].name,
        "resolution": catalog.resolution_by_id[values["resolution"]].name if "resolution" in values else None,
        "priority": catalog.priority_by_id[values["priority"]].name if "priority" in values else None,
        "description": None if description is None else description["adf"],
        "parent": parents[0].key if parents else None,
        "parent_summary": parents[0].values["summary"] if parents else None,
        "children": [
            _mention(catalog, item) for item in read_issues(connection, child_ids(connection, issue.id))
        ],
        "labels": list(values.get("labels", ())),
        "components": [catalog.component_by_id[key].name for key in values.get("components", ())],
        "assignee": catalog.people.get(values.get("assignee", "")),
        "reporter": catalog.people.get(values.get("reporter", "")),
        "created": issue.created,
        "updated": issue.updated,
        "resolved": issue.resolved,
        "due": values.get("duedate"),
        "fields": [
            (field.name, _text(catalog, field, values[field.id]))
            for field in catalog.fields
            if field.custom and field.id in values
        ],
        "comments": _comments(connection, catalog, issue),
        "links": _links(connection, catalog, issue),
        "remote_links": _remote_links(connection, issue),
        "changelog": _changelog(connection, catalog, issue),
        "properties": list(properties_of(connection, issue.id, ["*all"]).items()),
    }


def _mention(catalog: Catalog, issue: Issue) -> Portrait:
    status = catalog.status_by_id[issue.values["status"]]
    return {
        "key": issue.key,
        "summary": issue.values["summary"],
        "status": status.name,
        "status_category": status.category,
    }


def _text(catalog: Catalog, field: FieldKind, value: Any) -> str:
    names = {item.id: item.name for option in field.options for item in (option, *option.children)}
    match field.kind:
        case "select" | "radio":
            return names[value]
        case "cascading":
            return " / ".join(names[item] for item in value)
        case "multiselect" | "checkboxes":
            return ", ".join(names[item] for item in value)
        case "labels":
            return ", ".join(value)
        case "user":
            return catalog.people.get(value, str(value))
        case "textarea":
            return adf.plain(value["adf"])
        case "datetime":
            return iso_stamp(value)
    return str(value)


def _comments(connection: sqlite3.Connection, catalog: Catalog, issue: Issue) -> list[Portrait]:
    rows = connection.execute("SELECT * FROM issue_comment WHERE issue_id = ? ORDER BY id", (issue.id,))
    return [
        {
            "author": catalog.people.get(row["author"], row["author"]),
            "created": row["created"],
            "body": loads(row["body"])["adf"],
        }
        for row in rows
    ]


def _links(connection: sqlite3.Connection, catalog: Catalog, issue: Issue) -> list[Portrait]:
    rows = connection.execute(
        "SELECT * FROM issue_link WHERE source_id = ?1 OR destination_id = ?1 ORDER BY id", (issue.id,)
    ).fetchall()
    shown = []
    for row in rows:
        kind = catalog.link_type_by_id[row["type_id"]]
        outward = row["source_id"] == issue.id
        (other,) = read_issues(connection, [row["destination_id"] if outward else row["source_id"]])
        shown.append({"reading": kind.outward if outward else kind.inward} | _mention(catalog, other))
    return shown


def _remote_links(connection: sqlite3.Connection, issue: Issue) -> list[Portrait]:
    rows = connection.execute("SELECT content FROM remote_link WHERE issue_id = ? ORDER BY id", (issue.id,))
    targets = [loads(row["content"])["object"] for row in rows]
    return [
        {"url": target["url"], "title": target["title"], "summary": target.get("summary")}
        for target in targets
    ]


def _changelog(connection: sqlite3.Connection, catalog: Catalog, issue: Issue) -> list[Portrait]:
    rows = connection.execute("SELECT * FROM issue_history WHERE issue_id = ? ORDER BY id", (issue.id,))
    return [
        {
            "author": catalog.people.get(row["author"], row["author"]),
            "created": row["created"],
            "items": [
                {"field": item["field"], "from": item["fromString"], "to": item["toString"]}
                for item in loads(row["items"])
            ],
        }
        for row in rows
    ]
