"""What happens to issues: transitions, history, comments, links, properties."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site

Ask = Callable[..., tuple[int, Any]]
Doc = Callable[[str], dict[str, Any]]


def fields_of(ask: Ask, key: str) -> dict[str, Any]:
    found: dict[str, Any] = ask("GET", f"/issue/{key}")[1]["fields"]
    return found


def move(ask: Ask, key: str, name: str, **more: Any) -> tuple[int, Any]:
    offered = ask("GET", f"/issue/{key}/transitions")[1]["transitions"]
    chosen = next(item["id"] for item in offered if item["name"] == name)
    return ask("POST", f"/issue/{key}/transitions", {"transition": {"id": chosen}} | more)


def history(ask: Ask, key: str) -> list[tuple[str, str, str]]:
    values = ask("GET", f"/issue/{key}/changelog")[1]["values"]
    return [
        (item["field"], item["fromString"], item["toString"]) for entry in values for item in entry["items"]
    ]


def test_a_done_status_brings_a_resolution_and_leaving_takes_it_away(ask: Ask, clock: Clock) -> None:
    clock.set(datetime(2026, 10, 7, 6, 0, tzinfo=UTC))
    assert move(ask, "CRM-8", "Closed", fields={"resolution": {"name": "Won't Do"}}) == (204, "")
    fields = fields_of(ask, "CRM-8")
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Closed", "Won't Do")
    stamps = {fields[name] for name in ("updated", "resolutiondate", "statuscategorychangedate")}
    assert stamps == {"2026-10-07T08:00:00.000+0200"}
    clock.set(datetime(2026, 10, 8, 6, 0, tzinfo=UTC))
    assert move(ask, "CRM-8", "Done")[0] == 204
    fields = fields_of(ask, "CRM-8")
    assert (fields["resolution"]["name"], fields["resolutiondate"]) == (
        "Won't Do",
        "2026-10-07T08:00:00.000+0200",
    )
    assert move(ask, "CRM-8", "In Progress")[0] == 204
    fields = fields_of(ask, "CRM-8")
    assert fields["resolution"] is fields["resolutiondate"] is None
    assert fields["statuscategorychangedate"] == "2026-10-08T08:00:00.000+0200"
    assert history(ask, "CRM-8") == [
        ("status", "To Do", "Closed"),
        ("resolution", "", "Won't Do"),
        ("status", "Closed", "Done"),
        ("status", "Done", "In Progress"),
        ("resolution", "Won't Do", ""),
    ]


def test_transitions_that_are_not_there_are_refused(ask: Ask) -> None:
    refused = [
        ({}, "Missing 'transition' identifier"),
        ({"transition": {}}, "Missing 'transition' identifier"),
        ({"transition": {"id": "99"}}, "Transition id '99' is not valid for this issue."),
    ]
    for body, text in refused:
        assert ask("POST", "/issue/CRM-8/transitions", body) == (400, {"errorMessages": [text], "errors": {}})
    assert ask("GET", "/issue/CRM-8/transitions?transitionId=99")[1] == {
        "expand": "transitions",
        "transitions": [],
    }
    status, reply = move(ask, "CRM-8", "In Progress", fields={"resolution": {"name": "Done"}})
    assert status == 400
    assert set(reply["errors"]) == {"resolution"}
    assert fields_of(ask, "CRM-8")["status"]["name"] == "To Do"


def test_a_comment_may_come_with_the_transition(ask: Ask, document: Doc) -> None:
    update = {"comment": [{"add": {"body": document("Retired")}}]}
    assert move(ask, "CRM-8", "Closed", update=update)[0] == 204
    (comment,) = fields_of(ask, "CRM-8")["comment"]["comments"]
    assert comment["body"] == document("Retired")


def test_a_workflow_of_the_seed_is_the_only_way() -> None:
    site = Site(
        {
            "statuses": [
                {"name": "Open", "category": "new"},
                {"name": "Doing", "category": "indeterminate"},
                {"name": "Finished", "category": "done"},
            ],
            "transitions": [
                {"name": "Start", "to": "Doing", "from": ["Open"]},
                {"name": "Finish", "to": "Finished", "from": ["Doing"]},
                {"name": "Reopen", "to": "Open"},
            ],
            "projects": [{"key": "AB", "issues": [{"type": "Task", "summary": "s"}]}],
        }
    )
    with site.store.transaction() as connection:
        row = connection.execute("SELECT status_id FROM issue").fetchone()
    assert row["status_id"] == "10010"
    from bsc_sync.sandbox.app import create_app

    client = create_app(site).test_client()
    auth = ("admin@sandbox.example", "sandbox-token")
    names = []
    for chosen in ("Start", "Finish", "Reopen"):
        listed = client.get("/rest/api/3/issue/AB-1/transitions", auth=auth).get_json()["transitions"]
        names.append([item["name"] for item in listed])
        chosen_id = next(item["id"] for item in listed if item["name"] == chosen)
        body = {"transition": {"id": chosen_id}}
        assert client.post("/rest/api/3/issue/AB-1/transitions", json=body, auth=auth).status_code == 204
    assert names == [["Start", "Reopen"], ["Finish", "Reopen"], ["Reopen"]]


def test_the_history_tells_who_changed_what_from_what_to_what(ask: Ask, clock: Clock) -> None:
    clock.set(datetime(2026, 10, 9, tzinfo=UTC))
    body = {
        "fields": {
            "summary": "Say goodbye",
            "duedate": "2026-12-31",
            "parent": None,
            "customfield_10100": 5,
            "customfield_10101": {"value": "Blue"},
            "components": [{"name": "billing"}],
            "assignee": {"accountId": "acme:bob"},
        },
        "update": {"labels": [{"add": "b"}]},
    }
    assert ask("PUT", "/issue/CRM-7", body, user="bob")[0] == 204
    status, page = ask("GET", "/issue/CRM-7/changelog")
    assert (status, page["total"], page["isLast"]) == (200, 1, True)
    (entry,) = page["values"]
    assert (entry["author"]["accountId"], entry["created"]) == ("acme:bob", "2026-10-09T02:00:00.000+0200")
    assert entry["items"] == [
        {
            "field": "summary",
            "fieldtype": "jira",
            "fieldId": "summary",
            "fromString": "Say hello",
            "toString": "Say goodbye",
        },
        {
            "field": "IssueParentAssociation",
            "fieldtype": "jira",
            "from": "10000",
            "fromString": "STRAT-1",
            "toString": "",
        },
        {
            "field": "labels",
            "fieldtype": "jira",
            "fieldId": "labels",
            "from": "",
            "fromString": "a",
            "to": "",
            "toString": "a b",
        },
        {
            "field": "Component",
            "fieldtype": "jira",
            "fieldId": "components",
            "from": "10300",
            "fromString": "onboarding",
            "toString": "",
        },
        {
            "field": "Component",
            "fieldtype": "jira",
            "fieldId": "components",
            "fromString": "",
            "to": "10301",
            "toString": "billing",
        },
        {
            "field": "assignee",
            "fieldtype": "jira",
            "fieldId": "assignee",
            "fromString": "",
            "to": "acme:bob",
            "toString": "Bob Builder",
        },
        {
            "field": "duedate",
            "fieldtype": "jira",
            "fieldId": "duedate",
            "fromString": "",
            "to": "2026-12-31",
            "toString": "2026-12-31 00:00:00.0",
        },
        {
            "field": "Story Points",
            "fieldtype": "custom",
            "fieldId": "customfield_10100",
            "fromString": "3",
            "toString": "5",
        },
        {
            "field": "Team",
            "fieldtype": "custom",
            "fieldId": "customfield_10101",
            "fromString": "",
            "to": "10201",
            "toString": "Blue",
        },
    ]


def test_the_history_is_paged_oldest_first_and_expanded_newest_first(ask: Ask) -> None:
    for number in range(45):
        ask("PUT", "/issue/CRM-7", {"fields": {"summary": f"s{number}"}})
    page = ask("GET", "/issue/CRM-7/changelog?startAt=2&maxResults=2")[1]
    assert [entry["items"][0]["toString"] for entry in page["values"]] == ["s2", "s3"]
    assert (page["total"], page["isLast"]) == (45, False)
    assert page["nextPage"].endswith("/issue/CRM-7/changelog?maxResults=2&startAt=4")
    expanded = ask("GET", "/issue/CRM-7?expand=changelog")[1]["changelog"]
    assert (expanded["total"], len(expanded["histories"])) == (45, 40)
    assert expanded["histories"][0]["items"][0]["toString"] == "s44"


def test_histories_of_many_issues_come_by_token_and_by_field(ask: Ask) -> None:
    for key in ("CRM-7", "CRM-8"):
        for number in range(3):
            ask(
                "PUT",
                f"/issue/{key}",
                {"fields": {"summary": f"s{number}", "duedate": f"2026-12-0{number + 1}"}},
            )
    body = {"issueIdsOrKeys": ["CRM-8", "CRM-7", "NO-1"], "fieldIds": ["duedate"], "maxResults": 4}
    status, first = ask("POST", "/changelog/bulkfetch", body)
    assert status == 200
    status, second = ask("POST", "/changelog/bulkfetch", body | {"nextPageToken": first["nextPageToken"]})
    assert (status, "nextPageToken" in second) == (200, False)
    counts = [(log["issueId"], len(log["changeHistories"])) for log in first["issueChangeLogs"]]
    assert counts == [("10001", 3), ("10002", 1)]
    items = [
        item
        for log in second["issueChangeLogs"]
        for entry in log["changeHistories"]
        for item in entry["items"]
    ]
    assert [(item["fieldId"], item["to"]) for item in items] == [
        ("duedate", "2026-12-02"),
        ("duedate", "2026-12-03"),
    ]
    other = body | {"fieldIds": ["summary"], "nextPageToken": first["nextPageToken"]}
    assert ask("POST", "/changelog/bulkfetch", other)[0] == 400
    wrongs: list[dict[str, Any]] = [
        {"issueIdsOrKeys": []},
        {"issueIdsOrKeys": ["A-1"], "fieldIds": ["x"] * 11},
        {"issueIdsOrKeys": ["A-1"], "maxResults": 0},
        {"issueIdsOrKeys": "A-1"},
        {"x": 1},
    ]
    for wrong in wrongs:
        assert ask("POST", "/changelog/bulkfetch", wrong)[0] == 400


def test_comments_are_documents_in_one_version_and_wiki_in_the_other(
    ask: Ask, clock: Clock, document: Doc
) -> None:
    clock.set(datetime(2026, 10, 6, 8, 0, tzinfo=UTC))
    status, comment = ask("POST", "/issue/CRM-7/comment", {"body": document("Done & dusted")}, user="bob")
    assert (status, comment["author"]["displayName"], comment["body"]) == (
        201,
        "Bob Builder",
        document("Done & dusted"),
    )
    assert ask("POST", "/issue/CRM-7/comment", {"body": "*two*"}, version=2)[1]["body"] == "*two*"
    page = ask("GET", "/issue/CRM-7/comment?expand=renderedBody&maxResults=1&startAt=1")[1]
    assert (page["total"], page["startAt"], page["maxResults"]) == (2, 1, 1)
    assert page["comments"][0]["renderedBody"] == "<p><strong>two</strong></p>"
    newest = ask("GET", "/issue/CRM-7/comment?orderBy=-created")[1]["comments"]
    assert [item["id"] for item in newest] == ["2", "1"]
    assert ask("GET", "/issue/CRM-7/comment/2")[1]["id"] == "2"
    assert ask("GET", "/issue/CRM-7/comment/9")[0] == 404
    assert fields_of(ask, "CRM-7")["updated"] == "2026-10-06T10:00:00.000+0200"
    for body in ({"body": "text"}, {"body": ""}, {}, {"body": {"type": "doc"}}):
        status, reply = ask("POST", "/issue/CRM-7/comment", body)
        assert (status, set(reply["errors"])) == (400, {"comment"})


def test_a_link_reads_both_ways_and_is_made_once(ask: Ask) -> None:
    body = {"type": {"name": "Hinders"}, "inwardIssue": {"key": "CRM-8"}, "outwardIssue": {"id": "10001"}}
    assert ask("POST", "/issueLink", body)[0] == 404
    body["type"] = {"name": "Blocks"}
    assert [ask("POST", "/issueLink", body)[0] for _ in range(2)] == [201, 201]
    (link,) = fields_of(ask, "CRM-8")["issuelinks"]
    assert (link["type"]["outward"], link["outwardIssue"]["key"]) == ("blocks", "CRM-7")
    there = [item for item in fields_of(ask, "CRM-7")["issuelinks"] if "inwardIssue" in item]
    assert [(item["type"]["inward"], item["inwardIssue"]["key"]) for item in there] == [
        ("is blocked by", "CRM-8")
    ]
    assert ask("GET", f"/issueLink/{link['id']}")[1]["inwardIssue"]["key"] == "CRM-8"
    assert history(ask, "CRM-7") == [("Link", "", "This issue is blocked by CRM-8")]
    assert ask("DELETE", f"/issueLink/{link['id']}")[0] == 204
    assert ask("DELETE", f"/issueLink/{link['id']}")[0] == 404
    assert fields_of(ask, "CRM-8")["issuelinks"] == []
    assert history(ask, "CRM-8")[-1] == ("Link", "This issue blocks CRM-7", "")
    with_self = body | {"outwardIssue": {"key": "CRM-8"}}
    assert ask("POST", "/issueLink", with_self)[0] == 400
    assert ask("POST", "/issueLink", body | {"outwardIssue": {"key": "NO-1"}})[0] == 404


def test_an_edit_may_add_a_link(ask: Ask) -> None:
    add = {"type": {"name": "Contributes"}, "outwardIssue": {"key": "STRAT-1"}}
    assert ask("PUT", "/issue/CRM-8", {"update": {"issuelinks": [{"add": add}]}})[0] == 204
    (link,) = fields_of(ask, "CRM-8")["issuelinks"]
    assert link["outwardIssue"]["key"] == "STRAT-1"
    add["outwardIssue"] = {"key": "NO-1"}
    assert ask("PUT", "/issue/CRM-8", {"update": {"issuelinks": [{"add": add}]}})[0] == 400


def test_a_remote_link_with_a_global_id_is_replaced_whole(ask: Ask) -> None:
    link = {
        "globalId": "bsc page=1&x",
        "relationship": "scorecard",
        "object": {"url": "https://a.example", "title": "A"},
    }
    status, first = ask("POST", "/issue/CRM-7/remotelink", link)
    assert status == 201
    again = {"globalId": "bsc page=1&x", "object": {"url": "https://b.example", "title": "B"}}
    assert ask("POST", "/issue/CRM-7/remotelink", again) == (200, first)
    (shown,) = ask("GET", "/issue/CRM-7/remotelink")[1]
    assert (shown["object"]["title"], "relationship" in shown) == ("B", False)
    assert ask("GET", "/issue/CRM-7/remotelink?globalId=bsc%20page%3D1%26x")[1]["id"] == first["id"]
    assert ask("GET", f"/issue/CRM-7/remotelink/{first['id']}")[1]["globalId"] == "bsc page=1&x"
    assert ask("DELETE", "/issue/CRM-7/remotelink?globalId=bsc%20page%3D1%26x")[0] == 204
    assert ask("GET", "/issue/CRM-7/remotelink") == (200, [])
    wrongs: list[dict[str, Any]] = [
        {},
        {"object": {"url": "https://a.example"}},
        link | {"globalId": "x" * 256},
    ]
    for wrong in wrongs:
        assert ask("POST", "/issue/CRM-7/remotelink", wrong)[0] == 400
    assert ask("DELETE", "/issue/CRM-7/remotelink")[0] == 400
    assert ask("DELETE", "/issue/CRM-7/remotelink/77")[0] == 404


def test_properties_leave_no_trace_in_history_or_stamp(ask: Ask, clock: Clock) -> None:
    before = fields_of(ask, "CRM-7")
    clock.set(datetime(2026, 10, 6, 8, 0, tzinfo=UTC))
    path = "/issue/CRM-7/properties/bsc.mark"
    assert [ask("PUT", path, value)[0] for value in ({"a": [1]}, {"a": [2]})] == [201, 200]
    assert ask("GET", path) == (200, {"key": "bsc.mark", "value": {"a": [2]}})
    assert [item["key"] for item in ask("GET", "/issue/CRM-7/properties")[1]["keys"]] == ["bsc.mark"]
    assert ask("PUT", path, raw='"' + "x" * 32_766 + '"')[0] == 200
    assert ask("PUT", path, raw='"' + "x" * 32_767 + '"')[0] == 400
    assert ask("PUT", f"/issue/CRM-7/properties/{'k' * 256}", 1)[0] == 400
    assert [ask("DELETE", path)[0] for _ in range(2)] == [204, 404]
    assert ask("GET", path)[0] == 404
    assert fields_of(ask, "CRM-7") == before
    assert history(ask, "CRM-7") == []


@pytest.mark.parametrize(
    "path", ["", "/comment", "/changelog", "/transitions", "/properties", "/remotelink", "/editmeta"]
)
def test_every_part_of_an_unknown_issue_is_unknown(ask: Ask, path: str) -> None:
    assert ask("GET", "/issue/CRM-99" + path) == (
        404,
        {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}},
    )
