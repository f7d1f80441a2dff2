"""The sandbox as one WSGI application: Jira, Confluence, pages for people, and a few levers of its own."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bsc_sync.sandbox import confluence, gateway, jira, pages, reception
from bsc_sync.sandbox.prefixes import Prefixes, check_prefix
from bsc_sync.sandbox.problems import Refusal, no_endpoint, no_method, problem
from bsc_sync.sandbox.recorder import Recorder, recording
from bsc_sync.sandbox.request_log import RequestLog, as_document
from bsc_sync.sandbox.route import MatchedRoute
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weather.door import USER, Weather
from bsc_sync.sandbox.weather.rules import Forecast, read_forecast

_AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1" fill="%s"/></svg>'
)
_GUARDED = ("/rest/", "/wiki/rest/", "/wiki/api/", "/confluence/rest/")


def create_app(site: Site, forecast: Forecast | None = None, *, record: Path | None = None) -> Flask:
    """Build the application of a site, in the weather of a forecast.

    Every exchange is appended to the file `record`, or to the one that BSC_SYNC_SANDBOX_RECORD names (see
    `Recorder`). `app.config["LATENCY_MS"]` slows every API call down.

    `app.extensions["sandbox_log"]` is the RequestLog behind `GET /_sandbox/requests`, and
    `app.extensions["sandbox_weather"]` the Weather behind `/_sandbox/faults`.
    """
    app = Flask("bsc_sync.sandbox", static_folder=None)
    app.url_rule_class = MatchedRoute
    app.config["LATENCY_MS"] = 0
    app.url_map.strict_slashes = False
    log = RequestLog()
    app.extensions["sandbox_log"] = log
    weather = Weather(
        app.wsgi_app,
        site,
        log,
        routes=app.url_map,
        is_api=lambda path: path.startswith(_GUARDED),
        latency=lambda: app.config["LATENCY_MS"] / 1000,
        forecast=forecast,
    )
    file = record or recording()
    seen = Recorder(weather, file, flavor=site.flavor) if file else weather
    app.wsgi_app = Prefixes(seen, site)  # type: ignore[method-assign] # Flask's own place for what stands in front
    app.extensions["sandbox_weather"] = weather
    _watch_requests(app, site)
    _answer_errors(app, site)
    _add_levers(app, site)
    _add_records(app, log)
    _add_weather(app, weather)
    app.register_blueprint(jira.blueprint(site))
    app.register_blueprint(confluence.blueprint(site))
    app.register_blueprint(pages.blueprint(site))
    if site.has_gateway:
        app.register_blueprint(gateway.blueprint(site))
    return app


def _watch_requests(app: Flask, site: Site) -> None:
    @app.before_request
    def admit() -> None:
        g.user = None
        check_prefix()
        if not request.path.startswith(_GUARDED):
            return
        g.user = reception.admit(site, request)
        request.environ[USER] = g.user.account_id if g.user else None

    @app.after_request
    def sign(response: Response) -> Response:
        response.headers["X-AREQUESTID"] = uuid.uuid4().hex
        for name, value in reception.told_of(site, g.get("user")).items():
            response.headers.setdefault(name, value)
        return response


def _answer_errors(app: Flask, site: Site) -> None:
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
            return refuse(no_method(site, request.method, request.path, allowed))
        if error.code == 404:
            return refuse(no_endpoint(site, request.method, request.path))
        return refuse(problem(error.code or 500, error.description or error.name, request.path))


def _add_records(app: Flask, log: RequestLog) -> None:
    @app.get("/_sandbox/requests")
    def requests() -> Response:
        if request.args.get("summary") == "true":
            return jsonify(log.summary())
        shown = log.writes() if request.args.get("writes") == "true" else log.entries()
        return jsonify(as_document(shown, log))

    @app.delete("/_sandbox/requests")
    def forget() -> Response:
        log.clear()
        return Response(status=204)


def _add_weather(app: Flask, weather: Weather) -> None:
    @app.get("/_sandbox/faults")
    def faults() -> Response:
        return jsonify(weather.document())

    @app.post("/_sandbox/faults")
    def more_faults() -> Response:
        try:
            weather.expect(read_forecast(request.get_json(silent=True)))
        except ValueError as error:
            raise Refusal(400, {"errors": str(error).splitlines()}) from None
        return faults()

    @app.delete("/_sandbox/faults")
    def no_faults() -> Response:
        weather.script.clear()
        return Response(status=204)


def _add_levers(app: Flask, site: Site) -> None:
    @app.get("/_sandbox/avatar/<name>.svg")
    def avatar(name: str) -> Response:
        color = "#0052cc" if name == "project" else "#5e6c84"
        return Response(_AVATAR % color, content_type="image/svg+xml")

    @app.get("/_sandbox/clock")
    def clock() -> Response:
        return jsonify({"now": site.clock.now().isoformat()})

    @app.get("/_sandbox/index")
    def index() -> Response:
        waiting = 0 if site.index is None else site.index.waiting
        return jsonify({"lag": 0 if site.index is None else site.index.lag, "waiting": waiting})

    @app.post("/_sandbox/index")
    def catch_up() -> Response:
        if site.index is not None:
            with site.store.transaction():
                site.index.catch_up(fully=True)
        return index()

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
