"""A stranger's program, the `jira` package from the index, at home in the sandbox over real HTTP."""

from collections.abc import Iterator
from typing import Any

import jira
import pytest
from jira.exceptions import JIRAError

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site

pytestmark = pytest.mark.network

SEED: dict[str, Any] = {
    "fields": [{"name": "Story Points", "type": "number"}],
    "projects": [
        {
            "key": "OPS",
            "name": "Operations",
            "components": ["core"],
            "issues": [{"type": "Epic", "summary": "Run smoothly"}]
            + [{"type": "Task", "summary": f"Chore {number}", "parent": "OPS-1"} for number in range(2, 252)],
        }
    ],
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    site = Site(SEED)
    with serve(create_app(site), port=0) as server:
        site.base_url = server.url
        yield server.url
    site.store.close()


@pytest.fixture
def client(address: str) -> Iterator[jira.JIRA]:
    stranger = jira.JIRA(server=address, basic_auth=("admin@sandbox.example", "sandbox-token"))
    yield stranger
    stranger._session.close()


def test_it_logs_in(client: jira.JIRA, address: str) -> None:
    assert client.myself()["accountId"] == "sandbox:admin"
    assert client.server_info()["deploymentType"] == "Cloud"
    assert client.server_info()["baseUrl"] == address
    assert [project.key for project in client.projects()] == ["OPS"]
    assert "Story Points" in [field["name"] for field in client.fields()]


def test_a_wrong_token_stays_outside(address: str) -> None:
    wrong = jira.JIRA(server=address, basic_auth=("admin@sandbox.example", "wrong"), get_server_info=False)
    with pytest.raises(JIRAError) as refused:
        wrong.myself()
    assert refused.value.status_code == 401
    wrong._session.close()


def test_it_searches(client: jira.JIRA) -> None:
    (epic,) = client.search_issues('summary ~ "smoothly" AND type = Epic')
    assert (epic.key, epic.fields.summary, epic.fields.status.name) == ("OPS-1", "Run smoothly", "To Do")
    assert client.approximate_issue_count("parent = OPS-1") == 250
    with pytest.raises(JIRAError) as refused:
        client.search_issues('summary ~ "unclosed')
    assert refused.value.status_code == 400
    assert "has not been completed" in str(refused.value.text)


def test_it_pages_through_250_results(client: jira.JIRA) -> None:
    expected = [f"OPS-{number}" for number in range(2, 252)]
    query = "parent = OPS-1 AND summary ~ chore ORDER BY key"
    assert [issue.key for issue in client.search_issues(query, maxResults=False)] == expected
    assert [issue.key for issue in client.enhanced_search_issues(query, maxResults=0)] == expected
    assert [
        issue.key
        for issue in client.enhanced_search_issues(query, maxResults=0, use_post=True, fields=["summary"])
    ] == expected


def test_it_creates_edits_and_moves_an_issue(client: jira.JIRA) -> None:
    created = client.create_issue(
        project="OPS",
        issuetype={"name": "Task"},
        summary="Try the handle",
        description="It *turns*.",
        parent={"key": "OPS-1"},
        customfield_10100=2.5,
    )
    try:
        issue = client.issue(created.key, expand="changelog")
        assert issue.fields.description == "It *turns*."
        assert (issue.fields.parent.key, issue.fields.customfield_10100) == ("OPS-1", 2.5)
        assert issue.fields.reporter.displayName == "Ada Admin"
        issue.update(fields={"summary": "Tried the handle", "labels": ["done-by-stranger"]})
        client.add_comment(issue, "Oiled, too.")
        assert "Done" in [item["name"] for item in client.transitions(issue)]
        client.transition_issue(issue, "Done", comment="Finished")
        client.add_issue_property(issue, "stranger", {"was": "here"})
        client.create_issue_link("Blocks", issue.key, "OPS-2")
        again = client.issue(created.key, expand="changelog")
        assert again.fields.status.statusCategory.key == "done"
        assert str(again.fields.resolution) == "Done"
        assert [comment.body for comment in again.fields.comment.comments] == ["Oiled, too.", "Finished"]
        assert again.fields.issuelinks[0].outwardIssue.key == "OPS-2"
        assert client.issue_property(issue, "stranger").value.was == "here"
        changed = [item.field for entry in again.changelog.histories for item in entry.items]
        assert sorted(changed) == ["Link", "labels", "resolution", "status", "summary"]
    finally:
        client._session.delete(created.self)
    with pytest.raises(JIRAError) as gone:
        client.issue(created.key)
    assert gone.value.status_code == 404


def test_what_it_asks_wrongly_is_explained(client: jira.JIRA) -> None:
    with pytest.raises(JIRAError) as refused:
        client.create_issue(project="OPS", issuetype={"name": "Task"}, summary="x" * 256)
    assert (refused.value.status_code, refused.value.text) == (
        400,
        "Summary must be less than 255 characters.",
    )
