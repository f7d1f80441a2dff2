"""A real server on this machine that answers as a test says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Loopback:
    """Answers every request with what `answer` makes of it, and remembers the requests. A context manager."""

    def __init__(
        self, answer: Callable[[Request], Response], *, context: ssl.SSLContext | None = None
    ) -> None:
        self.requests: list[Request] = []
        self._answer = answer
        self._server = make_server(
            "127.0.0.1", 0, self._application, threaded=True, request_handler=_Quiet, ssl_context=context
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self._server.port}"

    def paths(self) -> list[str]:
        """What was asked, in order, as `METHOD /path`."""
        return [f"{request.method} {request.path}" for request in self.requests]

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.get_data()
        self.requests.append(request)
        return self._answer(request)(environ, start_response)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  as werkzeug calls it
        """Say nothing."""


def json_reply(text: str = "{}", status: int = 200, **headers: str) -> Response:
    """A JSON reply; headers are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(text, status=status, content_type="application/json", headers=named)
