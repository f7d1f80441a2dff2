"""Confluence Cloud's REST API v2 for what hangs on a page: properties, labels, attachments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from bsc_sync.sandbox.confluence import content, fragments
from bsc_sync.sandbox.confluence.bodies import json_object, required_text, version_number
from bsc_sync.sandbox.confluence.documents import attachment_document, label_document, property_document
from bsc_sync.sandbox.confluence.paging import Listing, as_whole_number, listed_values, one_of, page_of
from bsc_sync.sandbox.confluence.refusals import invalid, not_found
from bsc_sync.sandbox.confluence.v2 import writing

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_ATTACHMENT_ID = re.compile(r"(?:att)?([0-9]{1,18})")


def blueprint(site: Site) -> Blueprint:
    """The routes below `/wiki/api/v2` for properties, labels and attachments of pages."""
    routes = Blueprint("confluence_v2_fragments", __name__, url_prefix="/wiki/api/v2")
    _property_routes(routes, site)
    _list_routes(routes, site)
    return routes


def attachment_number(identity: str) -> int:
    """The number in an attachment's id, written ``att123`` or ``123``; 404 for anything else."""
    match = _ATTACHMENT_ID.fullmatch(identity)
    if match is None:
        raise not_found()
    return int(match.group(1))


def _property_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/pages/<page>/properties")
    def properties(page: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "page-id"))
            conditions, values = ["page = ?"], [row["id"]]
            if (key := request.args.get("key")) is not None:
                conditions.append("key = ?")
                values.append(key)
            listing = Listing("wiki_property", conditions, values, {"key": "key", "id": "id"})
            return page_of(connection, request, listing, site.base_url, property_document)

    @routes.post("/pages/<page>/properties")
    def create(page: str) -> Response:
        body = json_object(request)
        key = required_text(body, "key")
        if "value" not in body:
            raise invalid("Must supply 'value'")
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "page-id"))
            identity = fragments.create_property(connection, row["id"], key, body["value"], writing(site))
            return jsonify(property_document(fragments.property_of(connection, row["id"], identity)))

    @routes.get("/pages/<page>/properties/<identity>")
    def one(page: str, identity: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "page-id"))
            number = as_whole_number(identity, "property-id")
            return jsonify(property_document(fragments.property_of(connection, row["id"], number)))

    @routes.put("/pages/<page>/properties/<identity>")
    def update(page: str, identity: str) -> Response:
        body = json_object(request)
        key = required_text(body, "key")
        if "value" not in body:
            raise invalid("Must supply 'value'")
        number, message = version_number(body)
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "page-id"))
            known = fragments.property_of(connection, row["id"], as_whole_number(identity, "property-id"))
            fragments.update_property(connection, known, key, body["value"], number, writing(site, message))
            return jsonify(property_document(fragments.property_of(connection, row["id"], known["id"])))

    @routes.delete("/pages/<page>/properties/<identity>")
    def delete(page: str, identity: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "page-id"))
            known = fragments.property_of(connection, row["id"], as_whole_number(identity, "property-id"))
            connection.execute("DELETE FROM wiki_property WHERE id = ?", (known["id"],))
        return Response(status=204)


def _list_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/pages/<page>/labels")
    def labels(page: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "id"))
            conditions, values = ["page = ?"], [row["id"]]
            if (prefix := request.args.get("prefix")) is not None:
                conditions.append("prefix = ?")
                values.append(prefix)
            sorts = {"id": "id", "name": "name", "created-date": "id"}
            listing = Listing(fragments.PAGE_LABELS, conditions, values, sorts)
            return page_of(connection, request, listing, site.base_url, label_document)

    @routes.get("/pages/<page>/attachments")
    def attachments(page: str) -> Response:
        with site.store.transaction() as connection:
            row = content.page_by_id(connection, as_whole_number(page, "id"))
            conditions, values = ["page = ?"], [row["id"]]
            for name, column in (("filename", "filename"), ("mediaType", "media_type")):
                if name in request.args:
                    conditions.append(f"{column} = ?")
                    values.append(request.args[name])
            if "current" not in (listed_values(request, "status") or ["current"]):
                conditions.append(one_of("id", ()))
            sorts = {"created-date": "created", "modified-date": "changed"}
            listing = Listing(
                fragments.ATTACHMENTS, conditions, values, sorts, order="created-date", limit=50
            )
            return page_of(connection, request, listing, site.base_url, attachment_document)

    @routes.get("/attachments/<identity>")
    def attachment(identity: str) -> Response:
        with site.store.transaction() as connection:
            row = fragments.attachment_by_id(connection, attachment_number(identity))
            content.page_by_id(connection, row["page"])
            document = attachment_document(row)
            document["_links"]["base"] = f"{site.base_url}/wiki"
            return jsonify(document)
