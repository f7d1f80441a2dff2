"""What changed on issues, when and by whom."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, invalid_payload, page, read_object
from bsc_sync.sandbox.jira.lookup import issue_or_404, visible_issue
from bsc_sync.sandbox.jira.wire import dumps, loads
from bsc_sync.sandbox.jira.wording import Item
from bsc_sync.sandbox.problems import refusal
from bsc_sync.sandbox.tokens import read_token, token

_NEWEST = 40


def record(
    connection: sqlite3.Connection, issue_id: int, author: str, moment: int, items: list[Item]
) -> None:
    """Add one entry to the history; nothing for no items."""
    if items:
        connection.execute(
            "INSERT INTO issue_history (issue_id, author, created, items) VALUES (?, ?, ?, ?)",
            (issue_id, author, moment, dumps(items)),
        )


def newest_histories(call: Call, issue_id: int) -> dict[str, Any]:
    """The `changelog` expansion: at most the newest 40 entries, newest first."""
    rows = call.connection.execute(
        "SELECT * FROM issue_history WHERE issue_id = ? ORDER BY id DESC", (issue_id,)
    ).fetchall()
    shown = [_history(call, row) for row in rows[:_NEWEST]]
    return {"startAt": 0, "maxResults": len(shown), "total": len(rows), "histories": shown}


def all_histories(call: Call, issue_id: int) -> dict[str, Any]:
    """Data Center's `changelog` expansion: every entry, oldest first, without field ids."""
    rows = call.connection.execute(
        "SELECT * FROM issue_history WHERE issue_id = ? ORDER BY id", (issue_id,)
    ).fetchall()
    shown = [_history(call, row) for row in rows]
    for history in shown:
        history["items"] = [
            {"from": None, "to": None} | {name: value for name, value in item.items() if name != "fieldId"}
            for item in history["items"]
        ]
    return {"startAt": 0, "maxResults": len(shown), "total": len(shown), "histories": shown}


def read_changelog(call: Call, key: str) -> Reply:
    """GET /issue/{key}/changelog: oldest first, at most 100 a page."""
    issue = issue_or_404(call, key)
    rows = call.connection.execute(
        "SELECT * FROM issue_history WHERE issue_id = ? ORDER BY id", (issue.id,)
    ).fetchall()
    part, start, size = page(rows, default=100, most=100)
    here = shapes.link(call, f"issue/{issue.key}/changelog")
    last = start + len(part) >= len(rows)
    body: dict[str, Any] = {
        "self": f"{here}?maxResults={size}&startAt={start}",
        "maxResults": size,
        "startAt": start,
        "total": len(rows),
        "isLast": last,
        "values": [_history(call, row) for row in part],
    }
    if not last and size:
        body["nextPage"] = f"{here}?maxResults={size}&startAt={start + size}"
    return Reply(body)


def bulk_changelog(call: Call) -> Reply:
    """POST /changelog/bulkfetch: up to 1000 issues, up to 10 field ids, entries grouped by issue."""
    body = read_object()
    wanted, field_ids, size = _bulk_request(body)
    issues = [visible_issue(call, name) for name in wanted]
    ids = sorted({issue.id for issue in issues if issue is not None})
    digest = dumps([ids, field_ids])
    after = 0
    if body.get("nextPageToken") is not None:
        after = read_token(call.site.secret, str(body["nextPageToken"]), digest, now=call.now)["after"]
    rows = call.connection.execute(
        "SELECT * FROM issue_history WHERE issue_id IN (SELECT value FROM json_each(?))"
        " ORDER BY issue_id, id",
        (json.dumps(ids),),
    ).fetchall()
    kept = [(row, shown) for row in rows if (shown := _filtered(_history(call, row), field_ids))["items"]]
    part = kept[after : after + size]
    grouped: dict[str, list[Any]] = {}
    for row, shown in part:
        grouped.setdefault(str(row["issue_id"]), []).append(shown)
    reply: dict[str, Any] = {
        "issueChangeLogs": [{"issueId": key, "changeHistories": value} for key, value in grouped.items()]
    }
    if after + size < len(kept):
        reply["nextPageToken"] = token(call.site.secret, digest, {"after": after + size}, now=call.now)
    return Reply(reply)


def _bulk_request(body: dict[str, Any]) -> tuple[list[str], list[str], int]:
    if set(body) - {"issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"}:
        raise invalid_payload()
    wanted, field_ids = body.get("issueIdsOrKeys"), body.get("fieldIds") or []
    size = body.get("maxResults", 1000)
    if not isinstance(wanted, list) or not isinstance(field_ids, list) or not isinstance(size, int):
        raise invalid_payload()
    if not 1 <= len(wanted) <= 1000:
        raise refusal(400, "The number of issue IDs or keys must be between 1 and 1,000.")
    if len(field_ids) > 10:
        raise refusal(400, "The number of field IDs must not be greater than 10.")
    if not 1 <= size <= 10_000:
        raise refusal(400, "The max results parameter has to be between 1 and 10,000.")
    return [str(name) for name in wanted], [str(name) for name in field_ids], size


def _filtered(history: dict[str, Any], field_ids: Sequence[str]) -> dict[str, Any]:
    if not field_ids:
        return history
    return history | {
        "items": [item for item in history["items"] if item.get("fieldId", item["field"]) in field_ids]
    }


def _history(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "author": shapes.user(call, row["author"]),
        "created": shapes.stamp(call, row["created"]),
        "items": loads(row["items"]),
    }
