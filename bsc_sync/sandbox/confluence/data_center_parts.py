"""What hangs on a page of Confluence Data Center: properties, labels and files to read, restrictions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from bsc_sync.sandbox.confluence import fragments, grants, properties, watching
from bsc_sync.sandbox.confluence.bodies import json_object, json_value, required_text, version_number
from bsc_sync.sandbox.confluence.content import Writing
from bsc_sync.sandbox.confluence.paging import whole_number
from bsc_sync.sandbox.confluence.properties import PAGES
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.v1_documents import (
    attachment_content,
    listing,
    property_document,
    user_document,
)
from bsc_sync.sandbox.confluence.v1_labels import editable_page, labels_document, page_of_v1
from bsc_sync.sandbox.confluence.v1_pages import expansions, page_content

if TYPE_CHECKING:
    from bsc_sync.sandbox.people import User
    from bsc_sync.sandbox.site import Site

Row = sqlite3.Row


def part_routes(site: Site) -> Blueprint:
    """Properties, labels, attachments, history, watchers and restrictions of a page."""
    routes = Blueprint("parts", __name__)
    _property_routes(routes, site)
    _reading_routes(routes, site)
    _restriction_routes(routes, site)
    return routes


def keep_given_properties(
    site: Site, connection: sqlite3.Connection, page: int, body: Mapping[str, Any]
) -> None:
    """The properties that a page brings along in `metadata.properties`: new, or as the next version."""
    metadata = body.get("metadata")
    given = metadata.get("properties") if isinstance(metadata, dict) else None
    for key, entry in given.items() if isinstance(given, dict) else ():
        value = entry.get("value") if isinstance(entry, dict) else None
        known = properties.property_named(connection, PAGES, page, key)
        if known is None:
            properties.create_property(connection, PAGES, page, key, value, _by(site, ""))
        elif json.loads(known["value"]) != value:
            number = known["version"] + 1
            properties.update_property(connection, PAGES, known, value, number, _by(site, ""))


def _property_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/content/<identity>/property")
    def every(identity: str) -> Response:
        with site.store.transaction() as connection:
            rows = properties.properties_of(connection, PAGES, page_of_v1(connection, identity)["id"])
        results = [property_document(site, row) for row in rows]
        return jsonify(_window(site, results, f"/rest/api/content/{identity}/property", default=10))

    @routes.post("/content/<identity>/property")
    def create(identity: str) -> Response:
        return _create_property(site, identity, required_text(json_object(request), "key"))

    @routes.get("/content/<identity>/property/<key>")
    def one(identity: str, key: str) -> Response:
        with site.store.transaction() as connection:
            return jsonify(
                property_document(site, _property(connection, page_of_v1(connection, identity), key))
            )

    @routes.post("/content/<identity>/property/<key>")
    def create_named(identity: str, key: str) -> Response:
        return _create_property(site, identity, key)

    @routes.put("/content/<identity>/property/<key>")
    def update(identity: str, key: str) -> Response:
        body = json_object(request)
        number, message = version_number(body)
        value = _value(body)
        if body.get("key", key) != key:
            raise refused_v1(400, f"The property in the body has another key than {key}")
        if number == 1:
            return _create_property(site, identity, key)
        with site.store.transaction() as connection:
            page = editable_page(connection, identity)
            known = _property(connection, page, key)
            properties.update_property(connection, PAGES, known, value, number, _by(site, message))
            return jsonify(property_document(site, _property(connection, page, key)))

    @routes.delete("/content/<identity>/property/<key>")
    def delete(identity: str, key: str) -> Response:
        with site.store.transaction() as connection:
            known = _property(connection, editable_page(connection, identity), key)
            properties.delete_property(connection, PAGES, known)
        return Response(status=204)


def _reading_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/content/<identity>/label")
    def labels(identity: str) -> Response:
        with site.store.transaction() as connection:
            return jsonify(labels_document(site, connection, page_of_v1(connection, identity)["id"]))

    @routes.get("/content/<identity>/child/attachment")
    def attachments(identity: str) -> Response:
        with site.store.transaction() as connection:
            rows = fragments.attachments_of(connection, page_of_v1(connection, identity)["id"])
        results = [
            attachment_content(site, row)
            for row in rows
            if request.args.get("filename", row["filename"]) == row["filename"]
            and request.args.get("mediaType", row["media_type"]) == row["media_type"]
        ]
        return jsonify(_window(site, results, f"/rest/api/content/{identity}/child/attachment", default=50))

    @routes.get("/content/<identity>/history")
    def history(identity: str) -> Response:
        expand = expansions(request.args.get("expand"), "previousVersion,nextVersion,lastUpdated")
        with site.store.transaction() as connection:
            row = page_of_v1(connection, identity)
            return jsonify(page_content(site, connection, row, {"history": expand})["history"])

    @routes.get("/content/<identity>/watchers")
    def who_watches(identity: str) -> Response:
        with site.store.transaction() as connection:
            page = page_of_v1(connection, identity)
            accounts = watching.watchers(connection, page["id"])
        results = [
            {"watcher": user_document(site, site.users[account]), "contentId": page["id"]}
            for account in accounts
        ]
        return jsonify(_window(site, results, f"/rest/api/content/{identity}/watchers", default=25))


def _restriction_routes(routes: Blueprint, site: Site) -> None:
    @routes.put("/content/<identity>/restriction")
    def restrict(identity: str) -> Response:
        body = json_value(request)
        listed = body.get("results") if isinstance(body, dict) else body
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise refused_v1(400, "Must supply a list of restrictions")
        accounts = [name for item in listed for name in _named(site, item)]
        with site.store.transaction() as connection:
            page = editable_page(connection, identity)
            if accounts and g.user.account_id not in accounts:
                raise refused_v1(400, "You cannot remove your own access to the content")
            grants.restrict(connection, page["id"], accounts)
            results = [_restriction(site, connection, page)]
        return jsonify(
            listing(site, results, start=0, limit=100, path=f"/rest/api/content/{identity}/restriction")
        )

    @routes.get("/content/<identity>/restriction/byOperation")
    def by_operation(identity: str) -> Response:
        with site.store.transaction() as connection:
            return jsonify({"update": _restriction(site, connection, page_of_v1(connection, identity))})

    @routes.get("/content/<identity>/restriction/byOperation/update")
    def of_updating(identity: str) -> Response:
        with site.store.transaction() as connection:
            return jsonify(_restriction(site, connection, page_of_v1(connection, identity)))


def _create_property(site: Site, identity: str, key: str) -> Response:
    value = _value(json_object(request))
    with site.store.transaction() as connection:
        page = editable_page(connection, identity)
        kept = properties.create_property(connection, PAGES, page["id"], key, value, _by(site, ""))
        return jsonify(property_document(site, properties.property_of(connection, PAGES, page["id"], kept)))


def _property(connection: sqlite3.Connection, page: Row, key: str) -> Row:
    row = properties.property_named(connection, PAGES, page["id"], key)
    if row is None:
        raise refused_v1(404, f"No property found with key {key} on content {page['id']}")
    return row


def _value(body: Mapping[str, Any]) -> Any:
    if "value" not in body:
        raise refused_v1(400, "Must supply 'value'")
    return body["value"]


def _by(site: Site, message: str) -> Writing:
    return Writing(g.user.account_id, site.clock.now(), message)


def _window(site: Site, results: list[dict[str, Any]], path: str, *, default: int) -> dict[str, Any]:
    start = max(0, whole_number(request, "start", 0))
    limit = max(0, min(whole_number(request, "limit", default), 200))
    more = f"{path}?limit={limit}&start={start + limit}" if len(results) > start + limit else ""
    return listing(site, results[start : start + limit], start=start, limit=limit, path=path, more=more)


def _named(site: Site, item: Mapping[str, Any]) -> list[str]:
    restrictions = item.get("restrictions")
    users = restrictions.get("user") if isinstance(restrictions, dict) else None
    if item.get("operation") != "update":
        raise refused_v1(400, "This site keeps restrictions of the operation update only")
    listed = users.get("results") if isinstance(users, dict) else users
    found = []
    for one in listed or ():
        name = one.get("username") if isinstance(one, dict) else None
        account = next((user.account_id for user in site.users.values() if user.login == name), None)
        if account is None:
            raise refused_v1(400, f"No user found: {name}")
        found.append(account)
    return found


def _restriction(site: Site, connection: sqlite3.Connection, page: Row) -> dict[str, Any]:
    people: list[User] = [site.users[account] for account in grants.editors(connection, page["id"])]
    users = [user_document(site, user) for user in people]
    path = f"/rest/api/content/{page['id']}/restriction/byOperation/update"
    return {
        "operation": "update",
        "restrictions": {
            "user": listing(site, users, start=0, limit=100, path=f"{path}/user"),
            "group": listing(site, [], start=0, limit=100, path=f"{path}/group"),
        },
    }
