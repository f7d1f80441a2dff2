"""A checker that finds nothing proves nothing: every kind of departure, planted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.fidelity.documents import Library
from tests.fidelity.exchange import Exchange
from tests.fidelity.judge import Verdict, judge
from tests.fidelity.known import Known

JSON = "application/json"
CREATED = {"id": "10000", "key": "ED-24", "self": "https://acme.example/rest/api/3/issue/10000"}
PAGE = {
    "id": "123",
    "status": "current",
    "title": "Alignment",
    "spaceId": "7",
    "version": {"number": 2, "createdAt": "2026-10-05T08:00:00.000Z"},
    "_links": {"webui": "/spaces/S/pages/123", "base": "https://acme.example/wiki"},
}


def sent(
    target: str,
    answer: object = None,
    *,
    method: str = "GET",
    body: object = None,
    status: int = 200,
    flavor: str = "cloud",
    agent: str = "bsc-sync",
    **more: Any,
) -> Exchange:
    made = Exchange(
        flavor=flavor,
        method=method,
        target=target,
        prefix="",
        agent=agent,
        headers=(),
        type=JSON if body is not None else "",
        body="" if body is None else json.dumps(body),
        status=status,
        reply_type=f"{JSON};charset=UTF-8" if answer is not None else "",
        reply="" if answer is None else json.dumps(answer),
        staged=False,
    )
    return replace(made, **more)


def create(answer: object = CREATED, **more: Any) -> Exchange:
    body = {"fields": {"summary": "Win", "project": {"key": "ED"}, "issuetype": {"id": "1"}}}
    defaults: dict[str, Any] = {"method": "POST", "body": body, "status": 201}
    return sent("/rest/api/3/issue", answer, **(defaults | more))


def search(**body: object) -> Exchange:
    answer = {"issues": [{"id": "1", "key": "ED-1", "fields": {}}], "isLast": True}
    return sent("/rest/api/3/search/jql", answer, method="POST", body={"jql": "project = ED", **body})


def search_without_query() -> Exchange:
    body: dict[str, object] = {}
    return sent("/rest/api/3/jql/parse?validation=strict", {"queries": []}, method="POST", body=body)


def put_page(**more: Any) -> Exchange:
    body = {
        "id": "123",
        "status": "current",
        "title": "Alignment",
        "body": {"representation": "storage", "value": "<p/>"},
        "version": {"number": 2},
    }
    return sent("/wiki/api/v2/pages/123", PAGE, method="PUT", body=body | more)


def judged(library: Library, *exchanges: Exchange) -> Verdict:
    return judge(library, dict.fromkeys(exchanges, 1), known=())


def found(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(one.finding.side, one.finding.rule, one.finding.where) for one in verdict.violations]


GOOD = [
    create(),
    search(fields=["summary"], maxResults=100),
    put_page(),
    sent("/rest/api/3/search/jql?jql=x&fields=summary,labels&maxResults=5", {"issues": [], "isLast": True}),
    sent("/ex/jira/11aa/rest/api/3/issue/ED-1/properties/bsc", {"key": "bsc", "value": {"a": 1}}),
    sent("/ex/confluence/11aa/wiki/api/v2/pages/123?body-format=storage", PAGE),
    sent("/rest/api/latest/issueLinkType", {"issueLinkTypes": [{"id": "1", "name": "Blocks"}]}),
    sent(
        "/jira/rest/api/2/search?startAt=0", {"total": 0, "issues": []}, flavor="data-center", prefix="/jira"
    ),
    sent("/rest/api/2/field", [{"id": "summary", "name": "Summary"}], flavor="data-center"),
    sent("/nothing/rest/api/space/S", status=404, reply_type="text/html", reply="<p>Page Unavailable</p>"),
    sent("/confluence/rest/api/content?spaceKey=S&title=T", {"results": []}, flavor="data-center"),
    sent("/rest/api/3/issue/ED-1", {"fields": {"assignee": None, "created": "2026-10-05T10:00:00.000+0200"}}),
    sent("/rest/api/3/issue/ED-9", {"errorMessages": ["Not here."], "errors": {}}, status=404),
    sent("/rest/api/3/myself", status=401, reply_type="text/plain", reply="Client must be authenticated"),
    sent("/rest/api/3/issue/ED-1", method="PUT", body={"fields": {}}, status=204),
    sent("/browse/ED-1", reply_type="text/html", reply="<p>for people</p>"),
]


@pytest.mark.parametrize("exchange", GOOD, ids=lambda one: f"{one.flavor} {one.method} {one.target}")
def test_what_is_right_passes(library: Library, exchange: Exchange) -> None:
    assert found(judged(library, exchange)) == []


DC: dict[str, Any] = {"flavor": "data-center"}
FELDS = sent("/rest/api/2/issue", CREATED, method="POST", body={"felds": {}}, status=201, **DC)
PLANTED = {
    # what was planted: the exchange, and where it has to be found
    "an undocumented path": (sent("/rest/api/3/issues/ED-1", {}), "request path"),
    "an undocumented method": (sent("/rest/api/3/myself", method="DELETE", status=405), "request path"),
    "another version's path": (sent("/rest/api/2/bulk/queue/1", {}), "request path"),
    "Cloud's path on Data Center": (sent("/rest/api/2/search/jql", {}, **DC), "request path"),
    "a wrong parameter": (sent("/rest/api/3/search/jql?startAt=5", {}), "request parameter ?startAt"),
    "a missing parameter": (sent("/rest/api/3/user/bulk", {}), "request parameter ?accountId"),
    "a value of another type": (
        sent("/rest/api/3/search/jql?maxResults=many", {}),
        "request parameter ?maxResults",
    ),
    "a word that is no choice": (
        sent("/wiki/api/v2/pages/123?body-format=html", PAGE),
        "request parameter ?body-format",
    ),
    "a path value of another type": (sent("/wiki/api/v2/pages/home", PAGE), "request parameter {id}"),
    "a missing header": (
        sent("/wiki/rest/api/user/watch/space/S", method="POST", status=204),
        "request parameter X-Atlassian-Token",
    ),
    "a wrong field": (search(startAt=5), "request body"),
    "a field of another type": (search(maxResults="5"), "request body /maxResults"),
    "a field that only replies have": (
        sent("/rest/api/3/issue/ED-1/comment", {}, method="POST", body={"id": "7"}, status=201),
        "request body /id",
    ),
    "a field without a value": (put_page(version=None), "request body /version"),
    "a missing field": (search_without_query(), "request body"),
    "a field of which the document is silent": (put_page(labels=["x"]), "request body"),
    "no body": (create(body=None), "request body"),
    "a body that is no JSON": (replace(create(), body="{"), "request body"),
    "a body of another type": (replace(create(), type="text/plain"), "request body"),
    "a body where none is due": (sent("/rest/api/3/myself", {}, body={"a": 1}), "request body"),
    "a wrong name at the top (Data Center)": (FELDS, "request body"),
    "a wrong field in the reply": (create(CREATED | {"keys": 1}), "reply body"),
    "a wrong type in the reply": (create(CREATED | {"id": 10000}), "reply body /id"),
    "a wrong field deep in the reply": (
        sent("/wiki/api/v2/pages/123", PAGE | {"version": {"nr": 2}}),
        "reply body /version",
    ),
    "a wrong name inside a field of an issue": (
        sent("/rest/api/3/issue/ED-1", {"fields": {"assignee": {"accountID": "1"}}}),
        "reply body /fields/assignee",
    ),
    "a moment that is none": (
        sent("/rest/api/3/issue/ED-1", {"fields": {"created": "yesterday"}}),
        "reply body /fields/created",
    ),
    "an undocumented status": (create(status=202), "reply status"),
    "an error of no known shape": (
        sent("/rest/api/3/issue/ED-1", {"oops": 1}, status=404),
        "reply body",
    ),
    "a reply that is no JSON": (replace(create(), reply="{"), "reply body"),
    "a page for people as a reply": (replace(create(), reply_type="text/html"), "reply body"),
    "no reply": (create(None, reply_type=JSON), "reply body"),
    "a reply where none is due": (
        sent("/rest/api/3/issue/ED-1", {"a": 1}, method="PUT", body={"fields": {}}, status=204),
        "reply body",
    ),
    "a wrong name in the reply (Data Center)": (
        sent("/rest/api/2/field", [{"id": "a", "nam": "b"}], **DC),
        "reply body /0/nam",
    ),
}


@pytest.mark.parametrize(("exchange", "place"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(library: Library, exchange: Exchange, place: str) -> None:
    verdict = judged(library, exchange)
    assert place in [" ".join(one).strip() for one in found(verdict)]
    assert verdict.count == 1


def test_a_test_may_try_what_is_wrong_if_the_sandbox_refuses_it(library: Library) -> None:
    stranger = replace(search(startAt=5), agent="python-requests/2.32")
    let_pass = judged(library, stranger)
    assert let_pass.count == 1
    no = {"errorMessages": ["Invalid request payload."]}
    refused = replace(stranger, status=400, reply=json.dumps(no))
    assert (
        judged(library, refused).count,
        next(iter(judged(library, refused).tallies.values())).refused,
    ) == (0, 1)
    assert judged(library, replace(refused, agent="bsc-sync/1.0")).count == 1


def test_a_reply_that_a_fault_has_replaced_is_not_the_sandbox_s(library: Library) -> None:
    staged = replace(create(), status=502, reply="<html>", reply_type="text/html", staged=True)
    assert found(judged(library, staged)) == []
    assert found(judged(library, replace(staged, staged=False))) == [("reply", "status", "")]
    assert found(judged(library, replace(staged, body="{"))) == [("request", "body", "")]


def test_a_known_departure_is_counted_and_never_excuses_the_product(library: Library) -> None:
    known = Known("as it is", "request", where="/maxResults")
    stranger = replace(search(maxResults="5"), agent="jira")
    verdict = judge(library, {stranger: 3}, known=[known])
    (tally,) = verdict.tallies.values()
    assert (tally.calls, tally.known, tally.violations, verdict.met[known]) == (3, 3, 0, 3)
    assert judge(library, {search(maxResults="5"): 1}, known=[known]).count == 1
    assert judge(library, {search(): 1}, known=[known]).met == {known: 0}
