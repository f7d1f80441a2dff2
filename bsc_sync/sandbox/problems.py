"""The replies that say no, in the words and shapes of the real site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

JSON = "application/json;charset=UTF-8"
PROBLEM = "application/problem+json;charset=UTF-8"
TEXT = "text/plain;charset=UTF-8"
HTML = "text/html;charset=UTF-8"

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


def unknown_access_token() -> Refusal:
    """Data Center's 401 for a personal access token that it does not know, or no longer."""
    body = {"message": "Client must be authenticated to access this resource.", "status-code": 401}
    return Refusal(401, body, headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"})


def failed_login(base_url: str) -> Refusal:
    """Data Center's 401 for a wrong password: a page for people."""
    headers = _challenge(base_url) | {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    reason = "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED"
    return Refusal(401, html_page("Unauthorized (401)", reason), content_type=HTML, headers=headers)


def captcha_challenge(base_url: str) -> Refusal:
    """Data Center's 403 after too many wrong passwords: the account must log in by browser first."""
    headers = _challenge(base_url) | {
        "X-Seraph-LoginReason": "AUTHENTICATION_DENIED",
        "X-Authentication-Denied-Reason": f"CAPTCHA_CHALLENGE; login-url={base_url}/login.jsp",
    }
    reason = "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED"
    return Refusal(403, html_page("Forbidden (403)", reason), content_type=HTML, headers=headers)


def login_required() -> Refusal:
    """Data Center's 401 for nobody where somebody is needed."""
    text = "You are not authenticated. Authentication required to perform this operation."
    headers = {"X-Seraph-LoginReason": "OK"}
    return Refusal(401, {"errorMessages": [text], "errors": {}}, headers=headers)


def dead_link() -> Refusal:
    """Data Center's 404 where no REST module answers, such as version 3 of the API."""
    text = "The link you followed into Jira didn't work."
    return Refusal(404, html_page("Oops, you've found a dead link.", text), content_type=HTML)


def plain_status(status: int, text: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """Data Center's reply where a REST module has no such path or method."""
    return Refusal(status, {"message": text, "status-code": status}, headers=headers)


def no_endpoint(site: Site, method: str, path: str) -> Refusal:
    """404 for a path that the product does not know."""
    if site.flavor == "cloud":
        return problem(404, f"No endpoint {method} {path}.", path)
    if not path.startswith(("/rest/api/2/", "/rest/api/latest/", "/rest/agile/1.0/")):
        return dead_link()
    old = f"null for uri: {site.base_url}{path}"
    return plain_status(404, old if site.release < (10,) else "HTTP 404 Not Found")


def no_method(site: Site, method: str, path: str, headers: Mapping[str, str]) -> Refusal:
    """405 for a path that the product knows otherwise."""
    if site.flavor == "cloud":
        return problem(405, f"Method '{method}' is not supported.", path, headers)
    return plain_status(405, "HTTP 405 Method Not Allowed", headers)


def html_page(title: str, text: str) -> str:
    """A page that says one thing."""
    shown = escape(title, quote=False)
    return (
        f"<html><head><title>{shown} - Jira</title></head>"
        f"<body><h1>{shown}</h1><p>{escape(text, quote=False)}</p></body></html>"
    )


def _challenge(base_url: str) -> dict[str, str]:
    return {"WWW-Authenticate": f'OAuth realm="{quote(base_url, safe="")}"'}
