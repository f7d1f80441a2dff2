"""Prefixes: Atlassian's gateway with its tokens, and a context path."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.seed import checked_seed
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store

CLOUD = "11111111-2222-3333-4444-555555555555"
GATE = f"/ex/jira/{CLOUD}"
CLIENT = {"client_id": "app", "client_secret": "shh"}


Seed = dict[str, Any]


@pytest.fixture
def gate_seed(seed: Seed) -> Seed:
    ada, bob = seed["users"]
    return seed | {
        "site": {"title": "Acme", "cloud_id": CLOUD},
        "users": [ada | {"scoped_token": "s-ada"}, bob],
        "oauth": [CLIENT | {"account_id": "acme:bob", "refresh_token": "first", "lifetime": 600}],
    }


def basic(email: str, token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{email}:{token}".encode()).decode()}


CLASSIC = basic("ada@acme.example", "t-ada")
SCOPED = basic("ada@acme.example", "s-ada")


@pytest.fixture
def gated(clock: Clock, gate_seed: Seed) -> Iterator[Site]:
    site = Site(gate_seed, clock=clock, base_url="http://sandbox.test")
    yield site
    site.store.close()


@pytest.fixture
def client(gated: Site) -> Client:
    return create_app(gated).test_client()


def refresh(client: Client, token: str, **more: str) -> TestResponse:
    body = {"grant_type": "refresh_token", "refresh_token": token, **CLIENT, **more}
    return client.post("/oauth/token", json=body)


def test_the_site_says_its_cloud_id_to_everybody(client: Client) -> None:
    assert client.get("/_edge/tenant_info").json == {"cloudId": CLOUD}


def test_a_site_without_a_given_cloud_id_always_has_the_same(seed: Seed) -> None:
    first, second = Site(seed), Site(seed)
    assert first.cloud_id == second.cloud_id != CLOUD


@pytest.mark.parametrize(
    ("prefix", "headers", "status"),
    [
        ("", CLASSIC, 200),
        ("", SCOPED, 401),
        (GATE, SCOPED, 200),
        (GATE, CLASSIC, 401),
        (GATE, basic("bob@acme.example", "s-ada"), 401),
        (GATE, {"Authorization": "Bearer s-ada"}, 200),
        (GATE, {"Authorization": "Bearer other"}, 401),
        (GATE, {"Authorization": "Basic ???"}, 401),
        (GATE, {}, 401),
        ("", {"Authorization": "Bearer s-ada"}, 403),
    ],
)
def test_each_kind_of_token_has_its_own_door(
    client: Client, prefix: str, headers: dict[str, str], status: int
) -> None:
    assert client.get(f"{prefix}/rest/api/3/myself", headers=headers).status_code == status


def test_self_links_point_to_the_gateway_and_pages_to_the_site(client: Client) -> None:
    issue = client.get(f"{GATE}/rest/api/3/issue/CRM-7", headers=SCOPED).json
    assert issue is not None
    assert issue["self"] == f"http://sandbox.test{GATE}/rest/api/3/issue/{issue['id']}"
    info = client.get(f"{GATE}/rest/api/3/serverInfo", headers=SCOPED).json
    assert info is not None
    assert info["baseUrl"] == "http://sandbox.test"
    direct = client.get("/rest/api/3/issue/CRM-7", headers=CLASSIC).json
    assert direct is not None
    assert direct["self"] == f"http://sandbox.test/rest/api/3/issue/{issue['id']}"


def test_confluence_is_behind_the_gateway_too(client: Client) -> None:
    path = f"/ex/confluence/{CLOUD}/wiki/api/v2/spaces"
    assert client.get(path, headers=SCOPED).status_code == 200
    assert client.get(path, headers=CLASSIC).status_code == 401


@pytest.mark.parametrize(
    ("path", "category"),
    [
        ("/ex/jira/00000000-0000-0000-0000-000000000000/rest/api/3/myself", "FAILURE_CLIENT_TCS"),
        (f"{GATE}/browse/CRM-7", None),
        (f"/ex/confluence/{CLOUD}/rest/api/content", None),
        (f"/ex/trello/{CLOUD}/rest/api/3/myself", None),
    ],
)
def test_what_the_gateway_does_not_know(client: Client, path: str, category: str | None) -> None:
    reply = client.get(path, headers=SCOPED)
    assert reply.status_code == 404
    assert reply.headers.get("X-Failure-Category") == category
    body = reply.json
    assert body is not None
    assert {key: body[key] for key in ("status", "error", "message", "path")} == {
        "status": 404,
        "error": "Not Found",
        "message": "No message available",
        "path": path,
    }
    assert client.get("/_sandbox/requests").json["requests"][-1]["status"] == 404  # type: ignore[index] # JSON


def test_a_refresh_token_gives_an_access_token_that_ends(client: Client, gated: Site) -> None:
    given = refresh(client, "first").json
    assert given is not None
    assert (given["expires_in"], given["token_type"]) == (600, "Bearer")
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    me = client.get(f"{GATE}/rest/api/3/myself", headers=bearer).json
    assert me is not None
    assert me["accountId"] == "acme:bob"
    assert client.get("/rest/api/3/myself", headers=bearer).status_code == 403
    found = client.get("/oauth/token/accessible-resources", headers=bearer).json
    assert found is not None
    assert [(place["id"], place["url"]) for place in found] == [(CLOUD, "http://sandbox.test")]
    gated.clock.set(gated.clock.now() + timedelta(seconds=600))
    ended = client.get(f"{GATE}/rest/api/3/myself", headers=bearer)
    assert (ended.status_code, ended.json) == (401, {"code": 401, "message": "Unauthorized"})
    assert client.get("/oauth/token/accessible-resources", headers=bearer).status_code == 401
    assert client.get("/oauth/token/accessible-resources").status_code == 401


def test_refresh_tokens_rotate_and_the_old_one_ends_after_ten_minutes(client: Client, gated: Site) -> None:
    second = refresh(client, "first").json
    assert second is not None
    again = refresh(client, "first")
    assert again.status_code == 200
    gated.clock.set(gated.clock.now() + timedelta(seconds=600))
    late = refresh(client, "first")
    assert (late.status_code, late.json) == (
        403,
        {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."},
    )
    assert refresh(client, second["refresh_token"]).status_code == 200
    assert refresh(client, second["access_token"]).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("x", 400, "invalid_request"),
        ("[]", 400, "invalid_request"),
        ('{"grant_type": "authorization_code"}', 400, "invalid_request"),
        ('{"grant_type": "refresh_token", "client_id": "app", "refresh_token": 1}', 400, "invalid_request"),
    ],
)
def test_unreadable_grants_are_refused_as_recorded(
    client: Client, body: str, status: int, error: str
) -> None:
    reply = client.post("/oauth/token", data=body, content_type="application/json")
    assert (reply.status_code, reply.json) == (
        status,
        {"error": error, "error_description": "Incorrect request parameters"},
    )


def test_only_a_known_client_gets_tokens_also_by_form(client: Client) -> None:
    assert refresh(client, "first", client_secret="wrong").status_code == 401
    assert refresh(client, "first", client_id="who").status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": "first", **CLIENT}
    assert client.post("/oauth/token", data=form).status_code == 200


def test_rotated_tokens_outlive_the_process(
    tmp_path: Path, clock: Clock, seed: Seed, gate_seed: Seed
) -> None:
    before = Site(gate_seed, store=Store(str(tmp_path / "site.db")), clock=clock)
    given = refresh(create_app(before).test_client(), "first").json
    before.store.close()
    assert given is not None
    after = Site(seed, store=Store(str(tmp_path / "site.db")), clock=clock)
    assert after.cloud_id == CLOUD
    assert refresh(create_app(after).test_client(), given["refresh_token"]).status_code == 200
    after.store.close()


def test_a_seed_with_wrong_clients_says_so(gate_seed: Seed) -> None:
    wrong = gate_seed
    wrong["oauth"] = [wrong["oauth"][0] | {"account_id": "acme:who"}] * 2
    with pytest.raises(ValueError, match="oauth clients: 'app' is given twice") as caught:
        checked_seed(wrong)
    assert "oauth[1].account_id: unknown user 'acme:who'" in str(caught.value)


def test_everything_is_below_the_context_path(clock: Clock, gate_seed: Seed) -> None:
    site = Site(gate_seed, clock=clock, base_url="http://sandbox.test", context_path="/tools/jira")
    client = create_app(site).test_client()
    issue = client.get("/tools/jira/rest/api/3/issue/CRM-7", headers=CLASSIC).json
    assert issue is not None
    assert issue["self"] == f"http://sandbox.test/tools/jira/rest/api/3/issue/{issue['id']}"
    outside = client.get("/rest/api/3/issue/CRM-7", headers=CLASSIC)
    assert (outside.status_code, outside.content_type) == (404, "text/html")
    assert client.get("/tools/jirarest/api/3/myself", headers=CLASSIC).status_code == 404
    assert client.get("/tools/jira/wiki/api/v2/spaces", headers=CLASSIC).status_code == 200
    assert client.get("/tools/jira/_edge/tenant_info").json == {"cloudId": CLOUD}
    through = client.get(f"{GATE}/rest/api/3/issue/CRM-7", headers=SCOPED).json
    assert through is not None
    assert through["self"].startswith(f"http://sandbox.test{GATE}/rest/api/3/issue/")
    for place in ("/_sandbox/requests", "/tools/jira/_sandbox/requests"):
        record = client.get(place).json
        assert record is not None
        assert [entry["prefix"] for entry in record["requests"]] == [
            "/tools/jira",
            "",
            "",
            "/tools/jira",
            "/tools/jira",
            GATE,
        ]
    site.store.close()


def test_data_center_lies_below_a_context_path_and_has_no_gateway(clock: Clock, gate_seed: Seed) -> None:
    site = Site(
        gate_seed, clock=clock, base_url="http://sandbox.test", context_path="/jira", flavor="data-center"
    )
    client = create_app(site).test_client()
    issue = client.get("/jira/rest/api/2/issue/CRM-7", auth=("ada", "t-ada")).json
    assert issue is not None
    assert issue["self"] == f"http://sandbox.test/jira/rest/api/2/issue/{issue['id']}"
    assert client.get("/jira/confluence/rest/api/space", auth=("ada", "t-ada")).status_code == 200
    assert client.get("/rest/api/2/myself", auth=("ada", "t-ada")).status_code == 404
    for path in (f"{GATE}/rest/api/2/myself", "/_edge/tenant_info", "/oauth/token/accessible-resources"):
        assert client.get(path, headers=SCOPED).status_code == 404
    site.store.close()


def test_pages_for_people_link_below_the_context_path(clock: Clock, gate_seed: Seed) -> None:
    site = Site(gate_seed, clock=clock, base_url="http://sandbox.test", context_path="/jira")
    client = create_app(site).test_client()
    page = client.get("/jira/browse/CRM-7").get_data(as_text=True)
    assert 'href="/jira/' in page
    assert page.count('href="/') == page.count('href="/jira/')
    moved = client.get("/jira/wiki")
    assert moved.headers.get("Location", "/jira/").startswith(("/jira/", "http"))
    site.store.close()


@pytest.mark.parametrize("path", ["jira", "/", "/jira/", "/a b", "//x", "/a?b"])
def test_a_context_path_is_a_path(path: str, seed: Seed) -> None:
    with pytest.raises(ValueError, match="is not a context path such as /jira"):
        Site(seed, context_path=path)
