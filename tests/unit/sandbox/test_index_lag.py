"""A search index that lags: searches see issues as they were, reads by id as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.jira.index import Index
from bsc_sync.sandbox.site import Site

ADA = ("ada@acme.example", "t-ada")


class Watch:
    """Real time, as a test lets it pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Late:
    """A client of a site whose index lags by five seconds."""

    def __init__(self, client: Client, watch: Watch) -> None:
        self.client, self.watch = client, watch

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.open(f"/rest/api/3{path}", method=method, json=body, auth=ADA)
        assert reply.status_code < 300, reply.get_data(as_text=True)
        return reply.json if reply.data else None

    def found(self, jql: str, reconcile: list[int] | None = None, **more: Any) -> list[dict[str, Any]]:
        body = {"jql": jql, "fields": ["*all"], "reconcileIssues": reconcile or [], **more}
        issues: list[dict[str, Any]] = self.ask("POST", "/search/jql", body)["issues"]
        return issues

    def keys(self, jql: str, reconcile: list[int] | None = None) -> list[str]:
        return [issue["key"] for issue in self.found(jql + " ORDER BY key", reconcile)]

    def create(self, summary: str, **fields: Any) -> int:
        made = {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": summary, **fields}
        return int(self.ask("POST", "/issue", {"fields": made})["id"])

    def count(self, jql: str) -> int:
        return int(self.ask("POST", "/search/approximate-count", {"jql": jql})["count"])


@pytest.fixture
def late(clock: Clock, seed: dict[str, Any]) -> Iterator[Late]:
    site = Site(seed, clock=clock)
    watch = Watch()
    site.index = Index(site.store, 5, watch)
    yield Late(create_app(site).test_client(), watch)
    site.store.close()


def test_new_issues_are_not_found_until_the_lag_has_passed(late: Late) -> None:
    assert late.keys("project = CRM") == ["CRM-7", "CRM-8"]
    late.create("new", labels=["fresh"])
    assert late.keys("project = CRM") == ["CRM-7", "CRM-8"]
    assert late.count("labels = fresh") == 0
    assert late.ask("GET", "/issue/CRM-9")["fields"]["labels"] == ["fresh"]
    fetched = late.ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["CRM-9"], "fields": ["labels"]})
    assert len(fetched["issues"]) == 1
    late.watch.now += 4.9
    assert late.count("project = CRM") == 2
    late.watch.now += 0.1
    assert late.keys("labels = fresh") == ["CRM-9"]
    assert late.count("project = CRM") == 3


def test_changed_issues_are_found_and_shown_as_they_were_at_that_moment(late: Late) -> None:
    late.ask("PUT", "/issue/CRM-7", {"fields": {"labels": ["first"], "summary": "One"}})
    late.watch.now += 3
    late.ask(
        "PUT", "/issue/CRM-7", {"fields": {"labels": ["second"]}, "properties": [{"key": "p", "value": 1}]}
    )
    assert late.keys("labels = a") == ["CRM-7"]
    (before,) = late.found("key = CRM-7", properties=["p"])
    assert (before["fields"]["labels"], before["fields"]["summary"]) == (["a"], "Say hello")
    assert before["properties"] == {}
    late.watch.now += 2
    (between,) = late.found("labels = first", properties=["p"])
    assert (between["fields"]["labels"], between["properties"]) == (["first"], {})
    assert late.keys("labels = second") == []
    late.watch.now += 3
    (after,) = late.found("labels = second", properties=["p"])
    assert (after["fields"]["labels"], after["properties"]) == (["second"], {"p": 1})
    assert late.keys("labels = first OR labels = a") == []


def test_status_parent_links_comments_and_deletion_lag_alike(late: Late) -> None:
    number = late.create("child")
    late.watch.now += 5
    done = next(
        t for t in late.ask("GET", "/issue/CRM-9/transitions")["transitions"] if t["to"]["name"] == "Done"
    )
    late.ask("POST", "/issue/CRM-9/transitions", {"transition": {"id": done["id"]}})
    late.ask("PUT", "/issue/CRM-9", {"fields": {"parent": {"key": "STRAT-1"}}})
    link = {
        "type": {"name": "Contributes"},
        "inwardIssue": {"key": "CRM-9"},
        "outwardIssue": {"key": "CRM-8"},
    }
    late.ask("POST", "/issueLink", link)
    late.ask("DELETE", "/issue/CRM-7")
    assert late.keys("status = 'To Do' AND project = CRM") == ["CRM-8", "CRM-9"]
    assert late.keys("parent = STRAT-1") == ["CRM-7"]
    assert late.keys("issue in linkedIssues(CRM-8)") == []
    assert late.keys("project = CRM") == ["CRM-7", "CRM-8", "CRM-9"]
    assert late.client.get("/rest/api/3/issue/CRM-7", auth=ADA).status_code == 404
    late.watch.now += 5
    assert late.keys("project = CRM") == ["CRM-8", "CRM-9"]
    assert late.keys("status = Done") == ["CRM-9"]
    assert late.keys("parent = STRAT-1") == ["CRM-9"]
    assert late.keys("issue in linkedIssues(CRM-8)") == ["CRM-9"]
    (shown,) = late.found(f"id = {number}")
    assert [item["outwardIssue"]["key"] for item in shown["fields"]["issuelinks"]] == ["CRM-8"]


def test_reconciled_issues_are_as_they_are_now_and_others_are_not(late: Late) -> None:
    one = late.create("one", labels=["fresh"])
    late.create("two", labels=["fresh"])
    seven = int(late.ask("GET", "/issue/CRM-7")["id"])
    late.ask("PUT", "/issue/CRM-7", {"fields": {"labels": ["fresh"]}})
    assert late.keys("labels = fresh", [one]) == ["CRM-9"]
    assert late.keys("labels = fresh", [one, seven]) == ["CRM-7", "CRM-9"]
    assert late.keys("labels = a", [seven]) == []
    assert late.keys("labels = fresh") == []
    path = f"/search/jql?jql=labels%20%3D%20fresh&fields=key&reconcileIssues={one}"
    assert [issue["key"] for issue in late.ask("GET", path)["issues"]] == ["CRM-9"]
    late.watch.now += 5
    assert late.keys("labels = fresh") == ["CRM-7", "CRM-9", "CRM-10"]


def test_data_center_has_such_an_index_too(clock: Clock, seed: dict[str, Any]) -> None:
    site = Site(seed, clock=clock, flavor="data-center", index_lag=5)
    client = create_app(site).test_client()
    ada = ("ada", "t-ada")
    made = {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": "new"}
    assert client.post("/rest/api/2/issue", json={"fields": made}, auth=ada).status_code == 201
    search = "/rest/api/2/search?jql=project%20%3D%20CRM"
    assert client.get(search, auth=ada).json["total"] == 2  # type: ignore[index] # JSON
    client.post("/_sandbox/index")
    assert client.get(search, auth=ada).json["total"] == 3  # type: ignore[index] # JSON
    site.store.close()


def test_a_refused_request_changes_nothing_in_the_index_either(late: Late) -> None:
    wrong = {"fields": {"labels": ["x"], "customfield_99999": 1}}
    assert late.client.put("/rest/api/3/issue/CRM-7", json=wrong, auth=ADA).status_code == 400
    assert late.client.get("/_sandbox/index").json == {"lag": 5, "waiting": 0}


def test_the_index_catches_up_when_it_is_told_to(late: Late) -> None:
    late.create("new", labels=["fresh"])
    assert late.client.get("/_sandbox/index").json == {"lag": 5, "waiting": 1}
    assert late.client.post("/_sandbox/index").json == {"lag": 5, "waiting": 0}
    assert late.keys("labels = fresh") == ["CRM-9"]


def test_without_lag_there_is_no_index(site: Site) -> None:
    client = create_app(site).test_client()
    assert client.post("/_sandbox/index").json == {"lag": 0, "waiting": 0}


def test_pages_of_a_lagging_search_are_whole(late: Late) -> None:
    for number in range(7):
        late.create(f"n{number}")
    late.watch.now += 5
    body: dict[str, Any] = {"jql": "project = CRM ORDER BY key", "fields": ["key"], "maxResults": 4}
    keys: list[str] = []
    while True:
        page = late.ask("POST", "/search/jql", body)
        keys += [issue["key"] for issue in page["issues"]]
        late.create("meanwhile")
        if page["isLast"]:
            break
        body["nextPageToken"] = page["nextPageToken"]
    assert keys == [f"CRM-{number}" for number in range(7, 16)]
