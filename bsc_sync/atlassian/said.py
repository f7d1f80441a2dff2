"""What the body of an error says, in whichever of Atlassian's forms it comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

_LONGEST = 300
_JAVA_CLASS = re.compile(r"^(?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error): ")


@dataclass(frozen=True, slots=True)
class Said:
    """The messages, those by field, and what kind of body they came in."""

    messages: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    names_a_thing: bool = False  # a 404 speaks of an issue, a project, a page - and not of the path itself
    of_gateway: bool = False
    broken: bool = False  # it calls itself JSON and is none
    oauth_error: str = ""

    @property
    def text(self) -> str:
        """All of it in one line."""
        return "; ".join([*self.messages, *(f"{name}: {text}" for name, text in self.fields)])


def read_said(response: requests.Response) -> Said:
    """What an error says; nothing for web pages and plain texts, which say it to people only."""
    try:
        body = response.json()
    except ValueError:
        return Said(broken="json" in response.headers.get("Content-Type", "").lower())
    if not isinstance(body, dict):
        return Said()
    errors = body.get("errors")
    fields = errors.items() if isinstance(errors, dict) else ()
    messages = dict.fromkeys(clean(text) for text in _messages(body))
    error = body.get("error")
    return Said(
        messages=tuple(text for text in messages if text),
        fields=tuple((clean(str(name)), clean(_text(text))) for name, text in fields),
        names_a_thing=bool(body.get("errorMessages") or body.get("errors") or "statusCode" in body),
        of_gateway={"timestamp", "status", "error", "path"} <= body.keys(),
        oauth_error=str(error) if isinstance(error, str) and _is_oauth(body) else "",
    )


def clean(text: str) -> str:
    """A text from outside, fit for one line of a message."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()[:_LONGEST]


def _messages(body: dict[str, Any]) -> Iterator[str]:
    found = [*_listed(body.get("errorMessages")), *_confluence(body)]
    yield from found
    if found or (isinstance(body.get("errors"), dict) and body["errors"]):
        return
    for key in ("detail", "error_description", "errorMessage", "message", "title", "error"):
        if isinstance(body.get(key), str) and body[key].strip():
            yield _JAVA_CLASS.sub("", body[key])
            return


def _confluence(body: dict[str, Any]) -> Iterator[str]:
    """Version 2: `errors[].title`; version 1: `data.errors[].message.key` tells more than `message`."""
    for part in _dicts(body.get("errors")):
        yield "; ".join(_text(part[key]) for key in ("title", "detail") if part.get(key))
    data = body.get("data")
    for part in _dicts(data.get("errors") if isinstance(data, dict) else None):
        message = part.get("message")
        yield _text(message.get("translation") or message.get("key")) if isinstance(message, dict) else ""


def _listed(value: Any) -> list[str]:
    return [_text(part) for part in value] if isinstance(value, list) else [_text(value)] if value else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _is_oauth(body: dict[str, Any]) -> bool:
    return "error_description" in body or str(body.get("error")).startswith(("invalid_", "unauthorized_"))
