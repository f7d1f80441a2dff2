"""Labels of pages in API v1, on Cloud and on Data Center."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from bsc_sync.sandbox.confluence import content, fragments, grants
from bsc_sync.sandbox.confluence.bodies import json_value
from bsc_sync.sandbox.confluence.place import is_data_center
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.v1_documents import label_document, listing
from bsc_sync.sandbox.problems import Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row


def label_routes(site: Site) -> Blueprint:
    """`POST` and `DELETE` of `/content/{id}/label`."""
    routes = Blueprint("labels", __name__)

    @routes.post("/content/<identity>/label")
    def add(identity: str) -> Response:
        given = json_value(request)
        default = "global" if is_data_center(site) else None
        labels = [_label(item, default) for item in (given if isinstance(given, list) else [given])]
        with site.store.transaction() as connection:
            page = editable_page(connection, identity)
            try:
                fragments.add_labels(connection, page["id"], labels)
            except ValueError as error:
                raise refused_v1(400, str(error)) from None
            return jsonify(labels_document(site, connection, page["id"]))

    @routes.delete("/content/<identity>/label")
    def remove_named(identity: str) -> Response:
        if "name" not in request.args:
            raise refused_v1(400, "Must supply 'name'")
        return remove(identity, request.args["name"])

    @routes.delete("/content/<identity>/label/<label>")
    def remove(identity: str, label: str) -> Response:
        with site.store.transaction() as connection:
            fragments.remove_label(connection, editable_page(connection, identity)["id"], label)
        return Response(status=204)

    return routes


def labels_document(site: Site, connection: sqlite3.Connection, page: int) -> dict[str, Any]:
    """The labels of a page as a listing."""
    results: list[dict[str, Any]] = [{**label_document(row)} for row in fragments.labels_of(connection, page)]
    return listing(site, results, start=0, limit=200, path=f"/rest/api/content/{page}/label")


def page_of_v1(connection: sqlite3.Connection, identity: str, *statuses: str) -> Row:
    """The page with this id in one of the statuses (default: current or archived); v1's 404 otherwise."""
    if identity.isascii() and identity.isdigit() and len(identity) <= 18:
        try:
            return content.page_by_id(connection, int(identity), *statuses)
        except Refusal:
            pass
    raise refused_v1(404, f"No content found with id: ContentId{{id={identity}}}")


def editable_page(connection: sqlite3.Connection, identity: str, *statuses: str) -> Row:
    """The page, if the caller may edit it; 403 in v1's words if not."""
    page = page_of_v1(connection, identity, *statuses)
    if not grants.may_edit(connection, page, g.user.account_id):
        raise refused_v1(403, f"User not permitted to edit content with id: ContentId{{id={identity}}}")
    return page


def _label(item: object, default: str | None) -> tuple[str, str]:
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        prefix = item.get("prefix", default)
        if isinstance(prefix, str):
            return prefix, item["name"]
    raise refused_v1(400, "A label has a 'prefix' and a 'name'")
