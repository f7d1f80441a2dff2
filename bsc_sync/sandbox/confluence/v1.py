"""What Confluence Cloud still needs of REST API v1: uploads, labels, search, watching, archiving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from bsc_sync.sandbox.confluence import content
from bsc_sync.sandbox.confluence.bodies import json_value
from bsc_sync.sandbox.confluence.refusals import in_v1, refused_v1
from bsc_sync.sandbox.confluence.tables import next_id
from bsc_sync.sandbox.confluence.v1_attachments import attachment_routes
from bsc_sync.sandbox.confluence.v1_documents import user_document
from bsc_sync.sandbox.confluence.v1_labels import label_routes, page_of_v1
from bsc_sync.sandbox.confluence.v1_search import search_routes
from bsc_sync.sandbox.confluence.v1_watches import watch_routes
from bsc_sync.sandbox.problems import Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.people import User
    from bsc_sync.sandbox.site import Site

# What has left the document of API v1, and where it went.
_GONE = (
    ("/content", ("GET", "POST")),
    ("/content/<int:identity>", ("GET", "PUT", "DELETE")),
    ("/content/<int:identity>/child", ("GET",)),
    ("/content/<int:identity>/child/page", ("GET",)),
    ("/content/<int:identity>/child/attachment", ("GET",)),
    ("/content/<int:identity>/label", ("GET",)),
    ("/content/<int:identity>/property", ("GET", "POST")),
    ("/content/<int:identity>/property/<key>", ("GET", "POST", "PUT", "DELETE")),
    ("/content/<int:identity>/history", ("GET",)),
    ("/space", ("GET",)),
    ("/space/<key>", ("GET",)),
    ("/space/<key>/content", ("GET",)),
)


def blueprint(site: Site) -> Blueprint:
    """The routes below `/wiki/rest/api`."""
    routes = Blueprint("confluence_v1", __name__, url_prefix="/wiki/rest/api")
    routes.register_blueprint(label_routes(site))
    routes.register_blueprint(attachment_routes(site))
    routes.register_blueprint(search_routes(site))
    routes.register_blueprint(watch_routes(site))
    _other_routes(routes, site)
    for number, (rule, methods) in enumerate(_GONE):
        routes.add_url_rule(rule, f"gone_{number}", _gone, methods=methods)
    answer_in_v1(routes)
    return routes


def answer_in_v1(routes: Blueprint) -> None:
    """Say in v1's words what is refused anywhere below these routes."""

    @routes.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        said = in_v1(refusal)
        return Response(said.text(), said.status, headers=said.headers, content_type=said.content_type)


def _other_routes(routes: Blueprint, site: Site) -> None:
    @routes.get("/user/current")
    def current_user() -> Response:
        user: User = g.user
        return jsonify({**user_document(site, user), "email": user.email, "timeZone": user.time_zone})

    @routes.post("/content/archive")
    def archive() -> AnyResponse:
        body = json_value(request)
        listed = body.get("pages") if isinstance(body, dict) else None
        if not isinstance(listed, list) or not all(
            isinstance(item, dict) and type(item.get("id")) is int for item in listed
        ):
            raise refused_v1(400, 'Must supply {"pages": [{"id": <number>}]}')
        with site.store.transaction() as connection:
            for item in listed:
                content.archive_page(connection, page_of_v1(connection, str(item["id"])))
            task = str(next_id(connection))
        response = jsonify({"id": task, "links": {"status": f"/rest/api/longtask/{task}"}})
        response.status_code = 202
        return response


def _gone(**_unused: object) -> Response:
    raise refused_v1(
        410, f"{request.method} {request.path} was removed. Use the REST API v2 below /wiki/api/v2."
    )
