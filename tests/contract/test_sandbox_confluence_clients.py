"""A stranger's program, atlassian-python-api, at home in both flavors of the sandbox's Confluence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from atlassian.confluence import ConfluenceServer
from atlassian.confluence.cloud.cloud import ConfluenceCloud

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site

pytestmark = pytest.mark.network

SEED: dict[str, Any] = {
    "users": [{"account_id": "acme:bot", "name": "Bot", "email": "bot@acme.example", "token": "bot-token"}],
    "projects": [],
    "spaces": [{"key": "STRAT", "name": "Strategy"}],
}
SVG = (b"<svg/>", "map.svg", "image/svg+xml")


@pytest.fixture
def data_center() -> Iterator[Any]:
    site = Site(SEED, flavor="data-center")
    with serve(create_app(site), port=0) as server:
        site.base_url = server.url
        make: Any = ConfluenceServer
        client = make(f"{server.url}/confluence", token="bot-token", cloud=False)
        client.api_version = "1.0"  # then it renews attachments at `/data`, as the document has it
        yield client
        client.close()
    site.store.close()


@pytest.fixture
def cloud() -> Iterator[Any]:
    site = Site(SEED)
    with serve(create_app(site), port=0) as server:
        site.base_url = server.url
        make: Any = ConfluenceCloud
        with pytest.warns(DeprecationWarning, match="V1 methods are deprecated"):  # whoever calls it
            client = make(f"{server.url}/wiki", username="bot@acme.example", password="bot-token")
        yield client
        client.close()
    site.store.close()


def test_data_center_serves_pages_to_atlassian_python_api(data_center: Any) -> None:
    home = data_center.get_space("STRAT", expand="homepage")["homepage"]["id"]
    page = data_center.create_page("STRAT", "Plan", "<p>one</p>", parent_id=home)["id"]
    assert data_center.page_exists("STRAT", "Plan")
    assert data_center.get_page_id("STRAT", "Plan") == page
    updated = data_center.update_page(page, "Plan B", "<p>two</p>", minor_edit=True, version_comment="better")
    assert (updated["version"]["number"], updated["version"]["minorEdit"]) == (2, True)
    data_center.update_or_create(home, "Plan B", "<p>three</p>")
    data_center.append_page(page, "Plan B", "<p>four</p>")
    body = data_center.get_page_by_id(page, expand="body.storage")["body"]["storage"]["value"]
    assert ("three" in body, "four" in body) == (True, True)
    below = data_center.get_page_child_by_type(home, type="page")
    assert [child["title"] for child in below] == ["Plan B"]
    assert data_center.cql('type = page and title = "Plan B"')["results"][0]["content"]["id"] == page
    assert data_center.history(page)["lastUpdated"]["number"] == 4
    data_center.remove_page(page)
    assert not data_center.page_exists("STRAT", "Plan B")


def test_data_center_serves_what_hangs_on_a_page_to_atlassian_python_api(data_center: Any) -> None:
    page = data_center.create_page("STRAT", "Plan", "<p>one</p>")["id"]
    data, name, kind = SVG
    data_center.attach_content(data, name, kind, page_id=page)
    data_center.attach_content(data + b"\n", name, kind, page_id=page)
    (file,) = data_center.get_attachments_from_content(page)["results"]
    assert (file["title"], file["version"]["number"]) == ("map.svg", 2)
    data_center.set_page_label(page, "strategy")
    assert [one["name"] for one in data_center.get_page_labels(page)["results"]] == ["strategy"]
    data_center.remove_page_label(page, "strategy")
    assert data_center.get_page_labels(page)["results"] == []
    data_center.set_page_property(page, {"key": "digest", "value": {"a": 1}})
    data_center.update_page_property(page, {"key": "digest", "value": {"a": 2}, "version": {"number": 2}})
    assert data_center.get_page_property(page, "digest")["value"] == {"a": 2}


def test_cloud_serves_pages_and_properties_to_atlassian_python_api(cloud: Any) -> None:
    space = cloud.get_space_by_key("STRAT")
    page = cloud.create_page(space["id"], "Plan", "<p>one</p>")["id"]
    assert cloud.get_page_id("STRAT", "Plan") == page
    updated = cloud.update_page(page, "Plan B", "<p>two</p>", status="current", version=1)
    assert (updated["version"]["number"], updated["title"]) == (2, "Plan B")
    assert "two" in cloud.get_page_by_id(page, body_format="storage")["body"]["storage"]["value"]
    cloud.create_page_property(page, "digest", {"a": 1})
    assert [(one["key"], one["value"]) for one in cloud.get_page_properties(page)] == [("digest", {"a": 1})]
    assert cloud.get_page_labels(page) == []
    assert [child["title"] for child in cloud.get_child_pages(space["homepageId"])] == ["Plan B"]
    with pytest.raises(requests.HTTPError):  # it asks v2 for what only v1 has
        cloud.add_page_label(page, "strategy")
    cloud.delete_page(page)
    assert cloud.get_page_id("STRAT", "Plan B") is None
