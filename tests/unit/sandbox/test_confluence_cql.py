"""CQL in the sandbox: what it finds, and that nothing written there ever breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site

BASE = "http://wiki.example"
SEARCH = f"{BASE}/wiki/rest/api/content/search"
SEED: dict[str, Any] = {
    "projects": [],
    "spaces": [
        {
            "key": "S",
            "name": "Home",
            "pages": [
                {"title": "Parent"},
                {"title": 'Say "hi"', "parent": "Parent"},
                {"title": "Put away", "status": "archived"},
            ],
        },
        {"key": "OTHER", "name": "Other"},
    ],
}


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    site = Site(SEED, base_url=BASE)
    found = requests.Session()
    found.auth = ("admin@sandbox.example", "sandbox-token")
    found.mount(BASE, InProcessAdapter(create_app(site)))
    page = found.get(f"{BASE}/wiki/api/v2/pages", params={"title": "Parent"}).json()["results"][0]["id"]
    labels = [{"prefix": "global", "name": "goal"}, {"prefix": "global", "name": "q4"}]
    found.post(f"{BASE}/wiki/rest/api/content/{page}/label", json=labels)
    yield found
    site.store.close()


def titles(session: requests.Session, cql: str) -> list[str]:
    reply = session.get(SEARCH, params={"cql": cql})
    assert reply.status_code == 200, reply.text
    return [page["title"] for page in reply.json()["results"]]


@pytest.mark.parametrize(
    ("cql", "found"),
    [
        ("space = S order by title", ["Home", "Parent", 'Say "hi"']),
        ("space = S order by title desc", ['Say "hi"', "Parent", "Home"]),
        ("type = page AND label = goal", ["Parent"]),
        ("label in (q4, nothing) and space = 'S'", ["Parent"]),
        ("label = GOAL and label = q4", ["Parent"]),
        ('title = "Say \\"hi\\""', ['Say "hi"']),
        ("title ~ 'say*'", ['Say "hi"']),
        ("space != S", ["Other"]),
        ("space not in (OTHER) and title ~ parent", ["Parent"]),
        ("type = blogpost", []),
        ("label = nobody", []),
        ("space = s", []),
    ],
)
def test_it_finds_current_pages(session: requests.Session, cql: str, found: list[str]) -> None:
    assert titles(session, cql) == found


def test_it_looks_below_a_page(session: requests.Session) -> None:
    pages = session.get(SEARCH, params={"cql": "space = S"}).json()["results"]
    of = {page["title"]: page["id"] for page in pages}
    assert titles(session, f"parent = {of['Home']}") == ["Parent"]
    assert titles(session, f"ancestor = {of['Home']} order by title") == ["Parent", 'Say "hi"']
    assert titles(session, f"id = {of['Parent']}") == ["Parent"]


def test_it_gives_pages_of_results(session: requests.Session) -> None:
    query = {"cql": "space = S order by title", "limit": "2"}
    first = session.get(SEARCH, params=query).json()
    assert (first["size"], first["limit"]) == (2, 2)
    second = session.get(f"{BASE}/wiki{first['_links']['next']}").json()
    assert [page["title"] for page in second["results"]] == ['Say "hi"']
    assert "next" not in second["_links"]
    assert "cursor=" in first["_links"]["next"]
    for cursor in ("nonsense", "WyIiLC0xLCIiXQ", "WyIiLCJhIiwiIl0"):
        assert session.get(SEARCH, params=query | {"cursor": cursor}).status_code == 400


@pytest.mark.parametrize(
    "cql",
    [
        "",
        "label",
        "label =",
        "label = (",
        "label in (a",
        "nonsense = 1",
        "a = b c",
        "space > S",
        '"',
        "x ~ y",
    ],
)
def test_what_it_cannot_read_is_a_400_with_the_query(session: requests.Session, cql: str) -> None:
    reply = session.get(SEARCH, params={"cql": cql})
    assert reply.status_code == 400
    assert f"Could not parse cql : {cql}" in reply.json()["message"]


WORDS = st.sampled_from(
    [
        "label",
        "space",
        "title",
        "=",
        "!=",
        "in",
        "not",
        "(",
        ")",
        ",",
        "~",
        "and",
        "order",
        "by",
        '"a"',
        "'b",
        "\\",
        "S",
    ]
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS | st.text(max_size=4), max_size=9).map(" ".join))
@example('label = "\\')
def test_whatever_is_asked_is_answered(session: requests.Session, cql: str) -> None:
    assert session.get(SEARCH, params={"cql": cql.encode("utf-8", "replace")}).status_code in {200, 400}
