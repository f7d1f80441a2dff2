"""One request to Jira: who asks, in which version of the API, with which parameters."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import request

from bsc_sync.sandbox.catalog import Catalog, keep_catalog
from bsc_sync.sandbox.jira.wire import loads
from bsc_sync.sandbox.people import User
from bsc_sync.sandbox.problems import bare_refusal, problem, refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_MAX_DEPTH = 200


@dataclass
class Shelf:
    """Where the site's settings are at hand; administrators change them while it runs."""

    catalog: Catalog


@dataclass(frozen=True)
class Call:
    """What every handler is given; the connection is inside the request's transaction.

    `answers` keeps the ids that recent searches found.
    """

    site: Site
    connection: sqlite3.Connection
    shelf: Shelf
    version: str
    user: User
    now: datetime
    answers: dict[Any, list[int]]

    @property
    def catalog(self) -> Catalog:
        """The site's settings as they are now."""
        return self.shelf.catalog

    def change_catalog(self, catalog: Catalog) -> None:
        """Give the site other settings; the last thing that a handler does."""
        self.connection.execute("DELETE FROM jira_catalog")
        keep_catalog(self.connection, catalog)
        self.shelf.catalog = catalog

    @property
    def moment(self) -> int:
        """Now, in whole milliseconds."""
        return int(self.now.timestamp() * 1000)

    @property
    def cloud(self) -> bool:
        """Whether this is Jira Cloud rather than Data Center."""
        return self.catalog.cloud

    @property
    def writes_documents(self) -> bool:
        """Whether texts are documents (v3) rather than wiki markup (v2)."""
        return self.version == "3"


@dataclass(frozen=True)
class Reply:
    """What goes back; `body` None sends nothing."""

    body: Any = None
    status: int = 200


def read_body() -> Any:
    """The request's JSON; 400 for what is not JSON."""
    try:
        value = loads(request.get_data())
        _check_depth(value)
    except ValueError:
        raise bare_refusal(
            400, "There was an error parsing JSON. Check that your request body is valid."
        ) from None
    return value


def read_object(missing: str | None = None) -> dict[str, Any]:
    """The request's JSON object; 400 for anything else, with the given words for an empty body."""
    if missing is not None and not request.get_data().strip():
        raise refusal(400, missing)
    body = read_body()
    if not isinstance(body, dict):
        raise invalid_payload()
    return body


def invalid_payload() -> Exception:
    """400 for a body with unknown or wrongly typed properties."""
    return bare_refusal(400, "Invalid request payload. Refer to the REST API documentation and try again.")


def whole(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number of the query string, brought into its range; problem+json 400 for a word."""
    text = request.args.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise problem(400, f"Failed to convert '{name}' with value: '{text}'", request.path) from None
    return max(least, min(value, most))


def flag(name: str, *, default: bool = False) -> bool:
    """A true-or-false of the query string; problem+json 400 for another word."""
    text = request.args.get(name, "true" if default else "false")
    if text.lower() not in {"true", "false"}:
        raise problem(400, f"Failed to convert '{name}' with value: '{text}'", request.path)
    return text.lower() == "true"


def listed(name: str) -> list[str]:
    """A list of the query string, repeated or separated by commas."""
    return [part.strip() for text in request.args.getlist(name) for part in text.split(",") if part.strip()]


def page(items: list[Any], *, default: int, most: int) -> tuple[list[Any], int, int]:
    """The part of a list that startAt and maxResults ask for, with the two numbers used."""
    start = whole("startAt", 0)
    size = whole("maxResults", default, most=most)
    return items[start : start + size], start, size


def _check_depth(value: Any) -> None:
    # Level by level: what is written back later is written by a function that calls itself.
    level = [value]
    for _ in range(_MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return
        level = inner
    raise ValueError("nested too deeply")
