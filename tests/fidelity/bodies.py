"""Bodies of requests and replies, and the status of replies.

Cloud's documents describe bodies truly: the whole schema counts. So it does for requests to Data Center. Its
replies are declared wrongly (lists as an item, pages as what they hold): of them, names at the top count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from tests.fidelity.documents import Operation
from tests.fidelity.exchange import Exchange
from tests.fidelity.finding import Finding
from tests.fidelity.multipart import part_names
from tests.fidelity.schemas import Role, Schema, Schemas

# Statuses that the real products answer without listing them for each operation.
UNLISTED = {
    400: "a request that cannot be read or whose values do not fit",
    401: "no or wrong credentials",
    403: "credentials that may not",
    404: "nothing there, or nothing that the caller may see",
    405: "a method that the path does not know",
    409: "a stale version of a page (Confluence), a concurrent change (Jira)",
    410: "an endpoint that was removed",
    413: "too much at once",
    415: "a body of another type",
    429: "too many requests",
    501: "an endpoint that this server has not (an old version, a proxy)",
    503: "not now",
}
_PAGES = ("values", "results", "issues")
_ANYWHERE = frozenset(
    {"_expandable", "expand", "self", "nextPage", "maxResults", "startAt", "total", "isLast", "values"}
    | {"results", "start", "limit", "size", "_links"}
)
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}


def _object(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


_V2_ERROR = _object(
    "status", "code", "title", status=_NUMBER, code=_TEXT, title=_TEXT, detail={**_TEXT, "nullable": True}
)
_ONE_OF_MANY = _object(
    *("status", "elementErrors", "failedElementNumber"),
    status=_NUMBER,
    elementErrors={"type": "object"},
    failedElementNumber=_NUMBER,
)
_ERRORS: dict[str, Schema] = {
    # RFC 7807, what the framework below Jira says
    "problem": _object(
        "status", "title", type=_TEXT, title=_TEXT, status=_NUMBER, detail=_TEXT, instance=_TEXT
    ),
    "jira": _object(
        "errorMessages",
        errorMessages={"type": "array", "items": _TEXT},
        errors={"type": "object", "additionalProperties": _TEXT},
        status=_NUMBER,
    ),
    "confluence v1": _object(
        "statusCode", "message", statusCode=_NUMBER, message=_TEXT, reason=_TEXT, data={"type": "object"}
    ),
    "issue by issue": _object(
        "issues", "errors", issues={"type": "array"}, errors={"type": "array", "items": _ONE_OF_MANY}
    ),
    "rate limit (Data Center)": _object("message", message=_TEXT),
    "framework (Data Center)": _object(
        "message", "status-code", message=_TEXT, **{"status-code": _NUMBER, "sub-code": _NUMBER}
    ),
    "gateway, credentials": _object("code", "message", code=_NUMBER, message=_TEXT),
    "credentials": _object("error", error=_TEXT, error_description=_TEXT),
    "gateway": _object(
        "status", "error", timestamp=_TEXT, status=_NUMBER, error=_TEXT, message=_TEXT, path=_TEXT
    ),
    "confluence v2": _object("errors", errors={"type": "array", "minItems": 1, "items": _V2_ERROR}),
}
_validators: dict[tuple[object, ...], jsonschema_rs.Draft202012Validator] = {}


def check_request(operation: Operation, exchange: Exchange) -> Iterator[Finding]:
    """What is wrong with the request's body."""
    documented = operation.body
    if not exchange.body:
        if documented is not None and documented.get("required"):
            yield Finding("request", "body", "", "required body is missing")
        return
    if documented is None:
        yield Finding("request", "body", "", "a body where none is documented")
        return
    sent = exchange.type.partition(";")[0].strip().lower()
    content = documented.get("content", {})
    kind = next((one for one in (sent, "*/*") if one in content), None)
    if kind is None:
        yield Finding("request", "body", "", f"{sent or 'no content type'} where {', '.join(content)} is due")
        return
    schema = content[kind].get("schema", {})
    if sent == "multipart/form-data":
        yield from _check_parts(operation, schema, exchange)
        return
    if not sent.endswith("json"):
        return
    try:
        value = exchange.asked
    except (ValueError, RecursionError):
        yield Finding("request", "body", "", "not JSON")
        return
    if not (schema.get("type") == "string" and operation.document.texts_are_json):
        yield from _check_value(operation, schema, value, "request", ("request", kind))


def check_reply(operation: Operation, exchange: Exchange) -> Iterator[Finding]:
    """What is wrong with the reply's status and body."""
    documented = operation.replies.get(str(exchange.status)) or operation.replies.get("default")
    if documented is None:
        if exchange.status not in UNLISTED:
            yield Finding("reply", "status", "", f"undocumented status {exchange.status}")
        else:
            yield from check_error(exchange)
        return
    if exchange.method == "HEAD":
        return
    kind = exchange.reply_type.partition(";")[0].strip().lower()
    content = documented.get("content", {})
    fitting = [one for name, one in content.items() if _reads(name, kind)]
    schema = next((one["schema"] for one in fitting if one.get("schema")), None)
    if exchange.status >= 400 and (schema is None or kind != "application/json" or exchange.through_gateway):
        yield from check_error(exchange)
        return
    if exchange.status == 204 and exchange.reply:
        yield Finding("reply", "body", "", "a body where there is none")
    if schema is None:
        if content and exchange.reply and not fitting:
            yield Finding(
                "reply", "body", "", f"{kind or 'no content type'} where {', '.join(content)} is due"
            )
        return
    if not exchange.reply:
        yield Finding("reply", "body", "", "no body where one is documented")
        return
    if not kind.endswith("json"):
        return
    try:
        value = exchange.answered
    except (ValueError, RecursionError):
        yield Finding("reply", "body", "", "not JSON")
        return
    yield from _check_value(operation, schema, value, "reply", ("reply", str(exchange.status)))


def check_error(exchange: Exchange) -> Iterator[Finding]:
    """A reply that says no, where its document has no schema for it: one of the shapes seen on real sites."""
    kind = exchange.reply_type.partition(";")[0].strip().lower()
    if not exchange.reply or kind in {"text/plain", "text/html"} or exchange.method == "HEAD":
        return
    try:
        value = exchange.answered
    except (ValueError, RecursionError):
        yield Finding("reply", "body", "", "not JSON")
        return
    shapes = [one for one in _ERRORS if (one == "problem") == (kind == "application/problem+json")]
    if not any(_error_validator(one).is_valid(value) for one in shapes):
        yield Finding("reply", "body", "", f"an error in none of the known shapes: {exchange.reply[:200]}")


def _check_value(
    operation: Operation, schema: Schema, value: Any, role: Role, place: tuple[str, str]
) -> Iterator[Finding]:
    if role == "reply" and not operation.document.replies_count:
        yield from _check_names(operation, schema, value)
        return
    key = (operation, *place)
    if key not in _validators:
        _validators[key] = operation.document.schemas.validator(schema, role)
    for error in _validators[key].iter_errors(value):
        where = "".join(f"/{step}" for step in error.instance_path)
        yield Finding(role, "body", where, error.message[:300])


def _check_names(operation: Operation, schema: Schema, value: Any) -> Iterator[Finding]:
    resolve = operation.document.schemas.resolve
    schema = resolve(schema)
    if schema.get("type") == "array":
        schema = resolve(schema.get("items", {}))
    names = set(schema.get("properties", ()))
    if not names:
        return
    for where, one in _items(value, names):
        for name in one:
            if name not in names and name not in _ANYWHERE:
                yield Finding("reply", "body", f"{where}/{name}", "undocumented name")


def _items(value: Any, names: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the names are of: each item of a list or of a page where the item is declared, else the whole."""
    listed = value if isinstance(value, list) else None
    before = ""
    if isinstance(value, Mapping):
        within = next((name for name in _PAGES if name in value and name not in names), None)
        if within is None:
            yield "", value
            return
        yield "", {name: one for name, one in value.items() if name != within and name not in _ANYWHERE}
        listed, before = value[within], f"/{within}"
    for place, one in enumerate(listed or ()):
        if isinstance(one, Mapping):
            yield f"{before}/{place}", one


def _check_parts(operation: Operation, schema: Schema, exchange: Exchange) -> Iterator[Finding]:
    resolved = operation.document.schemas.resolve(schema)
    if resolved.get("type") == "array":  # Jira's way to say: any number of parts
        return
    given = part_names(exchange.type, exchange.body.encode("utf-8", "surrogateescape"))
    known = resolved.get("properties", {})
    for name in given:
        if known and name not in known:
            yield Finding("request", "body", f"/{name}", "undocumented part")
    for name in resolved.get("required", ()):
        if name not in given:
            yield Finding("request", "body", f"/{name}", "required part is missing")


def _error_validator(shape: str) -> jsonschema_rs.Draft202012Validator:
    key = ("error", shape)
    if key not in _validators:
        _validators[key] = Schemas({}).validator(_ERRORS[shape], "reply")
    return _validators[key]


def _reads(documented: str, kind: str) -> bool:
    documented = documented.partition(";")[0].strip().lower()
    return documented in {"*/*", kind}
