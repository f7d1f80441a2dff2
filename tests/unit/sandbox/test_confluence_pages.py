"""Pages of the embedded Confluence, over its REST API v2."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site

BASE = "http://127.0.0.1:8089"
API = f"{BASE}/wiki/api/v2"
SEED = {
    "projects": [],
    "users": [
        {"account_id": "u:ada", "name": "Ada", "email": "ada@acme.example", "token": "t"},
        {"account_id": "u:bob", "name": "Bob", "email": "bob@acme.example", "token": "t"},
    ],
    "spaces": [
        {
            "key": "STRAT",
            "name": "Strategy",
            "pages": [{"title": "Rules", "body": "<p>Be kind.</p>"}, {"title": "Deep", "parent": "Rules"}],
        },
        {"key": "OTHER", "name": "Other"},
    ],
}


class Wiki:
    """A caller of one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.auth = ("ada@acme.example", "t")
        self.session.mount(BASE, InProcessAdapter(create_app(site)))

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, f"{API}{path}", **options)

    def space(self, key: str = "STRAT") -> dict[str, Any]:
        (space,) = self.call("GET", "/spaces", params={"keys": key}).json()["results"]
        return dict(space)

    def create(self, title: str, body: str = "<p>x</p>", **more: Any) -> dict[str, Any]:
        reply = self.post(title, body, **more)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def post(self, title: str, body: str = "<p>x</p>", **more: Any) -> requests.Response:
        text = {"representation": "storage", "value": body}
        sent = {"spaceId": self.space()["id"], "status": "current", "title": title, "body": text, **more}
        return self.call("POST", "/pages", json=sent)

    def put(
        self, page: dict[str, Any], number: int, text: str = "<p>y</p>", **more: Any
    ) -> requests.Response:
        sent = {
            "id": page["id"],
            "status": "current",
            "title": page["title"],
            "body": {"representation": "storage", "value": text},
            "version": {"number": number, "message": "because"},
            **more,
        }
        return self.call("PUT", f"/pages/{page['id']}", json=sent)

    def body(self, page: dict[str, Any]) -> str:
        reply = self.call("GET", f"/pages/{page['id']}", params={"body-format": "storage"})
        return str(reply.json()["body"]["storage"]["value"])


@pytest.fixture
def wiki() -> Iterator[Wiki]:
    site = Site(SEED, clock=Clock(datetime(2026, 10, 5, 8, 0, 0, 123456, tzinfo=UTC)), base_url=BASE)
    yield Wiki(site)
    site.store.close()


def error(reply: requests.Response) -> tuple[int, str, str]:
    (item,) = reply.json()["errors"]
    assert set(item) == {"status", "code", "title", "detail"}
    assert item["detail"] is None
    assert item["status"] == reply.status_code
    return reply.status_code, item["code"], item["title"]


def test_creates_a_page_below_the_home_page(wiki: Wiki) -> None:
    page = wiki.create("Plan: 50 % & more", "<p>Hello</p>")
    space = wiki.space()
    stored = page.pop("body")["storage"]
    assert stored["representation"] == "storage"
    assert re.fullmatch(r'<p local-id="[0-9a-f]{12}">Hello</p>', stored["value"])
    number = page["id"]
    assert page == {
        "id": number,
        "status": "current",
        "title": "Plan: 50 % & more",
        "spaceId": space["id"],
        "parentId": space["homepageId"],
        "parentType": "page",
        "position": 2,
        "authorId": "u:ada",
        "ownerId": "u:ada",
        "lastOwnerId": None,
        "createdAt": "2026-10-05T08:00:00.123Z",
        "version": {
            "number": 1,
            "message": "",
            "minorEdit": False,
            "authorId": "u:ada",
            "createdAt": "2026-10-05T08:00:00.123Z",
        },
        "_links": {
            "webui": f"/spaces/STRAT/pages/{number}/Plan%3A+50+%25+%26+more",
            "editui": f"/pages/resumedraft.action?draftId={number}",
            "tinyui": f"/x/{int(number):x}",
            "base": f"{BASE}/wiki",
        },
    }
    root = wiki.call(
        "POST", "/pages", params={"root-level": "true"}, json={"spaceId": space["id"], "title": "Top"}
    ).json()
    assert root["parentId"] is None
    assert wiki.body(root) == ""


def test_updates_a_page_one_version_at_a_time(wiki: Wiki) -> None:
    page = wiki.create("A")
    wiki.site.clock.set(datetime(2026, 10, 6, 9, 30, tzinfo=UTC))
    wiki.session.auth = ("bob@acme.example", "t")
    updated = wiki.put(page, 2, "<p>second</p>", title="B").json()
    assert (updated["title"], updated["createdAt"], updated["authorId"]) == ("B", page["createdAt"], "u:ada")
    assert updated["version"] == {
        "number": 2,
        "message": "because",
        "minorEdit": False,
        "authorId": "u:bob",
        "createdAt": "2026-10-06T09:30:00.000Z",
    }
    for number in (1, 2, 4):
        assert error(wiki.put(page, number, "<p>lost</p>")) == (
            409,
            "CONFLICT",
            "Version must be incremented on update. Current version is: 2",
        )
    assert "second" in wiki.body(page)
    first = wiki.call("GET", f"/pages/{page['id']}", params={"version": 1, "body-format": "storage"}).json()
    assert (first["title"], first["status"], first["version"]["number"]) == ("A", "historical", 1)
    versions = wiki.call("GET", f"/pages/{page['id']}/versions").json()["results"]
    assert [(item["number"], item["authorId"], item["page"]["title"]) for item in versions] == [
        (2, "u:bob", "B"),
        (1, "u:ada", "A"),
    ]
    detail = wiki.call("GET", f"/pages/{page['id']}/versions/1").json()
    assert (detail["number"], detail["nextVersion"], "prevVersion" in detail) == (1, 2, False)
    assert wiki.call("GET", f"/pages/{page['id']}/versions/3").status_code == 404


@pytest.mark.parametrize("missing", ["id", "status", "title", "body", "version"])
def test_an_update_requires_all_of_it(wiki: Wiki, missing: str) -> None:
    page = wiki.create("A")
    sent: dict[str, Any] = {
        "id": page["id"],
        "status": "current",
        "title": "A",
        "body": {"representation": "storage", "value": ""},
        "version": {"number": 2},
    }
    del sent[missing]
    assert wiki.call("PUT", f"/pages/{page['id']}", json=sent).status_code == 400
    assert wiki.call("GET", f"/pages/{page['id']}").json()["version"]["number"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"id": 7},
        {"id": "1"},
        {"status": "draft"},
        {"status": "archived"},
        {"title": 5},
        {"title": " "},
        {"title": "\ud800"},
        {"body": "<p/>"},
        {"body": {"value": "<p/>"}},
        {"body": {"representation": "wiki", "value": "h1. x"}},
        {"version": {"number": "2"}},
        {"version": {"number": True}},
        {"version": 2},
        {"parentId": 5},
        {"parentId": "abc"},
        {"spaceId": "1"},
    ],
)
def test_an_update_of_another_type_is_refused(wiki: Wiki, change: dict[str, Any]) -> None:
    page = wiki.create("A")
    assert error(wiki.put(page, 2, **change))[0] == 400


def test_a_body_may_be_nested_by_its_representation(wiki: Wiki) -> None:
    nested = {"storage": {"value": "<p>n</p>"}}
    sent = {"spaceId": wiki.space()["id"], "title": "N", "body": nested}
    assert ">n</p>" in wiki.call("POST", "/pages", json=sent).json()["body"]["storage"]["value"]


def test_unknown_ids_are_not_found(wiki: Wiki) -> None:
    for method, path in (
        ("GET", "/pages/1"),
        ("GET", "/pages/1/children"),
        ("GET", "/pages/1/versions"),
        ("GET", "/pages/1/labels"),
        ("GET", "/pages/1/attachments"),
        ("GET", "/pages/1/properties"),
        ("GET", "/spaces/1"),
        ("GET", "/spaces/1/pages"),
        ("DELETE", "/pages/1"),
        ("GET", "/attachments/att1"),
    ):
        assert error(wiki.call(method, path)) == (404, "NOT_FOUND", "Not Found")
    assert error(wiki.put({"id": "1", "title": "x"}, 2))[0] == 404
    assert error(wiki.post("x", parentId="1"))[0] == 404
    assert error(wiki.post("x", spaceId="1"))[0] == 404
    assert error(wiki.call("GET", "/pages/abc"))[2] == (
        "Provided value {abc} for 'id' is not the correct type. Expected type is long"
    )


def test_titles_are_unique_in_their_space_even_in_the_trash(wiki: Wiki) -> None:
    page = wiki.create("Page")
    assert error(wiki.post("page"))[2].startswith("A page with this title already exists: ")
    wiki.create("Page", spaceId=wiki.space("OTHER")["id"], parentId=wiki.space("OTHER")["homepageId"])
    assert wiki.call("DELETE", f"/pages/{page['id']}").status_code == 204
    assert wiki.call("GET", f"/pages/{page['id']}").status_code == 404
    assert (
        wiki.call("GET", f"/pages/{page['id']}", params={"status": "trashed"}).json()["status"] == "trashed"
    )
    found = wiki.call("GET", "/pages", params={"title": "Page", "space-id": page["spaceId"]}).json()[
        "results"
    ]
    assert found == []
    assert error(wiki.post("Page"))[0] == 400
    restored = wiki.put(page, 2, "<p>ignored</p>").json()
    assert (restored["status"], restored["version"]["number"]) == ("current", 1)
    assert "ignored" not in wiki.body(page)
    assert wiki.call("DELETE", f"/pages/{page['id']}", params={"purge": "true"}).status_code == 400
    wiki.call("DELETE", f"/pages/{page['id']}")
    assert wiki.call("DELETE", f"/pages/{page['id']}", params={"purge": "true"}).status_code == 204
    wiki.create("Page")


def test_an_archived_page_keeps_its_title(wiki: Wiki) -> None:
    page = wiki.create("Old")
    reply = wiki.session.post(
        f"{BASE}/wiki/rest/api/content/archive", json={"pages": [{"id": int(page["id"])}]}
    )
    assert reply.status_code == 202
    assert wiki.call("GET", f"/pages/{page['id']}").json()["status"] == "archived"
    assert error(wiki.post("Old"))[0] == 400
    current = wiki.call("GET", "/pages", params={"title": "Old", "status": "current"}).json()["results"]
    assert current == []


def test_titles_have_at_most_255_characters(wiki: Wiki) -> None:
    wiki.create("é" * 255)
    assert error(wiki.post("é" * 256))[2] == "Title cannot be longer than 255 characters."


def test_renames_a_page(wiki: Wiki) -> None:
    page = wiki.create("A", "<p>kept</p>")
    renamed = wiki.call("PUT", f"/pages/{page['id']}/title", json={"status": "current", "title": "B"}).json()
    assert (renamed["title"], renamed["version"]["number"]) == ("B", 2)
    assert "kept" in wiki.body(page)
    taken = wiki.call("PUT", f"/pages/{page['id']}/title", json={"status": "current", "title": "Rules"})
    assert taken.status_code == 400


def test_moves_a_page_but_not_below_itself(wiki: Wiki) -> None:
    top, child = wiki.create("Top"), wiki.create("Other top")
    moved = wiki.put(child, 2, parentId=top["id"]).json()
    assert moved["parentId"] == top["id"]
    assert error(wiki.put(top, 2, parentId=child["id"]))[0] == 400
    assert error(wiki.put(top, 2, parentId=wiki.space("OTHER")["homepageId"]))[0] == 400
    children = wiki.call("GET", f"/pages/{top['id']}/children").json()["results"]
    assert children == [
        {
            "id": child["id"],
            "status": "current",
            "title": "Other top",
            "spaceId": top["spaceId"],
            "childPosition": 1,
        }
    ]
    wiki.call("DELETE", f"/pages/{top['id']}")
    assert wiki.call("GET", f"/pages/{child['id']}").json()["parentId"] == wiki.space()["homepageId"]


@pytest.mark.parametrize(
    "body", ["<p>", "<p></b>", "&nope;", "a & b", "<p a=1/>", "\x01", "<x:y/>", "]]>", "<!DOCTYPE x><p/>"]
)
def test_a_body_must_be_well_formed(wiki: Wiki, body: str) -> None:
    status, _, title = error(wiki.post("Bad", body))
    assert status == 400
    assert title.startswith("Error parsing xhtml: ")
    assert wiki.call("GET", "/pages", params={"title": "Bad"}).json()["results"] == []


def test_a_body_has_at_most_five_megabytes(wiki: Wiki) -> None:
    wiki.create("Big", "x" * (5 * 1024 * 1024))
    assert error(wiki.post("Bigger", "x" * (5 * 1024 * 1024 + 1)))[0] == 413


def test_what_is_stored_is_not_what_was_sent(wiki: Wiki) -> None:
    page = wiki.create(
        "R",
        '<p onclick="x()">a&nbsp;ü</p><script>alert(1)</script>tail<style>p{}</style><iframe src="/"/>'
        '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[a < ü && b]]></ac:plain-text-body>'
        "</ac:structured-macro><table><tbody><tr><td/></tr></tbody></table>",
    )
    stored = re.sub(r'(-id=")[^"]*', r"\1", wiki.body(page))
    assert stored == (
        '<p local-id="">a&nbsp;&uuml;</p>tail'
        '<ac:structured-macro ac:name="code" ac:schema-version="1" ac:macro-id="">'
        "<ac:plain-text-body><![CDATA[a < ü && b]]></ac:plain-text-body></ac:structured-macro>"
        '<table ac:local-id=""><tbody><tr><td/></tr></tbody></table>'
    )
    assert wiki.put(page, 2, wiki.body(page)).status_code == 200


def test_finds_pages_by_title_and_by_id(wiki: Wiki) -> None:
    one, two = wiki.create("One", "<p>1</p>"), wiki.create("Two")
    found = wiki.call(
        "GET", "/pages", params={"title": "One", "space-id": one["spaceId"], "body-format": "storage"}
    ).json()["results"]
    assert [(page["id"], "1</p>" in page["body"]["storage"]["value"]) for page in found] == [
        (one["id"], True)
    ]
    assert wiki.call("GET", "/pages", params={"title": "one"}).json()["results"] == []
    both = wiki.call("GET", "/pages", params={"id": [one["id"], two["id"]]}).json()["results"]
    assert [page["title"] for page in both] == ["One", "Two"]
    assert both[0]["body"] == {}
    inside = wiki.call("GET", f"/spaces/{one['spaceId']}/pages", params={"depth": "root"}).json()["results"]
    assert [page["title"] for page in inside] == ["Strategy"]


def test_a_view_is_safe_html(wiki: Wiki) -> None:
    page = wiki.create("V", '<p><a href="javascript:alert(1)">x</a></p>')
    reply = wiki.call("GET", f"/pages/{page['id']}", params={"body-format": "view"}).json()
    assert reply["body"] == {"view": {"representation": "view", "value": "<p><span>x</span></p>"}}
