"""One call of a WSGI application, with its whole reply in hand."""

from __future__ import annotations

from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Exchange:
    """What an application said about its reply; `run` gives the body."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self._written: list[bytes] = []

    def run(self, app: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """Call the application and read its reply to the end; what it raises is raised here."""
        pieces = app(environ, self._start)
        try:
            self._written.extend(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        return b"".join(self._written)

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo | None = None, /) -> Any:
        if exc_info is not None and exc_info[1] is not None and self._written:
            raise exc_info[1]
        self.status, self.headers = status, list(headers)
        return self._written.append


class Answer:
    """A whole reply that can still be changed before it leaves."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @classmethod
    def of(cls, app: WSGIApplication, environ: WSGIEnvironment) -> Answer:
        """The application's reply."""
        exchange = Exchange()
        body = exchange.run(app, environ)
        return cls(int(exchange.status.partition(" ")[0]), exchange.headers, body)

    def header(self, name: str, value: str) -> None:
        """Set a header, instead of what it was."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers.append((name, value))

    def replace_body(self, body: bytes, content_type: str | None = None) -> None:
        """Another body, with the length that it has."""
        self.body = body
        self.header("Content-Length", str(len(body)))
        if content_type is not None:
            self.header("Content-Type", content_type)

    def send(self, start_response: StartResponse) -> list[bytes]:
        """Give it to the server."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        start_response(f"{self.status} {phrase}", self.headers)
        return [self.body]
