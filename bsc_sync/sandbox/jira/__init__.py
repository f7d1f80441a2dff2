"""The Jira half of a site: REST v3 and v2 side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g

from bsc_sync.sandbox.catalog import read_catalog
from bsc_sync.sandbox.jira.call import Call, Reply
from bsc_sync.sandbox.jira.routes import ROUTES
from bsc_sync.sandbox.jira.seeding import sow
from bsc_sync.sandbox.jira.wire import dumps
from bsc_sync.sandbox.jql.values import like
from bsc_sync.sandbox.people import User
from bsc_sync.sandbox.problems import JSON

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_NOBODY = User("", "Anonymous", "", "", "UTC")


def seed(site: Site, plan: Mapping[str, Any]) -> None:
    """Sow projects, fields and issues into an empty site."""
    sow(site, plan)


def blueprint(site: Site) -> Blueprint:
    """The routes of Jira, each in a transaction of its own."""
    room = Blueprint("jira", __name__, url_prefix='/rest/api/<any("2", "3", "latest"):version>')
    with site.store.transaction() as connection:
        catalog = read_catalog(connection)
        connection.create_function("jql_like", 2, like, deterministic=True)
    answers: dict[Any, list[int]] = {}

    def view(handler: Callable[..., Reply]) -> Callable[..., Response]:
        def answer(version: str, **parts: str) -> Response:
            with site.store.transaction() as connection:
                call = Call(
                    site=site,
                    connection=connection,
                    catalog=catalog,
                    version="2" if version == "latest" else version,
                    user=g.user or _NOBODY,
                    now=site.clock.now(),
                    answers=answers,
                )
                reply = handler(call, **parts)
            body = None if reply.body is None else dumps(reply.body)
            return Response(body, reply.status, content_type=JSON)

        return answer

    for number, (method, path, handler) in enumerate(ROUTES):
        room.add_url_rule(path, f"{handler.__name__}_{number}", view(handler), methods=[method])
    return room
