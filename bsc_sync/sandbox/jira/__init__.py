"""The Jira half of a site: REST v3 and v2 side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request

from bsc_sync.sandbox.catalog import read_catalog
from bsc_sync.sandbox.jira.call import Call, Reply, Shelf
from bsc_sync.sandbox.jira.routes import AGILE, routes_of
from bsc_sync.sandbox.jira.seeding import sow
from bsc_sync.sandbox.jira.wire import dumps
from bsc_sync.sandbox.jql.values import like
from bsc_sync.sandbox.missing import Missing
from bsc_sync.sandbox.people import NOBODY
from bsc_sync.sandbox.problems import HTML, JSON, Refusal, html_page, no_endpoint, no_method
from bsc_sync.sandbox.recorder import STAGED

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site


def seed(site: Site, plan: Mapping[str, Any]) -> None:
    """Sow projects, fields and issues into an empty site."""
    sow(site, plan)


def blueprint(site: Site) -> Blueprint:
    """The routes of Jira, each in a transaction of its own."""
    room = Blueprint("jira", __name__)
    with site.store.transaction() as connection:
        shelf = Shelf(read_catalog(connection))
        searched = [connection] if site.index is None else [connection, site.index.connection]
        for database in searched:
            database.create_function("jql_like", 2, like, deterministic=True)
    answers: dict[Any, list[int]] = {}

    def view(handler: Callable[..., Reply], lack: Missing | None) -> Callable[..., Response]:
        def answer(version: str = "2", **parts: str) -> Response:
            if lack is not None:
                request.environ[STAGED] = True
                raise _lack(site, lack)
            with site.store.transaction() as connection:
                call = Call(
                    site=site,
                    connection=connection,
                    shelf=shelf,
                    version="2" if version == "latest" else version,
                    user=g.user or NOBODY,
                    now=site.clock.now(),
                    answers=answers,
                )
                reply = handler(call, **parts)
                if site.index is not None:
                    site.index.note(connection)
            body = None if reply.body is None else dumps(reply.body)
            return Response(body, reply.status, content_type=JSON)

        return answer

    versions = '"2", "3", "latest"' if site.flavor == "cloud" else '"2", "latest"'
    rules = [
        *((f"/rest/api/<any({versions}):version>", route) for route in routes_of(site)),
        *(("", (method, f"/rest/agile/1.0{path}", handler)) for method, path, handler in AGILE),
    ]
    for number, (prefix, (method, path, handler)) in enumerate(rules):
        lack = next((item for item in site.missing if item.covers(method, path)), None)
        name = f"{handler.__name__}_{number}"
        room.add_url_rule(prefix + path, name, view(handler, lack), methods=[method])
    return room


def _lack(site: Site, lack: Missing) -> Refusal:
    if lack.status == 501:
        page = html_page("501 Not Implemented", "The proxy in front of Jira does not let this through.")
        return Refusal(501, page, content_type=HTML)
    if lack.status == 404:
        return no_endpoint(site, request.method, request.path)
    return no_method(site, request.method, request.path, {"Allow": "OPTIONS"})
