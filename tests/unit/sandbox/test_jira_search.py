"""Search: bounded, by token, honest about nothing."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site

Ask = Callable[..., tuple[int, Any]]


def keys(ask: Ask, jql: str, **more: Any) -> list[str]:
    status, reply = ask("POST", "/search/jql", {"jql": jql, "fields": ["key"]}, **more)
    assert status == 200, reply
    return [issue["key"] for issue in reply["issues"]]


def fill(ask: Ask, count: int) -> None:
    body = {"fields": {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": "Filling"}}
    for _ in range(count // 50):
        assert ask("POST", "/issue/bulk", {"issueUpdates": [body] * 50})[0] == 201


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("version", [2, 3])
def test_the_old_search_is_gone(ask: Ask, method: str, version: int) -> None:
    status, reply = ask(
        method, "/search", {"jql": "project = CRM"} if method == "POST" else None, version=version
    )
    assert status == 410
    assert reply["errorMessages"][0].startswith("The requested API has been removed.")


def test_only_ids_come_unless_fields_are_asked_for(ask: Ask) -> None:
    assert ask("GET", "/search/jql?jql=project=CRM%20order%20by%20key") == (
        200,
        {"issues": [{"id": "10001"}, {"id": "10002"}], "isLast": True},
    )
    status, reply = ask(
        "POST", "/search/jql", {"jql": "key = CRM-7", "fields": ["summary", "nope"], "expand": "names,schema"}
    )
    assert (status, reply["issues"][0]["fields"], reply["names"]) == (
        200,
        {"summary": "Say hello"},
        {"summary": "Summary"},
    )
    assert reply["schema"]["summary"] == {"type": "string", "system": "summary"}
    (issue,) = ask("GET", "/search/jql?jql=key=CRM-7&fields=*all,-comment")[1]["issues"]
    assert "comment" not in issue["fields"]
    assert {"description", "customfield_10100"} < set(issue["fields"])


def test_pages_go_by_token_and_end_without_one(ask: Ask) -> None:
    fill(ask, 250)
    body: dict[str, Any] = {"jql": "project = CRM ORDER BY key", "fields": ["summary"], "maxResults": 5000}
    sizes, seen = [], []
    while True:
        status, reply = ask("POST", "/search/jql", body)
        assert status == 200
        assert set(reply) <= {"issues", "isLast", "nextPageToken"}
        sizes.append(len(reply["issues"]))
        seen += [issue["key"] for issue in reply["issues"]]
        assert reply["isLast"] == ("nextPageToken" not in reply)
        if reply["isLast"]:
            break
        body["nextPageToken"] = reply["nextPageToken"]
    assert sizes == [100, 100, 52]
    assert seen == [f"CRM-{number}" for number in range(7, 259)]
    everything = ask(
        "POST", "/search/jql", {"jql": "project = CRM", "fields": ["id", "key"], "maxResults": 5000}
    )[1]
    assert (len(everything["issues"]), everything["isLast"]) == (252, True)


def test_a_page_is_not_thrown_off_by_what_changes_meanwhile(ask: Ask) -> None:
    fill(ask, 50)
    body: dict[str, Any] = {"jql": "project = CRM ORDER BY key", "fields": ["key"], "maxResults": 10}
    first = ask("POST", "/search/jql", body)[1]
    assert ask("DELETE", "/issue/CRM-8")[0] == 204
    second = ask("POST", "/search/jql", body | {"nextPageToken": first["nextPageToken"]})[1]
    assert [issue["key"] for issue in second["issues"]][:2] == ["CRM-17", "CRM-18"]


def test_a_token_is_refused_when_altered_old_or_of_another_question(ask: Ask, clock: Clock) -> None:
    fill(ask, 50)
    body: dict[str, Any] = {"jql": "project = CRM", "maxResults": 1}
    token = ask("POST", "/search/jql", body)[1]["nextPageToken"]
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[-3] ^= 1
    invalid = {"errorMessages": ["The provided next page token is invalid or expired."], "errors": {}}
    for wrong in ("x", "ä", base64.urlsafe_b64encode(raw).decode(), token[:-4], "AAAA" + token):
        assert ask("POST", "/search/jql", body | {"nextPageToken": wrong}) == (400, invalid)
    assert ask("POST", "/search/jql", {"jql": "project = STRAT", "nextPageToken": token}) == (400, invalid)
    clock.set(datetime(2026, 10, 5, 8, tzinfo=UTC) + timedelta(days=7))
    assert ask("POST", "/search/jql", body | {"nextPageToken": token})[0] == 200
    clock.set(datetime(2026, 10, 5, 8, tzinfo=UTC) + timedelta(days=7, seconds=1))
    assert ask("POST", "/search/jql", body | {"nextPageToken": token}) == (400, invalid)


@pytest.mark.parametrize(
    "body",
    [
        {"jql": "project = CRM", "startAt": 0},
        {"jql": "project = CRM", "maxResults": "10"},
        {"jql": "project = CRM", "maxResults": True},
        {"jql": ["project = CRM"]},
        {"jql": "project = CRM", "fields": "summary"},
        {"jql": "project = CRM", "fields": [1]},
        {"jql": "project = CRM", "expand": ["names"]},
        {"jql": "project = CRM", "reconcileIssues": ["10001"]},
        [],
    ],
)
def test_an_unknown_or_wrongly_typed_property_is_refused_without_errors_key(ask: Ask, body: Any) -> None:
    assert ask("POST", "/search/jql", body) == (
        400,
        {"errorMessages": ["Invalid request payload. Refer to the REST API documentation and try again."]},
    )


def test_nulls_and_empty_lists_are_taken_as_absent(ask: Ask) -> None:
    body: dict[str, Any] = {
        "jql": "project = CRM",
        "expand": None,
        "properties": None,
        "nextPageToken": None,
        "reconcileIssues": [],
    }
    assert ask("POST", "/search/jql", body)[0] == 200


def test_limits(ask: Ask) -> None:
    too_many = {"errorMessages": ["The max results parameter has to be between 1 and 5,000."], "errors": {}}
    for size in (0, 5001, -1):
        assert ask("POST", "/search/jql", {"jql": "project = CRM", "maxResults": size}) == (400, too_many)
        assert ask("GET", f"/search/jql?jql=project=CRM&maxResults={size}")[0] == 400
    assert ask("POST", "/search/jql", {"jql": "project = CRM", "properties": ["a"] * 6})[0] == 400
    assert ask("POST", "/search/jql", {"jql": "project = CRM", "reconcileIssues": [1] * 51})[0] == 400
    assert ask("GET", "/search/jql?jql=project=CRM&reconcileIssues=x")[0] == 400
    assert ask("GET", "/search/jql?jql=project=CRM&maxResults=x")[1]["detail"] == (
        "Failed to convert 'maxResults' with value: 'x'"
    )


@pytest.mark.parametrize("jql", ["", "  ", "order by created"])
def test_a_query_must_be_bounded(ask: Ask, jql: str) -> None:
    text = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
    assert ask("POST", "/search/jql", {"jql": jql}) == (400, {"errorMessages": [text], "errors": {}})
    assert ask("POST", "/search/approximate-count", {"jql": jql})[0] == 400


@pytest.mark.parametrize(
    "jql",
    [
        "nope = 1",
        "project = NOPE",
        "key = NO-1",
        "status = Lost",
        "summary = x",
        "assignee = someone()",
        'created > "yesterday"',
        "cf[99999] = 1",
        "type > Bug",
        "project = CRM AND nope = 1",
    ],
)
def test_what_does_not_exist_empties_the_result_in_silence(ask: Ask, jql: str) -> None:
    assert ask("POST", "/search/jql", {"jql": jql}) == (200, {"issues": [], "isLast": True})


def test_properties_come_with_the_result(ask: Ask) -> None:
    ask("PUT", "/issue/CRM-7/properties/mark", {"ref": "acme/C1"})
    reply = ask(
        "POST",
        "/search/jql",
        {"jql": "project = CRM order by key", "properties": ["mark"], "fields": ["summary"]},
    )[1]
    assert [issue["properties"] for issue in reply["issues"]] == [{"mark": {"ref": "acme/C1"}}, {}]
    reply = ask("GET", "/search/jql?jql=key=CRM-7&properties=mark")[1]
    assert reply["issues"][0]["properties"] == {"mark": {"ref": "acme/C1"}}


def test_counts(ask: Ask) -> None:
    assert ask("POST", "/search/approximate-count", {"jql": "project = CRM"}) == (200, {"count": 2})
    assert ask("POST", "/search/approximate-count", {"jql": "nope = 1"}) == (200, {"count": 0})
    assert ask("POST", "/search/approximate-count", {"query": "x"})[0] == 400


def test_the_parser_says_what_a_search_keeps_silent(ask: Ask) -> None:
    queries = ["project = CRM order by key desc", "nope = 1", "project = NOPE", "a ="]
    strict = ask("POST", "/jql/parse?validation=strict", {"queries": queries})[1]["queries"]
    assert [entry.get("errors") for entry in strict] == [
        None,
        ["Field 'nope' does not exist or you do not have permission to view it."],
        ["The value 'NOPE' does not exist for the field 'project'."],
        ["Error in the JQL Query: Expecting either a value, list or function before the end of the query."],
    ]
    assert strict[0]["structure"] == {
        "where": {
            "field": {"name": "project", "encodedName": "project"},
            "operator": "=",
            "operand": {"value": "CRM", "encodedValue": "CRM"},
        },
        "orderBy": {"fields": [{"field": {"name": "key", "encodedName": "key"}, "direction": "desc"}]},
    }
    warned = ask("POST", "/jql/parse?validation=warn", {"queries": ["nope = 1 order by comment"]})[1][
        "queries"
    ][0]
    assert (len(warned["warnings"]), "errors" in warned, "structure" in warned) == (2, False, True)
    plain = ask("POST", "/jql/parse?validation=none", {"queries": queries[:3]})[1]["queries"]
    assert all("errors" not in entry and "warnings" not in entry for entry in plain)
    assert ask("POST", "/jql/parse?validation=loud", {"queries": queries})[0] == 400
    assert ask("POST", "/jql/parse?validation=none", {"queries": []})[0] == 400


def test_an_edit_is_found_at_once(ask: Ask) -> None:
    assert keys(ask, "labels = fresh") == []
    ask("PUT", "/issue/CRM-8", {"fields": {"labels": ["Fresh"]}})
    assert keys(ask, "labels = fresh") == ["CRM-8"]


def test_days_begin_where_the_asking_user_lives(ask: Ask, clock: Clock) -> None:
    clock.set(datetime(2026, 10, 6, 2, 0, tzinfo=UTC))
    ask("PUT", "/issue/CRM-7", {"fields": {"labels": ["moved"]}})
    query = 'updated >= "2026-10-06"'
    assert keys(ask, query) == ["CRM-7"]
    assert keys(ask, query, user="bob") == []
    assert keys(ask, 'updated >= "2026-10-05 22:00"', user="bob") == ["CRM-7"]
    assert keys(ask, "updated >= startOfDay()") == ["CRM-7"]
    assert keys(ask, "updated >= -1m") == ["CRM-7"]
    clock.set(datetime(2026, 10, 6, 2, 2, tzinfo=UTC))
    assert keys(ask, "updated >= -1m") == []
    assert keys(ask, "updated >= -2m") == ["CRM-7"]


def test_current_user_is_who_asks(ask: Ask) -> None:
    assert keys(ask, "assignee = currentUser()", user="bob") == ["CRM-8"]
    assert keys(ask, "assignee = currentUser()") == []
    assert keys(ask, 'assignee = "Bob Builder" or assignee = "acme:bob"') == ["CRM-8"]


def test_a_large_site_is_searched_quickly() -> None:
    task = {"type": "Task", "summary": "One of many", "labels": ["x"], "fields": {"Points": 3}}
    issues = [task] * 20_000
    site = Site(
        {"fields": [{"name": "Points", "type": "number"}], "projects": [{"key": "BIG", "issues": issues}]}
    )
    from bsc_sync.sandbox.app import create_app

    client = create_app(site).test_client()
    auth = ("admin@sandbox.example", "sandbox-token")
    start = datetime.now(UTC)
    for jql in ("project = BIG AND Points > 2", "labels in (x, y) ORDER BY Points, key", 'text ~ "many"'):
        reply = client.post("/rest/api/3/search/approximate-count", json={"jql": jql}, auth=auth)
        assert reply.get_json() == {"count": 20_000}
    assert datetime.now(UTC) - start < timedelta(seconds=6)
