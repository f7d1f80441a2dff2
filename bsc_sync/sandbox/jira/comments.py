"""Comments."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import request

from bsc_sync.sandbox.jira import adf, shapes
from bsc_sync.sandbox.jira.call import Call, Reply, page, read_object
from bsc_sync.sandbox.jira.lookup import issue_or_404
from bsc_sync.sandbox.jira.permissions import may
from bsc_sync.sandbox.jira.reading import Unfit, read_text
from bsc_sync.sandbox.jira.records import Issue, touch
from bsc_sync.sandbox.jira.wire import dumps, loads
from bsc_sync.sandbox.problems import refusal


def list_comments(call: Call, key: str) -> Reply:
    """GET /issue/{key}/comment: oldest first, or `orderBy=-created`."""
    issue = issue_or_404(call, key)
    rows = _rows(call, issue)
    if request.args.get("orderBy") == "-created":
        rows.reverse()
    part, start, size = page(rows, default=5000, most=5000)
    rendered = "renderedBody" in request.args.get("expand", "")
    comments = [_shape(call, issue.id, row, with_html=rendered) for row in part]
    return Reply({"startAt": start, "maxResults": size, "total": len(rows), "comments": comments})


def read_comment(call: Call, key: str, comment_id: str) -> Reply:
    """GET /issue/{key}/comment/{id}."""
    issue = issue_or_404(call, key)
    for row in _rows(call, issue):
        if str(row["id"]) == comment_id:
            return Reply(_shape(call, issue.id, row))
    raise refusal(404, f"Can not find a comment for the id: {comment_id}.")


def create_comment(call: Call, key: str) -> Reply:
    """POST /issue/{key}/comment."""
    issue = issue_or_404(call, key)
    body = read_object()
    allowed = may(call, "ADD_COMMENTS", call.catalog.project_by_id[issue.project_id])
    told = [] if allowed else ["You do not have the permission to comment on this issue."]
    try:
        text = read_comment_text(call, body)
    except Unfit as unfit:
        raise refusal(400, *told, errors={"comment": str(unfit)}) from None
    if told:
        raise refusal(400, *told)
    added = add_comment(call, issue.id, text)
    touch(call.connection, [issue.id], call.moment)
    row = call.connection.execute("SELECT * FROM issue_comment WHERE id = ?", (added,)).fetchone()
    return Reply(_shape(call, issue.id, row), 201)


def read_comment_text(call: Call, body: Any) -> dict[str, Any]:
    """The text of `{"body": ...}`; Unfit if there is none."""
    raw = body.get("body") if isinstance(body, dict) else None
    if raw in (None, "", {}):
        raise Unfit("Comment body can not be empty!")
    try:
        return read_text(call, raw)
    except Unfit:
        raise Unfit("Comment body is not valid!") from None


def add_comment(call: Call, issue_id: int, text: dict[str, Any]) -> int:
    """Keep a comment and give its id."""
    cursor = call.connection.execute(
        "INSERT INTO issue_comment (issue_id, author, body, text, created, updated)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (issue_id, call.user.account_id, dumps(text), adf.plain(text["adf"]), call.moment, call.moment),
    )
    return int(cursor.lastrowid or 0)


def comment_page(call: Call, issue: Issue, *, rendered: bool = False) -> dict[str, Any]:
    """The `comment` field of an issue."""
    rows = _rows(call, issue)
    comments = [_shape(call, issue.id, row) for row in rows]
    if rendered:
        for shape, row in zip(comments, rows, strict=True):
            shape["body"] = shapes.rendered(loads(row["body"]))
    return {
        "comments": comments,
        "self": shapes.link(call, f"issue/{issue.id}/comment"),
        "maxResults": len(comments),
        "total": len(comments),
        "startAt": 0,
    }


def _rows(call: Call, issue: Issue) -> list[sqlite3.Row]:
    return call.connection.execute(
        "SELECT * FROM issue_comment WHERE issue_id = ? ORDER BY id", (issue.id,)
    ).fetchall()


def _shape(call: Call, issue_id: int, row: sqlite3.Row, *, with_html: bool = False) -> dict[str, Any]:
    body = loads(row["body"])
    author = shapes.user(call, row["author"])
    shape = {
        "self": shapes.link(call, f"issue/{issue_id}/comment/{row['id']}"),
        "id": str(row["id"]),
        "author": author,
        "body": shapes.written(call, body),
        "updateAuthor": author,
        "created": shapes.stamp(call, row["created"]),
        "updated": shapes.stamp(call, row["updated"]),
    }
    if call.cloud:
        shape["jsdPublic"] = True
    return shape | {"renderedBody": shapes.rendered(body)} if with_html else shape
