"""A `requests` transport that carries a request to a WSGI application without a socket."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from http.client import HTTPMessage, RemoteDisconnected
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from requests import ConnectionError as NoConnection
from requests import PreparedRequest, ReadTimeout, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError

from bsc_sync.sandbox.exchange import Exchange
from bsc_sync.sandbox.weather.door import WAIT
from bsc_sync.sandbox.weather.replies import Dropped

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_DEFAULT_PORTS = {"http": 80, "https": 443}


class InProcessAdapter(HTTPAdapter):
    """Answer every request from `app`, in the caller's thread, as a server behind a socket would.

    Mount it on a session: ``session.mount("http://127.0.0.1:8089", InProcessAdapter(app))``.
    Bodies may be bytes, text, files or iterables of bytes. The reply is read to its end before it is
    returned, so `stream`, `verify`, `cert` and `proxies` change nothing. The weather behaves as it does over
    a socket: a dropped connection is a `requests.ConnectionError`, and a reply that would come later than the
    read time-out is a `requests.ReadTimeout`, at once. Shorter waits are slept through with `sleep`. Whatever
    else the application raises is raised here as well.
    """

    def __init__(self, app: "WSGIApplication", *, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self._app = app
        self._sleep = sleep

    def send(  # type: ignore[override] # the stubs give `stream` and `verify` as positional flags; requests passes names
        self, request: PreparedRequest, *, timeout: Any = None, **_unused: object
    ) -> Response:
        """Return the application's reply to `request`."""
        started = time.perf_counter()
        exchange = Exchange()
        environ = _environ(request)
        environ[WAIT] = _Patience(_read_timeout(timeout), self._sleep)
        try:
            body = exchange.run(self._app, environ)
        except Dropped as error:
            raise NoConnection(
                ProtocolError("Connection aborted.", RemoteDisconnected(str(error))), request=request
            ) from None
        except _TooLate:
            raise ReadTimeout("Read timed out.", request=request) from None
        raw = _raw(exchange, b"" if request.method == "HEAD" else body, request.method or "GET")
        response = self.build_response(request, raw)
        response.elapsed = timedelta(seconds=time.perf_counter() - started)
        return response


class _TooLate(Exception):
    """The caller has hung up by now."""


class _Patience:
    """Waits, unless the caller would have hung up before the end."""

    def __init__(self, seconds: float | None, sleep: Callable[[float], None]) -> None:
        self._left = seconds
        self._sleep = sleep

    def __call__(self, seconds: float) -> None:
        if self._left is not None:
            self._left -= seconds
            if self._left < 0:
                raise _TooLate
        self._sleep(seconds)


def _read_timeout(timeout: Any) -> float | None:
    if isinstance(timeout, tuple):
        return None if timeout[1] is None else float(timeout[1])
    return None if timeout is None else float(getattr(timeout, "read_timeout", timeout))


class _Message:
    """The part of `http.client.HTTPResponse` that cookie handling and urllib3 look at."""

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """The reply is already complete."""


def _environ(request: PreparedRequest) -> "WSGIEnvironment":
    url = urlsplit(request.url or "")
    body = _body(request.body)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": request.path_url,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or _DEFAULT_PORTS.get(url.scheme, 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    environ.update(_header_variables(request.headers))
    if request.body is not None:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _header_variables(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    variables = {}
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        if key not in {"TRANSFER_ENCODING", "CONNECTION"}:
            variables[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = text
    return variables


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if hasattr(body, "read"):
        return _body(body.read())
    return b"".join(_body(piece) for piece in body)


def _raw(exchange: Exchange, body: bytes, method: str) -> HTTPResponse:
    code, _, reason = exchange.status.partition(" ")
    headers = HTTPHeaderDict()
    for name, value in exchange.headers:
        headers.add(name, value)
    return HTTPResponse(
        body=BytesIO(body),
        headers=headers,
        status=int(code),
        version=11,
        reason=reason,
        preload_content=False,
        decode_content=False,
        original_response=_Message(exchange.headers),  # type: ignore[arg-type] # only `msg` and `close` are used
        request_method=method,
    )
