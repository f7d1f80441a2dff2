"""The door, the levers and the replies of the framework."""

import base64
import json
import time
from typing import Any

import pytest

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.site import Site

ADA = {"Authorization": "Basic " + base64.b64encode(b"ada@acme.example:t-ada").decode()}


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({}, 401, "Client must be authenticated to access this resource."),
        (basic(b"ada@acme.example:wrong"), 401, "Client must be authenticated to access this resource."),
        (basic(b"who@acme.example:t-ada"), 401, "Client must be authenticated to access this resource."),
        (basic(b"\xff\xfe"), 401, "Client must be authenticated to access this resource."),
        ({"Authorization": "Basic ???"}, 401, "Client must be authenticated to access this resource."),
        ({"Authorization": "Digest x"}, 401, "Client must be authenticated to access this resource."),
        ({"Authorization": "Bearer abc"}, 403, '{"error": "Failed to parse Connect Session Auth Token"}'),
    ],
)
def test_only_an_email_with_its_token_comes_in(
    site: Site, headers: dict[str, str], status: int, text: str
) -> None:
    client = create_app(site).test_client()
    for path in ("/rest/api/3/myself", "/rest/api/3/no-such-path"):
        reply = client.get(path, headers=headers)
        assert (reply.status_code, reply.get_data(as_text=True)) == (status, text)
    kind = reply.content_type
    assert kind is not None
    assert kind.startswith("text/plain" if status == 401 else "application/json")


def test_server_info_needs_no_login_but_refuses_a_wrong_one(site: Site) -> None:
    client = create_app(site).test_client()
    info = client.get("/rest/api/3/serverInfo")
    assert info.json is not None
    assert (info.status_code, info.json["deploymentType"], info.json["serverTitle"]) == (200, "Cloud", "Acme")
    assert client.get("/rest/api/3/serverInfo", headers=basic(b"a:b")).status_code == 401


def test_unknown_paths_and_methods_are_problems_in_json(site: Site) -> None:
    client = create_app(site).test_client()
    lost = client.get("/rest/api/3/issue/CRM-7/no-such-thing", headers=ADA)
    assert lost.content_type == "application/problem+json;charset=UTF-8"
    assert lost.get_json(force=True) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No endpoint GET /rest/api/3/issue/CRM-7/no-such-thing.",
        "instance": "/rest/api/3/issue/CRM-7/no-such-thing",
    }
    wrong = client.get("/rest/api/3/search/approximate-count", headers=ADA)
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "POST")
    assert wrong.get_json(force=True)["detail"] == "Method 'GET' is not supported."


def test_every_reply_has_a_request_id(site: Site) -> None:
    client = create_app(site).test_client()
    ids = {client.get("/rest/api/3/serverInfo").headers["X-AREQUESTID"] for _ in range(3)}
    assert len(ids) == 3


def test_the_log_tells_writes_from_long_questions(site: Site) -> None:
    client = create_app(site).test_client()
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/search/jql", {"jql": "project = CRM"}),
        ("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["CRM-7"]}),
        ("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["CRM-7"]}),
        ("POST", "/jql/parse?validation=none", {"queries": ["a = 1"]}),
        ("POST", "/search/approximate-count", {"jql": "project = CRM"}),
        ("PUT", "/issue/CRM-7", {"fields": {"labels": ["b"]}}),
        ("DELETE", "/issue/CRM-8", None),
    ]
    for method, path, body in asked:
        reply = client.open("/rest/api/3" + path, method=method, json=body, headers=ADA)
        assert reply.status_code < 300, reply.get_data(as_text=True)
    log = client.get("/_sandbox/requests").get_json()
    assert [entry["method"] for entry in log["requests"]] == [method for method, _, _ in asked]
    assert log["writes"] == 2
    assert log["requests"][0]["user"] == "acme:ada"
    assert log["requests"][3]["query"] == "validation=none"
    writes = client.get("/_sandbox/requests?writes=true").get_json()
    assert [(entry["method"], entry["status"]) for entry in writes["requests"]] == [
        ("PUT", 204),
        ("DELETE", 204),
    ]
    assert client.delete("/_sandbox/requests").status_code == 204
    empty = client.get("/_sandbox/requests").get_json()
    assert (empty["requests"], empty["writes"], empty["count"], empty["operations"]) == ([], 0, 0, {})


def test_the_clock_can_be_set_and_released(site: Site) -> None:
    client = create_app(site).test_client()
    assert client.get("/_sandbox/clock").get_json() == {"now": "2026-10-05T08:00:00+00:00"}
    moved = client.put("/_sandbox/clock", json={"at": "2027-01-01T00:00:00+01:00"})
    assert moved.get_json() == {"now": "2026-12-31T23:00:00+00:00"}
    info = client.get("/rest/api/3/serverInfo").get_json()
    assert info["serverTime"] == "2027-01-01T00:00:00.000+0100"
    assert client.put("/_sandbox/clock", json={"at": "noon"}).status_code == 400
    assert client.put("/_sandbox/clock", data="x").status_code == 400
    client.put("/_sandbox/clock", json={"at": None})
    assert not site.clock.frozen


def test_latency_slows_the_api_and_not_the_levers(site: Site) -> None:
    app = create_app(site)
    app.config["LATENCY_MS"] = 60
    client = app.test_client()
    start = time.perf_counter()
    client.get("/_sandbox/clock")
    between = time.perf_counter()
    client.get("/rest/api/3/serverInfo")
    end = time.perf_counter()
    assert between - start < 0.06 <= end - between


def test_bodies_that_are_not_json_are_refused_without_an_errors_key(site: Site) -> None:
    client = create_app(site).test_client()
    deep = ("[" * 100_000, "[" * 300 + "]" * 300)
    for data in ("{", "[1, 2", '{"a": NaN}', *deep, '{"jql": "\\ud800"}', b"\xff"):
        reply = client.post("/rest/api/3/search/jql", data=data, headers=ADA)
        assert reply.status_code == 400
        assert json.loads(reply.data) == {
            "errorMessages": ["There was an error parsing JSON. Check that your request body is valid."]
        }
