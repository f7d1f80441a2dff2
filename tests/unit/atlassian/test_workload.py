"""The teams' work as it streams in: each issue once, with whom it serves, on both kinds of Jira."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from flask import Flask, request

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.alignment.work import WorkItem
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import connect
from bsc_sync.atlassian.workload import Shape, stream
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.request_log import RequestLog
from bsc_sync.sandbox.site import Site

SINCE = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
DONE = {
    "created": "2026-08-10T09:00:00Z",
    "updated": "2026-10-03T09:00:00Z",
    "status": "Done",
    "resolution": "Done",
    "resolved": "2026-10-03T09:00:00Z",
}
OLD = {"created": "2026-08-10T09:00:00Z", "updated": "2026-08-10T09:00:00Z"}
SEED: dict[str, Any] = {
    "users": [{"account_id": "a:ada", "name": "Ada", "email": "ada@acme.example", "token": "t-ada"}],
    "fields": [{"name": "Story Points", "type": "number"}],
    "projects": [
        {
            "key": "CRM",
            "issues": [
                {"key": "CRM-1", "type": "Epic", "summary": "Ours"},
                {"key": "CRM-2", "type": "Epic", "summary": "Theirs"},
                {"key": "CRM-3", "type": "Story", "parent": "CRM-1", "summary": "Below ours"},
                {"key": "CRM-4", "type": "Story", "parent": "CRM-2", "summary": "Below theirs", **DONE},
                {"key": "CRM-5", "type": "Sub-task", "parent": "CRM-4", "summary": "Two levels below"},
                {"key": "CRM-6", "type": "Sub-task", "parent": "CRM-3", "summary": "Too far below ours"},
                {"key": "CRM-7", "type": "Bug", "labels": ["ops"], "summary": "Keeps it running", **OLD},
                {"key": "CRM-8", "type": "Bug", "summary": "Nobody knows why"},
                {"key": "CRM-9", "type": "Task", "summary": "Linked by its key"},
            ],
        },
        {
            "key": "OPS",
            "issues": [
                {"key": "OPS-1", "type": "Task", "parent": "CRM-2", "summary": "Out of scope, below theirs"},
                {"key": "OPS-2", "type": "Task", "summary": "Out of scope, found by a query"},
                {"key": "OPS-3", "type": "Task", "summary": "Nobody asks for it"},
            ],
        },
    ],
}
PORTFOLIO = "(project = CRM AND type in (Story, Task, Bug))"
SCOPES = (
    WorkScope("children", by_key={"CRM-1": ("C1",)}),
    WorkScope("children", by_key={"CRM-2": ("P1",), "CRM-1": ("P2",)}, depth=1),
    WorkScope("children", by_key={"CRM-2": ("L1",)}, depth=2),
    WorkScope("query", refs=("P1",), jql="project = OPS AND summary ~ query"),
    WorkScope("issues", refs=("L2",), keys=("CRM-9",)),
    WorkScope("scope", jql=PORTFOLIO),
    WorkScope("run", jql=f"{PORTFOLIO} AND (labels = ops)"),
)


@dataclass(frozen=True, slots=True)
class Jira:
    """A Jira of one flavor, and what was asked of it."""

    issues: Issues
    log: RequestLog

    def work(self, *scopes: WorkScope, ours: tuple[str, ...] = ("CRM-1",)) -> list[WorkItem]:
        ids = frozenset(str(issue["id"]) for key in ours if (issue := self.issues.get(key, ["created"])))
        points = next(str(raw["id"]) for raw in self.issues.fields() if raw["name"] == "Story Points")
        shape = Shape(FieldInfo(points, "Story Points", "number"), ())
        self.log.clear()
        return list(stream(self.issues, scopes, since=SINCE, ours=ids, shape=shape))


@contextmanager
def opened(seed: dict[str, Any], flavor: Literal["cloud", "data-center"]) -> Iterator[Jira]:
    site = Site(seed, flavor=flavor)
    app = create_app(site)
    transport = PatientAdapter(InProcessAdapter(app))
    user = "ada@acme.example" if flavor == "cloud" else "ada"
    issues = Issues(connect(site.base_url, user=user, token="t-ada", transport=transport))
    yield Jira(issues, app.extensions["sandbox_log"])
    site.store.close()


@pytest.fixture(params=["cloud", "data-center"])
def jira(request: pytest.FixtureRequest) -> Iterator[Jira]:
    with opened(SEED, request.param) as found:
        yield found


def test_each_issue_comes_once_with_all_whom_it_serves(jira: Jira) -> None:
    work = jira.work(*SCOPES)
    assert {item.key: item.serves for item in work} == {
        "CRM-3": ("C1", "P2"),
        "CRM-4": ("L1", "P1"),
        "CRM-5": ("L1",),
        "CRM-7": (),
        "CRM-8": (),
        "CRM-9": ("L2",),
        "OPS-1": ("L1", "P1"),
        "OPS-2": ("P1",),
    }
    assert len(work) == 8
    assert {item.key for item in work if item.in_scope} == {"CRM-3", "CRM-4", "CRM-7", "CRM-8", "CRM-9"}
    assert [item.key for item in work if item.run_the_business] == ["CRM-7"]
    assert {item.key: item.parent for item in work if item.parent} == {
        "CRM-3": "CRM-1",
        "CRM-4": "CRM-2",
        "CRM-5": "CRM-4",
        "OPS-1": "CRM-2",
    }


def test_ours_are_left_out_however_they_are_found(jira: Jira) -> None:
    keys = {item.key for item in jira.work(*SCOPES, ours=("CRM-1", "CRM-4", "CRM-9", "OPS-2"))}
    assert keys == {"CRM-3", "CRM-5", "CRM-7", "CRM-8", "OPS-1"}


def test_nothing_to_ask_is_nothing_asked(jira: Jira) -> None:
    assert jira.work() == []
    assert jira.log.entries() == ()


def test_work_is_touched_when_it_was_created_resolved_or_last_changed(jira: Jira) -> None:
    def touched(key: str) -> dt.datetime | None:
        return next(item.touched for item in jira.work(*SCOPES) if item.key == key)

    assert touched("CRM-4") == dt.datetime(2026, 10, 3, 9, tzinfo=dt.UTC)
    assert touched("CRM-7") == dt.datetime(2026, 8, 10, 9, tzinfo=dt.UTC)
    begun = dt.datetime.now(dt.UTC).replace(microsecond=0)
    jira.issues.site.put(f"{jira.issues.api}/issue/CRM-7", {"fields": {"summary": "Better said"}})
    assert (touched("CRM-7") or SINCE) >= begun


def test_a_cloud_is_asked_for_ids_once_a_query_and_for_issues_by_the_hundred() -> None:
    issues = [{"key": "CRM-1", "type": "Epic", "summary": "Theirs"}]
    issues += [
        {"key": f"CRM-{number}", "type": "Story", "summary": "S", "parent": "CRM-1"}
        for number in range(2, 253)
    ]
    seed = {**SEED, "projects": [{"key": "CRM", "issues": issues}]}
    with opened(seed, "cloud") as jira:
        work = jira.work(
            WorkScope("children", by_key={"CRM-1": ("P1",)}),
            WorkScope("scope", jql="(project = CRM AND type = Story)"),
            WorkScope("run", jql="(project = CRM AND type = Story) AND (labels = ops)"),
            ours=(),
        )
    assert [(item.serves, item.in_scope) for item in work] == [(("P1",), True)] * 251
    asked = [entry.path.rpartition("/3/")[2] for entry in jira.log.entries()]
    assert sorted(asked) == ["issue/bulkfetch"] * 3 + ["search/jql"] * 3


def test_what_hangs_below_a_parent_that_was_moved_is_found_under_its_new_key() -> None:
    app = Flask("a Jira in which OLD-1 has become NEW-1")
    status = {"name": "To Do", "statusCategory": {"key": "new"}}
    fields = {"created": "2026-10-01T09:00:00.000+0000", "status": status, "issuetype": {"name": "Story"}}
    shown = {
        "OLD-1": {"id": "1", "key": "NEW-1", "fields": fields},
        "10": {"id": "10", "key": "NEW-2", "fields": {**fields, "parent": {"key": "NEW-1"}}},
        "11": {"id": "11", "key": "NEW-3", "fields": {**fields, "parent": {"key": "ELSE-1"}}},
    }

    @app.post("/rest/api/3/search/jql")
    def search() -> dict[str, Any]:
        return {"issues": [{"id": "10"}, {"id": "11"}], "isLast": True}

    @app.post("/rest/api/3/issue/bulkfetch")
    def bulkfetch() -> dict[str, Any]:
        return {"issues": [shown[name] for name in request.get_json()["issueIdsOrKeys"] if name in shown]}

    @app.get("/rest/api/3/issue/<name>")
    def issue(name: str) -> dict[str, Any]:
        return shown[name]

    site = connect("http://127.0.0.1:1", user="u", token="t", transport=PatientAdapter(InProcessAdapter(app)))
    scopes = [WorkScope("children", by_key={"OLD-1": ("P1",)})]
    work = list(
        stream(Issues(site, told="cloud"), scopes, since=SINCE, ours=frozenset(), shape=Shape(None, ()))
    )
    assert [(item.key, item.serves) for item in work] == [("NEW-2", ("P1",))]
