"""Entity properties: notes that programs leave on issues; no history, no update stamp."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, read_body
from bsc_sync.sandbox.jira.lookup import issue_or_404
from bsc_sync.sandbox.jira.permissions import may
from bsc_sync.sandbox.jira.records import Issue
from bsc_sync.sandbox.jira.wire import dumps, loads
from bsc_sync.sandbox.problems import Refusal, refusal

MAX_VALUE = 32_768
MAX_KEY = 255


def list_properties(call: Call, key: str) -> Reply:
    """GET /issue/{key}/properties."""
    need_properties(call)
    issue = issue_or_404(call, key)
    rows = call.connection.execute(
        "SELECT key FROM issue_property WHERE issue_id = ? ORDER BY key", (issue.id,)
    )
    names = [row["key"] for row in rows]
    address = shapes.link(call, f"issue/{issue.id}/properties")
    return Reply({"keys": [{"self": f"{address}/{name}", "key": name} for name in names]})


def read_property(call: Call, key: str, name: str) -> Reply:
    """GET /issue/{key}/properties/{name}."""
    need_properties(call)
    issue = issue_or_404(call, key)
    found = properties_of(call.connection, issue.id, [name])
    if name not in found:
        raise _absent(name)
    return Reply({"key": name, "value": found[name]})


def set_property(call: Call, key: str, name: str) -> Reply:
    """PUT /issue/{key}/properties/{name}: 201 for a new one, 200 for a changed one."""
    issue = _writable(call, key)
    value = read_body()
    complaint = unfit_property(name, value)
    if complaint:
        raise refusal(400, complaint)
    known = name in properties_of(call.connection, issue.id, [name])
    keep_property(call.connection, issue.id, name, value)
    return Reply({}, 200 if known else 201)


def delete_property(call: Call, key: str, name: str) -> Reply:
    """DELETE /issue/{key}/properties/{name}."""
    issue = _writable(call, key)
    gone = call.connection.execute(
        "DELETE FROM issue_property WHERE issue_id = ? AND key = ?", (issue.id, name)
    ).rowcount
    if not gone:
        raise _absent(name)
    return Reply(status=204)


def need_properties(call: Call) -> None:
    """403 where the site forbids properties altogether."""
    if not call.site.properties_allowed:
        raise refusal(403, "Entity properties are not allowed on this site.")


def _writable(call: Call, key: str) -> Issue:
    need_properties(call)
    issue = issue_or_404(call, key)
    if not may(call, "EDIT_ISSUES", call.catalog.project_by_id[issue.project_id]):
        raise refusal(403, "You do not have permission to edit this issue.")
    return issue


def properties_of(connection: sqlite3.Connection, issue_id: int, names: Sequence[str]) -> dict[str, Any]:
    """The named properties that an issue has; `*all` means every one."""
    rows = connection.execute(
        "SELECT key, value FROM issue_property WHERE issue_id = ? ORDER BY key", (issue_id,)
    )
    found = {row["key"]: row["value"] for row in rows}
    return {key: loads(value) for key, value in found.items() if key in names or "*all" in names}


def keep_property(connection: sqlite3.Connection, issue_id: int, name: str, value: Any) -> None:
    """Set a property."""
    connection.execute(
        "INSERT INTO issue_property VALUES (?, ?, ?)"
        " ON CONFLICT (issue_id, key) DO UPDATE SET value = excluded.value",
        (issue_id, name, dumps(value)),
    )


def unfit_property(name: object, value: Any) -> str | None:
    """Why a property cannot be kept, None if it can."""
    if not isinstance(name, str) or not name:
        return "The property key cannot be empty."
    if len(name) > MAX_KEY:
        return f"The property key cannot be longer than {MAX_KEY} characters."
    if len(dumps(value)) > MAX_VALUE:
        return f"The property value cannot be longer than {MAX_VALUE} characters."
    return None


def unfit_properties(raw: Any) -> str | None:
    """Why the `properties` of a create or edit cannot be kept, None if they can."""
    if not isinstance(raw, list):
        return "The properties must be a list of objects with key and value."
    for entry in raw:
        if not isinstance(entry, dict) or set(entry) != {"key", "value"}:
            return "The properties must be a list of objects with key and value."
        complaint = unfit_property(entry["key"], entry["value"])
        if complaint:
            return complaint
    return None


def _absent(name: str) -> Refusal:
    return refusal(404, f"The property with key '{name}' does not exist.")
