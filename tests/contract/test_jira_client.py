"""The `jira` package on the site's own session: no second way to the network, no call nobody asked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Literal

import pytest
import requests
from requests.adapters import HTTPAdapter

from bsc_sync.atlassian.client import Client
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import Site, connect
from bsc_sync.errors import Refused, Rejected
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site as Sandbox

USER = {"account_id": "sandbox:admin", "name": "Ada", "email": "ada@example.com", "token": "s3cr3t"}
SEED: dict[str, Any] = {
    "users": [USER],
    "projects": [
        {
            "key": "AB",
            "name": "Alpha",
            "issues": [{"type": "Task", "summary": name} for name in ("one", "two")],
        },
    ],
}


@contextmanager
def served(flavor: Literal["cloud", "data-center"]) -> Iterator[Site]:
    sandbox = Sandbox(SEED, flavor=flavor)
    user = next(iter(sandbox.users.values()))
    name = user.email if flavor == "cloud" else user.login
    with serve(create_app(sandbox), port=0) as server:
        sandbox.base_url = server.url
        made = connect(
            server.url, user=name, token=user.token, transport=PatientAdapter(HTTPAdapter(), tries=1)
        )
        yield made
        made.session.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with served("cloud") as made:
        yield made


def asked(site: Site) -> list[str]:
    entries = site.get("/_sandbox/requests")["requests"]
    return [f"{entry['method']} {entry['path']}" for entry in entries]


def test_building_a_client_asks_nothing_and_losing_it_closes_nothing(site: Site) -> None:
    client = Client(site)
    assert asked(site) == []
    del client
    gc.collect()
    assert site.get("/rest/api/3/myself")


def test_each_question_is_one_request_on_the_site_s_transport(site: Site) -> None:
    client = Client(site)
    assert client.myself()["accountId"] == "sandbox:admin"
    assert [one["key"] for one in client.projects()] == ["AB"]
    assert client.project("AB")["name"] == "Alpha"
    assert "Task" in {kind["name"] for kind in client.issue_types()}
    assert {field["id"] for field in client.fields()} >= {"summary", "status"}
    kinds = client.link_types()
    before = len(asked(site))
    client.link(kinds[0]["name"], inward="AB-1", outward="AB-2")
    way = client.transitions("AB-1")[0]
    client.transition("AB-1", way["id"])
    assert asked(site)[before:] == [
        "POST /rest/api/3/issueLink",
        "GET /rest/api/3/issue/AB-1/transitions",
        "POST /rest/api/3/issue/AB-1/transitions",
    ]
    assert before == 6
    assert site.transport.requests == before + 3 + 2, "both looks at the log went the same way"


def test_the_data_center_search_asks_once_a_page_and_looks_up_no_names(site: Site) -> None:
    with served("data-center") as server:
        found = Client(server, version="2").search("project = AB ORDER BY key", ["summary"], start=0, size=50)
        assert [one["key"] for one in found["issues"]] == ["AB-1", "AB-2"]
        log = requests.get(f"{server.url}/_sandbox/requests", timeout=10).json()["requests"]
        assert [one["path"] for one in log] == ["/rest/api/2/search"]


def test_a_project_that_is_not_there_and_wrong_credentials_are_errors_of_ours(site: Site) -> None:
    with pytest.raises(Rejected, match="NOPE") as caught:
        Client(site).project("NOPE")
    assert caught.value.status == 404
    stranger = connect(site.url, user="ada@example.com", token="wrong", transport=site.transport)
    with pytest.raises(Refused) as refused:
        Client(stranger).myself()
    assert "wrong" not in "\n".join(refused.value.lines())
    assert len(asked(site)) == 2, "nothing was asked twice"


def test_numbers_of_a_search_are_exact() -> None:
    from bsc_sync.atlassian.client import _exact

    assert _exact({"a": [0.1, 3, None, {"b": 1e-7}]}) == {
        "a": [Decimal("0.1"), 3, None, {"b": Decimal("1E-7")}]
    }
