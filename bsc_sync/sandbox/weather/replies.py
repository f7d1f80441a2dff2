"""What a fault makes of a reply."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from bsc_sync.sandbox.exchange import Answer
from bsc_sync.sandbox.problems import JSON, TEXT
from bsc_sync.sandbox.weather.rules import (
    EmptyFault,
    Fault,
    HeadersFault,
    HtmlFault,
    StatusFault,
    TruncatedFault,
)

HTML = "text/html;charset=UTF-8"
_PAGE = "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
_TITLES = {
    200: "Log in to continue",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}
_SAID: dict[int, object] = {
    400: {"errorMessages": ["The request could not be processed."], "errors": {}},
    401: "Client must be authenticated to access this resource.",
    403: {"errorMessages": ["You do not have permission to perform this operation."], "errors": {}},
    404: {"errorMessages": ["Not found."], "errors": {}},
    409: {"errorMessages": ["The resource was changed at the same time."], "errors": {}},
    500: {"errorMessages": ["Internal server error"], "errors": {}},
}


class Dropped(ConnectionError):
    """There will be no reply: whoever carries the request closes the connection."""


def too_many(flavor: str) -> Answer:
    """The reply to a request that comes too soon, without its headers."""
    if flavor == "data-center":
        return _answer(429, {"message": "Rate limit exceeded."})
    return _answer(429, {"errorMessages": ["Rate limit exceeded"], "errors": {}})


def instead(fault: Fault, *, flavor: str, now: datetime) -> Answer:
    """The reply of a fault that needs none of the product's own.

    Raises `Dropped` where there is none at all.
    """
    if isinstance(fault, StatusFault):
        return _status(fault, flavor=flavor, now=now)
    if isinstance(fault, HtmlFault):
        return _answer(fault.status, _page(fault.status), HTML)
    raise Dropped("the connection was closed without a reply")


def altered(fault: Fault, answer: Answer, *, flavor: str, now: datetime) -> Answer:
    """What leaves after the product has carried the request out; raises `Dropped` for nothing at all."""
    match fault:
        case HeadersFault():
            for name, value in fault.headers.items():
                answer.header(name, value)
        case EmptyFault():
            answer.replace_body(b"")
        case TruncatedFault():
            half = answer.body[: len(answer.body) // 2]
            if fault.closed and answer.body:
                answer.header("Content-Length", str(len(answer.body)))
                answer.body = half
            else:
                answer.replace_body(half)
        case StatusFault() | HtmlFault():
            return instead(fault, flavor=flavor, now=now)
        case _ if fault.fault == "drop":
            raise Dropped("the connection was closed after the request was carried out")
    return answer


def _status(fault: StatusFault, *, flavor: str, now: datetime) -> Answer:
    if fault.body is not None:
        answer = _answer(fault.status, fault.body)
    elif fault.status == 429:
        answer = too_many(flavor)
    elif fault.status in _SAID:
        answer = _answer(fault.status, _SAID[fault.status])
    elif fault.status >= 500:
        answer = _answer(fault.status, _page(fault.status))
    else:
        answer = _answer(fault.status, "")
    if fault.retry_after is not None:
        answer.header("Retry-After", _written(fault.retry_after, as_date=fault.retry_as == "date", now=now))
    if fault.reset_after is not None:
        reset = now.astimezone(UTC) + timedelta(seconds=fault.reset_after)
        answer.header("X-RateLimit-Reset", f"{reset:%Y-%m-%dT%H:%M:%SZ}")
    if fault.reason is not None:
        answer.header("RateLimit-Reason", fault.reason)
    for name, value in fault.headers.items():
        answer.header(name, value)
    return answer


def _written(seconds: float, *, as_date: bool, now: datetime) -> str:
    if as_date:
        return format_datetime(now.astimezone(UTC) + timedelta(seconds=seconds), usegmt=True)
    return f"{seconds:g}"


def _answer(status: int, body: Any, content_type: str | None = None) -> Answer:
    if isinstance(body, str):
        kind = HTML if body.lstrip().startswith("<") else TEXT
        content = body.encode()
    else:
        kind, content = JSON, json.dumps(body, ensure_ascii=False).encode()
    answer = Answer(status, [], b"")
    answer.replace_body(content, content_type or kind)
    return answer


def _page(status: int) -> str:
    return _PAGE.format(title=_TITLES.get(status, "Something went wrong"))
