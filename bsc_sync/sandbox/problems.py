"""The replies that say no, in the words and shapes of the real site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

JSON = "application/json;charset=UTF-8"
PROBLEM = "application/problem+json;charset=UTF-8"
TEXT = "text/plain;charset=UTF-8"

_TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type"}


class Refusal(Exception):
    """A reply that ends the request: status, body as text, headers. Raised anywhere below the app."""

    def __init__(
        self, status: int, body: object, *, content_type: str = JSON, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.content_type = content_type
        self.headers = dict(headers or {})
        super().__init__(f"{status}: {self.text()}")

    def text(self) -> str:
        """The body as it goes over the wire."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)


def refusal(status: int, *messages: str, errors: Mapping[str, str] | None = None) -> Refusal:
    """Jira's own error collection: `{"errorMessages": [...], "errors": {field: message}}`."""
    return Refusal(status, {"errorMessages": list(messages), "errors": dict(errors or {})})


def bare_refusal(status: int, *messages: str) -> Refusal:
    """An error collection without its `errors` key, as unreadable bodies get."""
    return Refusal(status, {"errorMessages": list(messages)})


def problem(status: int, detail: str, path: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """RFC 7807: what the framework below the product says before the product is asked."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": path,
    }
    return Refusal(status, body, content_type=PROBLEM, headers=headers)


def unauthenticated() -> Refusal:
    """401 for missing or wrong credentials: plain text, not JSON."""
    return Refusal(401, "Client must be authenticated to access this resource.", content_type=TEXT)
