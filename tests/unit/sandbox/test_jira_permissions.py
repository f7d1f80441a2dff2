"""People who may not do everything, on both flavors."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.seed import checked_seed
from bsc_sync.sandbox.site import Site
from tests.unit.sandbox.conftest import SEED
from tests.unit.sandbox.flavored import FLAVORS, Door, Open

BOB = "acme:bob"
NOT_SETTABLE = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


@pytest.fixture(params=FLAVORS)
def flavor(request: pytest.FixtureRequest) -> Flavor:
    found: Flavor = request.param
    return found


@pytest.fixture
def opened(clock: Clock, flavor: Flavor) -> Iterator[Open]:
    sites: list[Site] = []

    def open_site(*denials: dict[str, Any], **settings: Any) -> Door:
        seed = deepcopy(SEED) | {"permissions": [{"user": BOB, **denial} for denial in denials]}
        seed["site"] |= settings
        issues = [{"type": "Task", "summary": "Sweep"}]
        seed["projects"].append({"key": "OPS", "screens": {"*": ["summary", "reporter"]}, "issues": issues})
        sites.append(Site(seed, clock=clock, flavor=flavor))
        return Door(sites[-1])

    yield open_site
    for site in sites:
        site.store.close()


def test_a_hidden_project_is_as_if_it_were_not_there(opened: Open, flavor: Flavor) -> None:
    door = opened({"projects": ["STRAT"], "without": ["BROWSE_PROJECTS"]})
    assert door.ask("GET", "/issue/STRAT-1", user=BOB)[0] == 404
    assert door.ask("GET", "/project/STRAT", user=BOB)[0] == 404
    assert [item["key"] for item in door.ask("GET", "/project", user=BOB)[1]] == ["CRM", "OPS"]
    assert door.keys("created is not empty ORDER BY key", user=BOB) == ["CRM-7", "CRM-8", "OPS-1"]
    assert door.keys("created is not empty ORDER BY key") == ["STRAT-1", "CRM-7", "CRM-8", "OPS-1"]
    links = door.ask("GET", "/issue/CRM-7?fields=issuelinks", user=BOB)[1]["fields"]["issuelinks"]
    assert links == []
    story = {"project": {"key": "STRAT"}, "issuetype": {"name": "Story"}, "summary": "Peek"}
    refused = door.ask("POST", "/issue", {"fields": story}, user=BOB)
    assert (refused[0], refused[1]["errors"]) == (400, {"project": "Specify a valid project ID or key"})
    if flavor == "cloud":
        body = {"issueIdsOrKeys": ["STRAT-1", "CRM-7"]}
        fetched = door.ask("POST", "/issue/bulkfetch", body, user=BOB)[1]
        assert [issue["key"] for issue in fetched["issues"]] == ["CRM-7"]
        logs = door.ask("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["STRAT-1"]}, user=BOB)[1]
        assert logs["issueChangeLogs"] == []
    else:
        told = "The value 'STRAT' does not exist for the field 'project'."
        assert door.ask("POST", "/search", {"jql": "project = STRAT"}, user=BOB)[1]["errorMessages"] == [told]
        unseen = door.ask("POST", "/search", {"jql": "key = STRAT-1"}, user=BOB)
        assert unseen[1]["errorMessages"] == ["An issue with key 'STRAT-1' does not exist for field 'key'."]


def test_who_may_not_create_is_refused(opened: Open, flavor: Flavor) -> None:
    door = opened({"projects": ["CRM"], "without": ["CREATE_ISSUES"]})
    task = {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": "Try"}
    told = "You do not have permission to create issues in this project."
    assert door.ask("POST", "/issue", {"fields": task}, user=BOB) == (
        400,
        {"errorMessages": [told], "errors": {}},
    )
    assert door.ask("POST", "/issue", {"fields": task})[0] == 201
    meta = door.ask("GET", "/issue/createmeta/CRM/issuetypes", user=BOB)
    assert meta[0] == (200 if flavor == "cloud" else 400)
    assert meta[1].get("issueTypes", []) == []


def test_who_may_not_edit_finds_no_field_on_the_screen(opened: Open) -> None:
    door = opened({"without": ["EDIT_ISSUES"]})
    refused = door.ask("PUT", "/issue/CRM-7", {"fields": {"summary": "Mine"}}, user=BOB)
    assert refused == (400, {"errorMessages": [], "errors": {"summary": NOT_SETTABLE.format("summary")}})
    assert set(door.ask("GET", "/issue/CRM-7/editmeta", user=BOB)[1]["fields"]) == {"comment"}
    assert door.ask("PUT", "/issue/CRM-7/properties/mark", 1, user=BOB)[0] == 403
    assert door.ask("PUT", "/issue/CRM-7", {"fields": {"summary": "Ours"}})[0] == 204


@pytest.mark.parametrize(
    ("permission", "field", "value"),
    [("SCHEDULE_ISSUES", "duedate", "2026-12-31"), ("ASSIGN_ISSUES", "assignee", None)],
)
def test_some_fields_need_a_permission_of_their_own(
    opened: Open, permission: str, field: str, value: Any
) -> None:
    door = opened({"projects": ["CRM"], "without": [permission]})
    body = {"fields": {field: value}}
    refused = door.ask("PUT", "/issue/CRM-8", body, user=BOB)
    assert refused == (400, {"errorMessages": [], "errors": {field: NOT_SETTABLE.format(field)}})
    assert field not in door.ask("GET", "/issue/CRM-8/editmeta", user=BOB)[1]["fields"]
    assert field not in door.creation("CRM", "Task", user=BOB)
    assert field in door.creation("CRM", "Task")
    assert door.ask("PUT", "/issue/CRM-8", body)[0] == 204


def test_a_reporter_is_named_by_those_who_may(opened: Open, flavor: Flavor) -> None:
    door = opened({"without": ["MODIFY_REPORTER"]})
    reporter = {"accountId": BOB} if flavor == "cloud" else {"name": "bob"}
    for user, status in ((BOB, 400), ("acme:ada", 204)):
        reply = door.ask("PUT", "/issue/OPS-1", {"fields": {"reporter": reporter}}, user=user)
        assert reply[0] == status
    assert door.keys('reporter = "Bob Builder"') == ["OPS-1"]


def test_who_may_not_move_sees_no_way(opened: Open) -> None:
    door = opened({"without": ["TRANSITION_ISSUES"]})
    ways = door.ask("GET", "/issue/CRM-8/transitions")[1]["transitions"]
    assert door.ask("GET", "/issue/CRM-8/transitions", user=BOB)[1]["transitions"] == []
    body = {"transition": {"id": ways[-1]["id"]}}
    status, refused = door.ask("POST", "/issue/CRM-8/transitions", body, user=BOB)
    told = f"Transition id '{ways[-1]['id']}' is not valid for this issue."
    assert (status, refused["errorMessages"]) == (400, [told])


def test_who_may_not_comment_is_told_so(opened: Open, flavor: Flavor) -> None:
    door = opened({"without": ["ADD_COMMENTS"]})
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "Hm"}]}
    document = {"type": "doc", "version": 1, "content": [paragraph]}
    body = {"body": document if flavor == "cloud" else "Hm"}
    told = "You do not have the permission to comment on this issue."
    refused = door.ask("POST", "/issue/CRM-8/comment", body, user=BOB)
    assert refused == (400, {"errorMessages": [told], "errors": {}})
    update = {"update": {"comment": [{"add": body}]}}
    assert list(door.ask("PUT", "/issue/CRM-8", update, user=BOB)[1]["errors"]) == ["comment"]


def test_who_may_not_link_is_refused(opened: Open, flavor: Flavor) -> None:
    door = opened({"projects": ["STRAT"], "without": ["LINK_ISSUES"]})
    body = {
        "type": {"name": "Relates"},
        "inwardIssue": {"key": "CRM-8"},
        "outwardIssue": {"key": "STRAT-1"},
    }
    status, refused = door.ask("POST", "/issueLink", body, user=BOB)
    assert status == (404 if flavor == "cloud" else 401)
    assert refused["errorMessages"] == ["No Link Issue Permission for issue 'STRAT-1'"]
    page = {"object": {"url": "https://acme.example", "title": "Acme"}}
    assert door.ask("POST", "/issue/STRAT-1/remotelink", page, user=BOB)[0] == 403


def test_who_may_not_delete_is_refused(opened: Open) -> None:
    door = opened({"without": ["DELETE_ISSUES"]})
    assert door.ask("DELETE", "/issue/CRM-8", user=BOB)[0] == 403
    assert door.ask("DELETE", "/issue/CRM-8")[0] == 204


def test_only_administrators_write_in_silence(opened: Open, flavor: Flavor) -> None:
    door = opened({"without": ["ADMINISTER", "ADMINISTER_PROJECTS"]})
    body = {"fields": {"summary": "Hush"}}
    refused = door.ask("PUT", "/issue/CRM-8?notifyUsers=false", body, user=BOB)
    assert refused[0] == (400 if flavor == "cloud" else 403)
    assert door.ask("PUT", "/issue/CRM-8?notifyUsers=false", body)[0] == 204


def test_people_are_told_what_they_may(opened: Open, flavor: Flavor) -> None:
    door = opened(
        {"projects": ["CRM"], "only": ["BROWSE_PROJECTS", "ADD_COMMENTS"]}, {"without": ["ADMINISTER"]}
    )
    asked = "" if flavor == "data-center" else "&permissions=BROWSE_PROJECTS,EDIT_ISSUES,ADMINISTER"

    def had(query: str, user: str = BOB) -> dict[str, bool]:
        body = door.ask("GET", f"/mypermissions?{query}{asked}", user=user)[1]
        return {key: item["havePermission"] for key, item in body["permissions"].items()}

    crm, strat, anywhere = had("projectKey=CRM"), had("projectKey=STRAT"), had("")
    assert (crm["BROWSE_PROJECTS"], crm["EDIT_ISSUES"], crm["ADMINISTER"]) == (True, False, False)
    assert (strat["EDIT_ISSUES"], anywhere["EDIT_ISSUES"]) == (True, True)
    assert had("issueKey=CRM-7")["EDIT_ISSUES"] is False
    assert set(had("projectKey=CRM", "acme:ada").values()) == {True}
    if flavor == "data-center":
        assert {"SCHEDULE_ISSUES", "CREATE_ATTACHMENTS", "TRANSITION_ISSUES"} <= set(crm)
    else:
        unknown = door.ask("GET", "/mypermissions?permissions=FLY", user=BOB)
        assert unknown[1]["errorMessages"] == ["Unrecognized permission(s): FLY"]


def test_a_site_may_forbid_properties(opened: Open) -> None:
    door = opened(properties=False)
    assert door.ask("PUT", "/issue/CRM-7/properties/mark", 1)[0] == 403
    assert door.ask("GET", "/issue/CRM-7/properties")[0] == 403
    task = {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": "Try"}
    body = {"fields": task, "properties": [{"key": "mark", "value": 1}]}
    assert door.ask("POST", "/issue", body)[0] == 403
    assert door.ask("POST", "/issue", {"fields": task})[0] == 201
    assert "properties" not in door.ask("GET", "/issue/CRM-7?properties=mark")[1]


@pytest.mark.parametrize(
    ("denial", "told"),
    [
        ({"user": "acme:eve", "without": ["EDIT_ISSUES"]}, "permissions[0].user: unknown user 'acme:eve'"),
        (
            {"user": BOB, "projects": ["NOPE"], "without": ["EDIT_ISSUES"]},
            "permissions[0].projects: unknown project 'NOPE'",
        ),
        ({"user": BOB}, "permissions[0]: say either `without` or `only`"),
    ],
)
def test_a_seed_denies_real_people_in_real_projects(denial: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        checked_seed(SEED | {"permissions": [denial]})
