"""Fields that an administrator makes: known at once, settable once they are on a screen."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site
from tests.unit.sandbox.conftest import SEED
from tests.unit.sandbox.flavored import FLAVORS, Door

FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
CASCADE = "com.atlassian.jira.plugin.system.customfieldtypes:cascadingselect"
SEARCHER = "com.atlassian.jira.plugin.system.customfieldtypes:exactnumber"
NUMBER = {"name": "Reach", "type": FLOAT, "searcherKey": SEARCHER}


def opened(clock: Clock, flavor: Any) -> Door:
    seed = deepcopy(SEED)
    seed["projects"].append({"key": "OPS", "issues": [{"type": "Task", "summary": "Sweep"}]})
    seed["permissions"] = [{"user": "acme:bob", "without": ["ADMINISTER"]}]
    return Door(Site(seed, clock=clock, flavor=flavor))


@pytest.fixture(params=FLAVORS)
def door(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Door]:
    made = opened(clock, request.param)
    yield made
    made.site.store.close()


@pytest.fixture
def cloud(clock: Clock) -> Iterator[Door]:
    made = opened(clock, "cloud")
    yield made
    made.site.store.close()


def test_a_new_field_needs_a_screen(door: Door) -> None:
    status, made = door.ask("POST", "/field", NUMBER)
    assert (status, made["name"], made["schema"]["custom"], made["searchable"]) == (201, "Reach", FLOAT, True)
    field = door.field_id("Reach")
    assert made["id"] == field
    body = {"fields": {field: 7}}
    refused = door.ask("PUT", "/issue/OPS-1", body)[1]["errors"]
    assert refused == {
        field: f"Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
    }
    assert field not in door.creation("OPS", "Task")
    cloud = door.site.flavor == "cloud"
    assert door.ask("POST", f"/screens/addToDefault/{field}")[0] == (200 if cloud else 201)
    assert door.ask("PUT", "/issue/OPS-1", body)[0] == 204
    assert door.keys("Reach > 6") == ["OPS-1"]
    assert field in door.creation("OPS", "Task")
    assert field in door.ask("GET", "/issue/OPS-1/editmeta")[1]["fields"]
    assert door.ask("POST", f"/screens/addToDefault/{field}")[0] == (404 if cloud else 400), "it is there"


def test_a_project_with_screens_of_its_own_needs_the_field_on_them(door: Door) -> None:
    field = door.ask("POST", "/field", NUMBER)[1]["id"]
    reply = door.ask("GET", "/screens")[1]
    screens = reply["values"] if door.site.flavor == "cloud" else reply
    by_name = {item["name"]: item["id"] for item in screens}
    assert {"Default Screen", "STRAT Epic create Screen", "STRAT Epic edit Screen"} <= set(by_name)
    screen = by_name["STRAT Epic edit Screen"]
    (tab,) = door.ask("GET", f"/screens/{screen}/tabs")[1]
    path = f"/screens/{screen}/tabs/{tab['id']}/fields"
    assert "description" in {item["id"] for item in door.ask("GET", path)[1]}
    available = {item["id"] for item in door.ask("GET", f"/screens/{screen}/availableFields")[1]}
    assert field in available
    assert door.ask("POST", path, {"fieldId": field}) == (200, {"id": field, "name": "Reach"})
    assert door.ask("POST", path, {"fieldId": field})[0] == 400
    assert door.ask("PUT", "/issue/STRAT-1", {"fields": {field: 1}})[0] == 204
    assert field not in door.creation("STRAT", "Epic"), "that is another screen"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/field"), ("GET", "/screens"), ("POST", "/screens/addToDefault/customfield_10100")],
)
def test_others_may_not(door: Door, method: str, path: str) -> None:
    status, told = door.ask(method, path, NUMBER if path == "/field" else None, user="acme:bob")
    assert status in {400, 401, 403}
    assert told["errorMessages"][0].startswith("Only Jira administrators can")


def test_a_field_without_a_searcher_is_not_searched(door: Door) -> None:
    made = door.ask("POST", "/field", {"name": "Reach", "type": FLOAT})[1]
    assert (made["searchable"], made["clauseNames"]) == (False, [])
    if door.site.flavor == "data-center":
        assert door.ask("POST", "/search", {"jql": "Reach > 1"})[0] == 400
    else:
        assert door.keys("Reach > 1") == []


@pytest.mark.parametrize(
    ("body", "wrong"), [({"type": FLOAT}, "name"), ({"name": "Reach", "type": "nonsense"}, "type")]
)
def test_a_wrong_definition_is_refused(door: Door, body: dict[str, Any], wrong: str) -> None:
    status, told = door.ask("POST", "/field", body)
    assert (status, list(told["errors"])) == (400, [wrong])


def test_what_was_made_is_there_when_the_site_opens_again(door: Door) -> None:
    door.ask("POST", "/field", NUMBER)
    again = Door(Site(SEED, store=door.site.store))
    assert again.field_id("Reach") == door.field_id("Reach")


def test_a_cascade_is_filled_and_used(cloud: Door) -> None:
    field = cloud.ask(
        "POST", "/field", {"name": "Region", "type": CASCADE, "searcherKey": f"{CASCADE}searcher"}
    )[1]["id"]
    (context,) = cloud.ask("GET", f"/field/{field}/context")[1]["values"]
    assert (context["isGlobalContext"], context["isAnyIssueType"]) == (True, True)
    path = f"/field/{field}/context/{context['id']}/option"
    (europe,) = cloud.ask("POST", path, {"options": [{"value": "Europe"}]})[1]["options"]
    status, made = cloud.ask("POST", path, {"options": [{"value": "Spain", "optionId": europe["id"]}]})
    assert (status, made["options"][0]["optionId"]) == (200, europe["id"])
    assert [item["value"] for item in cloud.ask("GET", path)[1]["values"]] == ["Europe", "Spain"]
    assert cloud.ask("POST", path, {"options": [{"value": "Europe"}]})[0] == 400
    cloud.ask("POST", f"/screens/addToDefault/{field}")
    value = {"value": "Europe", "child": {"value": "Spain"}}
    assert cloud.ask("PUT", "/issue/OPS-1", {"fields": {field: value}})[0] == 204
    shown = cloud.ask("GET", "/issue/OPS-1")[1]["fields"][field]
    assert (shown["value"], shown["child"]["value"]) == ("Europe", "Spain")


def test_a_context_widens_where_a_field_applies(cloud: Door) -> None:
    field = cloud.ask("POST", "/field", NUMBER)[1]["id"]
    body = {"name": "Only here", "projectIds": ["10002"], "issueTypeIds": []}
    status, made = cloud.ask("POST", f"/field/{field}/context", body)
    assert (status, made["name"], made["projectIds"]) == (201, "Only here", ["10002"])
    assert len(cloud.ask("GET", f"/field/{field}/context")[1]["values"]) == 2
    assert cloud.ask("POST", f"/field/{field}/context", body | {"projectIds": ["99"]})[0] == 404
    assert cloud.ask("GET", "/field/customfield_99999/context")[0] == 404
    assert cloud.ask("GET", f"/field/{field}/context", user="acme:bob")[0] == 403


def test_fields_are_searched(cloud: Door) -> None:
    found = cloud.ask("GET", "/field/search?type=custom&query=story")[1]
    assert [item["name"] for item in found["values"]] == ["Story Points"]


def test_data_center_makes_a_field_for_some_projects_and_types(clock: Clock) -> None:
    door = opened(clock, "data-center")
    task = door.type_id("OPS", "Task")
    field = door.ask("POST", "/field", NUMBER | {"projectIds": [10002], "issueTypeIds": [task]})[1]["id"]
    door.ask("POST", f"/screens/addToDefault/{field}")
    assert field in door.creation("OPS", "Task")
    assert field not in door.creation("OPS", "Story")
    assert field not in door.creation("CRM", "Task")
    (listed,) = door.ask("GET", "/customFields?search=reach")[1]["values"]
    assert (listed["id"], listed["projectIds"], listed["issueTypeIds"]) == (field, [10002], [task])
    options = door.ask("GET", f"/customFields/{door.field_id('Team')}/options")[1]
    assert (options["total"], options["options"][0]["value"]) == (2, "Red")
    door.site.store.close()
