"""Data Center's search: pages by offset, a total, and complaints about what a query names wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from bsc_sync.sandbox.jira.call import Call, Reply, listed, read_object, whole
from bsc_sync.sandbox.jira.index import as_indexed
from bsc_sync.sandbox.jira.records import read_issues
from bsc_sync.sandbox.jira.search import matching, selection
from bsc_sync.sandbox.jira.showing import View, chosen_fields, issue_shapes, names, schemas
from bsc_sync.sandbox.jql.grammar import JqlError
from bsc_sync.sandbox.jql.syntax import Query, parse
from bsc_sync.sandbox.problems import refusal

MAX_PAGE = 1000
_TYPES: dict[str, type] = {
    "jql": str,
    "startAt": int,
    "maxResults": int,
    "validateQuery": bool,
    "fields": list,
    "expand": list,
}


@dataclass(frozen=True)
class _Question:
    """What a search asks for."""

    jql: str
    fields: tuple[str, ...] = ()
    expand: frozenset[str] = frozenset()
    start: int = 0
    size: int = 50
    strict: bool = True


def search_by_query(call: Call) -> Reply:
    """GET /search."""
    return Reply(_search(call, _asked(request.args.get("jql", ""))))


def search_by_body(call: Call) -> Reply:
    """POST /search."""
    body = read_object()
    for name in sorted(set(body) - set(_TYPES)):
        raise refusal(
            400,
            f'Unrecognized field "{name}" (Class com.atlassian.jira.rest.v2.search.SearchRequestBean), not'
            " marked as ignorable",
        )
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        if type(value) is not _TYPES[name]:
            raise refusal(400, f"Can not deserialize the value of '{name}'")
    question = _Question(
        jql=given.get("jql", ""),
        fields=tuple(str(name) for name in given.get("fields", ())),
        expand=frozenset(str(name) for name in given.get("expand", ())),
        start=given.get("startAt", 0),
        size=given.get("maxResults", 50),
        strict=given.get("validateQuery", True),
    )
    return Reply(_search(call, question))


def search_within(call: Call, restriction: str) -> Reply:
    """A search by the request's parameters, narrowed by a condition: the issues of an epic or a board."""
    query = request.args.get("jql", "").strip()
    where, order = _halves(query)
    text = f"({restriction})" if not where else f"({restriction}) AND ({where})"
    return Reply(_search(call, _asked(f"{text} {order}".strip())))


def _halves(jql: str) -> tuple[str, str]:
    parsed = _parsed(jql)
    at = jql.lower().rfind("order by") if parsed.order else len(jql)
    return jql[:at].strip(), jql[at:]


def _asked(jql: str) -> _Question:
    validate = request.args.get("validateQuery", "true").lower()
    return _Question(
        jql=jql,
        fields=tuple(listed("fields")),
        expand=frozenset(listed("expand")),
        start=whole("startAt", 0),
        size=whole("maxResults", 50, least=-1),
        strict=validate in {"true", "strict"},
    )


def _search(call: Call, question: _Question) -> dict[str, Any]:
    if question.start < 0:
        raise refusal(400, "The value for startAt must not be negative.")
    query = _parsed(question.jql)
    complaints = _complaints(call, query)
    if question.strict and complaints:
        raise refusal(400, *complaints)
    size = MAX_PAGE if question.size < 0 else min(question.size, MAX_PAGE)
    fields = chosen_fields(call.catalog, question.fields, "*navigable")
    view = View(fields, question.expand - {"names", "schema"})
    with as_indexed(call) as seen:
        ids = matching(seen, query, turning_page=question.start > 0)
        issues = read_issues(seen.connection, ids[question.start : question.start + size])
        shown = issue_shapes(seen, issues, view)
    reply: dict[str, Any] = {
        "expand": "schema,names",
        "startAt": question.start,
        "maxResults": size,
        "total": len(ids),
        "issues": shown,
    }
    if complaints:
        reply["warningMessages"] = complaints
    if "names" in question.expand:
        reply["names"] = names(call.catalog, fields)
    if "schema" in question.expand:
        reply["schema"] = schemas(call.catalog, fields)
    return reply


def _parsed(jql: str) -> Query:
    try:
        return parse(jql)
    except JqlError as error:
        raise refusal(400, str(error)) from None


def _complaints(call: Call, query: Query) -> list[str]:
    found = selection(call, query)
    return [*found.problems, *found.missing, *found.warnings]
