"""The debug log of what is sent: what was asked, what came, how long it took - and nothing secret.

Never a header, a cookie, a body; of the query only the names, and the values of a few that say where
in a list a request is.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import requests
import structlog

from bsc_sync.atlassian.said import clean

_SHOWN = frozenset(
    {
        "startAt",
        "maxResults",
        "start",
        "limit",
        "expand",
        "fields",
        "validation",
        "body-format",
        "keys",
        "status",
    }
)
_WORTH_TELLING = 5.0  # seconds of silence after which a person wonders
_IDS = ("X-AREQUESTID", "Atl-Traceid", "X-Request-Id", "Atl-Request-Id")


def note_attempt(
    request: requests.PreparedRequest,
    response: requests.Response | None,
    lost: Exception | None,
    *,
    attempt: int,
    seconds: float,
    wait: float | None,
) -> None:
    """Log one request as it went; `wait` is what is slept before the next one (told to people if long)."""
    if not structlog.is_configured():  # its own default prints everything to the standard output
        return
    entry = {
        "method": request.method,
        "path": shown_path(str(request.url)),
        "status": response.status_code if response is not None else type(lost).__name__,
        "ms": round(seconds * 1000),
        "attempt": attempt,
        "wait": None if wait is None else round(wait, 2),
        "request": request_id(response),
    }
    if wait is not None and wait >= _WORTH_TELLING:
        host = clean(urlsplit(str(request.url)).hostname or "")
        structlog.get_logger().info("waiting", seconds=round(wait), host=host, status=entry["status"])
    structlog.get_logger().debug(
        "asked", **{name: value for name, value in entry.items() if value not in {None, ""}}
    )


def shown_path(url: str) -> str:
    """The path with the names of its query, and the values that cannot be anybody's secret."""
    parts = urlsplit(url)
    query = "&".join(
        f"{clean(name)}={clean(value) if name in _SHOWN else '...'}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return f"{clean(parts.path)}{'?' if query else ''}{query}"


def request_id(response: requests.Response | None) -> str:
    """What support can find the request by, if the reply names it."""
    headers = response.headers if response is not None else {}
    return clean(next((headers[name] for name in _IDS if headers.get(name)), ""))[:80]
