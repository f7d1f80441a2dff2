"""Pages for people: what Jira and Confluence hold, plainly, without log-in and without scripts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bsc_sync.sandbox.addresses import safe_address
from bsc_sync.sandbox.catalog import read_catalog
from bsc_sync.sandbox.confluence import content, fragments
from bsc_sync.sandbox.confluence.documents import attachment_document
from bsc_sync.sandbox.confluence.page_html import page_html
from bsc_sync.sandbox.confluence.place import context
from bsc_sync.sandbox.confluence.surroundings import surroundings_of
from bsc_sync.sandbox.confluence.v1_documents import page_webui
from bsc_sync.sandbox.document_html import document_html
from bsc_sync.sandbox.jira.issues import load_issue
from bsc_sync.sandbox.problems import Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
ISSUES_PER_PAGE = 50
_COLORS = {"new": "grey", "indeterminate": "blue", "done": "green"}

Row = sqlite3.Row


def blueprint(site: Site) -> Blueprint:
    """`/`, `/projects/KEY`, `/browse/KEY`; below the wiki's path `spaces/KEY` and what is in a space."""
    routes = Blueprint("pages", __name__)
    _jira_routes(routes, site)
    _wiki_routes(routes, site)

    @routes.get("/_sandbox/style.css")
    def style() -> Response:
        return Response(_style(), content_type="text/css; charset=utf-8")

    @routes.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return routes


def _jira_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/")
    def index() -> Response:
        with site.store.transaction() as connection:
            issues = _issues(site, connection, "1", (), limit=12)
            return _page(site, connection, "index.html", issues=issues)

    @routes.get("/projects/<key>")
    @routes.get("/jira/software/projects/<key>")
    def project(key: str) -> Response:
        with site.store.transaction() as connection:
            found = next((item for item in _projects(connection) if item["key"] == key.upper()), None)
            if found is None:
                return _missing(site, connection, f"The project {key}")
            last = max(1, -(-found["count"] // ISSUES_PER_PAGE))
            page = min(max(1, request.args.get("page", 1, type=int)), last)
            issues = _issues(
                site,
                connection,
                "project_id = ?",
                (found["id"],),
                limit=ISSUES_PER_PAGE,
                offset=(page - 1) * ISSUES_PER_PAGE,
            )
            return _page(site, connection, "project.html", project=found, issues=issues, page=page, last=last)

    @routes.get("/browse/<key>")
    def browse(key: str) -> Response:
        with site.store.transaction() as connection:
            issue = load_issue(connection, key)
            if issue is None:
                return _missing(site, connection, f"The issue {key}")
            children = _issues(
                site, connection, "parent_id = ?", (int(issue["id"]),), limit=500, order="number"
            )
            return _page(site, connection, "issue.html", children=children, **_issue_page(site, issue))


def _wiki_routes(routes: Blueprint, site: Site) -> None:
    wiki = context(site)

    @routes.get(wiki)
    def wiki_home() -> AnyResponse:
        return redirect("/", code=302)

    @routes.get(f"{wiki}/spaces/<key>")
    @routes.get(f"{wiki}/spaces/<key>/overview")
    @routes.get(f"{wiki}/display/<key>")
    def space(key: str) -> Response:
        with site.store.transaction() as connection:
            row = content.space_by_key(connection, key)
            if row is None:
                return _missing(site, connection, f"The space {key}")
            tree = content.tree(connection, row["id"])
            return _page(site, connection, "space.html", space=row, tree=tree)

    @routes.get(f"{wiki}/spaces/<key>/pages/<int:page>")
    @routes.get(f"{wiki}/spaces/<key>/pages/<int:page>/<path:_title>")
    def wiki_page(key: str, page: int, _title: str = "") -> Response:
        with site.store.transaction() as connection:
            try:
                row = content.page_by_id(connection, page)
            except Refusal:
                row = None
            if row is None or row["space_key"] != key:
                return _missing(site, connection, f"The page {page} in the space {key}")
            return _page(site, connection, "wiki_page.html", **_wiki_page(site, connection, row))

    @routes.get(f"{wiki}/display/<key>/<path:title>")
    def titled_page(key: str, title: str) -> Response:
        with site.store.transaction() as connection:
            named = content.space_by_key(connection, key)
            wanted = title.replace("+", " ")
            row = None if named is None else content.page_by_title(connection, named["id"], wanted)
            if row is None:
                return _missing(site, connection, f"The page {wanted} in the space {key}")
            page = content.page_by_id(connection, row["id"])
            return _page(site, connection, "wiki_page.html", **_wiki_page(site, connection, page))

    @routes.get(f"{wiki}/pages/viewpage.action")
    def numbered_page() -> Response:
        identity = request.args.get("pageId", 0, type=int)
        with site.store.transaction() as connection:
            try:
                page = content.page_by_id(connection, identity)
            except Refusal:
                return _missing(site, connection, f"The page {identity}")
            return _page(site, connection, "wiki_page.html", **_wiki_page(site, connection, page))


def _issue_page(site: Site, issue: Mapping[str, Any]) -> dict[str, Any]:
    parent = {"key": issue["parent"], "summary": issue["parent_summary"]} if issue["parent"] else None
    shown = {
        "key": issue["key"],
        "summary": issue["summary"],
        "type": issue["type"],
        "status": _status(issue["status"], issue["status_category"]),
        "resolution": issue["resolution"],
        "project": {"key": issue["key"].rpartition("-")[0], "name": issue["project"]},
        "parent": parent,
    }
    named = [
        ("Assignee", issue["assignee"] or "nobody"),
        ("Reporter", issue["reporter"]),
        ("Priority", issue["priority"]),
        ("Labels", issue["labels"]),
        ("Components", ", ".join(issue["components"])),
        ("Due date", issue["due"]),
        *((name, value) for name, value in issue["fields"]),
        ("Created", _moment(site, issue["created"])),
        ("Updated", _moment(site, issue["updated"])),
        ("Resolved", _moment(site, issue["resolved"])),
    ]
    return {
        "issue": shown,
        "description": document_html(issue["description"]) if issue["description"] else None,
        "fields": [{"name": name, "value": value} for name, value in named if value not in (None, "", [])],
        "links": [
            {
                "text": link["reading"],
                "key": link["key"],
                "summary": link["summary"],
                "status": _status(link["status"], link["status_category"]),
            }
            for link in issue["links"]
        ],
        "remote_links": [
            {"title": link["title"] or link["url"], "address": safe_address(link["url"])}
            for link in issue["remote_links"]
        ],
        "comments": [
            {
                "author": comment["author"],
                "created": _moment(site, comment["created"]),
                "body": document_html(comment["body"]),
            }
            for comment in issue["comments"]
        ],
        "history": [_change(site, entry) for entry in reversed(issue["changelog"])],
        "properties": [
            {"key": key, "value": json.dumps(value, indent=2, ensure_ascii=False, default=str)}
            for key, value in issue["properties"]
        ],
    }


def _wiki_page(site: Site, connection: sqlite3.Connection, row: Row) -> dict[str, Any]:
    version = content.version_of(connection, row["id"], row["version"])
    space = content.space_by_id(connection, row["space"])
    query = f"SELECT * FROM {fragments.ATTACHMENTS} WHERE page = ? ORDER BY filename"  # noqa: S608 - a constant
    attachments = [attachment_document(file) for file in connection.execute(query, (row["id"],))]
    return {
        "page": row,
        "version": version,
        "space": space,
        "ancestors": [above for above in content.ancestors(connection, row) if above["id"] != space["home"]],
        "author": _person(site, version["author"]),
        "changed": _moment(site, int(datetime.fromisoformat(version["created"]).timestamp() * 1000)),
        "labels": fragments.labels_of(connection, row["id"]),
        "body": page_html(version["body"], surroundings_of(site, connection, row["id"])),
        "attachments": [
            {
                "name": file["title"],
                "address": f"{context(site)}{file['downloadLink']}",
                "version": file["version"]["number"],
                "size": file["fileSize"],
            }
            for file in attachments
        ],
    }


def _page(site: Site, connection: sqlite3.Connection, template: str, **values: Any) -> Response:
    spaces = connection.execute(
        "SELECT s.*,"
        " (SELECT count(*) FROM wiki_page p WHERE p.space = s.id AND p.status = 'current') AS count"
        " FROM wiki_space s ORDER BY s.key"
    ).fetchall()
    now = _moment(site, int(site.clock.now().timestamp() * 1000))

    def wiki_path(key: str, page: int, title: str) -> str:
        return context(site) + page_webui(site, key, page, title)

    text = render_template(
        template,
        site=site,
        wiki=context(site),
        wiki_path=wiki_path,
        projects=_projects(connection),
        spaces=spaces,
        now=now,
        **values,
    )
    return Response(text, content_type="text/html; charset=utf-8")


def _missing(site: Site, connection: sqlite3.Connection, what: str) -> Response:
    response = _page(site, connection, "missing.html", what=what)
    response.status_code = 404
    return response


def _projects(connection: sqlite3.Connection) -> Sequence[Row]:
    return connection.execute(
        "SELECT p.*, (SELECT count(*) FROM issue i WHERE i.project_id = p.id) AS count"
        " FROM jira_project p ORDER BY p.key"
    ).fetchall()


def _issues(
    site: Site,
    connection: sqlite3.Connection,
    condition: str,
    values: Sequence[object],
    *,
    limit: int,
    offset: int = 0,
    order: str = "updated DESC, id DESC",
) -> list[dict[str, Any]]:
    catalog = read_catalog(connection)
    # The condition and the order are written in this module; every value is bound.
    query = f"SELECT * FROM issue WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - constants of this module
    issues = []
    for row in connection.execute(query, (*values, limit, offset)):
        status = catalog.status_by_id[row["status_id"]]
        issues.append(
            {
                "key": row["key"],
                "summary": row["summary"],
                "type": catalog.type_by_id[row["type_id"]].name,
                "status": _status(status.name, status.category),
                "assignee": _person(site, row["assignee"]),
                "updated": _moment(site, row["updated"]),
            }
        )
    return issues


def _change(site: Site, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "author": entry["author"],
        "created": _moment(site, entry["created"]),
        "changes": [
            {"field": item["field"], "before": item["from"], "after": item["to"]} for item in entry["items"]
        ],
    }


def _status(name: str, category: str) -> dict[str, str]:
    return {"name": name, "color": _COLORS.get(category, "grey")}


def _person(site: Site, account_id: str | None) -> str | None:
    user = site.users.get(account_id or "")
    return account_id if user is None else user.name


def _moment(site: Site, milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    at = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(site.time_zone)
    return f"{at:%Y-%m-%d %H:%M}"


@cache
def _style() -> str:
    return (files("bsc_sync.sandbox") / "templates" / "style.css").read_text(encoding="utf-8")
