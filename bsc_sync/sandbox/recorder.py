"""Exchanges written down as they pass: one JSON line for each request and its reply, never a credential."""

from __future__ import annotations

import json
import os
import string
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RECORD = "BSC_SYNC_SANDBOX_RECORD"
STAGED = "bsc_sync.sandbox.staged"
_HEADERS = ("User-Agent", "X-Atlassian-Token", "Accept")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType]


class Recorder:
    """Wraps a WSGI application and appends every exchange to a file; the application notices nothing.

    A line is an object: `flavor`, `method`, `target` (path and query as sent), `prefix` (what of it stands
    before the product's own path), `headers` (the few that say who asks and how, no credentials), `type` and
    `body` of the request, `status` (0: there was no reply), `reply_type`, `reply`, and `staged`: a scripted
    fault has replaced the reply (it says so in `environ[STAGED]`).
    Bodies are UTF-8 text; bytes that are none are kept as lone surrogates (`surrogateescape`).
    Several processes may append to one file: a line is one write.
    """

    def __init__(self, app: WSGIApplication, file: Path, *, flavor: str) -> None:
        self._app = app
        self._file = file
        self._flavor = flavor

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does."""
        if environ.get("PATH_INFO", "").startswith("/_sandbox"):
            return self._app(environ, start_response)
        body = get_input_stream(environ).read()
        environ["wsgi.input"] = BytesIO(body)
        line = {**_asked(environ, body), "flavor": self._flavor}

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: _ExcInfo | tuple[None, None, None] | None = None,
            /,
        ) -> Any:
            line["status"] = int(status.split(" ", 1)[0])
            line["reply_type"] = next((v for name, v in headers if name.lower() == "content-type"), "")
            return start_response(status, headers, exc_info)

        try:
            reply = _whole(self._app(environ, start))
        except BaseException:
            self._append({**line, "status": 0, "reply_type": "", "reply": "", "staged": _staged(environ)})
            raise
        self._append({**line, "reply": _text(reply), "staged": _staged(environ)})
        return [reply]

    def _append(self, line: dict[str, Any]) -> None:
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)


def recording() -> Path | None:
    """The file that the environment names for exchanges, if it names one."""
    named = os.environ.get(RECORD)
    return Path(named) if named else None


def _asked(environ: WSGIEnvironment, body: bytes) -> dict[str, Any]:
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING", "")
    target = environ.get("REQUEST_URI") or quote(path, encoding="latin-1") + (f"?{query}" if query else "")
    kept = {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}") for name in _HEADERS}
    return {
        "method": environ["REQUEST_METHOD"],
        "prefix": quote(environ.get("SCRIPT_NAME", ""), safe=string.punctuation, encoding="latin-1"),
        "target": quote(target, safe=string.punctuation, encoding="latin-1"),
        "headers": {name: value for name, value in kept.items() if value is not None},
        "type": environ.get("CONTENT_TYPE", ""),
        "body": _text(body),
    }


def _whole(pieces: Iterable[bytes]) -> bytes:
    try:
        return b"".join(pieces)  # at once, because nobody has to read a reply to its end or to close it
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _staged(environ: WSGIEnvironment) -> bool:
    return bool(environ.get(STAGED))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
