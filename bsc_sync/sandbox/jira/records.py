"""Issues as they are kept: canonical values by field id, and columns that searches use.

Canonical values: `summary` text; `description` and textareas `{"adf", "wiki"}`; `issuetype`, `status`,
`priority`, `resolution`, options as ids; `components`, multi-selects, cascades as lists of ids; `labels`
sorted list; `parent` an issue id (int), a story's epic too; `assignee`, `reporter`, users as account ids;
dates as ISO text; datetimes as milliseconds; numbers as int or Decimal. What is empty is absent.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bsc_sync.sandbox.catalog import Catalog, FieldKind
from bsc_sync.sandbox.jira import adf
from bsc_sync.sandbox.jira.wire import dumps, loads

Values = dict[str, Any]


@dataclass
class Issue:
    """One issue. Moments are milliseconds since 1970."""

    id: int
    key: str
    project_id: str
    number: int
    creator: str
    created: int
    updated: int
    category_changed: int
    resolved: int | None = None
    values: Values = field(default_factory=dict)


def find_issue(connection: sqlite3.Connection, key_or_id: str) -> Issue | None:
    """An issue by its key, in any case, or id."""
    row = connection.execute(
        "SELECT * FROM issue WHERE key = upper(?1) OR (CAST(id AS TEXT) = ?1 AND id = CAST(?1 AS INTEGER))",
        (key_or_id,),
    ).fetchone()
    return None if row is None else _issue(row)


def read_issues(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Issue]:
    """Issues by id, in the order asked; absent ones are left out."""
    rows = connection.execute(
        "SELECT * FROM issue WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    ).fetchall()
    found = {row["id"]: _issue(row) for row in rows}
    return [found[number] for number in ids if number in found]


def child_ids(connection: sqlite3.Connection, issue_id: int) -> list[int]:
    """The issues directly below an issue."""
    rows = connection.execute("SELECT id FROM issue WHERE parent_id = ? ORDER BY id", (issue_id,))
    return [row["id"] for row in rows]


def next_number(connection: sqlite3.Connection, project_id: str) -> int:
    """The next number of a project's keys; none is ever given twice."""
    row = connection.execute(
        "UPDATE jira_project SET last_number = last_number + 1 WHERE id = ? RETURNING last_number",
        (project_id,),
    ).fetchone()
    return int(row["last_number"])


def add_issue(connection: sqlite3.Connection, catalog: Catalog, issue: Issue) -> Issue:
    """Keep a new issue; its id is given out here."""
    columns = _columns(issue)
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    statement = " ".join(("INSERT INTO issue (", names, ") VALUES (", marks, ")"))
    issue.id = int(connection.execute(statement, list(columns.values())).lastrowid or 0)
    _index(connection, catalog, issue)
    return issue


def keep_issue(connection: sqlite3.Connection, catalog: Catalog, issue: Issue) -> None:
    """Keep an issue's new values."""
    columns = _columns(issue)
    settings = ", ".join(f"{name} = ?" for name in columns)
    statement = " ".join(("UPDATE issue SET", settings, "WHERE id = ?"))
    connection.execute(statement, [*columns.values(), issue.id])
    for table in ("issue_label", "issue_component", "issue_value"):
        connection.execute(" ".join(("DELETE FROM", table, "WHERE issue_id = ?")), (issue.id,))
    _index(connection, catalog, issue)


def touch(connection: sqlite3.Connection, issue_ids: Iterable[int], moment: int) -> None:
    """Mark issues as updated."""
    connection.executemany(
        "UPDATE issue SET updated = ? WHERE id = ?", [(moment, number) for number in issue_ids]
    )


def _issue(row: sqlite3.Row) -> Issue:
    return Issue(
        id=row["id"],
        key=row["key"],
        project_id=row["project_id"],
        number=row["number"],
        creator=row["creator"],
        created=row["created"],
        updated=row["updated"],
        category_changed=row["category_changed"],
        resolved=row["resolved"],
        values=loads(row["content"]),
    )


def _columns(issue: Issue) -> dict[str, Any]:
    values = issue.values
    description = values.get("description")
    return {
        "key": issue.key,
        "project_id": issue.project_id,
        "number": issue.number,
        "type_id": values["issuetype"],
        "status_id": values["status"],
        "priority_id": values.get("priority"),
        "resolution_id": values.get("resolution"),
        "parent_id": values.get("parent"),
        "summary": values["summary"],
        "description_text": None if description is None else adf.plain(description["adf"]),
        "assignee": values.get("assignee"),
        "reporter": values.get("reporter"),
        "creator": issue.creator,
        "due": values.get("duedate"),
        "created": issue.created,
        "updated": issue.updated,
        "resolved": issue.resolved,
        "category_changed": issue.category_changed,
        "content": dumps(values),
    }


def _index(connection: sqlite3.Connection, catalog: Catalog, issue: Issue) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO issue_label VALUES (?, ?)",
        [(issue.id, label.casefold()) for label in issue.values.get("labels", ())],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO issue_component VALUES (?, ?)",
        [(issue.id, component) for component in issue.values.get("components", ())],
    )
    rows = []
    for field_id, value in issue.values.items():
        kind = catalog.field_by_id.get(field_id)
        if kind is not None and kind.custom:
            rows += [(issue.id, field_id, text, number) for text, number in _entries(kind, value)]
    connection.executemany("INSERT INTO issue_value VALUES (?, ?, ?, ?)", rows)


def _entries(kind: FieldKind, value: Any) -> list[tuple[str, float | None]]:
    match kind.kind:
        case "number" | "datetime":
            return [(str(value), float(value))]
        case "textarea":
            return [(adf.plain(value["adf"]), None)]
        case "multiselect" | "checkboxes" | "cascading":
            return [(str(item), None) for item in value]
        case "labels":
            return [(str(item).casefold(), None) for item in value]
    return [(str(value), None)]
