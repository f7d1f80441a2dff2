"""What may stand before a product's own paths: a context path, or Atlassian's gateway with a cloud id.

The gateway answers at the address of the sandbox itself: `/ex/jira/{cloudId}/rest/api/...` and
`/ex/confluence/{cloudId}/wiki/...`. With a context path everything is below it; the gateway, the tokens
and the sandbox's levers are found with and without.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import request

from bsc_sync.sandbox.exchange import Answer
from bsc_sync.sandbox.problems import Refusal
from bsc_sync.sandbox.recorder import STAGED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from bsc_sync.sandbox.site import Site

_REFUSAL = "bsc_sync.sandbox.refusal"
_BARE = re.compile(r"/(_sandbox|_edge|ex|oauth)(/|$)")
_GATEWAY = re.compile(r"/ex/(?P<product>jira|confluence)/(?P<cloud_id>[^/]+)(?P<rest>/.*)")
_PRODUCTS = {"jira": ("/rest/",), "confluence": ("/wiki/rest/", "/wiki/api/")}
_ADDRESS = re.compile(rb'\b(href|src|action)="/(?!/)')


class Prefixes:
    """Takes prefixes off before the application sees a path, as SCRIPT_NAME; WSGI all the way."""

    def __init__(self, app: WSGIApplication, site: Site) -> None:
        self._app = app
        self._site = site

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer one request."""
        prefix = self._site.context_path
        path = environ.get("PATH_INFO", "")
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            environ["PATH_INFO"] = path = path[len(prefix) :] or "/"
        elif prefix and not _BARE.match(path):
            environ[_REFUSAL] = _no_site()
        if path.startswith("/ex/") and self._site.has_gateway:
            self._through_gateway(environ, path)
        if not prefix:
            return self._app(environ, start_response)
        answer = Answer.of(self._app, environ)
        _move_addresses(answer, prefix)
        return answer.send(start_response)

    def _through_gateway(self, environ: WSGIEnvironment, path: str) -> None:
        found = _GATEWAY.fullmatch(path)
        now = self._site.clock.now()
        if found is None or not found["rest"].startswith(_PRODUCTS[found["product"]]):
            environ[_REFUSAL] = _nothing_at_gateway(path, now)
        elif found["cloud_id"] != self._site.cloud_id:
            environ[_REFUSAL] = _nothing_at_gateway(path, now, {"X-Failure-Category": "FAILURE_CLIENT_TCS"})
        else:
            environ["SCRIPT_NAME"] = f"/ex/{found['product']}/{found['cloud_id']}"
            environ["PATH_INFO"] = found["rest"]


def check_prefix() -> None:
    """Refuse the present request if its prefix leads nowhere."""
    refusal = request.environ.get(_REFUSAL)
    if refusal is not None:
        request.environ[STAGED] = True  # not the product's own reply
        raise refusal


def through_gateway() -> bool:
    """Whether the present request came through the gateway."""
    return request.script_root.startswith("/ex/")


def api_root(site: Site) -> str:
    """What the `self` links of the present reply begin with: the site, or the gateway."""
    return f"{site.origin}{request.script_root}" if through_gateway() else site.base_url


def _move_addresses(answer: Answer, prefix: str) -> None:
    # The pages for people are written for the root of a host.
    for name, value in list(answer.headers):
        moved = value.startswith("/") and not value.startswith(("//", prefix + "/"))
        if name.lower() == "location" and moved:
            answer.header("Location", prefix + value)
        if name.lower() == "content-type" and value.startswith("text/html"):
            answer.replace_body(_ADDRESS.sub(rb'\1="' + prefix.encode() + b"/", answer.body))


def _nothing_at_gateway(path: str, now: datetime, headers: dict[str, str] | None = None) -> Refusal:
    body = {
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
        "status": 404,
        "error": "Not Found",
        "message": "No message available",
        "path": path,
    }
    return Refusal(404, body, content_type="application/json", headers=headers)


def _no_site() -> Refusal:
    page = (
        "<!DOCTYPE html>\n<html><head><title>Page Unavailable</title></head>"
        "<body><h1>Your Atlassian site is currently unavailable.</h1></body></html>\n"
    )
    return Refusal(404, page, content_type="text/html")
