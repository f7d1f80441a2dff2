"""Confluence Cloud's REST API v2, as far as a page is published with it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from bsc_sync.sandbox.confluence import content, fragments, grants
from bsc_sync.sandbox.confluence.bodies import (
    json_object,
    optional_text,
    required_status,
    required_text,
    storage_text,
    version_number,
)
from bsc_sync.sandbox.confluence.content import Writing
from bsc_sync.sandbox.confluence.documents import (
    child_document,
    label_document,
    page_document,
    property_document,
    space_document,
    typed_child_document,
    version_document,
)
from bsc_sync.sandbox.confluence.page_html import page_html
from bsc_sync.sandbox.confluence.paging import (
    SORTS,
    Listing,
    as_whole_number,
    listed_values,
    one_of,
    page_of,
    whole_number,
)
from bsc_sync.sandbox.confluence.properties import PAGES, properties_of
from bsc_sync.sandbox.confluence.refusals import invalid, not_found
from bsc_sync.sandbox.confluence.surroundings import surroundings_of

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row

_STATUSES = {"current", "archived", "trashed", "deleted"}
_INCLUDABLE = {"labels", "properties", "versions"}


def blueprint(site: Site) -> Blueprint:
    """The routes below `/wiki/api/v2` for spaces and pages."""
    routes = Blueprint("confluence_v2", __name__, url_prefix="/wiki/api/v2")
    _space_routes(routes, site)
    _page_reading_routes(routes, site)
    _page_writing_routes(routes, site)
    return routes


def writing(site: Site, message: str = "") -> Writing:
    """Who is asking, at the site's time."""
    return Writing(author=g.user.account_id, at=site.clock.now(), message=message)


def _space_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/spaces")
    def spaces() -> Response:
        conditions: list[str] = []
        values: list[object] = []
        if keys := listed_values(request, "keys"):
            conditions.append(one_of("key", keys))
            values += keys
        if ids := listed_values(request, "ids"):
            conditions.append(one_of("id", ids))
            values += [as_whole_number(text, "ids") for text in ids]
        if (
            request.args.get("status", "current") != "current"
            or request.args.get("type", "global") != "global"
        ):
            conditions.append("0")
        listing = Listing("wiki_space", conditions, values, {"id": "id", "key": "key", "name": "name"})
        with site.store.transaction() as connection:
            return page_of(connection, request, listing, site.base_url, space_document)

    @routes.get("/spaces/<identity>")
    def space(identity: str) -> Response:
        with site.store.transaction() as connection:
            row = content.space_by_id(connection, as_whole_number(identity, "id"))
            return jsonify(_with_base(site, space_document(row)))

    @routes.get("/spaces/<identity>/operations")
    def operations(identity: str) -> Response:
        with site.store.transaction() as connection:
            row = content.space_by_id(connection, as_whole_number(identity, "id"))
            account = g.user.account_id
            allowed = [{"operation": "read", "targetType": "space"}]
            if grants.may(connection, row["id"], "create", account):
                allowed.append({"operation": "create", "targetType": "page"})
                if grants.may(connection, row["id"], "attach", account):
                    allowed.append({"operation": "create", "targetType": "attachment"})
            return jsonify({"operations": allowed})

    @routes.get("/spaces/<identity>/pages")
    def space_pages(identity: str) -> Response:
        with site.store.transaction() as connection:
            row = content.space_by_id(connection, as_whole_number(identity, "id"))
            conditions: list[str] = ["space = ?"]
            if request.args.get("depth", "all") == "root":
                conditions.append("parent IS NULL")
            return _page_list(site, connection, conditions, [row["id"]])


def _page_reading_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/pages")
    def pages() -> Response:
        conditions: list[str] = []
        values: list[object] = []
        for name, column in (("space-id", "space"), ("id", "id")):
            if texts := listed_values(request, name):
                conditions.append(one_of(column, texts))
                values += [as_whole_number(text, name) for text in texts]
        with site.store.transaction() as connection:
            return _page_list(site, connection, conditions, values)

    @routes.get("/pages/<identity>")
    def page(identity: str) -> Response:
        with site.store.transaction() as connection:
            statuses = [text for text in _statuses() if text != "historical"]
            row = content.page_by_id(connection, as_whole_number(identity, "id"), *statuses)
            number = whole_number(request, "version", row["version"])
            return _page_reply(site, connection, row, content.version_of(connection, row["id"], number))

    @routes.get("/pages/<identity>/direct-children")
    def direct_children(identity: str) -> Response:
        return children(identity, typed=True)

    @routes.get("/pages/<identity>/children")
    def children(identity: str, *, typed: bool = False) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(identity, "id"))
            sorts = {**SORTS, "child-position": "position"}
            listing = Listing(
                "wiki_page", ["parent = ?", "status = 'current'"], [row["id"]], sorts, order="child-position"
            )
            shown = typed_child_document if typed else child_document
            return page_of(connection, request, listing, site.base_url, shown)

    @routes.get("/pages/<identity>/versions")
    def versions(identity: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(identity, "id"))
            with_body = _body_format() == "storage"

            def document(version: Row) -> dict[str, Any]:
                shown = {"id": str(row["id"]), "title": version["title"]}
                body = {"body": {"storage": _body_of("storage", version["body"])}} if with_body else {}
                return {**version_document(version), "page": {**shown, **body}}

            listing = Listing(
                "wiki_version",
                ["page = ?"],
                [row["id"]],
                {"modified-date": "created"},
                identity="number",
                order="-modified-date",
            )
            return page_of(connection, request, listing, site.base_url, document)

    @routes.get("/pages/<identity>/versions/<number>")
    def version(identity: str, number: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(identity, "page-id"))
            wanted = as_whole_number(number, "version-number")
            document = version_document(content.version_of(connection, row["id"], wanted))
            document |= {"contentTypeModified": False, "collaborators": [document["authorId"]]}
            if wanted > 1:
                document["prevVersion"] = wanted - 1
            if wanted < row["version"]:
                document["nextVersion"] = wanted + 1
            return jsonify(document)


def _page_writing_routes(routes: Blueprint, site: Site) -> None:
    @routes.post("/pages")
    def create() -> Response:
        body = json_object(request)
        space = required_text(body, "spaceId")
        if body.get("status") is not None:
            required_status(body)
        title = required_text(body, "title")
        text = storage_text(body) if body.get("body") is not None else ""
        wanted = optional_text(body, "parentId")
        with site.store.transaction() as connection:
            row = content.space_by_id(connection, as_whole_number(space, "spaceId"))
            if not grants.may(connection, row["id"], "create", g.user.account_id):
                raise not_found()
            parent = row["home"] if wanted is None else as_whole_number(wanted, "parentId")
            if request.args.get("root-level") == "true":
                if wanted is not None:
                    raise invalid("A root-level page takes no 'parentId'")
                parent = None
            page = content.create_page(connection, row["id"], title, text, parent=parent, by=writing(site))
            return _current(site, connection, page)

    @routes.put("/pages/<identity>")
    def update(identity: str) -> Response:
        body = json_object(request)
        if required_text(body, "id") != identity:
            raise invalid(f"The 'id' in the body is not the page's id {identity}")
        required_status(body)
        title = required_text(body, "title")
        text = storage_text(body)
        number, message = version_number(body)
        wanted = optional_text(body, "parentId")
        with site.store.transaction() as connection:
            row = content.page_by_id(
                connection, as_whole_number(identity, "id"), "current", "archived", "trashed"
            )
            _check_may_edit(connection, row)
            if optional_text(body, "spaceId") not in (None, str(row["space"])):
                raise invalid("A page cannot be moved to another space")
            content.update_page(
                connection,
                row,
                title=title,
                body=text,
                number=number,
                parent=None if wanted is None else as_whole_number(wanted, "parentId"),
                by=writing(site, message),
            )
            return _current(site, connection, row["id"])

    @routes.put("/pages/<identity>/title")
    def rename(identity: str) -> Response:
        body = json_object(request)
        required_status(body)
        title = required_text(body, "title")
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(identity, "id"))
            _check_may_edit(connection, row)
            content.rename_page(connection, row, title, writing(site))
            return _current(site, connection, row["id"])

    @routes.delete("/pages/<identity>")
    def delete(identity: str) -> Response:
        with site.store.transaction() as connection:
            number = as_whole_number(identity, "id")
            _check_may_edit(
                connection, content.page_by_id(connection, number, "current", "archived", "trashed")
            )
            if request.args.get("purge") == "true":
                row = content.page_by_id(connection, number, "current", "archived", "trashed")
                content.purge_page(connection, row)
            else:
                content.trash_page(connection, content.page_by_id(connection, number))
        return Response(status=204)


def _check_may_edit(connection: sqlite3.Connection, row: Row) -> None:
    # The document has no 403: what one may not do is not found.
    if not grants.may_edit(connection, row, g.user.account_id):
        raise not_found()


def _page_list(
    site: Site, connection: sqlite3.Connection, conditions: list[str], values: list[object]
) -> Response:
    statuses = _statuses() or ["current", "archived"]
    conditions.append(one_of("status", statuses))
    values += statuses
    if (title := request.args.get("title")) is not None:
        conditions.append("title = ?")
        values.append(title)
    with_body = _body_format() == "storage"
    keys = {row["id"]: row["key"] for row in connection.execute("SELECT id, key FROM wiki_space")}

    def document(row: Row) -> dict[str, Any]:
        version = content.version_of(connection, row["id"], row["version"])
        shown = page_document(row, version, keys[row["space"]])
        if with_body:
            shown["body"] = {"storage": _body_of("storage", version["body"])}
        return shown

    return page_of(
        connection, request, Listing("wiki_page", conditions, values, SORTS), site.base_url, document
    )


def _current(site: Site, connection: sqlite3.Connection, page: int) -> Response:
    row = content.page_by_id(connection, page)
    version = content.version_of(connection, page, row["version"])
    document = page_document(row, version, row["space_key"])
    document["body"] = {"storage": _body_of("storage", version["body"])}
    return jsonify(_with_base(site, document))


def _page_reply(site: Site, connection: sqlite3.Connection, row: Row, version: Row) -> Response:
    document = page_document(row, version, row["space_key"])
    wanted = request.args.get("body-format")
    if wanted in {"view", "export_view"}:
        around = surroundings_of(site, connection, row["id"])
        document["body"] = {wanted: _body_of(wanted, str(page_html(version["body"], around)))}
    elif _body_format() == "storage":
        document["body"] = {"storage": _body_of("storage", version["body"])}
    if request.args.get("include-version") == "false":
        del document["version"]
    for name in sorted(_INCLUDABLE):
        if request.args.get(f"include-{name}") == "true":
            document[name] = _included(connection, name, row["id"])
    return jsonify(_with_base(site, document))


def _included(connection: sqlite3.Connection, name: str, page: int) -> dict[str, Any]:
    results: list[dict[str, Any]]
    if name == "labels":
        results = [label_document(row) for row in fragments.labels_of(connection, page)]
    elif name == "properties":
        results = [property_document(row) for row in properties_of(connection, PAGES, page)]
    else:
        query = "SELECT * FROM wiki_version WHERE page = ? ORDER BY number DESC"
        results = [version_document(row) for row in connection.execute(query, (page,))]
    return {
        "results": results,
        "meta": {"hasMore": False},
        "_links": {"self": f"/wiki/api/v2/pages/{page}/{name}"},
    }


def _body_format() -> str | None:
    wanted = request.args.get("body-format")
    if wanted not in (None, "storage"):
        raise invalid(f"This site writes the storage representation only, not {wanted!r}")
    return wanted


def _body_of(representation: str, value: str) -> dict[str, str]:
    return {"representation": representation, "value": value}


def _statuses() -> list[str]:
    wanted = listed_values(request, "status")
    for text in wanted:
        if text not in _STATUSES | {"historical", "draft"}:
            raise invalid(f"Provided value {{{text}}} for 'status' is not valid")
    return wanted


def _with_base(site: Site, document: dict[str, Any]) -> dict[str, Any]:
    document["_links"] = {**document["_links"], "base": f"{site.base_url}/wiki"}
    return document
