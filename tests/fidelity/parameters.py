"""Path and query parameters: known names, required ones there, values of the documented type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

from tests.fidelity.documents import Operation
from tests.fidelity.exchange import Exchange
from tests.fidelity.finding import Finding

_WHOLE = re.compile(r"-?\d+")
_validators: dict[tuple[Operation, str, str], jsonschema_rs.Draft202012Validator] = {}


def check_parameters(operation: Operation, path: str, exchange: Exchange) -> Iterator[Finding]:
    """What is wrong with the request's parameters."""
    given = parse_qsl(exchange.query, keep_blank_values=True)
    known = {one["name"]: one for one in operation.parameters if one["in"] == "query"}
    for name in dict.fromkeys(name for name, _ in given):
        if name not in known:
            yield Finding("request", "parameter", f"?{name}", "undocumented query parameter")
    names = {name for name, _ in given}
    for name, one in known.items():
        if one.get("required") and name not in names:
            yield Finding("request", "parameter", f"?{name}", "required query parameter is missing")
    for name, text in given:
        if name in known and text != "":
            yield from _check_value(operation, known[name], text, f"?{name}")
    values = operation.path_values(path)
    headers = {name.lower() for name, _ in exchange.headers}
    for one in operation.parameters:
        if one["in"] == "path" and one["name"] in values:
            yield from _check_value(operation, one, unquote(values[one["name"]]), f"{{{one['name']}}}")
        if _is_due(one) and one["name"].lower() not in headers:
            yield Finding("request", "parameter", one["name"], "required header is missing")


def _is_due(parameter: Mapping[str, Any]) -> bool:
    """Whether it is a header that has to be there; of headers, recordings keep this one."""
    named = parameter["in"] == "header" and parameter["name"].lower() == "x-atlassian-token"
    return named and bool(parameter.get("required"))


def _check_value(
    operation: Operation, parameter: Mapping[str, Any], text: str, where: str
) -> Iterator[Finding]:
    schema = operation.document.schemas.resolve(parameter.get("schema", {}))
    if schema.get("type") == "object":
        return
    values: list[Any] = [_typed(operation, schema, text)]
    if schema.get("type") == "array":
        item = operation.document.schemas.resolve(schema.get("items", {}))
        if item.get("type") == "object":
            return
        values = [[_typed(operation, item, one) for one in text.split(",")]]
    key = (operation, parameter["in"], parameter["name"])
    if key not in _validators:
        _validators[key] = operation.document.schemas.validator(schema, "request")
    for value in values:
        for error in _validators[key].iter_errors(value):
            yield Finding("request", "parameter", where, error.message)


def _typed(operation: Operation, schema: Mapping[str, Any], text: str) -> Any:
    """The text as the JSON value that the schema's type makes of it; the text itself where that fails."""
    kinds = {operation.document.schemas.resolve(one).get("type") for one in _alternatives(schema)}
    if kinds & {"integer", "number"} and _WHOLE.fullmatch(text):
        return int(text)
    if "number" in kinds:
        try:
            return float(text)
        except ValueError:
            return text
    if "boolean" in kinds and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text


def _alternatives(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())]
