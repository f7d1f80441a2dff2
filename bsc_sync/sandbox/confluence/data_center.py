"""Confluence Data Center's REST API: pages and spaces below `/confluence/rest/api`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, request

from bsc_sync.sandbox.confluence import content, grants
from bsc_sync.sandbox.confluence.bodies import json_object, optional_text, required_text, storage_text
from bsc_sync.sandbox.confluence.content import Writing
from bsc_sync.sandbox.confluence.data_center_parts import keep_given_properties, part_routes
from bsc_sync.sandbox.confluence.paging import listed_values, one_of, whole_number
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.v1 import answer_in_v1
from bsc_sync.sandbox.confluence.v1_attachments import attachment_routes
from bsc_sync.sandbox.confluence.v1_documents import listing, root, user_document
from bsc_sync.sandbox.confluence.v1_labels import editable_page, label_routes, page_of_v1
from bsc_sync.sandbox.confluence.v1_pages import expansions, page_content, space_with_home, with_base
from bsc_sync.sandbox.confluence.v1_search import search_routes
from bsc_sync.sandbox.confluence.v1_watches import watch_routes

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row

PREFIX = "/confluence/rest/api"
VERSION = "9.2.14"
_CREATED = "body.storage,history,space,container.history,container.version,version,ancestors"
_STATUSES = {"current", "trashed", "archived", "historical", "draft", "any"}


def blueprint(site: Site) -> Blueprint:
    """The routes below `/confluence/rest/api`."""
    routes = Blueprint("confluence_data_center", __name__, url_prefix=PREFIX)
    routes.register_blueprint(search_routes(site))
    _reading_routes(routes, site)
    _writing_routes(routes, site)
    _space_routes(routes, site)
    _other_routes(routes, site)
    routes.register_blueprint(part_routes(site))
    routes.register_blueprint(label_routes(site))
    routes.register_blueprint(attachment_routes(site))
    routes.register_blueprint(watch_routes(site))
    answer_in_v1(routes)
    return routes


def _reading_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/content")
    def contents() -> Response:
        conditions: list[str] = []
        values: list[object] = []
        if request.args.get("type", "page") != "page":
            conditions.append("0")
        if (key := request.args.get("spaceKey")) is not None:
            conditions.append("s.key = ?")
            values.append(key)
        if (title := request.args.get("title")) is not None:
            conditions.append("p.title = ?")
            values.append(title)
        if (statuses := _statuses("current")) is not None:
            conditions.append(one_of("p.status", statuses))
            values += statuses
        return _pages(site, "/rest/api/content", conditions, values, expand="")

    @routes.get("/content/<int:identity>")
    def one(identity: int) -> Response:
        expand = expansions(request.args.get("expand"), "history,space,version")
        with site.store.transaction() as connection:
            statuses = _statuses("current") or ["current", "archived", "trashed"]
            wanted = whole_number(request, "version", 0) or None
            if "historical" in statuses or wanted is not None:
                statuses = ["current", "archived"]
            row = page_of_v1(connection, str(identity), *statuses)
            return jsonify(with_base(site, page_content(site, connection, row, expand, number=wanted)))

    @routes.get("/content/<identity>/child")
    def children(identity: str) -> Response:
        expand = expansions(request.args.get("expand"), "")
        with site.store.transaction() as connection:
            row = page_of_v1(connection, identity)
            shown = page_content(site, connection, row, {"children": expand})["children"]
        links = {"self": f"{root(site)}/rest/api/content/{identity}/child"}
        return jsonify({**shown, "_links": links, "_expandable": {}})

    @routes.get("/content/<identity>/child/page")
    def child_pages(identity: str) -> Response:
        with site.store.transaction() as connection:
            row = page_of_v1(connection, identity)
            conditions, values = ["p.parent = ?", "p.status = 'current'"], [row["id"]]
            path = f"/rest/api/content/{identity}/child/page"
            return _pages(site, path, conditions, values, expand="", order="p.position, p.id")


def _writing_routes(routes: Blueprint, site: Site) -> None:
    @routes.post("/content")
    def create() -> Response:
        body = json_object(request)
        _check_type(body, required=True)
        space = body.get("space")
        key = space.get("key") if isinstance(space, dict) else None
        if not isinstance(key, str):
            raise refused_v1(400, "Must supply a space with its key")
        title = required_text(body, "title")
        text = storage_text(body) if body.get("body") is not None else ""
        expand = expansions(request.args.get("expand"), _CREATED)
        with site.store.transaction() as connection:
            row = _space(connection, key)
            if not grants.may(connection, row["id"], "create", g.user.account_id):
                raise refused_v1(403, "Could not create content with type page")
            parent = _parent(connection, body)
            page = content.create_page(
                connection, row["id"], title, text, parent=parent, by=_writing(site, body)
            )
            keep_given_properties(site, connection, page, body)
            created = content.page_by_id(connection, page)
            return jsonify(with_base(site, page_content(site, connection, created, expand)))

    @routes.put("/content/<int:identity>")
    def update(identity: int) -> Response:
        body = json_object(request)
        _check_type(body, required=False)
        number = _number(body)
        expand = expansions(request.args.get("expand"), _CREATED)
        if request.args.get("conflictPolicy", "abort") != "abort":
            raise refused_v1(400, "conflictPolicy must be abort")
        with site.store.transaction() as connection:
            row = editable_page(connection, str(identity), "current", "archived", "trashed")
            content.update_page(
                connection,
                row,
                title=optional_text(body, "title") or row["title"],
                body=storage_text(body) if body.get("body") is not None else None,
                number=number,
                parent=_parent(connection, body),
                by=_writing(site, body),
            )
            keep_given_properties(site, connection, row["id"], body)
            updated = content.page_by_id(connection, row["id"])
            return jsonify(with_base(site, page_content(site, connection, updated, expand)))

    @routes.delete("/content/<identity>")
    def delete(identity: str) -> Response:
        with site.store.transaction() as connection:
            if request.args.get("status") == "trashed":
                content.purge_page(connection, editable_page(connection, identity, "trashed"))
            else:
                content.trash_page(connection, editable_page(connection, identity))
        return Response(status=204)


def _space_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/space")
    def spaces() -> Response:
        conditions: list[str] = ["1"]
        values: list[object] = []
        if keys := listed_values(request, "spaceKey"):
            conditions.append(one_of("key", keys))
            values += keys
        expand = expansions(request.args.get("expand"), "")
        start, limit = _window()
        with site.store.transaction() as connection:
            rows = connection.execute(
                f"SELECT * FROM wiki_space WHERE {' AND '.join(conditions)}"  # noqa: S608 - constants of this module
                " ORDER BY key LIMIT ? OFFSET ?",
                (*values, limit + 1, start),
            ).fetchall()
            results = [space_with_home(site, connection, row, expand) for row in rows[:limit]]
        more = _next("/rest/api/space", start, limit) if len(rows) > limit else ""
        return jsonify(listing(site, results, start=start, limit=limit, path="/rest/api/space", more=more))

    @routes.get("/space/<key>")
    def space(key: str) -> Response:
        expand = expansions(request.args.get("expand"), "")
        with site.store.transaction() as connection:
            document = space_with_home(site, connection, _space(connection, key), expand)
        return jsonify(with_base(site, document))

    @routes.get("/space/<key>/content")
    @routes.get("/space/<key>/content/page")
    def space_pages(key: str) -> Response:
        with site.store.transaction() as connection:
            conditions = ["p.space = ?", "p.status = 'current'"]
            if request.args.get("depth", "all") == "root":
                conditions.append("p.parent IS NULL")
            values = [_space(connection, key)["id"]]
            return _pages(site, f"/rest/api/space/{key}/content/page", conditions, values, expand="")


def _other_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/server-information")
    def server_information() -> Response:
        build = {"buildNumber": 9111, "marketplaceBuildNumber": 9111, "buildDate": "2026-01-12"}
        return jsonify({"baseUrl": root(site), "version": VERSION, **build})

    @routes.get("/user/current")
    def current_user() -> Response:
        return jsonify(user_document(site, g.user))

    @routes.get("/user")
    def user() -> Response:
        for one in site.users.values():
            document = user_document(site, one)
            named = request.args.get("username") == one.login
            if named or request.args.get("key") == document["userKey"]:
                return jsonify(document)
        raise refused_v1(404, "No user found")


def _pages(
    site: Site,
    path: str,
    conditions: list[str],
    values: list[Any],
    *,
    expand: str,
    order: str = "p.id",
) -> Response:
    wanted = expansions(request.args.get("expand"), expand)
    start, limit = _window()
    with site.store.transaction() as connection:
        rows = connection.execute(
            "SELECT p.*, s.key AS space_key FROM wiki_page p JOIN wiki_space s ON s.id = p.space"  # noqa: S608 - constants of this module
            f" WHERE {' AND '.join(conditions) or '1'} ORDER BY {order} LIMIT ? OFFSET ?",
            (*values, limit + 1, start),
        ).fetchall()
        results = [page_content(site, connection, row, wanted) for row in rows[:limit]]
    more = _next(path, start, limit) if len(rows) > limit else ""
    return jsonify(listing(site, results, start=start, limit=limit, path=path, more=more))


def _window() -> tuple[int, int]:
    start, limit = whole_number(request, "start", 0), whole_number(request, "limit", 25)
    if start < 0 or limit < 0:
        raise refused_v1(400, "'start' and 'limit' cannot be negative")
    return start, min(limit, 200)


def _next(path: str, start: int, limit: int) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {"start", "limit"}]
    return f"{path}?{urlencode([*kept, ('limit', limit), ('start', start + limit)])}"


def _statuses(default: str) -> list[str] | None:
    """The statuses that are asked for; None for any."""
    wanted = listed_values(request, "status") or [default]
    for text in wanted:
        if text not in _STATUSES:
            raise refused_v1(400, f"Invalid status: {text}")
    return None if "any" in wanted else wanted


def _space(connection: sqlite3.Connection, key: str) -> Row:
    row = content.space_by_key(connection, key)
    if row is None:
        raise refused_v1(404, f"No space found with key : {key}")
    return row


def _check_type(body: Mapping[str, Any], *, required: bool) -> None:
    kind = body.get("type")
    if kind is None and not required:
        return
    if kind != "page":
        raise refused_v1(400, f"This site keeps pages only: 'type' must be page, not {kind}")
    if body.get("status", "current") != "current":
        raise refused_v1(400, "This site keeps no drafts: 'status' must be current")


def _number(body: Mapping[str, Any]) -> int:
    version = body.get("version")
    number = version.get("number") if isinstance(version, dict) else None
    if isinstance(number, bool) or not isinstance(number, int):
        raise refused_v1(400, "Must supply an incremented version when updating Content")
    return number


def _writing(site: Site, body: Mapping[str, Any]) -> Writing:
    version = body.get("version")
    given = version if isinstance(version, dict) else {}
    message = optional_text(given, "message") or ""
    return Writing(g.user.account_id, site.clock.now(), message, minor=given.get("minorEdit") is True)


def _parent(connection: sqlite3.Connection, body: Mapping[str, Any]) -> int | None:
    """The page below which this one shall be: the last of `ancestors`; None: nothing was said."""
    listed = body.get("ancestors")
    if not listed:
        return None
    last = listed[-1] if isinstance(listed, list) else None
    identity = last.get("id") if isinstance(last, dict) else None
    if not str(identity).isdigit():
        raise refused_v1(400, "An ancestor has an 'id'")
    return int(page_of_v1(connection, str(identity))["id"])
