"""The sandbox as a process of its own, with a turnstile at its door that counts who comes and when.

`python -m bench.site STORE --sow SEED` fills a store; without `--sow` it is served until the
process is told to stop. The first line of output is the address.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.seed import load_seed
from bsc_sync.sandbox.server import RunningServer, serve_forever
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ON_THE_WIRE = 0.05  # seconds: a request that was already under way when the refusal left


class Turnstile:
    """Counts requests, how many are inside at once, refusals, and who comes back too early.

    With a rate it is a bucket: so many requests a second and as many at once; who finds it
    empty gets a 429 and is told how many whole seconds to wait.
    """

    def __init__(self, inside: WSGIApplication) -> None:
        self._inside = inside
        self._lock = Lock()
        self._rate = 0.0
        self._tokens = 0.0
        self._filled = 0.0
        self._not_before = 0.0
        self._now_inside = 0
        self.forget()

    def forget(self) -> None:
        """Begin counting anew, with a full bucket."""
        with self._lock:
            self._counts = {"requests": 0, "peak": 0, "refused": 0, "early": 0}
            self._tokens, self._filled, self._not_before = self._rate, time.monotonic(), 0.0

    def limit(self, rate: float) -> None:
        """So many requests a second from now on; 0: as many as come."""
        self._rate = rate
        self.forget()

    def counts(self) -> dict[str, int]:
        """What was counted."""
        with self._lock:
            return dict(self._counts)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let one request through, or refuse it."""
        if "/_sandbox" in environ["PATH_INFO"]:
            return self._inside(environ, start_response)
        wait = self._admit(time.monotonic())
        if wait:
            headers = [("Retry-After", str(wait)), ("Content-Type", "application/json")]
            start_response("429 Too Many Requests", headers)
            return [b'{"errorMessages":["Rate limit exceeded."],"errors":{}}']
        try:
            return self._inside(environ, start_response)
        finally:
            with self._lock:
                self._now_inside -= 1

    def _admit(self, now: float) -> int:
        """0 for who may go in, else the seconds to wait."""
        with self._lock:
            self._counts["requests"] += 1
            self._counts["early"] += now < self._not_before - ON_THE_WIRE
            if self._rate:
                self._tokens = min(self._rate, self._tokens + (now - self._filled) * self._rate)
                self._filled = now
                if self._tokens < 1:
                    self._counts["refused"] += 1
                    wait = math.ceil((1 - self._tokens) / self._rate)
                    self._not_before = max(self._not_before, now + wait)
                    return wait
                self._tokens -= 1
            self._now_inside += 1
            self._counts["peak"] = max(self._counts["peak"], self._now_inside)
            return 0


def serve_site(store: Path) -> None:
    """Serve a sown store; `PUT /_sandbox/bench` sets latency and rate and begins counting anew."""
    site = Site({"projects": []}, store=Store(store))
    app = create_app(site)
    turnstile = Turnstile(app.wsgi_app)
    app.wsgi_app = turnstile  # type: ignore[method-assign]  # the way Flask documents for middleware

    @app.get("/_sandbox/bench")
    def counts() -> Response:
        return jsonify(turnstile.counts())

    @app.put("/_sandbox/bench")
    def weather() -> Response:
        asked: Any = request.get_json()
        app.config["LATENCY_MS"] = asked["latency"]
        turnstile.limit(asked["rate"])
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
