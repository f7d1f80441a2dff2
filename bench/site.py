"""The sandbox as a process of its own, with a porter at its door who sees who comes back too early.

`python -m bench.site STORE --sow SEED` fills a store; without `--sow` it is served until the
process is told to stop. The first line of output is the address.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.seed import load_seed
from bsc_sync.sandbox.server import RunningServer, serve_forever
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store
from bsc_sync.sandbox.weather.rules import Limits, read_rate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ON_THE_WIRE = 0.05  # seconds: a request that was already under way when the refusal left


class Porter:
    """Counts the requests of a client that come before the time that it was told to wait for.

    There is one client, so whatever comes is its own, whichever request had been refused.
    """

    def __init__(self, inside: WSGIApplication, clock: Callable[[], float] = time.monotonic) -> None:
        self._inside = inside
        self._clock = clock
        self._lock = Lock()
        self._refused_at = 0.0
        self._not_before = 0.0
        self.early = 0

    def forget(self) -> None:
        """Begin counting anew."""
        with self._lock:
            self._refused_at = self._not_before = 0.0
            self.early = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on."""
        if environ["PATH_INFO"].startswith("/_sandbox"):
            return self._inside(environ, start_response)
        now = self._clock()
        with self._lock:
            self.early += self._refused_at + ON_THE_WIRE < now < self._not_before

        def answer(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if status.startswith("429"):
                asked = next((value for name, value in headers if name.lower() == "retry-after"), "0")
                with self._lock:
                    self._refused_at = self._clock()
                    self._not_before = max(self._not_before, self._refused_at + float(asked))
            return start_response(status, headers, *rest)

        return self._inside(environ, answer)


def serve_site(store: Path) -> None:
    """Serve a sown store; `PUT /_sandbox/bench` sets latency and rate and begins counting anew."""
    site = Site({"projects": []}, store=Store(store))
    app = create_app(site)
    porter = Porter(app.wsgi_app)
    app.wsgi_app = porter  # type: ignore[method-assign]  # the way Flask documents for middleware

    @app.get("/_sandbox/bench")
    def counts() -> Response:
        return jsonify({"early": porter.early, **app.extensions["sandbox_log"].summary()})

    @app.put("/_sandbox/bench")
    def weather() -> Response:
        asked: Any = request.get_json()
        app.config["LATENCY_MS"] = asked["latency"]
        rate = read_rate(f"{asked['rate']}/s") if asked["rate"] else None
        app.extensions["sandbox_weather"].limits = Limits(all=rate)
        app.extensions["sandbox_log"].clear()
        porter.forget()
        return counts()

    def ready(server: RunningServer) -> None:
        site.base_url = server.url
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()

    serve_forever(app, port=0, threads=16, started=ready)


def main() -> None:
    """Sow a store, or serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--sow", type=Path)
    given = parser.parse_args()
    if given.sow:
        store = Store(given.store)
        Site(load_seed(given.sow), store=store)
        store.close()
    else:
        serve_site(given.store)


if __name__ == "__main__":
    main()
