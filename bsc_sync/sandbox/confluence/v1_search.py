"""Searching by CQL in API v1: `/content/search` gives contents, `/search` what was found around them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from bsc_sync.sandbox.confluence import cql
from bsc_sync.sandbox.confluence.paging import cursor_at, start_of, whole_number
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.v1_documents import listing
from bsc_sync.sandbox.confluence.v1_pages import expansions, page_content

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

MOST = 200


def search_routes(site: Site) -> Blueprint:
    """`GET /content/search` and `GET /search`."""
    routes = Blueprint("search", __name__)

    @routes.get("/content/search")
    def contents() -> Response:
        expand = expansions(request.args.get("expand"), "")

        def shown(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
            return page_content(site, connection, row, expand)

        return jsonify(_found(site, "/rest/api/content/search", shown))

    @routes.get("/search")
    def search() -> Response:
        def shown(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
            found = page_content(site, connection, row, {})
            return {
                "content": found,
                "title": row["title"],
                "excerpt": "",
                "url": found["_links"]["webui"],
                "breadcrumbs": [],
                "entityType": "content",
                "iconCssClass": "aui-icon content-type-page",
                "friendlyLastModified": row["modified"][:10],
                "lastModified": row["modified"],
            }

        document = _found(site, "/rest/api/search", shown)
        return jsonify(
            {**document, "totalSize": document["size"], "cqlQuery": request.args["cql"], "searchDuration": 1}
        )

    return routes


def _found(site: Site, path: str, shown: Any) -> dict[str, Any]:
    text = request.args.get("cql")
    if text is None:
        raise refused_v1(400, "Must supply 'cql'")
    limit, by_cursor = whole_number(request, "limit", 25), site.flavor == "cloud"
    if by_cursor and "cursor" in request.args:
        start = start_of(request.args["cursor"])
    else:
        start = whole_number(request, "start", 0)
    if start < 0 or limit < 0:
        raise refused_v1(400, "'start' and 'limit' cannot be negative")
    query = cql.parse(text)
    limit = min(limit, MOST)
    with site.store.transaction() as connection:
        rows = cql.find(connection, query, start=start, limit=limit + 1)
        results = [shown(connection, row) for row in rows[:limit]]
    further = {"cursor": cursor_at(start + limit)} if by_cursor else {"start": start + limit}
    kept = {"cql": text, "limit": limit, **further}
    more = f"{path}?{urlencode(kept)}" if len(rows) > limit else ""
    return listing(site, results, start=start, limit=limit, path=path, more=more)
