"""Watching pages in API v1, and a lever that shows what watchers have been mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request

from bsc_sync.sandbox.confluence import watching
from bsc_sync.sandbox.confluence.place import is_data_center
from bsc_sync.sandbox.confluence.refusals import refused_v1
from bsc_sync.sandbox.confluence.v1_documents import user_document
from bsc_sync.sandbox.confluence.v1_labels import page_of_v1

if TYPE_CHECKING:
    from bsc_sync.sandbox.people import User
    from bsc_sync.sandbox.site import Site


def watch_routes(site: Site) -> Blueprint:
    """`/user/watch/content/{id}`, and on Data Center who watches a page."""
    routes = Blueprint("watches", __name__)

    @routes.get("/user/watch/content/<identity>")
    def watches(identity: str) -> Response:
        with site.store.transaction() as connection:
            page = page_of_v1(connection, identity)
            return jsonify({"watching": _asked(site).account_id in watching.watchers(connection, page["id"])})

    @routes.post("/user/watch/content/<identity>")
    def watch(identity: str) -> Response:
        with site.store.transaction() as connection:
            page = page_of_v1(connection, identity)
            watching.watch(connection, page["id"], _asked(site).account_id)
        if is_data_center(site):
            return jsonify({"watcher": user_document(site, _asked(site))})
        return Response(status=204)

    @routes.delete("/user/watch/content/<identity>")
    def unwatch(identity: str) -> Response:
        with site.store.transaction() as connection:
            page = page_of_v1(connection, identity)
            watching.unwatch(connection, page["id"], _asked(site).account_id)
        return Response(status=204)

    return routes


def add_mail_lever(routes: Blueprint, site: Site) -> None:
    """`GET` and `DELETE` of `/_sandbox/mail`: every mail that watchers of pages would have received."""

    @routes.get("/_sandbox/mail")
    def mail() -> Response:
        with site.store.transaction() as connection:
            return jsonify({"mail": watching.mailed(connection)})

    @routes.delete("/_sandbox/mail")
    def forget() -> Response:
        with site.store.transaction() as connection:
            watching.forget(connection)
        return Response(status=204)


def _asked(site: Site) -> User:
    """The user that the request names; the caller, if it names none."""
    name = request.args.get("username") if is_data_center(site) else request.args.get("accountId")
    user: User = g.user
    if name is None:
        return user
    for one in site.users.values():
        if name == (one.login if is_data_center(site) else one.account_id):
            return one
    raise refused_v1(404, f"No user found: {name}")
