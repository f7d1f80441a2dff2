"""Issues are created, read, edited and deleted as in Jira Cloud."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bsc_sync.sandbox.clock import Clock

Ask = Callable[..., tuple[int, Any]]
Doc = Callable[[str], dict[str, Any]]

NO_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


def new(**fields: Any) -> dict[str, Any]:
    return {"fields": {"project": {"key": "STRAT"}, "issuetype": {"name": "Task"}, "summary": "New"} | fields}


def fields_of(ask: Ask, key: str, version: int = 3) -> dict[str, Any]:
    status, issue = ask("GET", f"/issue/{key}", version=version)
    assert status == 200
    found: dict[str, Any] = issue["fields"]
    return found


def test_a_created_issue_holds_every_value_and_its_property_at_once(ask: Ask, document: Doc) -> None:
    body = new(
        parent={"key": "STRAT-1"},
        description=document("Why"),
        labels=["b", "a", "b"],
        duedate="2026-12-31",
        priority={"name": "High"},
        customfield_10100=5,
        customfield_10101={"value": "Red"},
        customfield_10102=[{"value": "US"}, {"value": "EU"}],
        customfield_10103=document("Note"),
        customfield_10104="Nick",
        customfield_10105="2026-11-01",
        customfield_10106="2026-11-01T10:00:00.000+0100",
        customfield_10107={"accountId": "acme:bob"},
        customfield_10108=["x"],
        customfield_10109="https://board.example/1",
    ) | {"properties": [{"key": "mark", "value": {"ref": "acme/C1"}}]}
    status, created = ask("POST", "/issue", body)
    assert (status, created) == (
        201,
        {"id": "10003", "key": "STRAT-2", "self": "http://127.0.0.1:8089/rest/api/3/issue/10003"},
    )
    fields = fields_of(ask, "STRAT-2")
    assert fields["parent"]["key"] == "STRAT-1"
    assert fields["description"] == document("Why")
    assert fields["labels"] == ["a", "b"]
    assert fields["status"]["statusCategory"]["key"] == "new"
    assert (fields["duedate"], fields["priority"]["name"]) == ("2026-12-31", "High")
    assert (fields["reporter"]["accountId"], fields["creator"]["accountId"]) == ("acme:ada", "acme:ada")
    assert fields["assignee"] is fields["resolution"] is fields["resolutiondate"] is None
    assert fields["created"] == fields["updated"] == "2026-10-05T10:00:00.000+0200"
    assert fields["customfield_10100"] == 5
    assert fields["customfield_10101"]["value"] == "Red"
    assert {option["value"] for option in fields["customfield_10102"]} == {"US", "EU"}
    assert fields["customfield_10103"] == document("Note")
    assert [fields[f"customfield_{n}"] for n in (10104, 10105, 10106, 10108, 10109)] == [
        "Nick",
        "2026-11-01",
        "2026-11-01T10:00:00.000+0100",
        ["x"],
        "https://board.example/1",
    ]
    assert fields["customfield_10107"]["displayName"] == "Bob Builder"
    assert ask("GET", "/issue/STRAT-2/properties/mark") == (200, {"key": "mark", "value": {"ref": "acme/C1"}})


@pytest.mark.parametrize("text", ["0.1234567890123456789", "-3", "12.50", "1E+3", "0"])
def test_numbers_come_back_digit_for_digit(ask: Ask, text: str) -> None:
    raw = f'{{"fields": {{"customfield_10100": {text}}}}}'
    assert ask("PUT", "/issue/CRM-7", raw=raw)[0] == 204
    assert str(fields_of(ask, "CRM-7")["customfield_10100"]) == text


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"summary": None}, {"summary": "You must specify a summary of the issue."}),
        ({"summary": "  "}, {"summary": "You must specify a summary of the issue."}),
        ({"summary": "a\nb"}, {"summary": "The summary is invalid because it contains newline characters."}),
        ({"summary": "x" * 256}, {"summary": "Summary must be less than 255 characters."}),
        ({"summary": 3}, {"summary": "Operation value must be a string"}),
        ({"labels": ["a b"]}, {"labels": "The label 'a b' contains spaces which is invalid."}),
        ({"labels": "a"}, {"labels": "Operation value must be an array of strings"}),
        ({"duedate": "2026-02-30"}, {"duedate": "Error parsing date string: 2026-02-30"}),
        ({"duedate": "tomorrow"}, {"duedate": "Error parsing date string: tomorrow"}),
        ({"customfield_10100": "5"}, {"customfield_10100": "Operation value must be a number"}),
        ({"customfield_10100": True}, {"customfield_10100": "Operation value must be a number"}),
        (
            {"customfield_10101": {"value": "Green"}},
            {"customfield_10101": "Option value 'Green' is not valid"},
        ),
        ({"customfield_10101": {"id": "1"}}, {"customfield_10101": "Option id '1' is not valid"}),
        (
            {"customfield_10106": "2026-01-01T00:00"},
            {"customfield_10106": "Error parsing time: 2026-01-01T00:00"},
        ),
        ({"customfield_10107": {"accountId": "x"}}, {"customfield_10107": "User 'x' does not exist."}),
        ({"customfield_10109": "javascript:1"}, {"customfield_10109": "The URL is not valid."}),
        ({"priority": {"name": "Vital"}}, {"priority": "The priority selected is invalid."}),
        ({"parent": {"key": "CRM-99"}}, {"parent": "Could not find issue by id or key."}),
        (
            {"parent": {"key": "CRM-7"}},
            {"parent": "Given parent work item does not belong to appropriate hierarchy."},
        ),
        ({"assignee": {"accountId": "acme:bob"}}, {"assignee": NOT_ON_SCREEN.format("assignee")}),
        ({"customfield_99999": 1}, {"customfield_99999": NOT_ON_SCREEN.format("customfield_99999")}),
        ({"status": {"name": "Done"}}, {"status": NOT_ON_SCREEN.format("status")}),
        ({"Story Points": 1}, {"Story Points": NOT_ON_SCREEN.format("Story Points")}),
        (
            {"issuetype": {"name": "Sub-task"}},
            {"parent": "Issue type is a sub-task but parent issue key or id not specified."},
        ),
        (
            {"issuetype": {"name": "Sub-task"}, "parent": {"key": "CRM-7"}},
            {"parent": "Sub-tasks must be created in the same project as the parent."},
        ),
        ({"issuetype": {"name": "Wish"}}, {"issuetype": "Specify a valid issue type"}),
        ({"issuetype": None}, {"issuetype": "Specify an issue type"}),
        ({"project": {"key": "NOPE"}}, {"project": "Specify a valid project ID or key"}),
        (
            {"description": "plain"},
            {"description": NO_DOCUMENT},
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    ask: Ask, fields: dict[str, Any], errors: dict[str, str]
) -> None:
    assert ask("POST", "/issue", new(**fields)) == (400, {"errorMessages": [], "errors": errors})
    assert ask("GET", "/issue/STRAT-2")[0] == 404


def test_all_errors_come_at_once(ask: Ask) -> None:
    status, reply = ask("POST", "/issue", new(summary="", labels=[""], duedate="x"))
    assert status == 400
    assert set(reply["errors"]) == {"summary", "labels", "duedate"}


def test_the_screens_of_create_and_edit_differ(ask: Ask, document: Doc) -> None:
    epic = {"issuetype": {"name": "Epic"}, "description": document("x")}
    assert ask("POST", "/issue", new(**epic))[1]["errors"] == {
        "description": NOT_ON_SCREEN.format("description")
    }
    assert ask("PUT", "/issue/STRAT-1", {"fields": {"description": document("x")}})[0] == 204
    assert ask("PUT", "/issue/STRAT-1", {"fields": {"duedate": "2026-12-31"}})[1] == {
        "errorMessages": [],
        "errors": {"duedate": NOT_ON_SCREEN.format("duedate")},
    }


def test_a_bulk_create_tells_which_failed(ask: Ask) -> None:
    good, bad = new(), new(labels=["a b"])
    status, reply = ask("POST", "/issue/bulk", {"issueUpdates": [bad, good, bad | {"fields": {}}, good]})
    assert status == 201
    assert [issue["key"] for issue in reply["issues"]] == ["STRAT-2", "STRAT-3"]
    assert [(error["failedElementNumber"], error["status"]) for error in reply["errors"]] == [
        (0, 400),
        (2, 400),
    ]
    assert reply["errors"][1]["elementErrors"]["errors"] == {"project": "Specify a valid project ID or key"}
    status, reply = ask("POST", "/issue/bulk", {"issueUpdates": [bad]})
    assert (status, reply["issues"], len(reply["errors"])) == (400, [], 1)
    assert ask("POST", "/issue/bulk", {"issueUpdates": [good] * 51})[0] == 400
    assert ask("POST", "/issue/bulk", {"issueUpdates": [good] * 50})[0] == 201


def test_verbs_add_and_remove_without_touching_the_rest(ask: Ask) -> None:
    change: dict[str, Any] = {"labels": [{"add": "z"}, {"add": "m"}, {"remove": "a"}, {"remove": "b"}]}
    assert ask("PUT", "/issue/CRM-7", {"update": change})[0] == 204
    assert fields_of(ask, "CRM-7")["labels"] == ["m", "z"]
    change = {"components": [{"add": {"name": "billing"}}, {"remove": {"name": "onboarding"}}]}
    assert ask("PUT", "/issue/CRM-7", {"update": change})[0] == 204
    assert [item["name"] for item in fields_of(ask, "CRM-7")["components"]] == ["billing"]
    assert ask("PUT", "/issue/CRM-7", {"update": {"parent": [{"set": {"none": True}}]}})[0] == 204
    assert "parent" not in fields_of(ask, "CRM-7")
    assert ask("PUT", "/issue/CRM-7", {"update": {"summary": [{"add": "x"}]}})[0] == 400
    assert ask("PUT", "/issue/CRM-7", {"update": {"labels": {"add": "x"}}})[0] == 400
    assert (
        ask("PUT", "/issue/CRM-7", {"update": {"labels": [{"set": []}]}, "fields": {"labels": []}})[0] == 400
    )


def test_values_and_property_go_in_one_edit(ask: Ask, clock: Clock) -> None:
    clock.set(datetime(2026, 10, 6, 8, 0, tzinfo=UTC))
    body = {"fields": {"customfield_10100": 4}, "properties": [{"key": "mark", "value": 1}]}
    status, issue = ask("PUT", "/issue/CRM-7?returnIssue=true&notifyUsers=false", body)
    assert (status, issue["key"], issue["fields"]["customfield_10100"]) == (200, "CRM-7", 4)
    assert issue["fields"]["updated"] == "2026-10-06T10:00:00.000+0200"
    assert ask("GET", "/issue/CRM-7/properties/mark")[1]["value"] == 1


def test_an_edit_that_changes_nothing_leaves_no_trace(ask: Ask, clock: Clock) -> None:
    before = fields_of(ask, "CRM-7")
    clock.set(datetime(2026, 10, 6, 8, 0, tzinfo=UTC))
    body = {"fields": {"summary": "Say hello", "labels": ["a"]}, "properties": [{"key": "mark", "value": 1}]}
    assert ask("PUT", "/issue/CRM-7", body)[0] == 204
    assert fields_of(ask, "CRM-7") == before
    assert ask("GET", "/issue/CRM-7/changelog")[1]["total"] == 0


def test_a_refused_edit_changes_nothing_at_all(ask: Ask) -> None:
    body = {"fields": {"summary": "Changed", "duedate": "x"}, "properties": [{"key": "mark", "value": 1}]}
    assert ask("PUT", "/issue/CRM-7", body)[0] == 400
    assert fields_of(ask, "CRM-7")["summary"] == "Say hello"
    assert ask("GET", "/issue/CRM-7/properties")[1] == {"keys": []}


def test_the_second_version_speaks_wiki_markup(ask: Ask) -> None:
    text = "h1. Title\n\n* *bold* item\n* [site|https://a.example]\n\nlast {{code}}"
    assert ask("PUT", "/issue/CRM-7", {"fields": {"description": text}}, version=2)[0] == 204
    assert fields_of(ask, "CRM-7", version=2)["description"] == text
    seen = fields_of(ask, "CRM-7")["description"]
    assert [block["type"] for block in seen["content"]] == ["heading", "bulletList", "paragraph"]
    assert ask("PUT", "/issue/CRM-7", {"fields": {"description": seen}}, version=2)[0] == 400
    rendered = ask("GET", "/issue/CRM-7?expand=renderedFields")[1]["renderedFields"]["description"]
    assert rendered.startswith("<h1>Title</h1><ul><li><p><strong>bold</strong> item</p></li>")


def test_fields_expansions_and_properties_are_those_asked_for(ask: Ask) -> None:
    ask("PUT", "/issue/CRM-7/properties/mark", 1)
    issue = ask("GET", "/issue/CRM-7?fields=summary,labels&expand=names,schema&properties=mark,other")[1]
    assert set(issue["fields"]) == {"summary", "labels"}
    assert issue["names"] == {"summary": "Summary", "labels": "Labels"}
    assert issue["schema"]["labels"] == {"type": "array", "items": "string", "system": "labels"}
    assert issue["properties"] == {"mark": 1}
    assert "comment" not in ask("GET", "/issue/10001?fields=*navigable")[1]["fields"]
    assert "summary" not in ask("GET", "/issue/crm-7?fields=-summary")[1]["fields"]
    assert ask("GET", "/issue/CRM-99")[1]["errorMessages"] == [
        "Issue does not exist or you do not have permission to see it."
    ]


def test_bulkfetch_orders_by_id_and_names_the_missing(ask: Ask) -> None:
    status, reply = ask(
        "POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["CRM-8", "NO-1", "10000", "CRM-7", "CRM-8"]}
    )
    assert status == 200
    assert [issue["key"] for issue in reply["issues"]] == ["STRAT-1", "CRM-7", "CRM-8"]
    assert [error["id"] for error in reply["issueErrors"]] == ["NO-1"]
    assert ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["X-1"] * 101})[0] == 400
    assert ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["X-1"], "expand": "names"})[0] == 400
    assert ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["X-1"], "more": 1})[0] == 400


def test_a_deleted_issue_gives_its_number_to_no_one(ask: Ask) -> None:
    assert ask("DELETE", "/issue/STRAT-1")[0] == 204
    assert "parent" not in fields_of(ask, "CRM-7")
    assert fields_of(ask, "CRM-7")["issuelinks"] == []
    assert ask("POST", "/issue", new())[1]["key"] == "STRAT-2"


def test_subtasks_go_with_their_parent_only_when_that_is_said(ask: Ask) -> None:
    subtask = {"project": {"key": "CRM"}, "issuetype": {"name": "Sub-task"}, "parent": {"key": "CRM-7"}}
    assert ask("POST", "/issue", new(**subtask))[0] == 201
    assert [item["key"] for item in fields_of(ask, "CRM-7")["subtasks"]] == ["CRM-9"]
    assert ask("DELETE", "/issue/CRM-7")[0] == 400
    assert ask("DELETE", "/issue/CRM-7?deleteSubtasks=true")[0] == 204
    assert ask("GET", "/issue/CRM-9")[0] == 404


def test_stamps_are_in_the_zone_of_whoever_asks(ask: Ask) -> None:
    stamps = [
        ask("GET", "/issue/CRM-7?fields=created", user=user)[1]["fields"]["created"]
        for user in ("ada", "bob")
    ]
    assert stamps == ["2026-10-05T10:00:00.000+0200", "2026-10-05T04:00:00.000-0400"]
    moments = {datetime.fromisoformat(stamp) for stamp in stamps}
    assert len(moments) == 1


def test_the_type_may_change_within_its_level(ask: Ask) -> None:
    assert ask("PUT", "/issue/CRM-8", {"fields": {"issuetype": {"name": "Story"}}})[0] == 204
    assert fields_of(ask, "CRM-8")["issuetype"]["name"] == "Story"
    assert ask("PUT", "/issue/CRM-8", {"fields": {"issuetype": {"name": "Epic"}}})[1]["errors"] == {
        "issuetype": "The issue type selected is invalid."
    }


def test_hostile_bodies_are_refused_politely(ask: Ask) -> None:
    bodies: list[Any] = [
        [],
        3,
        "x",
        {"fields": []},
        {"fields": {"project": [], "issuetype": 3}},
        {"update": {"labels": [3]}},
        new() | {"properties": [{"key": "", "value": 1}]},
        new() | {"properties": {"a": 1}},
        new() | {"update": []},
        new(parent="STRAT-1"),
        new(priority="High"),
        new(customfield_10102={"value": "EU"}),
        new(description={"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]}),
        new() | {"transition": {"id": "99"}},
    ]
    for body in bodies:
        assert ask("POST", "/issue", body)[0] == 400, body
    raw = '{"fields": {"customfield_10100": 1e400}}'
    assert ask("PUT", "/issue/CRM-7", raw=raw)[0] == 400
    assert Decimal(str(fields_of(ask, "CRM-7")["customfield_10100"])) == 3
