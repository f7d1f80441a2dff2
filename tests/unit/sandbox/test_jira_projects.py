"""Projects with things of their own: fields, types, statuses, screens that ask for values."""

from collections.abc import Iterator
from typing import Any

import pytest

from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site
from tests.unit.sandbox.flavored import FLAVORS, Door

REGIONS = {"Europe": ["Spain", "France"], "Asia": []}
TEAMS = 40
SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:ada", "name": "Ada", "email": "ada@acme.example", "token": "t-ada"}],
    "fields": [
        {"name": "Team", "type": "select", "options": ["Red", "Blue"]},
        {"name": "Region", "type": "cascading", "options": REGIONS},
        {"name": "Mood", "type": "radio", "options": ["Up", "Down"]},
        {"name": "Channels", "type": "checkboxes", "options": ["Web", "Shop"]},
    ],
    "projects": [
        {
            "key": "STRAT",
            "screens": {
                "Epic": {
                    "create": ["summary", "description", "Team"],
                    "edit": ["summary", "Team", "description"],
                    "required": ["Team", "description"],
                }
            },
            "issues": [
                {
                    "type": "Story",
                    "summary": "Sail",
                    "fields": {"Region": ["Europe", "Spain"], "Mood": "Up", "Channels": ["Web"]},
                }
            ],
        },
        *(
            {
                "key": f"T{number}",
                "style": "next-gen",
                "fields": [{"name": "Reach", "type": "number"}],
                "issues": [
                    {"type": "Epic", "summary": "Aim", "fields": {"Reach": number}},
                    {"type": "Task", "summary": "Do", "status": "In Progress", "parent": f"T{number}-1"},
                ],
            }
            for number in range(1, TEAMS + 1)
        ),
    ],
}


@pytest.fixture(params=FLAVORS)
def door(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Door]:
    site = Site(SEED, clock=clock, flavor=request.param)
    yield Door(site)
    site.store.close()


def named(door: Door, name: str) -> list[dict[str, Any]]:
    return [item for item in door.ask("GET", "/field")[1] if item["name"] == name]


def test_each_team_has_a_field_of_one_name(door: Door) -> None:
    fields = named(door, "Reach")
    assert len({item["id"] for item in fields}) == TEAMS
    if door.site.flavor == "cloud":
        assert fields[0]["scope"] == {"type": "PROJECT", "project": {"id": "10001"}}
    else:
        assert all("scope" not in item for item in fields)
    own, other = fields[1]["id"], fields[2]["id"]
    assert own in door.creation("T2", "Task")
    assert other not in door.creation("T2", "Task")
    assert door.ask("PUT", "/issue/T2-1", {"fields": {own: 5}})[0] == 204
    assert list(door.ask("PUT", "/issue/T2-1", {"fields": {other: 5}})[1]["errors"]) == [other]


def test_a_name_of_several_fields_searches_them_all(door: Door) -> None:
    assert sorted(door.keys("Reach in (3, 7)")) == ["T3-1", "T7-1"]
    assert door.keys("Reach > 39") == ["T40-1"]
    number = named(door, "Reach")[2]["schema"]["customId"]
    assert door.keys(f"cf[{number}] > 0") == ["T3-1"]


def test_teams_on_cloud_have_types_and_statuses_of_their_own(clock: Clock) -> None:
    door = Door(Site(SEED, clock=clock))
    shared, own = door.type_id("STRAT", "Epic"), door.type_id("T1", "Epic")
    assert shared != own
    kinds = {item["id"]: item for item in door.ask("GET", "/issuetype")[1]}
    assert (kinds[own]["scope"]["project"]["id"], kinds[own]["hierarchyLevel"]) == ("10001", 1)
    assert "scope" not in kinds[shared]
    statuses = [item for item in door.ask("GET", "/status")[1] if item["name"] == "In Progress"]
    assert len(statuses) == TEAMS + 1
    assert {item["statusCategory"]["key"] for item in statuses} == {"indeterminate"}
    assert len(door.keys('status = "In Progress"')) == TEAMS
    ways = door.ask("GET", "/issue/T1-2/transitions")[1]["transitions"]
    assert len(ways) == 4
    done = next(item for item in ways if item["name"] == "Done")
    assert door.ask("POST", "/issue/T1-2/transitions", {"transition": {"id": done["id"]}})[0] == 204
    assert door.keys("status = Done") == ["T1-2"]
    project = door.ask("GET", "/project/T1")[1]
    assert (project["style"], project["simplified"]) == ("next-gen", True)
    door.site.store.close()


def test_administrators_do_not_reach_into_a_team_on_cloud(clock: Clock) -> None:
    door = Door(Site(SEED, clock=clock))
    assert all(not item["name"].startswith("T") for item in door.ask("GET", "/screens")[1]["values"])
    scoped = named(door, "Reach")[0]["id"]
    assert door.ask("POST", f"/screens/addToDefault/{scoped}")[0] == 404
    body = {"name": "Wide", "type": "com.atlassian.jira.plugin.system.customfieldtypes:float"}
    wide = door.ask("POST", "/field", body)[1]["id"]
    door.ask("POST", f"/screens/addToDefault/{wide}")
    assert list(door.ask("PUT", "/issue/T1-1", {"fields": {wide: 5}})[1]["errors"]) == [wide]
    door.site.store.close()


def test_required_fields_are_asked_for(door: Door) -> None:
    team = door.field_id("Team")
    epic = {"project": {"key": "STRAT"}, "issuetype": {"name": "Epic"}, "summary": "Aim"}
    if door.site.flavor == "data-center":
        epic[door.field_id("Epic Name")] = "Aim"
    status, told = door.ask("POST", "/issue", {"fields": epic})
    assert status == 400
    assert told["errors"] == {team: "Team is required.", "description": "Description is required."}
    meta = door.creation("STRAT", "Epic")
    assert {key for key in (team, "description", "summary") if meta[key]["required"]} == {
        team,
        "description",
        "summary",
    }
    text: Any = "Why"
    if door.site.flavor == "cloud":
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "Why"}]}
        text = {"type": "doc", "version": 1, "content": [paragraph]}
    full = epic | {team: {"value": "Red"}, "description": text}
    key = door.ask("POST", "/issue", {"fields": full})[1]["key"]
    emptied = door.ask("PUT", f"/issue/{key}", {"fields": {team: None}})
    assert emptied == (400, {"errorMessages": [], "errors": {team: "Team is required."}})
    assert door.ask("PUT", f"/issue/{key}", {"fields": {"summary": "Aim high"}})[0] == 204
    assert door.ask("GET", f"/issue/{key}/editmeta")[1]["fields"][team]["required"] is True


def test_a_cascade_has_a_child(door: Door) -> None:
    region = door.field_id("Region")
    shown = door.ask("GET", "/issue/STRAT-1")[1]["fields"][region]
    assert (shown["value"], shown["child"]["value"]) == ("Europe", "Spain")
    for value, told in (
        ({"value": "Europe", "child": {"value": "Peru"}}, "Option value 'Peru' is not valid"),
        ({"value": "Mars"}, "Option value 'Mars' is not valid"),
    ):
        assert door.ask("PUT", "/issue/STRAT-1", {"fields": {region: value}})[1]["errors"] == {region: told}
    assert door.ask("PUT", "/issue/STRAT-1", {"fields": {region: {"value": "Asia"}}})[0] == 204
    assert "child" not in door.ask("GET", "/issue/STRAT-1")[1]["fields"][region]
    assert door.keys("Region = Asia") == ["STRAT-1"]
    allowed = door.creation("STRAT", "Task")[region]["allowedValues"]
    assert [child["value"] for child in allowed[0]["children"]] == ["Spain", "France"]
    page = door.client.get("/browse/STRAT-1").get_data(as_text=True)
    assert "Europe - Spain" in page, "the history says what it was"


def test_radio_buttons_and_checkboxes_are_choices(door: Door) -> None:
    mood, channels = door.field_id("Mood"), door.field_id("Channels")
    fields = {mood: {"value": "Down"}, channels: [{"value": "Web"}, {"value": "Shop"}]}
    assert door.ask("PUT", "/issue/STRAT-1", {"fields": fields})[0] == 204
    shown = door.ask("GET", "/issue/STRAT-1")[1]["fields"]
    assert shown[mood]["value"] == "Down"
    assert [item["value"] for item in shown[channels]] == ["Web", "Shop"]
    assert door.keys("Channels = Shop AND Mood = Down") == ["STRAT-1"]


def test_a_seed_value_for_a_field_of_another_project_is_an_error(clock: Clock) -> None:
    wrong = {
        "projects": [
            {"key": "AA", "fields": [{"name": "Reach", "type": "number"}]},
            {"key": "BB", "issues": [{"type": "Task", "summary": "Do", "fields": {"Reach": 1}}]},
        ]
    }
    with pytest.raises(ValueError, match="project BB has no field 'Reach'"):
        Site(wrong, clock=clock)


def test_a_security_level_hides_an_issue_from_others(clock: Clock) -> None:
    people = [
        {"account_id": f"acme:{name}", "name": name, "email": f"{name}@acme.example", "token": f"t-{name}"}
        for name in ("ada", "bob")
    ]
    issues = [
        {"type": "Task", "summary": "Open", "links": [{"type": "relates to", "to": "OPS-2"}]},
        {"type": "Task", "summary": "Secret", "security": "Board"},
    ]
    screens = {"*": ["summary", "security"]}
    seed = {
        "users": people,
        "security_levels": [{"name": "Board", "users": ["acme:ada"]}],
        "projects": [{"key": "OPS", "screens": screens, "issues": issues}],
    }
    for flavor in FLAVORS:
        door = Door(Site(seed, clock=clock, flavor=flavor))
        assert door.ask("GET", "/issue/OPS-2")[1]["fields"]["security"]["name"] == "Board"
        assert door.keys("project = OPS AND level = Board") == ["OPS-2"]
        assert door.ask("GET", "/issue/OPS-2", user="acme:bob")[0] == 404
        assert door.keys("project = OPS", user="acme:bob") == ["OPS-1"]
        assert door.ask("GET", "/issue/OPS-1", user="acme:bob")[1]["fields"]["issuelinks"] == []
        assert door.ask("PUT", "/issue/OPS-2", {"fields": {"security": None}})[0] == 204
        assert door.ask("GET", "/issue/OPS-2", user="acme:bob")[0] == 200
        door.site.store.close()


def test_epics_of_the_agile_api_are_the_same_on_both(door: Door) -> None:
    epics = "/rest/agile/1.0/epic"
    assert [item["key"] for item in door.ask("GET", f"{epics}/T1-1/issue")[1]["issues"]] == ["T1-2"]
    assert door.ask("GET", f"{epics}/T1-1")[1]["summary"] == "Aim"
    assert door.ask("POST", f"{epics}/none/issue", {"issues": ["T1-2"]})[0] == 204
    assert door.ask("GET", f"{epics}/T1-1/issue?maxResults=5")[1]["total"] == 0
    board = door.ask("GET", "/rest/agile/1.0/board")[1]["values"][0]["id"]
    assert door.ask("GET", f"/rest/agile/1.0/board/{board}/issue?fields=summary")[1]["total"] == 1
