"""Confluence Data Center in the sandbox: pages, what hangs on them, and how it says no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site

BASE = "http://wiki.example"
API = f"{BASE}/confluence/rest/api"
NOCHECK = {"X-Atlassian-Token": "nocheck"}
SEED: dict[str, Any] = {
    "users": [
        {"account_id": "acme:ada", "name": "Ada Admin", "email": "ada@acme.example", "token": "ada-token"},
        {"account_id": "acme:mia", "name": "Mia Keller", "email": "mia@acme.example", "token": "mia-token"},
        {"account_id": "acme:tom", "name": "Tom Tess", "email": "tom@acme.example", "token": "tom-token"},
    ],
    "projects": [],
    "spaces": [
        {"key": "STRAT", "name": "Strategy", "pages": [{"title": "Old", "body": "<p>x</p>"}]},
        {
            "key": "SHUT",
            "name": "Shut",
            "permissions": {"create": ["acme:ada", "acme:tom"], "attach": ["acme:ada"]},
        },
    ],
}


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site(SEED, flavor="data-center", base_url=BASE)
    yield found
    found.store.close()


def caller(site: Site, name: str) -> requests.Session:
    user = site.users[f"acme:{name}"]
    session = requests.Session()
    session.auth = (user.login, user.token)
    session.mount(BASE, InProcessAdapter(create_app(site)))
    return session


@pytest.fixture
def ada(site: Site) -> requests.Session:
    return caller(site, "ada")


def new_page(session: requests.Session, title: str = "Scorecard", space: str = "STRAT") -> dict[str, Any]:
    body = {
        "type": "page",
        "title": title,
        "space": {"key": space},
        "body": {"storage": {"value": "<p>One</p>", "representation": "storage"}},
    }
    reply = session.post(f"{API}/content", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def change(session: requests.Session, page: str, number: int, **more: Any) -> requests.Response:
    body = {
        "type": "page",
        "title": "Scorecard",
        "version": {"number": number},
        "body": {"storage": {"value": "<p>Two</p>", "representation": "storage"}},
        **more,
    }
    return session.put(f"{API}/content/{page}", json=body)


def test_a_page_is_made_found_and_read_as_far_as_asked(ada: requests.Session) -> None:
    page = new_page(ada)
    assert page["body"]["storage"]["value"].endswith(">One</p>")
    assert (page["version"]["number"], page["space"]["key"]) == (1, "STRAT")
    assert page["_links"]["base"] == f"{BASE}/confluence"
    assert page["_links"]["webui"] == "/display/STRAT/Scorecard"
    query: dict[str, str] = {"spaceKey": "STRAT", "title": "Scorecard", "expand": "version,body.storage"}
    (found,) = ada.get(f"{API}/content", params=query).json()["results"]
    assert (found["id"], found["version"]["number"]) == (page["id"], 1)
    plain = ada.get(f"{API}/content/{page['id']}").json()
    assert "body" not in plain
    assert plain["history"]["createdBy"]["username"] == "ada"
    assert ada.get(f"{API}/content", params={"title": "Nothing"}).json()["results"] == []


def test_an_update_needs_the_next_number(ada: requests.Session) -> None:
    page = str(new_page(ada)["id"])
    stale = change(ada, page, 1)
    assert stale.status_code == 409
    assert stale.json() == {
        "statusCode": 409,
        "data": {"authorized": False, "valid": True, "errors": [], "successful": False},
        "message": "com.atlassian.confluence.api.service.exceptions.ConflictException: "
        "Version must be incremented on update. Current version is: 1",
    }
    assert change(ada, page, 2).json()["version"]["number"] == 2
    assert change(ada, page, 4).status_code == 409
    assert ada.put(f"{API}/content/{page}", json={"type": "page"}).status_code == 400
    old = ada.get(f"{API}/content/{page}", params={"version": "1", "expand": "body.storage"}).json()
    assert old["body"]["storage"]["value"].endswith(">One</p>")


def test_a_title_is_taken_also_by_what_lies_in_the_trash(ada: requests.Session) -> None:
    page = str(new_page(ada)["id"])
    body = {"type": "page", "title": "scorecard", "space": {"key": "STRAT"}}
    assert ada.post(f"{API}/content", json=body).status_code == 400
    assert ada.delete(f"{API}/content/{page}").status_code == 204
    refused = ada.post(f"{API}/content", json=body)
    assert refused.status_code == 400
    assert "A page with this title already exists" in refused.json()["message"]
    assert ada.get(f"{API}/content/{page}").status_code == 404
    assert ada.get(f"{API}/content/{page}", params={"status": "trashed"}).json()["status"] == "trashed"
    assert ada.get(f"{API}/content", params={"spaceKey": "STRAT", "status": "trashed"}).json()["size"] == 1
    assert change(ada, page, 2, status="current").json()["status"] == "current"
    ada.delete(f"{API}/content/{page}")
    assert ada.delete(f"{API}/content/{page}", params={"status": "trashed"}).status_code == 204
    assert ada.post(f"{API}/content", json=body).status_code == 200


def test_a_long_title_is_refused_in_the_recorded_words(ada: requests.Session) -> None:
    body = {"type": "page", "title": "x" * 256, "space": {"key": "STRAT"}}
    refused = ada.post(f"{API}/content", json=body)
    assert refused.status_code == 400
    (error,) = refused.json()["data"]["errors"]
    assert error["message"]["key"] == "Title cannot be longer than 255 characters."
    assert refused.json()["message"].endswith("BadRequestException: Could not create content with type page")


def test_watchers_are_mailed_unless_the_edit_is_minor(site: Site, ada: requests.Session) -> None:
    page = str(new_page(ada)["id"])
    mia = caller(site, "mia")
    assert mia.post(f"{API}/user/watch/content/{page}").status_code == 200
    change(ada, page, 2, version={"number": 2, "minorEdit": True})
    assert ada.get(f"{BASE}/_sandbox/mail").json() == {"mail": []}
    assert ada.get(f"{API}/content/{page}").json()["version"]["minorEdit"] is True
    change(ada, page, 3)
    (mail,) = ada.get(f"{BASE}/_sandbox/mail").json()["mail"]
    assert (mail["to"], mail["version"], mail["event"]) == ("acme:mia", 3, "page edited")
    assert mia.delete(f"{API}/user/watch/content/{page}").status_code == 204
    change(ada, page, 4)
    assert len(ada.get(f"{BASE}/_sandbox/mail").json()["mail"]) == 1


def test_a_file_is_new_once_and_gets_versions_from_then_on(ada: requests.Session) -> None:
    page = str(new_page(ada)["id"])
    address = f"{API}/content/{page}/child/attachment"
    files = {"file": ("map.svg", b"<svg/>", "image/svg+xml")}
    (made,) = ada.post(address, files=files, headers=NOCHECK).json()["results"]
    assert ada.post(address, files=files).status_code == 403
    again = ada.post(address, files=files, headers=NOCHECK)
    assert again.status_code == 400
    assert "same file name as an existing attachment: map.svg" in again.json()["message"]
    assert ada.put(address, files=files, headers=NOCHECK).status_code == 405
    renewed = ada.post(f"{address}/{made['id']}/data", files=files, headers=NOCHECK).json()
    assert (renewed["id"], renewed["version"]["number"]) == (made["id"], 2)
    (found,) = ada.get(address, params={"filename": "map.svg"}).json()["results"]
    assert found["id"] == made["id"]
    assert ada.get(f"{BASE}/confluence{found['_links']['download']}").content == b"<svg/>"
    assert ada.get(address, params={"filename": "none"}).json()["results"] == []


def test_a_property_is_kept_by_its_key_and_number(ada: requests.Session) -> None:
    address = f"{API}/content/{new_page(ada)['id']}/property"
    assert ada.get(f"{address}/k").status_code == 404
    made = ada.post(address, json={"key": "k", "value": {"a": 1}}).json()
    assert (made["version"]["number"], made["value"]) == (1, {"a": 1})
    assert ada.post(address, json={"key": "k", "value": 2}).status_code == 400
    body = {"key": "k", "value": 2, "version": {"number": 2}}
    assert ada.put(f"{address}/k", json=body).json()["value"] == 2
    assert ada.put(f"{address}/k", json=body).status_code == 409
    assert ada.put(f"{address}/new", json={"value": 1, "version": {"number": 1}}).status_code == 200
    assert [one["key"] for one in ada.get(address).json()["results"]] == ["k", "new"]
    assert ada.delete(f"{address}/k").status_code == 204
    assert ada.get(f"{address}/k").status_code == 404


def test_who_may_not_write_is_told_so(site: Site, ada: requests.Session) -> None:
    mia, tom = caller(site, "mia"), caller(site, "tom")
    body = {"type": "page", "title": "Mine", "space": {"key": "SHUT"}}
    assert mia.post(f"{API}/content", json=body).status_code == 403
    page = new_page(tom, "Tom's", "SHUT")["id"]
    assert change(mia, page, 2).status_code == 403
    address = f"{API}/content/{page}/child/attachment"
    files = {"file": ("a.txt", b"a", "text/plain")}
    assert tom.post(address, files=files, headers=NOCHECK).status_code == 403
    assert ada.post(address, files=files, headers=NOCHECK).status_code == 200
    own = [{"operation": "update", "restrictions": {"user": [{"type": "known", "username": "ada"}]}}]
    assert tom.put(f"{API}/content/{page}/restriction", json=own).status_code == 400
    assert ada.put(f"{API}/content/{page}/restriction", json=own).status_code == 200
    assert change(tom, page, 2).status_code == 403
    assert change(ada, page, 2, title="Tom's").status_code == 200


def test_spaces_people_children_and_search(ada: requests.Session) -> None:
    space = ada.get(f"{API}/space/STRAT", params={"expand": "homepage"}).json()
    assert (space["name"], space["homepage"]["title"]) == ("Strategy", "Strategy")
    assert ada.get(f"{API}/space/NONE").status_code == 404
    assert [one["key"] for one in ada.get(f"{API}/space").json()["results"]] == ["SHUT", "STRAT"]
    assert ada.get(f"{API}/user/current").json()["username"] == "ada"
    assert ada.get(f"{API}/server-information").json()["version"].startswith("9.")
    below = ada.get(f"{API}/content/{space['homepage']['id']}/child/page").json()
    assert [one["title"] for one in below["results"]] == ["Old"]
    page = new_page(ada, "Labeled")["id"]
    ada.post(f"{API}/content/{page}/label", json=[{"prefix": "global", "name": "bsc-acme"}])
    cql = 'type = page AND space = "STRAT" AND label = "bsc-acme"'
    found = ada.get(f"{API}/content/search", params={"cql": cql, "expand": "version"}).json()
    assert [(one["id"], one["version"]["number"]) for one in found["results"]] == [(page, 1)]
    assert ada.get(f"{API}/search", params={"cql": cql}).json()["results"][0]["content"]["id"] == page
    assert ada.get(f"{API}/content/search", params={"cql": "label ="}).status_code == 400
    assert ada.get(f"{BASE}/confluence/api/v2/pages").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/property", b'{"key": "k", "value": "\\ud800"}'),
        ("POST", "/label", b'[{"prefix": "global", "name": "\\ud800"}]'),
        ("PUT", "", b'{"version": {"number": 2}, "metadata": {"properties": {"\\ud800": {"value": 1}}}}'),
        ("PUT", "", b'{"version": {"number": 2}, "ancestors": [{"id": "x"}]}'),
        ("PUT", "/restriction", b'[{"operation": "update", "restrictions": {"user": [7, null]}}]'),
        ("PUT", "/restriction", b'[{"operation": "read"}]'),
        ("POST", "/property", b"[1]"),
    ],
)
def test_what_means_nothing_is_a_400(ada: requests.Session, method: str, path: str, body: bytes) -> None:
    address = f"{API}/content/{new_page(ada)['id']}{path}"
    reply = ada.request(method, address, data=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["statusCode"]) == (400, 400)


def test_pages_for_people_are_at_the_addresses_of_data_center(ada: requests.Session) -> None:
    page = new_page(ada, "Our map? Yes")
    assert page["_links"]["webui"] == f"/pages/viewpage.action?pageId={page['id']}"
    shown = ada.get(f"{BASE}/confluence{page['_links']['webui']}")
    assert (shown.status_code, "Our map? Yes" in shown.text) == (200, True)
    assert ada.get(f"{BASE}/confluence/display/STRAT/Old").status_code == 200
    assert ada.get(f"{BASE}/confluence/display/STRAT/Nowhere").status_code == 404
    overview = ada.get(f"{BASE}/confluence/display/STRAT").text
    assert 'href="/confluence/display/STRAT/Old"' in overview
    assert ada.get(f"{BASE}/wiki/spaces/STRAT").status_code == 404
