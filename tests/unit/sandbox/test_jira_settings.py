"""What the site says of itself: people, fields, types, statuses, projects, screens."""

from collections.abc import Callable
from typing import Any

from bsc_sync.sandbox.site import Site

Ask = Callable[..., tuple[int, Any]]


def test_who_asks_and_who_else_there_is(ask: Ask) -> None:
    me = ask("GET", "/myself", user="bob")[1]
    assert (me["accountId"], me["timeZone"], me["accountType"]) == (
        "acme:bob",
        "America/New_York",
        "atlassian",
    )
    assert ask("GET", "/user?accountId=acme%3Aada")[1]["emailAddress"] == "ada@acme.example"
    assert ask("GET", "/user?accountId=nobody")[0] == 404
    assert ask("GET", "/user")[0] == 400


def test_fields_are_known_by_type_not_by_name(ask: Ask) -> None:
    fields = {field["name"]: field for field in ask("GET", "/field")[1]}
    points = fields["Story Points"]
    assert points["clauseNames"] == ["cf[10100]", "Story Points"]
    assert (points["id"], points["key"], points["custom"]) == ("customfield_10100", "customfield_10100", True)
    assert points["schema"] == {
        "type": "number",
        "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float",
        "customId": 10100,
    }
    assert fields["Markets"]["schema"]["items"] == "option"
    assert (fields["Summary"]["custom"], fields["Summary"]["id"]) == (False, "summary")


def test_ids_and_type_keys_of_the_seed_are_kept() -> None:
    site = Site(
        {
            "fields": [
                {"name": "A", "type": "number"},
                {"name": "B", "type": "number", "id": "customfield_10100", "custom": "com.pyxis:points"},
                {"name": "C", "type": "text"},
            ],
            "projects": [{"key": "AB"}],
        }
    )
    from bsc_sync.sandbox.app import create_app

    auth = ("admin@sandbox.example", "sandbox-token")
    shown = create_app(site).test_client().get("/rest/api/2/field", auth=auth).get_json()
    assert {field["name"]: field["id"] for field in shown if field["custom"]} == {
        "A": "customfield_10101",
        "B": "customfield_10100",
        "C": "customfield_10102",
    }
    assert next(field for field in shown if field["name"] == "B")["schema"]["custom"] == "com.pyxis:points"


def test_types_have_levels_and_statuses_have_category_keys(ask: Ask) -> None:
    types = {item["name"]: (item["hierarchyLevel"], item["subtask"]) for item in ask("GET", "/issuetype")[1]}
    assert types == {
        "Epic": (1, False),
        "Story": (0, False),
        "Task": (0, False),
        "Bug": (0, False),
        "Sub-task": (-1, True),
    }
    statuses = {item["name"]: item["statusCategory"]["key"] for item in ask("GET", "/status")[1]}
    assert statuses == {"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Closed": "done"}
    categories = {item["key"]: item["id"] for item in ask("GET", "/statuscategory")[1]}
    assert categories == {"undefined": 1, "new": 2, "indeterminate": 4, "done": 3}
    assert [item["name"] for item in ask("GET", "/priority")[1]] == [
        "Highest",
        "High",
        "Medium",
        "Low",
        "Lowest",
    ]
    assert "Won't Do" in [item["name"] for item in ask("GET", "/resolution")[1]]
    assert ask("GET", "/status/Done")[1]["name"] == "Done"
    assert ask("GET", "/status/Gone")[0] == 404
    assert ask("GET", "/issuetype/10001")[1]["name"] == "Epic"
    assert ask("GET", "/issuetype/1")[0] == 404
    links = ask("GET", "/issueLinkType")[1]["issueLinkTypes"]
    assert [item["name"] for item in links] == ["Blocks", "Relates", "Contributes"]


def test_projects(ask: Ask) -> None:
    assert [item["key"] for item in ask("GET", "/project")[1]] == ["STRAT", "CRM"]
    page = ask("GET", "/project/search?maxResults=1&startAt=1")[1]
    assert (page["total"], page["isLast"], [item["key"] for item in page["values"]]) == (2, True, ["CRM"])
    assert [item["key"] for item in ask("GET", "/project/search?query=rel")[1]["values"]] == ["CRM"]
    assert [item["key"] for item in ask("GET", "/project/search?keys=STRAT")[1]["values"]] == ["STRAT"]
    crm = ask("GET", "/project/crm")[1]
    assert (crm["style"], crm["simplified"], crm["lead"]["accountId"]) == ("next-gen", True, "acme:ada")
    assert [item["name"] for item in crm["components"]] == ["onboarding", "billing"]
    assert [item["name"] for item in crm["issueTypes"]] == ["Epic", "Story", "Task", "Bug", "Sub-task"]
    assert [item["projectId"] for item in ask("GET", "/project/CRM/components")[1]] == [10001, 10001]
    statuses = ask("GET", "/project/CRM/statuses")[1]
    assert [item["name"] for item in statuses] == ["Epic", "Story", "Task", "Bug", "Sub-task"]
    assert len(statuses[0]["statuses"]) == 4
    assert ask("GET", "/project/NOPEZZQ") == (
        404,
        {"errorMessages": ["No project could be found with key 'NOPEZZQ'."], "errors": {}},
    )


def test_permissions_must_be_named(ask: Ask) -> None:
    assert ask("GET", "/mypermissions")[1]["errorMessages"] == [
        "The 'permissions' query parameter is required."
    ]
    granted = ask("GET", "/mypermissions?permissions=EDIT_ISSUES,ADMINISTER&projectKey=CRM")[1]["permissions"]
    assert {key: value["havePermission"] for key, value in granted.items()} == {
        "EDIT_ISSUES": True,
        "ADMINISTER": True,
    }
    assert ask("GET", "/mypermissions?permissions=FLY")[0] == 400
    assert ask("GET", "/mypermissions?permissions=EDIT_ISSUES&projectKey=NO")[0] == 404


def test_create_and_edit_metadata_show_the_screens(ask: Ask) -> None:
    types = ask("GET", "/issue/createmeta/STRAT/issuetypes?maxResults=2")[1]
    assert (types["total"], [item["name"] for item in types["issueTypes"]]) == (5, ["Epic", "Story"])
    epic = ask("GET", f"/issue/createmeta/STRAT/issuetypes/{types['issueTypes'][0]['id']}")[1]
    assert {field["fieldId"]: field["required"] for field in epic["fields"]} == {
        "summary": True,
        "issuetype": True,
        "project": True,
        "labels": False,
    }
    task = ask("GET", "/issue/createmeta/STRAT/issuetypes/10003?maxResults=200")[1]["fields"]
    team = next(field for field in task if field["name"] == "Team")
    assert [option["value"] for option in team["allowedValues"]] == ["Red", "Blue"]
    assert next(field for field in task if field["fieldId"] == "labels")["operations"] == [
        "add",
        "remove",
        "set",
    ]
    subtask = ask("GET", "/issue/createmeta/STRAT/issuetypes/10005?maxResults=200")[1]["fields"]
    assert next(field for field in subtask if field["fieldId"] == "parent")["required"] is True
    assert ask("GET", "/issue/createmeta/STRAT/issuetypes/1")[0] == 400
    assert ask("GET", "/issue/createmeta/NO/issuetypes")[0] == 404
    edit = ask("GET", "/issue/STRAT-1/editmeta")[1]["fields"]
    assert set(edit) == {"summary", "description", "labels", "comment"}
