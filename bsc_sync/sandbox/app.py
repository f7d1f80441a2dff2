"""The sandbox as one WSGI application: Jira, Confluence, pages for people, and a few levers of its own."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bsc_sync.sandbox import confluence, jira, pages
from bsc_sync.sandbox.people import authenticate
from bsc_sync.sandbox.problems import Refusal, problem, unauthenticated
from bsc_sync.sandbox.request_log import Entry, RequestLog, as_document
from bsc_sync.sandbox.site import Site

_AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1" fill="%s"/></svg>'
)
_GUARDED = ("/rest/", "/wiki/rest/", "/wiki/api/")


def create_app(site: Site) -> Flask:
    """Build the application of a site. `app.config["LATENCY_MS"]` slows every API call down.

    `app.extensions["sandbox_log"]` is the RequestLog behind `GET /_sandbox/requests`.
    """
    app = Flask("bsc_sync.sandbox", static_folder=None)
    app.config["LATENCY_MS"] = 0
    app.url_map.strict_slashes = False
    log = RequestLog()
    app.extensions["sandbox_log"] = log
    _watch_requests(app, site, log)
    _answer_errors(app)
    _add_levers(app, site, log)
    app.register_blueprint(jira.blueprint(site))
    app.register_blueprint(confluence.blueprint(site))
    app.register_blueprint(pages.blueprint(site))
    return app


def _watch_requests(app: Flask, site: Site, log: RequestLog) -> None:
    @app.before_request
    def admit() -> None:
        g.started = time.perf_counter()
        g.user = None
        if not request.path.startswith(_GUARDED):
            return
        if app.config["LATENCY_MS"]:
            time.sleep(app.config["LATENCY_MS"] / 1000)
        g.user = authenticate(site, request)
        if g.user is None and not request.path.rstrip("/").endswith("/serverInfo"):
            raise unauthenticated()

    @app.after_request
    def note(response: Response) -> Response:
        response.headers["X-AREQUESTID"] = uuid.uuid4().hex
        if g.get("user") is not None:
            response.headers["X-AACCOUNTID"] = g.user.account_id.replace(":", "%3A")
        if not request.path.startswith("/_sandbox"):
            log.add(
                Entry(
                    method=request.method,
                    path=request.path,
                    query=request.query_string.decode("utf-8", "replace"),
                    status=response.status_code,
                    milliseconds=round(
                        (time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2
                    ),
                    user=g.user.account_id if g.get("user") is not None else None,
                    at=site.clock.now().isoformat(),
                )
            )
        return response


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        return Response(
            refusal.text(), refusal.status, headers=refusal.headers, content_type=refusal.content_type
        )

    @app.errorhandler(HTTPException)
    def translate(error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith(_GUARDED):
            return error
        if isinstance(error, MethodNotAllowed):
            methods = sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"})
            allowed = {"Allow": ", ".join(methods)}
            return refuse(problem(405, f"Method '{request.method}' is not supported.", request.path, allowed))
        if error.code == 404:
            return refuse(problem(404, f"No endpoint {request.method} {request.path}.", request.path))
        return refuse(problem(error.code or 500, error.description or error.name, request.path))


def _add_levers(app: Flask, site: Site, log: RequestLog) -> None:
    @app.get("/_sandbox/requests")
    def requests() -> Response:
        shown = log.writes() if request.args.get("writes") == "true" else log.entries()
        return jsonify(as_document(shown, log))

    @app.delete("/_sandbox/requests")
    def forget() -> Response:
        log.clear()
        return Response(status=204)

    @app.get("/_sandbox/avatar/<name>.svg")
    def avatar(name: str) -> Response:
        color = "#0052cc" if name == "project" else "#5e6c84"
        return Response(_AVATAR % color, content_type="image/svg+xml")

    @app.get("/_sandbox/clock")
    def clock() -> Response:
        return jsonify({"now": site.clock.now().isoformat()})

    @app.put("/_sandbox/clock")
    def set_clock() -> Response:
        body: Any = request.get_json(silent=True)
        if not isinstance(body, dict) or "at" not in body:
            raise Refusal(400, {"error": 'send {"at": "<ISO moment>"} or {"at": null}'})
        if body["at"] is None:
            site.clock.release()
        else:
            site.clock.set(_moment(body["at"]))
        return clock()


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refusal(400, {"error": f"not an ISO moment: {text}"}) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
