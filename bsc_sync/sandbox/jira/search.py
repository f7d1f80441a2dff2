"""Search by JQL: `search/jql`, the count, and the parser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from bsc_sync.sandbox.jira.call import Call, Reply, invalid_payload, listed, read_object, whole
from bsc_sync.sandbox.jira.index import as_indexed
from bsc_sync.sandbox.jira.lookup import visible_issue
from bsc_sync.sandbox.jira.parsed import structure
from bsc_sync.sandbox.jira.permissions import hidden_projects, secret_levels
from bsc_sync.sandbox.jira.records import read_issues
from bsc_sync.sandbox.jira.showing import View, chosen_fields, issue_shapes, names, schemas
from bsc_sync.sandbox.jql.evaluate import Asking, Selection, select
from bsc_sync.sandbox.jql.grammar import JqlError
from bsc_sync.sandbox.jql.syntax import Query, parse
from bsc_sync.sandbox.problems import problem, refusal
from bsc_sync.sandbox.tokens import read_token, token

_FULL_PAGE = 100
_ID_PAGE = 5000
_MAX_FETCH = 100
_MAX_PROPERTIES = 5
_MAX_RECONCILED = 50
_REMEMBERED = 16


@dataclass(frozen=True)
class _Question:
    """What a search asks for."""

    jql: str
    fields: tuple[str, ...] = ()
    expand: frozenset[str] = frozenset()
    properties: tuple[str, ...] = ()
    size: int = 50
    token: str | None = None


def removed_search(_call: Call) -> Reply:
    """GET and POST /search: gone from Cloud."""
    raise refusal(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
        "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )


def search_by_query(call: Call) -> Reply:
    """GET /search/jql."""
    for number in listed("reconcileIssues"):
        if not number.isdigit():
            raise problem(400, f"Failed to convert 'reconcileIssues' with value: '{number}'", request.path)
    question = _Question(
        jql=request.args.get("jql", ""),
        fields=tuple(listed("fields")),
        expand=frozenset(listed("expand")),
        properties=tuple(listed("properties")),
        size=whole("maxResults", 50, least=-1),
        token=request.args.get("nextPageToken") or None,
    )
    with as_indexed(call, [int(number) for number in listed("reconcileIssues")]) as seen:
        return _search(seen, question)


def search_by_body(call: Call) -> Reply:
    """POST /search/jql."""
    body = read_object()
    allowed: dict[str, type] = {
        "jql": str,
        "nextPageToken": str,
        "maxResults": int,
        "fields": list,
        "expand": str,
        "properties": list,
        "fieldsByKeys": bool,
        "reconcileIssues": list,
    }
    given = {name: value for name, value in body.items() if value is not None}
    if set(body) - set(allowed) or not all(type(value) is allowed[name] for name, value in given.items()):
        raise invalid_payload()
    for name, inner in (("fields", str), ("properties", str), ("reconcileIssues", int)):
        if not all(type(item) is inner for item in given.get(name, [])):
            raise invalid_payload()
    if len(given.get("reconcileIssues", [])) > _MAX_RECONCILED:
        raise refusal(400, f"The number of issues to reconcile must not be greater than {_MAX_RECONCILED}.")
    question = _Question(
        jql=given.get("jql", ""),
        fields=tuple(given.get("fields", ())),
        expand=frozenset(given.get("expand", "").replace(" ", "").split(",")),
        properties=tuple(given.get("properties", ())),
        size=given.get("maxResults", 50),
        token=given.get("nextPageToken"),
    )
    with as_indexed(call, given.get("reconcileIssues", ())) as seen:
        return _search(seen, question)


def approximate_count(call: Call) -> Reply:
    """POST /search/approximate-count."""
    body = read_object()
    if set(body) - {"jql"} or not isinstance(body.get("jql"), str):
        raise invalid_payload()
    with as_indexed(call) as seen:
        return Reply({"count": len(matching(seen, _bounded(body["jql"])))})


def parse_queries(call: Call) -> Reply:
    """POST /jql/parse: `validation` strict (errors), warn (warnings) or none."""
    mode = request.args.get("validation", "strict")
    if mode not in {"strict", "warn", "none"}:
        raise problem(400, f"Failed to convert 'validation' with value: '{mode}'", request.path)
    queries = read_object().get("queries")
    if not isinstance(queries, list) or not all(isinstance(item, str) for item in queries):
        raise invalid_payload()
    if not 1 <= len(queries) <= 100:
        raise refusal(400, "The number of queries must be between 1 and 100.")
    return Reply({"queries": [_parsed(call, text, mode) for text in queries]})


def fetch_issues(call: Call) -> Reply:
    """POST /issue/bulkfetch: up to 100 issues by id or key, lowest id first."""
    body = read_object()
    allowed: dict[str, type] = {
        "issueIdsOrKeys": list,
        "fields": list,
        "expand": list,
        "properties": list,
        "fieldsByKeys": bool,
    }
    given = {name: value for name, value in body.items() if value is not None}
    if set(body) - set(allowed) or not all(type(value) is allowed[name] for name, value in given.items()):
        raise invalid_payload()
    for name in ("fields", "expand", "properties"):
        if not all(isinstance(item, str) for item in given.get(name, [])):
            raise invalid_payload()
    wanted = [str(name) for name in given.get("issueIdsOrKeys", [])]
    if not 1 <= len(wanted) <= _MAX_FETCH:
        raise refusal(400, f"The number of issue IDs or keys must be between 1 and {_MAX_FETCH}.")
    properties = tuple(given.get("properties", ()))
    _check_properties(properties)
    found = {name: visible_issue(call, name) for name in wanted}
    issues = {issue.id: issue for issue in found.values() if issue is not None}
    view = View(
        chosen_fields(call.catalog, given.get("fields", ()), "*navigable"),
        frozenset(given.get("expand", ())),
        properties,
    )
    missing = [name for name, issue in found.items() if issue is None]
    return Reply(
        {
            "issues": issue_shapes(call, [issues[number] for number in sorted(issues)], view),
            "issueErrors": [
                {"id": name, "errorMessage": "Issue does not exist or you do not have permission to see it."}
                for name in missing
            ],
        }
    )


def _search(call: Call, question: _Question) -> Reply:
    if not 1 <= question.size <= _ID_PAGE:
        raise refusal(400, "The max results parameter has to be between 1 and 5,000.")
    _check_properties(question.properties)
    query = _bounded(question.jql)
    state: dict[str, Any] = {"after": 0, "last": None}
    if question.token is not None:
        state = read_token(call.site.secret, question.token, question.jql, now=call.now)
    ids = matching(call, query, turning_page=question.token is not None)
    start = ids.index(state["last"]) + 1 if state["last"] in ids[: state["after"] * 2 + 1] else state["after"]
    only_ids = (
        set(question.fields) <= {"id", "key"} and not question.expand - {""} and not question.properties
    )
    size = min(question.size, _ID_PAGE if only_ids else _FULL_PAGE)
    part = ids[start : start + size]
    fields = chosen_fields(call.catalog, question.fields, "*navigable")
    reply: dict[str, Any] = {"issues": _shown(call, question, part, fields, only_ids=only_ids)}
    reply["isLast"] = start + size >= len(ids)
    if not reply["isLast"]:
        state = {"after": start + size, "last": part[-1]}
        reply["nextPageToken"] = token(call.site.secret, question.jql, state, now=call.now)
    if "names" in question.expand:
        reply["names"] = names(call.catalog, fields)
    if "schema" in question.expand:
        reply["schema"] = schemas(call.catalog, fields)
    return Reply(reply)


def _shown(
    call: Call, question: _Question, ids: Sequence[int], fields: tuple[str, ...], *, only_ids: bool
) -> list[dict[str, Any]]:
    if only_ids and "key" not in question.fields:
        return [{"id": str(number)} for number in ids]
    issues = read_issues(call.connection, ids)
    view = View(
        () if only_ids or not question.fields else fields,
        question.expand - {"names", "schema"},
        question.properties,
    )
    shown = issue_shapes(call, issues, view)
    if not view.fields:
        for shape in shown:
            del shape["fields"]
    return shown


def _bounded(jql: str) -> Query:
    try:
        query = parse(jql)
    except JqlError as error:
        raise refusal(400, str(error)) from None
    if query.where is None:
        raise refusal(
            400,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        )
    return query


def matching(call: Call, query: Query, *, turning_page: bool = False) -> list[int]:
    """The ids that a query finds, in its order; none where it asks for what does not exist."""
    # Whoever turns pages asks the same question again and again; its answer holds until something is written.
    key = (query, call.user.account_id, call.connection.total_changes)
    if turning_page and key in call.answers:
        return call.answers[key]
    found = selection(call, query)
    ids: list[int] = []
    if not found.empty:
        statement = " ".join(("SELECT i.id FROM issue i WHERE", found.where, "ORDER BY", found.order))
        ids = [row[0] for row in call.connection.execute(statement, found.parameters)]
    if len(call.answers) >= _REMEMBERED:
        call.answers.pop(next(iter(call.answers)))
    call.answers[key] = ids
    return ids


def selection(call: Call, query: Query) -> Selection:
    """The SQL of a query and what it names wrongly, for the asking user."""
    catalog, hidden = call.catalog, hidden_projects(call)
    if hidden:
        seen = tuple(item for item in catalog.projects if item.id not in hidden)
        fields = tuple(item for item in catalog.fields if item.project not in hidden)
        catalog = replace(catalog, projects=seen, fields=fields)
    found = select(query, Asking(catalog, call.connection, call.user.account_id, call.user.zone, call.now))
    if hidden:
        within = "AND i.project_id NOT IN (SELECT value FROM json_each(?))"
        found.where = " ".join(("(", found.where, ")", within))
        found.parameters.append(json.dumps(sorted(hidden)))
    found.where = f"( {found.where} ) AND json_extract(i.content, '$.archiveddate') IS NULL"
    secret = secret_levels(call)
    if secret:
        within = (
            "AND coalesce(json_extract(i.content, '$.security'), '') NOT IN (SELECT value FROM json_each(?))"
        )
        found.where = " ".join(("(", found.where, ")", within))
        found.parameters.append(json.dumps(sorted(secret)))
    return found


def _parsed(call: Call, text: str, mode: str) -> dict[str, Any]:
    shape: dict[str, Any] = {"query": text}
    try:
        query = parse(text)
    except JqlError as error:
        return shape | {"errors": [str(error)]}
    shape["structure"] = structure(query)
    found = selection(call, query)
    complaints = [*found.problems, *found.missing]
    if mode == "strict" and complaints:
        return {"query": text, "errors": complaints}
    if mode == "warn" and (complaints or found.warnings):
        shape["warnings"] = [*complaints, *found.warnings]
    return shape


def _check_properties(properties: Sequence[str]) -> None:
    if len(properties) > _MAX_PROPERTIES:
        raise refusal(400, f"The number of properties must not be greater than {_MAX_PROPERTIES}.")
