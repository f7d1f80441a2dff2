"""The sandbox says no in the words that were recorded from a real site."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.site import Site
from tests.unit.sandbox.conftest import SEED
from tests.unit.sandbox.flavored import Door

Ask = Callable[..., tuple[int, Any]]

SHARED = Path(os.environ.get("BSC_SYNC_SHARED", Path(__file__).parents[3] / ".." / "shared"))
RECORDED = SHARED / "fixtures" / "observed_errors"

COMMENT = {"body": "not a document"}
ASKED: dict[str, tuple[str, str, Any]] = {
    "approximate_count_get": ("GET", "/search/approximate-count", None),
    "issue_create_empty": ("POST", "/issue", {}),
    "issue_create_no_project": ("POST", "/issue", {"fields": {"issuetype": {"name": "Task"}}}),
    "issue_create_no_type": ("POST", "/issue", {"fields": {"summary": "x", "project": {"key": "CRM"}}}),
    "issue_create_not_json": ("POST", "/issue", "{"),
    "issue_edit_not_on_screen": ("PUT", "/issue/CRM-8", {"fields": {"status": 1}}),
    "jql_field_unknown": ("GET", "/search/jql?jql=nosuchfield=1", None),
    "jql_quote_unclosed": ("GET", "/search/jql?jql=summary%20~%20%22unclosed", None),
    "jql_unbounded": ("GET", "/search/jql?jql=order%20by%20created", None),
    "mypermissions_no_keys": ("GET", "/mypermissions", None),
    "query_type_conversion": ("GET", "/issue/CRM-7/comment?maxResults=x", None),
    "search_body_unknown_property": ("POST", "/search/jql", {"jql": "project = CRM", "startAt": 0}),
    "search_max_results_over": ("GET", "/search/jql?jql=project=CRM&maxResults=5001", None),
    "search_page_token_invalid": ("GET", "/search/jql?jql=project=CRM&nextPageToken=x", None),
    "search_retired": ("GET", "/search?jql=project=CRM", None),
    "transition_missing": ("POST", "/issue/CRM-7/transitions", {}),
    "transitions_unknown_id": ("GET", "/issue/CRM-7/transitions?transitionId=999", None),
    "unknown_issue": ("GET", "/issue/CRM-999", None),
    "unknown_path": ("GET", "/issue/CRM-7/no-such-thing", None),
    "unknown_project": ("GET", "/project/NOPEZZQ", None),
}


def without_names(body: Any) -> Any:
    """A body without the names of the recorded site."""
    text = json.dumps(body)
    for ours, theirs in (("CRM-7", "PUB-1"), ('"status"', '"summary"'), ("'status'", "'summary'")):
        text = text.replace(ours, theirs)
    return json.loads(text)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not at hand (BSC_SYNC_SHARED)")
@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_refusal_is_the_recorded_one(ask: Ask, name: str) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    method, path, body = ASKED[name]
    status, reply = ask(method, path, raw=body) if isinstance(body, str) else ask(method, path, body)
    assert (status, without_names(reply)) == (recorded["status"], without_names(recorded["body"]))


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not at hand (BSC_SYNC_SHARED)")
@pytest.mark.parametrize(
    ("name", "authorization"),
    [
        ("jira_cloud_401_basic", "Basic " + base64.b64encode(b"ada@acme.example:wrong").decode()),
        ("jira_cloud_403_bad_bearer_on_site", "Bearer pat"),
    ],
)
def test_a_stranger_is_refused_as_recorded(site: Site, name: str, authorization: str) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    client = create_app(site).test_client()
    reply = client.get("/rest/api/3/myself", headers={"Authorization": authorization})
    text = reply.get_data(as_text=True)
    body = text if isinstance(recorded["body"], str) else json.loads(text)
    assert (reply.status_code, body) == (recorded["status"], recorded["body"])
    assert reply.mimetype == recorded["headers"]["Content-Type"].partition(";")[0]


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not at hand (BSC_SYNC_SHARED)")
def test_every_recorded_error_of_jira_is_compared_with_somewhere() -> None:
    here = {
        *ASKED,
        "comment_body_not_a_document",
        "jira_cloud_401_basic",
        "jira_cloud_403_bad_bearer_on_site",
    }
    # A site that is not there, the gateway, its tokens and the rate limits stand in front of Jira.
    elsewhere = {
        "site_unknown",
        "gateway_unknown_cloud_id",
        "gateway_unknown_path",
        "oauth_token_unreadable",
        "jira_cloud_429_burst",
        "jira_dc_429",
    }
    recorded = {path.stem for path in RECORDED.glob("*.json") if not path.stem.startswith("confluence")}
    assert recorded == here | elsewhere


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not at hand (BSC_SYNC_SHARED)")
def test_a_comment_that_is_no_document_is_refused_by_field(ask: Ask) -> None:
    recorded = json.loads((RECORDED / "comment_body_not_a_document.json").read_text(encoding="utf-8"))
    assert ask("POST", "/issue/CRM-7/comment", COMMENT)[1]["errors"] == recorded["body"]["errors"]
    denied = Door(Site(SEED | {"permissions": [{"user": "acme:ada", "without": ["ADD_COMMENTS"]}]}))
    status, body = denied.ask("POST", "/issue/CRM-7/comment", COMMENT)
    assert (status, body) == (recorded["status"], recorded["body"])
    denied.site.store.close()
