"""Confluence Cloud's REST API v2 for what hangs on a page: properties, labels, attachments."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from bsc_sync.sandbox.confluence import content, fragments, properties
from bsc_sync.sandbox.confluence.bodies import json_object, required_text, version_number
from bsc_sync.sandbox.confluence.documents import attachment_document, label_document, property_document
from bsc_sync.sandbox.confluence.paging import Listing, as_whole_number, listed_values, one_of, page_of
from bsc_sync.sandbox.confluence.properties import ATTACHMENTS, PAGES, Holder
from bsc_sync.sandbox.confluence.refusals import invalid, not_found
from bsc_sync.sandbox.confluence.v2 import writing

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_ATTACHMENT_ID = re.compile(r"(?:att)?([0-9]{1,18})")


def blueprint(site: Site) -> Blueprint:
    """The routes below `/wiki/api/v2` for properties, labels and attachments."""
    routes = Blueprint("confluence_v2_fragments", __name__, url_prefix="/wiki/api/v2")
    routes.register_blueprint(_property_routes(site, "/pages/<owner>", PAGES, _page_number))
    of_attachments = _property_routes(site, "/attachments/<owner>", ATTACHMENTS, _attachment_number)
    routes.register_blueprint(of_attachments)
    _list_routes(routes, site)
    return routes


def attachment_number(identity: str) -> int:
    """The number in an attachment's id, written ``att123`` or ``123``; 404 for anything else."""
    match = _ATTACHMENT_ID.fullmatch(identity)
    if match is None:
        raise not_found()
    return int(match.group(1))


def _page_number(connection: sqlite3.Connection, identity: str) -> int:
    return int(content.page_by_id(connection, as_whole_number(identity, "page-id"))["id"])


def _attachment_number(connection: sqlite3.Connection, identity: str) -> int:
    row = fragments.attachment_by_id(connection, attachment_number(identity))
    content.page_by_id(connection, row["page"])
    return int(row["id"])


def _property_routes(
    site: Site, path: str, holder: Holder, find: Callable[[sqlite3.Connection, str], int]
) -> Blueprint:
    """The properties below a path such as `/pages/<owner>`."""
    routes = Blueprint(holder.table, __name__, url_prefix=path)

    @routes.get("/properties")
    def listed(owner: str) -> Response:
        with site.store.transaction() as connection:
            conditions: list[str] = [f"{holder.column} = ?"]
            values: list[object] = [find(connection, owner)]
            if (key := request.args.get("key")) is not None:
                conditions.append("key = ?")
                values.append(key)
            listing = Listing(holder.table, conditions, values, {"key": "key", "id": "id"})
            return page_of(connection, request, listing, site.base_url, property_document)

    @routes.post("/properties")
    def create(owner: str) -> Response:
        body = json_object(request)
        key = required_text(body, "key")
        if "value" not in body:
            raise invalid("Must supply 'value'")
        with site.store.transaction() as connection:
            number = find(connection, owner)
            made = properties.create_property(connection, holder, number, key, body["value"], writing(site))
            return jsonify(property_document(properties.property_of(connection, holder, number, made)))

    @routes.get("/properties/<identity>")
    def one(owner: str, identity: str) -> Response:
        with site.store.transaction() as connection:
            number = as_whole_number(identity, "property-id")
            found = properties.property_of(connection, holder, find(connection, owner), number)
            return jsonify(property_document(found))

    @routes.put("/properties/<identity>")
    def update(owner: str, identity: str) -> Response:
        body = json_object(request)
        key = required_text(body, "key")
        if "value" not in body:
            raise invalid("Must supply 'value'")
        version, message = version_number(body)
        number = as_whole_number(identity, "property-id")
        with site.store.transaction() as connection:
            of = find(connection, owner)
            known = properties.property_of(connection, holder, of, number)
            if key != known["key"]:
                raise invalid(f"The key of a property cannot be changed from {known['key']} to {key}")
            by = writing(site, message)
            properties.update_property(connection, holder, known, body["value"], version, by)
            return jsonify(property_document(properties.property_of(connection, holder, of, number)))

    @routes.delete("/properties/<identity>")
    def delete(owner: str, identity: str) -> Response:
        with site.store.transaction() as connection:
            number = as_whole_number(identity, "property-id")
            known = properties.property_of(connection, holder, find(connection, owner), number)
            properties.delete_property(connection, holder, known)
        return Response(status=204)

    return routes


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
