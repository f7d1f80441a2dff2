"""Every form in which Atlassian says no becomes one line that names what to do."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from bsc_sync.atlassian.credentials import Access, Way
from bsc_sync.atlassian.failures import failure, login_failure, not_data
from bsc_sync.errors import (
    NotOffered,
    RateLimited,
    Refused,
    Rejected,
    RemoteError,
    Unreachable,
    WrongCredentials,
)

OBSERVED = Path(os.environ.get("BSC_SYNC_SHARED", "../shared")) / "fixtures" / "observed_errors"
CLOUD = Access(site="https://acme.atlassian.net")
GATE = Access(site="https://acme.atlassian.net", way=Way.SCOPED, cloud_id="11111111-2222")


@dataclass(frozen=True)
class Case:
    """A reply and what is to be told about it."""

    status: int
    body: Any
    kind: type[RemoteError]
    said: str
    hint: str
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    what: str = "GET /rest/api/3/field"
    access: Access = CLOUD


def reply(case: Case) -> requests.Response:
    response = requests.Response()
    response.status_code = case.status
    response.headers.update({"Content-Type": case.content_type, **case.headers})
    text = case.body if isinstance(case.body, str) else json.dumps(case.body)
    response.raw = BytesIO(text.encode())
    return response


def problem(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": "/x"}


def messages(*texts: str, **errors: str) -> dict[str, Any]:
    return {"errorMessages": list(texts), "errors": errors}


AT_THE_GATEWAY = {
    "timestamp": "2026-10-08T07:00:00Z",
    "status": 404,
    "error": "Not Found",
    "message": "No message",
    "path": "/x",
}
CASES = {
    "problem json 405": Case(
        405,
        problem(405, "Method Not Allowed", "Method 'GET' is not supported."),
        NotOffered,
        "does not offer this: Method 'GET'",
        "BSC_SYNC_JIRA_URL",
        content_type="application/problem+json",
    ),
    "problem json 404": Case(
        404,
        problem(404, "Not Found", "No endpoint GET /x."),
        NotOffered,
        "No endpoint",
        "BSC_SYNC_JIRA_URL",
        content_type="application/problem+json;charset=UTF-8",
    ),
    "problem json 400": Case(
        400,
        problem(400, "Bad Request", "Failed to convert 'startAt'"),
        Rejected,
        "Failed to convert",
        "report it",
        content_type="application/problem+json",
    ),
    "message": Case(400, messages("Nothing was sent"), Rejected, "Nothing was sent", "correct what it names"),
    "no errors key": Case(
        400, {"errorMessages": ["Invalid request payload."]}, Rejected, "Invalid request payload", "report it"
    ),
    "fields": Case(
        400,
        messages(project="Give a project", summary="Too long"),
        Rejected,
        "project: Give a project; summary: Too long",
        "mapping.yaml",
    ),
    "message and field": Case(
        400,
        messages("You may not comment", comment="No comment"),
        Rejected,
        "You may not comment; comment: No comment",
        "mapping.yaml",
    ),
    "not on the screen": Case(
        400,
        messages(customfield_1="Field cannot be set. It is not on the appropriate screen, or unknown."),
        Rejected,
        "customfield_1: Field cannot be set",
        "put the field on the screens",
    ),
    "bad JQL": Case(
        400,
        messages("Error in the JQL Query: (line 1, character 11)"),
        Rejected,
        "Error in the JQL",
        "correct the JQL",
        what="POST /rest/api/3/search/jql",
    ),
    "old page token": Case(
        400,
        messages("The provided next page token is invalid or expired."),
        Rejected,
        "page token",
        "the search begins anew",
        what="POST /rest/api/3/search/jql",
    ),
    "gone issue": Case(
        404, messages("Issue does not exist"), Rejected, "Issue does not exist", "may not see it"
    ),
    "retired": Case(
        410,
        messages("The requested API has been removed."),
        NotOffered,
        "no longer offers",
        "update bsc-sync",
    ),
    "conflict v1": Case(
        409,
        {
            "statusCode": 409,
            "data": {"authorized": False, "valid": True, "errors": [], "successful": False},
            "message": "com.example.api.exceptions.ConflictException: Version must be 3",
        },
        Rejected,
        "^Version must be 3",
        "run again",
        access=Access("Confluence", "https://acme.atlassian.net/wiki"),
    ),
    "conflict v2": Case(
        409,
        {"errors": [{"status": 409, "code": "CONFLICT", "title": "Version must be 3", "detail": None}]},
        Rejected,
        "^Version must be 3",
        "run again",
    ),
    "confluence v1 errors": Case(
        400,
        {
            "statusCode": 400,
            "data": {"errors": [{"message": {"key": "A title is 255 characters at most.", "args": []}}]},
            "message": "com.example.exceptions.BadRequestException: Could not create",
        },
        Rejected,
        "^A title is 255",
        "correct what it names",
    ),
    "not permitted": Case(
        403,
        {"message": "Current user not permitted", "statusCode": 403},
        Refused,
        "may not do this: Current user not permitted",
        "ask an admin of Confluence",
        access=Access("Confluence", "https://acme.atlassian.net/wiki"),
    ),
    "plain 401": Case(
        401,
        "Client must be authenticated to access this resource.",
        WrongCredentials,
        "does not accept the credentials",
        "BSC_SYNC_JIRA_AUTH=scoped",
        content_type="text/plain;charset=UTF-8",
    ),
    "401 at the gateway": Case(
        401,
        {"code": 401, "message": "Unauthorized"},
        WrongCredentials,
        "does not accept the credentials",
        "BSC_SYNC_JIRA_AUTH=basic",
        access=GATE,
    ),
    "401 of an expired access token": Case(
        401,
        "",
        WrongCredentials,
        "does not accept",
        "has it expired",
        access=Access(site="https://jira.example", way=Way.BEARER),
    ),
    "401 of OAuth": Case(
        401,
        "",
        WrongCredentials,
        "does not accept",
        "authorize it again",
        access=Access(way=Way.OAUTH, cloud_id="1"),
    ),
    "scope": Case(
        401,
        {"code": 401, "message": "Unauthorized; scope does not match"},
        Refused,
        "lacks a scope",
        "make a token with the scopes",
        access=GATE,
    ),
    "401 of Data Center": Case(
        401,
        "<html>",
        WrongCredentials,
        "does not accept",
        "BSC_SYNC_JIRA_AUTH=bearer",
        content_type="text/html",
        headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"},
        access=Access(site="https://jira.example"),
    ),
    "captcha": Case(
        403,
        "<html>",
        WrongCredentials,
        "asks for a CAPTCHA",
        "log in once with a browser at https://jira.example",
        content_type="text/html",
        headers={
            "X-Seraph-LoginReason": "AUTHENTICATION_DENIED",
            "X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp",
        },
        access=Access(site="https://jira.example"),
    ),
    "bearer at a Cloud site": Case(
        403,
        {"error": "Failed to parse Connect Session Auth Token"},
        WrongCredentials,
        "takes no bearer token",
        "BSC_SYNC_JIRA_USER",
    ),
    "unknown cloud id": Case(
        404,
        AT_THE_GATEWAY,
        Unreachable,
        "no site with this cloud id",
        "BSC_SYNC_JIRA_CLOUD_ID",
        access=GATE,
        headers={"X-Failure-Category": "FAILURE_CLIENT_TCS"},
    ),
    "unknown address at the gateway": Case(
        404,
        AT_THE_GATEWAY,
        Unreachable,
        "no such address",
        "BSC_SYNC_GATEWAY_URL",
    ),
    "unknown site": Case(
        404,
        "<!DOCTYPE html><title>Unavailable</title>",
        Unreachable,
        "no Atlassian site at https://acme",
        "BSC_SYNC_JIRA_URL",
        content_type="text/html",
        headers={"Atl-Missing-Tcs": "true"},
    ),
    "404 page": Case(
        404, "<html>", NotOffered, "does not offer", "BSC_SYNC_JIRA_URL", content_type="text/html"
    ),
    "500 page": Case(
        500, "<html>Oops</html>", RemoteError, "failed with 500", "run again", content_type="text/html"
    ),
    "burst": Case(
        429,
        messages("Rate limit exceeded"),
        RateLimited,
        "asks to wait for 3 s, until 2",
        "run again then",
        headers={"Retry-After": "3", "RateLimit-Reason": "jira-burst-based"},
    ),
    "bucket of Data Center": Case(
        429,
        {"message": "Rate limit exceeded."},
        RateLimited,
        "for 32 s",
        "less often",
        headers={"Retry-After": "32", "X-RateLimit-FillRate": "50", "X-RateLimit-Interval-Seconds": "60"},
    ),
    "429 without a word": Case(429, "", RateLimited, "asks to wait", "run again then"),
    "404 that breaks off": Case(404, '{"errorMess', RemoteError, "the reply breaks off", "run again"),
    "503 with a time": Case(503, "", RateLimited, "for 9 s", "run again then", headers={"Retry-After": "9"}),
    "503": Case(503, "<html>", RemoteError, "failed with 503", "run again", content_type="text/html"),
    "oauth": Case(
        400,
        {"error": "invalid_request", "error_description": "Incorrect parameters"},
        WrongCredentials,
        "authorization server refuses: Incorrect parameters",
        "BSC_SYNC_OAUTH_REFRESH_TOKEN",
        what="POST /oauth/token",
    ),
    "oauth 403": Case(
        403,
        {"error": "unauthorized_client", "error_description": "refresh_token is invalid"},
        WrongCredentials,
        "refuses: refresh_token is invalid",
        "BSC_SYNC_OAUTH_CLIENT_ID",
        what="POST /oauth/token",
    ),
    "redirect": Case(
        302,
        "",
        RemoteError,
        "redirect",
        "credentials are not sent elsewhere",
        headers={"Location": "https://sso.example/login?token=abc"},
    ),
    "a list": Case(400, ["no"], Rejected, "status 400", "report it"),
    "strange values": Case(
        400, {"errorMessages": [None, 5], "errors": {"a": None}}, Rejected, "5; a:", "mapping.yaml"
    ),
    "too large": Case(413, "", Rejected, "status 413", "smaller", content_type="text/html"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_form_of_no_becomes_one_line_that_names_what_to_do(name: str) -> None:
    case = CASES[name]
    error = failure(reply(case), case.what, case.access)
    assert type(error) is case.kind
    told = error.message
    assert told.startswith(case.said[1:]) if case.said.startswith("^") else case.said in told, told
    assert case.hint in error.hint
    (line,) = error.lines()
    assert "\n" not in line
    assert not any(value in line for value in case.headers.values() if len(value) > 4)


def test_the_request_s_id_is_told_for_whoever_asks_support() -> None:
    case = Case(500, "", RemoteError, "", "", headers={"X-AREQUESTID": "1x2y\r\nSet-Cookie: a"})
    assert "request 1x2y Set-Cookie: a)" in failure(reply(case), "GET /x").message


def test_a_message_is_cut_and_made_fit_for_a_line() -> None:
    case = Case(400, messages("a\nb\x1b[31m" + "x" * 1000), Rejected, "", "")
    told = failure(reply(case), "GET /x").message
    assert told.startswith("a b [31mxxx")
    assert len(told) < 340


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}, "does not accept"),
        ({"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}, "does not accept"),
        ({"X-AUSERNAME": "anonymous"}, "anonymous visitor"),
        ({"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=x"}, "CAPTCHA"),
    ],
)
def test_a_success_for_nobody_is_a_refusal(headers: dict[str, str], said: str) -> None:
    error = login_failure(reply(Case(200, {"issues": []}, Refused, "", "", headers=headers)), "GET /x")
    assert error is not None
    assert said in error.message


@pytest.mark.parametrize(
    "headers", [{}, {"X-Seraph-LoginReason": "OK"}, {"X-AUSERNAME": "ada"}, {"X-AACCOUNTID": "1"}]
)
def test_a_success_for_us_is_none(headers: dict[str, str]) -> None:
    assert login_failure(reply(Case(200, {}, Refused, "", "", headers=headers)), "GET /x") is None


def test_a_web_page_instead_of_data_is_told() -> None:
    page = reply(
        Case(200, "<html>Log in</html>", RemoteError, "", "", content_type="text/html;charset=utf-8")
    )
    error = not_data(page, "GET /x", Access("Confluence", "https://wiki.example"))
    assert error is not None
    assert "web page" in error.message
    assert "BSC_SYNC_CONFLUENCE_URL" in error.hint
    assert not_data(reply(Case(200, {}, RemoteError, "", "")), "GET /x") is None


EXPECTED = {
    "approximate_count_get": ("does not offer this: Method 'GET'", "update bsc-sync"),
    "comment_body_not_a_document": ("comment: Comment body is not valid!", "correct the value"),
    "confluence_v1_400_title_too_long": ("Title cannot be longer than 255", "correct what it names"),
    "confluence_v1_403_not_permitted": ("may not do this: Current user not permitted", "ask an admin"),
    "confluence_v1_409_version_conflict": ("Version must be incremented", "run again"),
    "confluence_v2_409_version_conflict": ("Version must be incremented", "run again"),
    "gateway_unknown_cloud_id": ("no site with this cloud id", "_CLOUD_ID"),
    "gateway_unknown_path": ("no such address", "BSC_SYNC_GATEWAY_URL"),
    "issue_create_empty": ("No Issue Create payload supplied", "report it"),
    "issue_create_no_project": ("project: Specify a valid project", "mapping.yaml"),
    "issue_create_no_type": ("issuetype: Specify an issue type", "mapping.yaml"),
    "issue_create_not_json": ("error parsing JSON", "report it"),
    "issue_edit_not_on_screen": ("summary: Field 'summary' cannot be set", "put the field on the screens"),
    "jira_cloud_401_basic": ("does not accept the credentials", "tokens expire"),
    "jira_cloud_403_bad_bearer_on_site": ("takes no bearer token", "_USER"),
    "jira_cloud_429_burst": ("asks to wait for 1 s", "run again then"),
    "jira_dc_429": ("asks to wait for 32 s", "run again then"),
    "jql_quote_unclosed": ("has not been completed", "correct the JQL"),
    "jql_unbounded": ("Unbounded JQL", "correct the JQL"),
    "mypermissions_no_keys": ("query parameter is required", "report it"),
    "oauth_token_unreadable": ("refuses: Incorrect request parameters", "BSC_SYNC_OAUTH_REFRESH_TOKEN"),
    "query_type_conversion": ("Failed to convert 'maxResults'", "report it"),
    "search_body_unknown_property": ("Invalid request payload", "correct the JQL"),
    "search_max_results_over": ("between 1 and 5,000", "correct the JQL"),
    "search_page_token_invalid": ("page token is invalid", "begins anew"),
    "search_retired": ("no longer offers", "update bsc-sync"),
    "site_unknown": ("no Atlassian site", "_URL"),
    "transition_missing": ("Missing 'transition'", "report it"),
    "unknown_issue": ("Issue does not exist", "may not see it"),
    "unknown_path": ("No endpoint GET", "_URL"),
    "unknown_project": ("No project could be found", "may not see it"),
}
NO_FAILURES = {"jql_field_unknown", "transitions_unknown_id"}


@pytest.mark.skipif(not OBSERVED.is_dir(), reason="no recorded replies here (BSC_SYNC_SHARED)")
def test_every_recorded_error_is_told_with_what_to_do() -> None:
    files = sorted(OBSERVED.glob("*.json"))
    assert {file.stem for file in files} == EXPECTED.keys() | NO_FAILURES
    for file in files:
        recorded = json.loads(file.read_text(encoding="utf-8"))
        searches = file.stem.startswith(("jql", "search"))
        case = Case(
            recorded["status"],
            recorded["body"],
            RemoteError,
            "",
            "",
            headers={name: str(value) for name, value in recorded["headers"].items()},
            content_type=recorded["headers"].get("Content-Type", ""),
            what="POST /rest/api/3/search/jql" if searches else "GET /x",
        )
        if file.stem in NO_FAILURES:
            assert reply(case).ok
            continue
        error = failure(reply(case), case.what, case.access)
        said, hint = EXPECTED[file.stem]
        (line,) = error.lines()
        assert said in error.message, (file.stem, line)
        assert hint in error.hint, (file.stem, line)
        assert "AtlassianEdge" not in line


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://sso.example/login?token=abc", "a redirect to https://sso.example ("),
        ("https://jira.example/x", "a redirect to https://jira.example ("),
        ("/login.jsp?os_destination=x", "a redirect within the site"),
        ("", "a redirect within the site"),
    ],
)
def test_where_a_redirect_leads_is_told_without_what_it_carries(location: str, said: str) -> None:
    response = reply(Case(302, "", RemoteError, "", "", headers={"Location": location}))
    response.url = "http://jira.example/rest/api/2/myself"
    error = failure(response, "GET /x")
    assert said in error.message
    assert "abc" not in "".join(error.lines())
