"""Spaces, lists in pages, and the seed of the embedded Confluence."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store

BASE = "http://127.0.0.1:8089"
API = f"{BASE}/wiki/api/v2"
TITLES = [f"Page {number:03}" for number in range(23)]
SEED = {
    "projects": [],
    "spaces": [
        {"key": "STRAT", "name": "Strategy", "pages": [{"title": title} for title in TITLES]},
        {"key": "OTHER", "name": "Other"},
    ],
}


def caller_of(site: Site) -> requests.Session:
    caller = requests.Session()
    caller.auth = ("admin@sandbox.example", "sandbox-token")
    caller.mount(BASE, InProcessAdapter(create_app(site)))
    return caller


@pytest.fixture
def wiki() -> Iterator[requests.Session]:
    site = Site(SEED, base_url=BASE)
    yield caller_of(site)
    site.store.close()


def error(reply: requests.Response) -> tuple[int, str, str]:
    (item,) = reply.json()["errors"]
    return reply.status_code, item["code"], item["title"]


def test_needs_credentials(wiki: requests.Session) -> None:
    wiki.auth = ("ada@acme.example", "wrong")
    assert wiki.get(f"{API}/spaces").status_code == 401


def test_a_space_has_a_home_page(wiki: requests.Session) -> None:
    space = wiki.get(f"{API}/spaces", params={"keys": "STRAT"}).json()["results"][0]
    assert (space["key"], space["name"], space["type"], space["status"]) == (
        "STRAT",
        "Strategy",
        "global",
        "current",
    )
    home = wiki.get(f"{API}/pages/{space['homepageId']}").json()
    assert (home["title"], home["spaceId"]) == ("Strategy", space["id"])
    assert home["parentId"] is None
    again = wiki.get(f"{API}/spaces/{space['id']}").json()
    assert again == {**space, "_links": {**space["_links"], "base": f"{BASE}/wiki"}}
    both = wiki.get(f"{API}/spaces", params={"keys": "STRAT,OTHER"}).json()["results"]
    assert [item["key"] for item in both] == ["STRAT", "OTHER"]
    assert wiki.get(f"{API}/spaces", params={"ids": space["id"]}).json()["results"] == [space]
    assert wiki.get(f"{API}/spaces", params={"keys": "NONE"}).json()["results"] == []


def test_lists_are_paged_with_a_cursor(wiki: requests.Session) -> None:
    space = wiki.get(f"{API}/spaces", params={"keys": "STRAT"}).json()["results"][0]
    params: dict[str, Any] = {"space-id": space["id"], "limit": 7, "sort": "-title"}
    seen: list[str] = []
    url: str | None = f"{API}/pages"
    while url is not None:
        reply = wiki.get(url, params=params)
        body, params = reply.json(), {}
        assert len(body["results"]) <= 7
        seen += [page["title"] for page in body["results"]]
        following = body["_links"].get("next")
        assert (f'<{following}>; rel="next"' in reply.headers["Link"]) == (following is not None)
        assert body["_links"]["base"] == f"{BASE}/wiki"
        url = urljoin(BASE, following) if following else None
    assert seen == sorted(["Strategy", *TITLES], reverse=True)


def test_wrong_limits_sorts_and_cursors_are_refused(wiki: requests.Session) -> None:
    for params in (
        {"limit": "0"},
        {"limit": "251"},
        {"limit": "x"},
        {"cursor": "nonsense"},
        {"cursor": "WzEsMl0"},
        {"sort": "size"},
        {"space-id": "STRAT"},
        {"status": "unheard-of"},
        {"body-format": "editor"},
    ):
        assert error(wiki.get(f"{API}/pages", params=params))[0] == 400
    assert wiki.get(f"{API}/pages", params={"limit": 250}).status_code == 200


def test_a_site_is_sown_once() -> None:
    store = Store()
    Site(SEED, store=store)
    again = Site({"projects": [], "spaces": [{"key": "NEW"}]}, store=store, base_url=BASE)
    caller = caller_of(again)
    assert [space["key"] for space in caller.get(f"{API}/spaces").json()["results"]] == ["STRAT", "OTHER"]
    store.close()


def test_a_seed_with_a_page_that_cannot_be_is_refused() -> None:
    pages = [{"title": "A", "parent": "Nobody"}]
    with pytest.raises(ValueError, match="there is no page 'Nobody' above it"):
        Site({"projects": [], "spaces": [{"key": "S", "pages": pages}]})
    with pytest.raises(ValueError, match="already exists"):
        Site({"projects": [], "spaces": [{"key": "S", "pages": [{"title": "A"}, {"title": "A"}]}]})
