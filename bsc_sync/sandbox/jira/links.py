"""Links between issues, and links to pages elsewhere."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import LinkType
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, read_object
from bsc_sync.sandbox.jira.changelog import record
from bsc_sync.sandbox.jira.comments import add_comment, read_comment_text
from bsc_sync.sandbox.jira.lookup import issue_or_404, may_see
from bsc_sync.sandbox.jira.permissions import may
from bsc_sync.sandbox.jira.reading import Unfit
from bsc_sync.sandbox.jira.records import Issue, read_issues, touch
from bsc_sync.sandbox.jira.wire import dumps, loads
from bsc_sync.sandbox.jira.wording import item
from bsc_sync.sandbox.problems import refusal


def create_link(call: Call) -> Reply:
    """POST /issueLink: `inwardIssue` is the source, `outwardIssue` the destination."""
    body = read_object()
    kind = read_link_type(call, body.get("type"))
    source, destination = (_named_issue(call, body.get(name)) for name in ("inwardIssue", "outwardIssue"))
    for issue in (source, destination):
        _need_permission(call, issue)
    if source.id == destination.id:
        raise refusal(400, "You cannot link an issue to itself.")
    connect(call, kind, source, destination)
    if body.get("comment"):
        try:
            add_comment(call, source.id, read_comment_text(call, body["comment"]))
        except Unfit as unfit:
            raise refusal(400, errors={"comment": str(unfit)}) from None
    return Reply(status=201)


def _need_permission(call: Call, issue: Issue) -> None:
    if not may(call, "LINK_ISSUES", call.catalog.project_by_id[issue.project_id]):
        raise refusal(404 if call.cloud else 401, f"No Link Issue Permission for issue '{issue.key}'")


def read_link(call: Call, link_id: str) -> Reply:
    """GET /issueLink/{id}."""
    row = _link_or_404(call, link_id)
    source, destination = read_issues(call.connection, [row["source_id"], row["destination_id"]])
    shape = _link_shape(call, row)
    shape["inwardIssue"] = shapes.linked_issue(call, source)
    shape["outwardIssue"] = shapes.linked_issue(call, destination)
    return Reply(shape)


def delete_link(call: Call, link_id: str) -> Reply:
    """DELETE /issueLink/{id}."""
    row = _link_or_404(call, link_id)
    source, destination = read_issues(call.connection, [row["source_id"], row["destination_id"]])
    _need_permission(call, source)
    call.connection.execute("DELETE FROM issue_link WHERE id = ?", (row["id"],))
    _note(call, call.catalog.link_type_by_id[row["type_id"]], source, destination, made=False)
    return Reply(status=204)


def connect(call: Call, kind: LinkType, source: Issue, destination: Issue) -> None:
    """Link two issues; a link that is there already stays one."""
    known = call.connection.execute(
        "SELECT 1 FROM issue_link WHERE type_id = ? AND source_id = ? AND destination_id = ?",
        (kind.id, source.id, destination.id),
    ).fetchone()
    if known is None:
        call.connection.execute(
            "INSERT INTO issue_link (type_id, source_id, destination_id) VALUES (?, ?, ?)",
            (kind.id, source.id, destination.id),
        )
        _note(call, kind, source, destination, made=True)


def read_link_type(call: Call, raw: Any) -> LinkType:
    """The link type that `{"id"}` or `{"name"}` means; 404 if there is none."""
    wanted = raw if isinstance(raw, dict) else {}
    for kind in call.catalog.link_types:
        if str(wanted.get("id", "")) == kind.id:
            return kind
        if "id" not in wanted and str(wanted.get("name", "")).lower() == kind.name.lower():
            return kind
    raise refusal(404, f"No issue link type with name '{wanted.get('name', wanted.get('id'))}' found.")


def links_of(call: Call, issue: Issue) -> list[dict[str, Any]]:
    """The `issuelinks` field: each link with the issue at its other end."""
    rows = call.connection.execute(
        "SELECT * FROM issue_link WHERE source_id = ?1 OR destination_id = ?1 ORDER BY id", (issue.id,)
    ).fetchall()
    shown = []
    for row in rows:
        outward = row["source_id"] == issue.id
        (other,) = read_issues(call.connection, [row["destination_id"] if outward else row["source_id"]])
        if not may_see(call, other):
            continue
        end = "outwardIssue" if outward else "inwardIssue"
        shown.append(_link_shape(call, row) | {end: shapes.linked_issue(call, other)})
    return shown


def list_remote_links(call: Call, key: str) -> Reply:
    """GET /issue/{key}/remotelink, or the one with `?globalId=`."""
    issue = issue_or_404(call, key)
    rows = call.connection.execute("SELECT * FROM remote_link WHERE issue_id = ? ORDER BY id", (issue.id,))
    wanted = request.args.get("globalId")
    if wanted is None:
        return Reply([_remote_shape(call, issue, row) for row in rows])
    for row in rows:
        if row["global_id"] == wanted:
            return Reply(_remote_shape(call, issue, row))
    raise refusal(404, f"The remote link with global id '{wanted}' does not exist.")


def set_remote_link(call: Call, key: str) -> Reply:
    """POST /issue/{key}/remotelink: 201 for a new link, 200 where the globalId is known (replaced whole)."""
    issue = issue_or_404(call, key)
    if not may(call, "LINK_ISSUES", call.catalog.project_by_id[issue.project_id]):
        raise refusal(403, f"No Link Issue Permission for issue '{issue.key}'")
    body = read_object()
    content, global_id = _remote_content(body)
    known = None
    if global_id is not None:
        known = call.connection.execute(
            "SELECT id FROM remote_link WHERE issue_id = ? AND global_id = ?", (issue.id, global_id)
        ).fetchone()
    if known is not None:
        number = known["id"]
        call.connection.execute("UPDATE remote_link SET content = ? WHERE id = ?", (dumps(content), number))
    else:
        number = call.connection.execute(
            "INSERT INTO remote_link (issue_id, global_id, content) VALUES (?, ?, ?)",
            (issue.id, global_id, dumps(content)),
        ).lastrowid
        shown = f'This issue links to "{content["object"]["title"]}"'
        items = [item("RemoteIssueLink", (None, ""), (str(number), shown), field_id=None)]
        record(call.connection, issue.id, call.user.account_id, call.moment, items)
        touch(call.connection, [issue.id], call.moment)
    address = shapes.link(call, f"issue/{issue.key}/remotelink/{number}")
    return Reply({"id": number, "self": address}, 201 if known is None else 200)


def read_remote_link(call: Call, key: str, link_id: str) -> Reply:
    """GET /issue/{key}/remotelink/{id}."""
    issue = issue_or_404(call, key)
    row = call.connection.execute(
        "SELECT * FROM remote_link WHERE issue_id = ? AND CAST(id AS TEXT) = ?", (issue.id, link_id)
    ).fetchone()
    if row is None:
        raise refusal(404, f"The remote link with id '{link_id}' does not exist.")
    return Reply(_remote_shape(call, issue, row))


def delete_remote_link(call: Call, key: str, link_id: str | None = None) -> Reply:
    """DELETE /issue/{key}/remotelink/{id}, or `?globalId=`."""
    issue = issue_or_404(call, key)
    global_id = request.args.get("globalId")
    if link_id is None and not global_id:
        raise refusal(400, "The 'globalId' query parameter is required.")
    gone = call.connection.execute(
        "DELETE FROM remote_link WHERE issue_id = ?1"
        " AND (CAST(id AS TEXT) = ?2 OR (?2 IS NULL AND global_id = ?3))",
        (issue.id, link_id, global_id),
    ).rowcount
    if not gone:
        raise refusal(404, f"The remote link with id '{link_id or global_id}' does not exist.")
    return Reply(status=204)


def _remote_content(body: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    target, global_id = body.get("object"), body.get("globalId")
    errors: dict[str, str] = {}
    if not isinstance(target, dict):
        raise refusal(400, errors={"object": "'object' is required."})
    for name in ("url", "title"):
        if not isinstance(target.get(name), str) or not target[name]:
            errors[name] = f"'{name}' is required."
    if global_id is not None and (not isinstance(global_id, str) or len(global_id) > 255):
        errors["globalId"] = "'globalId' must not be longer than 255 characters."
    if errors:
        raise refusal(400, errors=errors)
    kept = {name: body[name] for name in ("application", "relationship", "object") if body.get(name)}
    return kept, global_id


def _remote_shape(call: Call, issue: Issue, row: sqlite3.Row) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "id": row["id"],
        "self": shapes.link(call, f"issue/{issue.key}/remotelink/{row['id']}"),
    }
    if row["global_id"] is not None:
        shape["globalId"] = row["global_id"]
    content: dict[str, Any] = loads(row["content"])
    content["object"].setdefault("icon", {})
    content["object"].setdefault("status", {"icon": {}})
    return shape | {"application": {}} | content


def _link_shape(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "self": shapes.link(call, f"issueLink/{row['id']}"),
        "type": shapes.link_type(call, call.catalog.link_type_by_id[row["type_id"]]),
    }


def _link_or_404(call: Call, link_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.connection.execute(
        "SELECT * FROM issue_link WHERE CAST(id AS TEXT) = ?", (link_id,)
    ).fetchone()
    if row is None:
        raise refusal(404, f"No issue link with id '{link_id}' exists.")
    return row


def _named_issue(call: Call, raw: Any) -> Issue:
    wanted = raw if isinstance(raw, dict) else {}
    name = wanted.get("key", wanted.get("id"))
    return issue_or_404(call, "" if name is None else str(name))


def _note(call: Call, kind: LinkType, source: Issue, destination: Issue, *, made: bool) -> None:
    ends = ((source, destination, kind.outward), (destination, source, kind.inward))
    for here, there, reading in ends:
        told = (there.key, f"This issue {reading} {there.key}")
        pair = ((None, ""), told) if made else (told, (None, ""))
        items = [item("Link", *pair, field_id=None)]
        record(call.connection, here.id, call.user.account_id, call.moment, items)
    touch(call.connection, [source.id, destination.id], call.moment)
