"""Programs of other people at home in the sandbox, over HTTP: `jira`, `atlassian-python-api`, `jira.js`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import atlassian
import jira
import pytest
from requests import HTTPError

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site

pytestmark = pytest.mark.network

Client = Any  # the types that the packages give for themselves are wrong in places
CHORES = 250
KEYS = [f"OPS-{number}" for number in range(2, CHORES + 2)]
STRANGERS = Path(__file__).parent / "strangers"
SEED: dict[str, Any] = {
    "fields": [{"name": "Story Points", "type": "number"}],
    "projects": [
        {
            "key": "OPS",
            "name": "Operations",
            "issues": [{"type": "Epic", "summary": "Run smoothly"}]
            + [
                {"type": "Task", "summary": f"Chore {number}", "parent": "OPS-1"}
                for number in range(2, CHORES + 2)
            ],
        }
    ],
}


@dataclass(frozen=True)
class Place:
    """Where a site is, and how it calls what differs."""

    url: str
    flavor: Flavor

    @property
    def children(self) -> str:
        """The query for all issues of the one epic."""
        link = "parent" if self.flavor == "cloud" else '"Epic Link"'
        return f"{link} = OPS-1 ORDER BY key"


def opened(flavor: Flavor, version: str | None = None) -> Iterator[Place]:
    site = Site(SEED, flavor=flavor, version=version)
    with serve(create_app(site), port=0) as server:
        site.base_url = server.url
        yield Place(server.url, flavor)
    site.store.close()


@pytest.fixture(scope="module", params=["cloud", "data-center"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    yield from opened(request.param)


@pytest.fixture(scope="module")
def data_center() -> Iterator[Place]:
    yield from opened("data-center")


@pytest.fixture
def client(data_center: Place) -> Iterator[Client]:
    stranger = jira.JIRA(server=data_center.url, token_auth="sandbox-token")
    yield stranger
    stranger._session.close()


@pytest.fixture
def wrapper(place: Place) -> Iterator[Client]:
    if place.flavor == "cloud":
        made = atlassian.Jira(
            place.url, username="admin@sandbox.example", password="sandbox-token", cloud=True
        )
    else:
        made = atlassian.Jira(place.url, token="sandbox-token")
    yield made
    made.close()


def test_jira_logs_in_to_data_center(client: Client, data_center: Place) -> None:
    assert client.myself()["name"] == "admin"
    assert (client.server_info()["deploymentType"], client._version) == ("Server", (10, 3, 24))
    assert [user.name for user in client.search_users(user="ada")] == ["admin"]
    by_name = jira.JIRA(server=data_center.url, basic_auth=("admin", "sandbox-token"))
    assert by_name.current_user() == "admin"
    by_name._session.close()
    wrong = jira.JIRA(server=data_center.url, token_auth="wrong", get_server_info=False)
    with pytest.raises(jira.JIRAError) as refused:
        wrong.myself()
    assert refused.value.status_code == 401
    wrong._session.close()


def test_jira_pages_through_data_center(client: Client, data_center: Place) -> None:
    assert [issue.key for issue in client.search_issues(data_center.children, maxResults=False)] == KEYS
    page = client.search_issues(data_center.children, startAt=240, maxResults=100, fields="summary")
    assert ([issue.key for issue in page], page.total) == (KEYS[240:], CHORES)
    with pytest.raises(jira.JIRAError) as refused:
        client.search_issues("nope = 1")
    assert refused.value.text == "Field 'nope' does not exist or you do not have permission to view it."


def test_jira_creates_edits_and_moves_on_data_center(client: Client) -> None:
    fields = {item["name"]: item["id"] for item in client.fields()}
    created = client.create_issue(
        project="OPS",
        issuetype={"name": "Task"},
        summary="Try the handle",
        description="It *turns*.",
        **{fields["Epic Link"]: "OPS-1", fields["Story Points"]: 2.5},
    )
    issue = client.issue(created.key)
    assert issue.fields.description == "It *turns*."
    assert getattr(issue.fields, fields["Epic Link"]) == "OPS-1"
    issue.update(fields={"summary": "Tried the handle"})
    client.assign_issue(issue, "admin")
    client.add_comment(issue, "Oiled, too.")
    client.transition_issue(issue, "Done", comment="Finished")
    client.create_issue_link("Blocks", issue.key, "OPS-2")
    client.add_simple_link(issue, {"url": "https://acme.example", "title": "Acme"})
    client.add_issue_property(issue, "stranger", {"was": "here"})
    client.add_issues_to_epic("OPS-1", ["OPS-3"])
    again = client.issue(created.key, expand="changelog")
    assert (again.fields.assignee.name, again.fields.status.statusCategory.key) == ("admin", "done")
    assert [comment.body for comment in again.fields.comment.comments] == ["Oiled, too.", "Finished"]
    assert client.issue_property(issue, "stranger").value.was == "here"
    changed = {item.field for entry in again.changelog.histories for item in entry.items}
    assert {"summary", "assignee", "status", "resolution", "Link"} <= changed
    created.delete()


def test_jira_reads_the_metadata_of_creation(client: Client) -> None:
    epic = next(kind for kind in client.project_issue_types("OPS") if kind.name == "Epic")
    required = {
        item.name for item in client.project_issue_fields("OPS", epic.id, maxResults=200) if item.required
    }
    assert "Epic Name" in required


def test_jira_reads_the_old_metadata_of_an_old_server() -> None:
    for place in opened("data-center", "8.3.4"):
        old = jira.JIRA(server=place.url, token_auth="sandbox-token")
        meta = old.createmeta("OPS", issuetypeNames="Epic", expand="projects.issuetypes.fields")
        (epic,) = meta["projects"][0]["issuetypes"]
        assert {item["name"] for item in epic["fields"].values() if item["required"]} >= {"Epic Name"}
        old._session.close()


def test_atlassian_logs_in_and_pages(wrapper: Client, place: Place) -> None:
    who = wrapper.myself()
    assert who["accountId" if place.flavor == "cloud" else "name"] in {"sandbox:admin", "admin"}
    if place.flavor == "cloud":
        found = wrapper.enhanced_jql_get_list_of_tickets(place.children, fields="summary")
        assert wrapper.approximate_issue_count("parent = OPS-1")["count"] == CHORES
    else:
        found = wrapper.jql_get_list_of_tickets(place.children, fields="summary")
        assert wrapper.jql(place.children, start=240, limit=50)["total"] == CHORES
    assert [issue["key"] for issue in found] == KEYS


def test_atlassian_creates_edits_moves_and_links(wrapper: Client, place: Place) -> None:
    fields: dict[str, Any] = {
        "project": {"key": "OPS"},
        "issuetype": {"name": "Task"},
        "summary": "Turn the wheel",
        "description": "It *squeaks*.",
    }
    if place.flavor == "cloud":
        fields["parent"] = {"key": "OPS-1"}
    else:
        named = {item["name"]: item["id"] for item in wrapper.get_all_fields()}
        fields[named["Epic Link"]] = "OPS-1"
    key = wrapper.issue_create(fields)["key"]
    wrapper.update_issue_field(key, {"summary": "Turned the wheel"})
    wrapper.issue_add_comment(key, "Oil it.")
    wrapper.set_issue_status(key, "Done")
    wrapper.create_issue_link(
        {"type": {"name": "Blocks"}, "inwardIssue": {"key": key}, "outwardIssue": {"key": "OPS-2"}}
    )
    wrapper.create_or_update_issue_remote_links(key, "https://acme.example", "Acme", global_id="acme")
    shown = wrapper.issue(key)["fields"]
    assert (shown["summary"], shown["status"]["name"]) == ("Turned the wheel", "Done")
    assert [comment["body"] for comment in shown["comment"]["comments"]] == ["Oil it."]
    assert shown["issuelinks"][0]["outwardIssue"]["key"] == "OPS-2"
    assert wrapper.get_issue_remote_links(key)[0]["globalId"] == "acme"
    wrapper.delete_issue(key)
    with pytest.raises(HTTPError):
        wrapper.issue(key)


@pytest.fixture(scope="module")
def node() -> str:
    """The path of node, with the packages of the strangers' folder installed."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        pytest.skip("node and npm are not on this machine")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").split(".")[0]) < 20:
        pytest.skip(f"jira.js needs node 20, this is {version.strip()}")
    if not (STRANGERS / "node_modules" / "jira.js").is_dir():
        done = subprocess.run(
            [npm, "ci"], cwd=STRANGERS, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            pytest.skip(f"npm cannot install jira.js here: {done.stderr.strip()[-200:]}")
    return found


@pytest.fixture(scope="module")
def cloud() -> Iterator[Place]:
    yield from opened("cloud")


@pytest.mark.parametrize("version", ["3", "2"])
def test_jira_js_does_a_days_work(node: str, cloud: Place, version: str) -> None:
    done = subprocess.run(
        [node, "jira_js.mjs", version, cloud.url, "admin@sandbox.example", "sandbox-token"],
        cwd=STRANGERS,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    key = seen.pop("key")
    assert seen == {
        "me": "sandbox:admin",
        "keys": KEYS,
        "pages": 3,
        "summary": "Rang the bell",
        "status": "done",
        "comments": 1,
        "linked": "OPS-2",
        "gone": 404,
    }
    assert key.startswith("OPS-")
