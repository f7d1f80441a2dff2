"""The sandbox as Jira Data Center: version 2 alone, epic links, offsets, names instead of account ids."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site
from tests.unit.sandbox.conftest import SEED

Ask = Callable[..., tuple[int, Any]]
Send = Callable[..., TestResponse]


def opened(site: Site) -> Send:
    client = create_app(site).test_client()

    def send(
        method: str, path: str, body: Any = None, *, authorization: str | None = "Bearer t-ada"
    ) -> TestResponse:
        headers = {} if authorization is None else {"Authorization": authorization}
        address = path if path.startswith("/rest") else f"/rest/api/2{path}"
        data = None if body is None else json.dumps(body)
        return client.open(
            address, method=method, data=data, headers=headers, content_type="application/json"
        )

    return send


def asked(send: Send) -> Ask:
    def ask(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        reply = send(method, path, body, **more)
        text = reply.get_data(as_text=True)
        return reply.status_code, json.loads(text, parse_float=Decimal) if text else None

    return ask


@pytest.fixture
def site(clock: Clock) -> Iterator[Site]:
    made = Site(SEED, clock=clock, flavor="data-center")
    yield made
    made.store.close()


@pytest.fixture
def send(site: Site) -> Send:
    return opened(site)


@pytest.fixture
def ask(send: Send) -> Ask:
    return asked(send)


def field(ask: Ask, custom: str) -> dict[str, Any]:
    fields = ask("GET", "/field")[1]
    (found,) = [item for item in fields if item.get("schema", {}).get("custom", "").endswith(custom)]
    return dict(found)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_it_is_a_server(ask: Ask) -> None:
    info = ask("GET", "/serverInfo", authorization=None)[1]
    assert (info["deploymentType"], info["version"], info["versionNumbers"]) == (
        "Server",
        "10.3.24",
        [10, 3, 24],
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/search/jql"),
        ("POST", "/issue/bulkfetch"),
        ("POST", "/changelog/bulkfetch"),
        ("POST", "/search/approximate-count"),
        ("POST", "/jql/parse"),
        ("GET", "/issue/STRAT-1/changelog"),
        ("GET", "/project/search"),
    ],
)
def test_what_only_cloud_has_is_not_there(send: Send, method: str, path: str) -> None:
    assert send(method, path, {} if method == "POST" else None).status_code in {404, 405}


def test_there_is_no_version_3(send: Send) -> None:
    reply = send("GET", "/rest/api/3/myself")
    assert (reply.status_code, reply.mimetype) == (404, "text/html")
    assert "dead link" in reply.get_data(as_text=True)


def test_an_unknown_path_is_json(ask: Ask) -> None:
    assert ask("GET", "/nothing") == (404, {"message": "HTTP 404 Not Found", "status-code": 404})


def test_an_access_token_logs_in(send: Send) -> None:
    reply = send("GET", "/myself")
    person = reply.get_json()
    assert (person["name"], person["key"], person["emailAddress"]) == (
        "ada",
        "JIRAUSER10100",
        "ada@acme.example",
    )
    assert "accountId" not in person
    assert (reply.headers["X-AUSERNAME"], reply.headers["X-Seraph-LoginReason"]) == ("ada", "OK")


def test_a_password_logs_in(send: Send) -> None:
    assert send("GET", "/myself", authorization=basic("bob", "t-bob")).get_json()["key"] == "JIRAUSER10101"


def test_an_unknown_token_stays_outside(send: Send) -> None:
    reply = send("GET", "/myself", authorization="Bearer wrong")
    assert (reply.status_code, reply.get_json()["status-code"]) == (401, 401)


def test_the_third_wrong_password_brings_a_captcha(send: Send) -> None:
    for _ in range(3):
        wrong = send("GET", "/myself", authorization=basic("ada", "wrong"))
        assert (wrong.status_code, wrong.mimetype) == (401, "text/html")
        assert wrong.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    denied = send("GET", "/myself", authorization=basic("ada", "t-ada"))
    assert (denied.status_code, denied.headers["X-Seraph-LoginReason"]) == (403, "AUTHENTICATION_DENIED")
    reason = denied.headers["X-Authentication-Denied-Reason"]
    assert reason == "CAPTCHA_CHALLENGE; login-url=http://127.0.0.1:8089/login.jsp"
    assert send("GET", "/myself").status_code == 200, "an access token knows no captcha"
    assert send("GET", "/myself", authorization=basic("bob", "t-bob")).status_code == 200


def test_a_right_password_forgives_wrong_ones(send: Send) -> None:
    for password in ("wrong", "wrong", "t-ada", "wrong", "wrong", "t-ada"):
        status = send("GET", "/myself", authorization=basic("ada", password)).status_code
        assert status == (200 if password == "t-ada" else 401)


def test_a_token_expires(clock: Clock) -> None:
    users = [SEED["users"][0] | {"expires": datetime(2026, 10, 6, tzinfo=UTC)}]
    issues: list[Any] = []
    seed = {"users": users, "projects": [{"key": "AA", "issues": issues}]}
    for flavor, login in (("cloud", basic("ada@acme.example", "t-ada")), ("data-center", "Bearer t-ada")):
        clock.set(datetime(2026, 10, 5, tzinfo=UTC))
        site = Site(seed, clock=clock, flavor="cloud" if flavor == "cloud" else "data-center")
        send = opened(site)
        assert send("GET", "/myself", authorization=login).status_code == 200
        clock.set(datetime(2026, 10, 6, tzinfo=UTC))
        assert send("GET", "/myself", authorization=login).status_code == 401
        site.store.close()


def test_two_people_cannot_log_in_by_one_name(clock: Clock) -> None:
    other = SEED["users"][1] | {"account_id": "other:ada"}
    seed = SEED | {"users": [*SEED["users"], other | {"email": "eve@acme.example"}]}
    with pytest.raises(ValueError, match="two people would log in to Data Center as 'ada'"):
        Site(seed, clock=clock, flavor="data-center")


def test_nobody_must_log_in(ask: Ask) -> None:
    status, body = ask("GET", "/myself", authorization=None)
    assert (status, body["errors"]) == (401, {})
    assert "Authentication required" in body["errorMessages"][0]


def test_nobody_finds_nothing_and_is_not_told_why(ask: Ask) -> None:
    status, found = ask("POST", "/search", {"jql": "created is not empty"}, authorization=None)
    assert (status, found["total"]) == (200, 0)
    assert ask("GET", "/project", authorization=None) == (200, [])
    assert ask("GET", "/issue/CRM-7", authorization=None)[0] == 401


def test_people_are_found_by_name(ask: Ask) -> None:
    assert [user["name"] for user in ask("GET", "/user/search?username=buil")[1]] == ["bob"]
    assert ask("GET", "/user?username=BOB")[1]["displayName"] == "Bob Builder"
    assert ask("GET", "/user?key=JIRAUSER10101")[1]["name"] == "bob"
    assert ask("GET", "/user?username=eve")[0] == 404


def test_the_agile_fields_have_numbers_of_their_own(ask: Ask) -> None:
    link, name = field(ask, ":gh-epic-link"), field(ask, ":gh-epic-label")
    assert (link["name"], link["schema"]["type"], name["name"]) == ("Epic Link", "any", "Epic Name")
    assert {link["id"], name["id"]}.isdisjoint({"customfield_10014", "customfield_10011"})
    for custom in (":gh-epic-status", ":gh-epic-color", ":gh-sprint", ":gh-lexo-rank"):
        assert "key" not in field(ask, custom)


def test_a_sown_parent_is_an_epic_link(ask: Ask) -> None:
    link, name = field(ask, ":gh-epic-link")["id"], field(ask, ":gh-epic-label")["id"]
    story = ask("GET", "/issue/CRM-7")[1]["fields"]
    assert (story[link], "parent" in story) == ("STRAT-1", False)
    assert ask("GET", "/issue/STRAT-1")[1]["fields"][name] == "Win the market"


@pytest.mark.parametrize(
    "clause", ['"Epic Link" = STRAT-1', "cf[{number}] = STRAT-1", '"Epic Link" in (STRAT-1)']
)
def test_stories_are_found_by_epic(ask: Ask, clause: str) -> None:
    number = field(ask, ":gh-epic-link")["schema"]["customId"]
    found = ask("POST", "/search", {"jql": clause.format(number=number), "fields": ["summary"]})[1]
    assert [issue["key"] for issue in found["issues"]] == ["CRM-7"]


def test_only_sub_tasks_have_a_parent(ask: Ask) -> None:
    task = {"project": {"key": "CRM"}, "issuetype": {"name": "Sub-task"}, "summary": "Wave"}
    refused = ask("POST", "/issue", {"fields": task})
    assert (refused[0], list(refused[1]["errors"])) == (400, ["issuetype"])
    made = ask("POST", "/issue", {"fields": task | {"parent": {"key": "CRM-7"}}})[1]
    assert ask("GET", f"/issue/{made['key']}")[1]["fields"]["parent"]["key"] == "CRM-7"
    found = ask("POST", "/search", {"jql": "parent = CRM-7"})[1]
    assert [issue["key"] for issue in found["issues"]] == [made["key"]]
    assert ask("POST", "/search", {"jql": "parent = STRAT-1"})[1]["total"] == 0
    story = {"project": {"key": "CRM"}, "issuetype": {"name": "Story"}, "summary": "Bow"}
    status, body = ask("POST", "/issue", {"fields": story | {"parent": {"key": "STRAT-1"}}})
    assert (status, list(body["errors"])) == (400, ["parent"])


def test_an_epic_needs_its_name(ask: Ask) -> None:
    name = field(ask, ":gh-epic-label")["id"]
    epic = {"project": {"key": "CRM"}, "issuetype": {"name": "Epic"}, "summary": "Greet"}
    assert ask("POST", "/issue", {"fields": epic}) == (
        400,
        {"errorMessages": [], "errors": {name: "Epic Name is required."}},
    )
    assert ask("POST", "/issue", {"fields": epic | {name: "Greet"}})[0] == 201


def test_a_story_changes_its_epic_and_the_history_tells(ask: Ask) -> None:
    link, name = field(ask, ":gh-epic-link")["id"], field(ask, ":gh-epic-label")["id"]
    epic = {"project": {"key": "CRM"}, "issuetype": {"name": "Epic"}, "summary": "Greet", name: "Greet"}
    key = ask("POST", "/issue", {"fields": epic})[1]["key"]
    assert ask("PUT", "/issue/CRM-7", {"fields": {link: key}})[0] == 204
    issue = ask("GET", "/issue/CRM-7?expand=changelog")[1]
    assert issue["fields"][link] == key
    (change,) = issue["changelog"]["histories"][-1]["items"]
    assert (change["field"], change["fieldtype"], change["fromString"], change["toString"]) == (
        "Epic Link",
        "custom",
        "STRAT-1",
        key,
    )
    assert ask("PUT", "/issue/CRM-7", {"fields": {link: None}})[0] == 204
    assert ask("GET", "/issue/CRM-7")[1]["fields"][link] is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"key": "STRAT-1"}, "String value expected as the Epic Key."),
        ("NOPE-1", "Issue with key 'NOPE-1' could not be found."),
        ("CRM-8", "Issue with key 'CRM-8' is not an epic."),
    ],
)
def test_an_epic_link_is_the_key_of_an_epic(ask: Ask, value: Any, told: str) -> None:
    link = field(ask, ":gh-epic-link")["id"]
    assert ask("PUT", "/issue/CRM-7", {"fields": {link: value}}) == (
        400,
        {"errorMessages": [], "errors": {link: told}},
    )


def test_a_search_has_offsets_and_a_total(ask: Ask) -> None:
    jql = "project = CRM ORDER BY key"
    page = ask("GET", f"/search?jql={jql}&maxResults=1&startAt=1")[1]
    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 1, 2)
    assert [issue["key"] for issue in page["issues"]] == ["CRM-8"]
    everything = ask("POST", "/search", {"jql": "", "maxResults": 5000})[1]
    assert (everything["maxResults"], everything["total"]) == (1000, 3)
    assert ask("POST", "/search", {"jql": jql, "maxResults": 0})[1]["issues"] == []
    story = ask("GET", "/search?jql=key=CRM-7")[1]["issues"][0]["fields"]
    assert story["summary"] == "Say hello"
    assert "comment" not in story


@pytest.mark.parametrize(
    ("jql", "told"),
    [
        ("nope = 1", "Field 'nope' does not exist or you do not have permission to view it."),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("key = CRM-99", "An issue with key 'CRM-99' does not exist for field 'key'."),
    ],
)
def test_what_a_query_names_wrongly_is_told(ask: Ask, jql: str, told: str) -> None:
    assert ask("POST", "/search", {"jql": jql}) == (400, {"errorMessages": [told], "errors": {}})
    lenient = ask("POST", "/search", {"jql": jql, "validateQuery": False})[1]
    assert (lenient["total"], lenient["warningMessages"]) == (0, [told])


def test_a_search_body_has_no_other_properties(ask: Ask) -> None:
    status, body = ask("POST", "/search", {"jql": "", "nextPageToken": "x"})
    assert (status, "nextPageToken" in body["errorMessages"][0]) == (400, True)


def test_texts_are_wiki_markup(ask: Ask) -> None:
    assert ask("PUT", "/issue/CRM-8", {"fields": {"description": "h2. Why\n\n*Because*"}})[0] == 204
    assert ask("GET", "/issue/CRM-8")[1]["fields"]["description"] == "h2. Why\n\n*Because*"
    document = {"type": "doc", "version": 1, "content": []}
    assert list(ask("PUT", "/issue/CRM-8", {"fields": {"description": document}})[1]["errors"]) == [
        "description"
    ]
    comment = ask("POST", "/issue/CRM-8/comment", {"body": "_Soon_"})[1]
    assert (comment["body"], comment["author"]["name"]) == ("_Soon_", "ada")


def test_people_are_set_and_shown_by_name(ask: Ask) -> None:
    assert ask("PUT", "/issue/CRM-8", {"fields": {"assignee": {"name": "ada"}}})[0] == 204
    assert ask("GET", "/issue/CRM-8")[1]["fields"]["assignee"]["name"] == "ada"
    assert ask("POST", "/search", {"jql": "assignee = ada"})[1]["total"] == 1
    wrong = ask("PUT", "/issue/CRM-8", {"fields": {"assignee": {"name": "eve"}}})
    assert wrong == (400, {"errorMessages": [], "errors": {"assignee": "User 'eve' does not exist."}})


def test_types_and_projects_have_no_marks_of_cloud(ask: Ask) -> None:
    assert all("hierarchyLevel" not in kind for kind in ask("GET", "/issuetype")[1])
    project = ask("GET", "/project/CRM")[1]
    assert {"style", "simplified", "isPrivate"}.isdisjoint(project)
    assert project["lead"]["name"] == "ada"


def test_the_metadata_of_creation_is_a_page_of_values(ask: Ask) -> None:
    types = ask("GET", "/issue/createmeta/CRM/issuetypes")[1]
    assert (types["isLast"], types["total"], types["values"][0]["name"]) == (True, 5, "Epic")
    epic = types["values"][0]["id"]
    fields = ask("GET", f"/issue/createmeta/CRM/issuetypes/{epic}?maxResults=200")[1]
    by_id = {item["fieldId"]: item for item in fields["values"]}
    assert by_id[field(ask, ":gh-epic-label")["id"]]["required"] is True
    assert field(ask, ":gh-epic-link")["id"] not in by_id
    assert "key" not in by_id["summary"]
    story = ask("GET", f"/issue/createmeta/CRM/issuetypes/{types['values'][1]['id']}?maxResults=200")[1]
    assert field(ask, ":gh-epic-link")["id"] in {item["fieldId"] for item in story["values"]}


def test_the_old_metadata_is_gone(ask: Ask) -> None:
    assert ask("GET", "/issue/createmeta?projectKeys=CRM") == (
        404,
        {"errorMessages": ["Issue Does Not Exist"], "errors": {}},
    )


@pytest.mark.parametrize(
    ("version", "paged", "old"), [("8.3.1", 404, 200), ("8.20.30", 200, 200), ("9.12.0", 200, 404)]
)
def test_each_version_has_its_own_metadata(clock: Clock, version: str, paged: int, old: int) -> None:
    site = Site(SEED, clock=clock, flavor="data-center", version=version)
    ask = asked(opened(site))
    assert ask("GET", "/issue/createmeta/CRM/issuetypes")[0] == paged
    status, body = ask("GET", "/issue/createmeta?projectKeys=CRM&expand=projects.issuetypes.fields")
    assert status == old
    if status == 200:
        (project,) = body["projects"]
        epic = project["issuetypes"][0]
        assert (project["key"], epic["name"], epic["fields"]["summary"]["required"]) == ("CRM", "Epic", True)
    site.store.close()


def test_epics_take_and_lose_issues(ask: Ask) -> None:
    epics = "/rest/agile/1.0/epic"
    assert ask("POST", f"{epics}/STRAT-1/issue", {"issues": ["CRM-8"]})[0] == 204
    found = ask("GET", f"{epics}/STRAT-1/issue?fields=summary")[1]
    assert sorted(issue["key"] for issue in found["issues"]) == ["CRM-7", "CRM-8"]
    assert ask("POST", f"{epics}/none/issue", {"issues": ["CRM-7"]})[0] == 204
    assert [issue["key"] for issue in ask("GET", f"{epics}/none/issue")[1]["issues"]] == ["CRM-7"]
    assert ask("POST", f"{epics}/CRM-8/issue", {"issues": ["CRM-7"]})[0] == 400
    assert ask("GET", "/rest/agile/1.0/board")[1]["total"] == 2


def test_issues_are_made_in_bulk_with_their_properties(ask: Ask) -> None:
    one = {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": "Smile"}
    mark = [{"key": "mark", "value": {"of": "us"}}]
    body = {"issueUpdates": [{"fields": one, "properties": mark}, {"fields": {"project": {"key": "CRM"}}}]}
    status, made = ask("POST", "/issue/bulk", body)
    assert (status, len(made["issues"]), made["errors"][0]["failedElementNumber"]) == (201, 1, 1)
    key = made["issues"][0]["key"]
    assert ask("GET", f"/issue/{key}?properties=mark")[1]["properties"] == {"mark": {"of": "us"}}


def test_fields_may_have_the_names_of_another_language(clock: Clock) -> None:
    seed = SEED | {"site": {"names": {"Epic Link": "Epos-Verknüpfung", "Epic Name": "Eposname"}}}
    site = Site(seed, clock=clock, flavor="data-center")
    ask = asked(opened(site))
    assert field(ask, ":gh-epic-link")["name"] == "Epos-Verknüpfung"
    assert ask("POST", "/search", {"jql": '"Epos-Verknüpfung" = STRAT-1'})[1]["total"] == 1
    site.store.close()


def test_a_store_keeps_its_flavor(site: Site) -> None:
    assert Site(SEED, store=site.store).flavor == "data-center"
    with pytest.raises(ValueError, match="data-center site"):
        Site(SEED, store=site.store, flavor="cloud")


@pytest.mark.parametrize(("lack", "status"), [("POST /issue/bulk", 404), ("POST /issue/bulk 405", 405)])
def test_an_endpoint_may_be_missing(clock: Clock, lack: str, status: int) -> None:
    seed = SEED | {"site": {"missing": [lack, "GET /issue/{key}/editmeta 501"]}}
    flavors: tuple[tuple[Flavor, int], ...] = (("cloud", 3), ("data-center", 2))
    for flavor, version in flavors:
        site = Site(seed, clock=clock, flavor=flavor)
        send = opened(site)
        login = basic("ada@acme.example", "t-ada") if flavor == "cloud" else "Bearer t-ada"
        base = f"/rest/api/{version}"
        assert send("POST", f"{base}/issue/bulk", {}, authorization=login).status_code == status
        assert send("GET", f"{base}/issue/CRM-7/editmeta", authorization=login).status_code == 501
        assert send("GET", f"{base}/issue/CRM-7", authorization=login).status_code == 200
        site.store.close()
