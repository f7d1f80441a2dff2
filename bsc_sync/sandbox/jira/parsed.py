"""A parsed query as `POST /jql/parse` shows it."""

from __future__ import annotations

import re
from typing import Any

from bsc_sync.sandbox.jql.syntax import (
    And,
    Call,
    Clause,
    Condition,
    Empty,
    Many,
    Not,
    Operand,
    Or,
    Query,
    Value,
)


def structure(query: Query) -> dict[str, Any]:
    """The tree of a query: `where` and `orderBy`, each where the query has it."""
    shape: dict[str, Any] = {}
    if query.where is not None:
        shape["where"] = _condition(query.where)
    if query.order:
        fields = []
        for sort in query.order:
            entry: dict[str, Any] = {"field": _field(sort.field)}
            if sort.direction is not None:
                entry["direction"] = sort.direction
            fields.append(entry)
        shape["orderBy"] = {"fields": fields}
    return shape


def encoded(text: str) -> str:
    """A text as a query may hold it: bare where that is safe, else quoted."""
    if re.fullmatch(r"[A-Za-z0-9_.-]+", text) and text.lower() not in _RESERVED:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


_RESERVED = frozenset({"and", "or", "not", "in", "is", "empty", "null", "order", "by", "asc", "desc"})


def _condition(node: Condition) -> dict[str, Any]:
    match node:
        case Clause():
            return {
                "field": _field(node.field),
                "operator": node.operator,
                "operand": _operand(node.operand),
            }
        case Not(inner):
            return {"operator": "not", "clauses": [_condition(inner)]}
        case And(items):
            return {"operator": "and", "clauses": [_condition(item) for item in items]}
        case Or(items):
            return {"operator": "or", "clauses": [_condition(item) for item in items]}


def _field(name: str) -> dict[str, Any]:
    return {"name": name, "encodedName": name if name.startswith("cf[") else encoded(name)}


def _operand(operand: Operand) -> dict[str, Any]:
    match operand:
        case Many(items):
            shown = ", ".join(_encoded_operand(item) for item in items)
            return {"values": [_operand(item) for item in items], "encodedOperand": f"({shown})"}
        case Value(text):
            return {"value": text, "encodedValue": encoded(text)}
        case Call(name, arguments):
            return {
                "function": name,
                "arguments": list(arguments),
                "encodedOperand": _encoded_operand(operand),
            }
        case Empty():
            return {"keyword": "empty"}


def _encoded_operand(operand: Operand) -> str:
    match operand:
        case Value(text):
            return encoded(text)
        case Call(name, arguments):
            return f"{encoded(name)}({', '.join(encoded(item) for item in arguments)})"
    return "EMPTY"
