"""What clients send as JSON, read strictly: a wrong type is refused, as Atlassian's document asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Request

from bsc_sync.sandbox.confluence.refusals import invalid


def json_value(request: Request) -> Any:
    """The JSON of a request, None if it has none; 400 where a text in it is not valid Unicode."""
    body = request.get_json(silent=True, force=request.mimetype in {"", "application/json"})
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise invalid("The request body is not valid Unicode") from None
    return body


def json_object(request: Request) -> Mapping[str, Any]:
    """The JSON object of a request; 400 for anything else."""
    body = json_value(request)
    if not isinstance(body, dict):
        raise invalid("The request body is not a JSON object")
    return body


def required_text(body: Mapping[str, Any], name: str) -> str:
    """A property that must be there and be text."""
    value = optional_text(body, name)
    if value is None:
        raise invalid(f"Must supply '{name}'")
    return value


def optional_text(body: Mapping[str, Any], name: str) -> str | None:
    """A property that, if it is there, must be text."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(f"'{name}' must be a string")
    if value is not None and any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise invalid(f"'{name}' is not valid Unicode")
    return value


def required_status(body: Mapping[str, Any]) -> str:
    """The status of a page: `current`, as this site keeps no drafts."""
    status = required_text(body, "status")
    if status == "draft":
        raise invalid("This site keeps no drafts: 'status' must be current")
    if status != "current":
        raise invalid(f"Invalid status: {status}")
    return status


def version_number(body: Mapping[str, Any]) -> tuple[int, str]:
    """`version.number` and `version.message` of an update."""
    version = body.get("version")
    number = version.get("number") if isinstance(version, dict) else None
    if not isinstance(version, dict) or isinstance(number, bool) or not isinstance(number, int):
        raise invalid("Must supply 'version' with a 'number' that is an integer")
    return number, optional_text(version, "message") or ""


def storage_text(body: Mapping[str, Any]) -> str:
    """The storage-format text of a page's `body`, plain or nested by representation."""
    given = body.get("body")
    if not isinstance(given, dict):
        raise invalid("'body' must be an object with 'representation' and 'value'")
    if "representation" not in given and isinstance(given.get("storage"), dict):
        given = {"representation": "storage", **given["storage"]}
    representation = required_text(given, "representation")
    if representation != "storage":
        raise invalid(f"This site reads the storage representation only, not {representation!r}")
    return required_text(given, "value")
