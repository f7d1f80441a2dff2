"""Lists in pages: a cursor that means nothing to the client, a next link, a Link header."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Request, Response, jsonify

from bsc_sync.sandbox.confluence.refusals import invalid

MAX_LIMIT = 250

SORTS: Mapping[str, str] = {
    "id": "id",
    "created-date": "created",
    "modified-date": "modified",
    "title": "title",
}


@dataclass(frozen=True)
class Listing:
    """What a list shows: rows of `table` where all `conditions` hold, one row per value of `identity`."""

    table: str
    conditions: Sequence[str]
    values: Sequence[object]
    sorts: Mapping[str, str]
    identity: str = "id"
    order: str = "id"
    limit: int = 25


def page_of(
    connection: sqlite3.Connection,
    request: Request,
    listing: Listing,
    base: str,
    document: Callable[[sqlite3.Row], Mapping[str, Any]],
) -> Response:
    """Answer one page of a listing: `{"results": [...], "_links": {"next", "base"}}` and a Link header."""
    limit = whole_number(request, "limit", listing.limit)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid(
            f"Provided value {{{limit}}} for 'limit' is not valid: it must be between 1 and {MAX_LIMIT}"
        )
    order = request.args.get("sort", listing.order)
    if order.removeprefix("-") not in listing.sorts:
        raise invalid(f"Provided value {{{order}}} for 'sort' is not valid")
    column, direction, beyond = (
        (listing.sorts[order[1:]], "DESC", "<")
        if order.startswith("-")
        else (listing.sorts[order], "ASC", ">")
    )
    conditions, values = list(listing.conditions), list(listing.values)
    if "cursor" in request.args:
        conditions.append(f"({column}, {listing.identity}) {beyond} (?, ?)")
        values += _place(request.args["cursor"], order)
    where = " AND ".join(conditions) or "1"
    # Every name in this statement comes from this package; every value is bound.
    rows = connection.execute(
        f"SELECT * FROM {listing.table} WHERE {where}"  # noqa: S608 - constants of this room
        f" ORDER BY {column} {direction}, {listing.identity} {direction} LIMIT ?",
        (*values, limit + 1),
    ).fetchall()
    links = {"base": f"{base}/wiki"}
    relations = [f'<{base}/wiki>; rel="base"']
    if len(rows) > limit:
        last = rows[limit - 1]
        cursor = _cursor(order, last[column], last[listing.identity])
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        links["next"] = f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}"
        relations.insert(0, f'<{links["next"]}>; rel="next"')
    response = jsonify({"results": [document(row) for row in rows[:limit]], "_links": links})
    response.headers["Link"] = ", ".join(relations)
    return response


def whole_number(request: Request, name: str, default: int) -> int:
    """A query parameter that is a whole number; 400 if it is not."""
    text = request.args.get(name)
    return default if text is None else as_whole_number(text, name)


def as_whole_number(text: str, name: str) -> int:
    """The number that `text` writes; 400 in Confluence's words if it writes none."""
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18):
        raise invalid(
            f"Provided value {{{text}}} for '{name}' is not the correct type. Expected type is long"
        )
    return int(text)


def listed_values(request: Request, name: str) -> list[str]:
    """A query parameter that may be repeated or hold several values with commas between them."""
    return [part for value in request.args.getlist(name) for part in value.split(",") if part]


def one_of(column: str, values: Sequence[object]) -> str:
    """The condition that a column holds one of some values."""
    return f"{column} IN ({', '.join('?' * len(values))})"


def cursor_at(start: int) -> str:
    """A cursor for lists that have no order of their own to go by: what is found from `start` on."""
    return _cursor("", start, "")


def start_of(cursor: str) -> int:
    """Where a cursor of `cursor_at` begins; 400 for any other."""
    start = _place(cursor, "")[0]
    if not isinstance(start, int) or start < 0:
        raise invalid("The provided cursor is invalid")
    return start


def _cursor(order: str, value: object, identity: object) -> str:
    text = json.dumps([order, value, identity])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str, order: str) -> list[object]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        was, value, identity = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise invalid("The provided cursor is invalid") from None
    if was != order or not all(isinstance(part, str | int) for part in (value, identity)):
        raise invalid("The provided cursor is invalid")
    return [value, identity]
