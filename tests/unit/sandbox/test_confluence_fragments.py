"""Properties, labels and attachments of the embedded Confluence, and what is left of its REST API v1."""

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
V1 = f"{BASE}/wiki/rest/api"
V2 = f"{BASE}/wiki/api/v2"
NO_CHECK = {"X-Atlassian-Token": "nocheck"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def session() -> Iterator[requests.Session]:
    site = Site(
        {"projects": [], "spaces": [{"key": "S", "name": "Home"}]},
        clock=Clock(datetime(2026, 10, 5, 8, tzinfo=UTC)),
        base_url=BASE,
    )
    caller = requests.Session()
    caller.auth = ("admin@sandbox.example", "sandbox-token")
    caller.mount(BASE, InProcessAdapter(create_app(site)))
    yield caller
    site.store.close()


@pytest.fixture
def page(session: requests.Session) -> str:
    return str(session.get(f"{V2}/spaces").json()["results"][0]["homepageId"])


def upload(session: requests.Session, page: str, method: str = "PUT", **parts: Any) -> requests.Response:
    options: dict[str, Any] = {
        "files": {"file": ("map.png", PNG, "image/png")},
        "data": {"minorEdit": "true"},
        "headers": NO_CHECK,
        **parts,
    }
    return session.request(method, f"{V1}/content/{page}/child/attachment", **options)


def test_a_property_is_written_version_by_version(session: requests.Session, page: str) -> None:
    url = f"{V2}/pages/{page}/properties"
    created = session.post(url, json={"key": "bsc", "value": {"digest": "abc", "n": [1, None]}})
    assert created.status_code == 200
    number = created.json()["id"]
    expected: dict[str, Any] = {
        "id": number,
        "key": "bsc",
        "value": {"digest": "abc", "n": [1, None]},
        "version": {
            "number": 1,
            "message": "",
            "minorEdit": False,
            "authorId": "sandbox:admin",
            "createdAt": "2026-10-05T08:00:00.000Z",
        },
    }
    assert created.json() == expected
    assert session.get(f"{url}/{number}").json() == expected
    assert session.get(url, params={"key": "bsc"}).json()["results"] == [expected]
    assert session.get(url, params={"key": "none"}).json()["results"] == []
    assert session.post(url, json={"key": "bsc", "value": 1}).status_code == 400

    body: dict[str, Any] = {"key": "bsc", "value": None, "version": {"number": 2, "message": "m"}}
    updated = session.put(f"{url}/{number}", json=body)
    assert (updated.json()["value"], updated.json()["version"]["number"]) == (None, 2)
    stale = session.put(f"{url}/{number}", json=body)
    assert stale.status_code == 409
    assert stale.json()["errors"][0]["title"] == (
        "Version must be incremented on update. Current version is: 2"
    )
    renamed = session.put(f"{url}/{number}", json={**body, "key": "x", "version": {"number": 3}})
    assert renamed.status_code == 400
    shown = session.get(f"{V2}/pages/{page}", params={"include-properties": "true"}).json()
    assert [item["key"] for item in shown["properties"]["results"]] == ["bsc"]
    assert session.get(f"{V2}/pages/{page}").json()["version"]["number"] == 1

    assert session.delete(f"{url}/{number}").status_code == 204
    for reply in (session.get(f"{url}/{number}"), session.delete(f"{url}/{number}")):
        assert reply.status_code == 404


def test_a_property_has_at_most_32_kilobytes(session: requests.Session, page: str) -> None:
    url = f"{V2}/pages/{page}/properties"
    assert session.post(url, json={"key": "a", "value": "x" * (32 * 1024 - 2)}).status_code == 200
    assert session.post(url, json={"key": "b", "value": "x" * (32 * 1024 - 1)}).status_code == 413
    assert session.post(url, json={"key": "b", "value": "é" * (16 * 1024)}).status_code == 413


@pytest.mark.parametrize("body", [{}, {"key": "k"}, {"key": 1, "value": 1}, {"key": "", "value": 1}, [], "x"])
def test_a_property_needs_key_and_value(session: requests.Session, page: str, body: object) -> None:
    assert session.post(f"{V2}/pages/{page}/properties", json=body).status_code == 400


def test_labels_are_written_with_v1_and_read_with_v2(session: requests.Session, page: str) -> None:
    url = f"{V1}/content/{page}/label"
    reply = session.post(
        url, json=[{"prefix": "global", "name": "Strategy"}, {"prefix": "my", "name": "later"}]
    )
    assert reply.status_code == 200
    assert [(label["label"], label["prefix"]) for label in reply.json()["results"]] == [
        ("strategy", "global"),
        ("my:later", "my"),
    ]
    assert session.post(url, json={"prefix": "global", "name": "strategy"}).json()["size"] == 2
    listed = session.get(f"{V2}/pages/{page}/labels", params={"prefix": "global"}).json()["results"]
    assert [label["name"] for label in listed] == ["strategy"]
    shown = session.get(f"{V2}/pages/{page}", params={"include-labels": "true"}).json()
    assert [label["name"] for label in shown["labels"]["results"]] == ["strategy", "later"]
    assert session.delete(url, params={"name": "later"}).status_code == 204
    assert session.delete(f"{url}/strategy").status_code == 204
    assert session.delete(f"{url}/strategy").status_code == 204
    assert session.get(f"{V2}/pages/{page}/labels").json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [
        [{"name": "x"}],
        [{"prefix": "global", "name": "two words"}],
        [{"prefix": "global", "name": ""}],
        [{"prefix": "global", "name": "x" * 256}],
        [{"prefix": "nope", "name": "x"}],
        "x",
        None,
    ],
)
def test_what_is_no_label_is_refused(session: requests.Session, page: str, body: object) -> None:
    reply = session.post(f"{V1}/content/{page}/label", json=body)
    assert (reply.status_code, reply.json()["statusCode"]) == (400, 400)
    assert session.get(f"{V2}/pages/{page}/labels").json()["results"] == []


def test_an_attachment_gets_a_new_version_under_its_name(session: requests.Session, page: str) -> None:
    first = upload(session, page, data={"minorEdit": "true", "comment": "drawn"})
    assert first.status_code == 200
    (kept,) = first.json()["results"]
    assert (kept["type"], kept["title"], kept["version"]["number"]) == ("attachment", "map.png", 1)
    assert kept["metadata"] == {"mediaType": "image/png", "comment": "drawn"}
    second = upload(session, page, files={"file": ("map.png", b"new", "image/png")}).json()["results"][0]
    assert (second["id"], second["version"]["number"]) == (kept["id"], 2)
    assert session.get(f"{V2}/pages/{page}").json()["version"]["number"] == 1

    (listed,) = session.get(f"{V2}/pages/{page}/attachments").json()["results"]
    assert (listed["id"], listed["fileSize"], listed["version"]["number"]) == (kept["id"], 3, 2)
    assert listed["downloadLink"].startswith(f"/download/attachments/{page}/map.png?version=2")
    one = session.get(f"{V2}/attachments/{kept['id']}").json()
    assert one["_links"].pop("base") == f"{BASE}/wiki"
    assert one == listed
    assert session.get(f"{BASE}/wiki{listed['downloadLink']}").content == b"new"
    old = session.get(f"{BASE}/wiki/download/attachments/{page}/map.png", params={"version": 1})
    assert (old.content, old.headers["Content-Type"]) == (PNG, "image/png")
    redirected = session.get(f"{V1}/content/{page}/child/attachment/{kept['id']}/download?version=1")
    assert (redirected.content, redirected.history[0].status_code) == (PNG, 302)
    none = session.get(f"{V2}/pages/{page}/attachments", params={"filename": "other.png"}).json()["results"]
    assert none == []


def test_a_post_never_replaces_an_attachment(session: requests.Session, page: str) -> None:
    assert upload(session, page, "POST").status_code == 200
    again = upload(session, page, "POST")
    assert again.status_code == 400
    assert "same file name" in again.json()["message"]


def test_an_upload_needs_the_header_and_a_file(session: requests.Session, page: str) -> None:
    refused = upload(session, page, headers={})
    assert (refused.status_code, refused.text) == (403, "XSRF check failed")
    assert upload(session, page, headers={"X-Atlassian-Token": "no-check"}).status_code == 200
    assert upload(session, page, data={}).status_code == 200  # well-known clients send no minorEdit
    assert upload(session, page, files={"other": ("a", b"")}).status_code == 400
    assert (
        upload(
            session, page, files=[("file", ("a", b"")), ("file", ("b", b"")), ("comment", b"c")]
        ).status_code
        == 400
    )
    assert upload(session, "1").status_code == 404


def test_minor_edit_may_come_as_a_file_part(session: requests.Session, page: str) -> None:
    parts = {"file": ("a.csv", b"a,b"), "minorEdit": (None, b"false"), "comment": ("c", b"numbers")}
    (kept,) = upload(session, page, data={}, files=parts).json()["results"]
    assert kept["version"]["minorEdit"] is False
    assert kept["metadata"] == {"mediaType": "text/csv", "comment": "numbers"}


def test_a_picture_that_could_run_is_put_in_a_box(session: requests.Session, page: str) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    upload(session, page, files={"file": ("m.svg", svg, "image/svg+xml")})
    upload(session, page, files={"file": ("x.html", b"<script>1</script>", "text/html")})
    shown = session.get(f"{BASE}/wiki/download/attachments/{page}/m.svg", auth=("", ""))
    assert shown.headers["Content-Type"] == "image/svg+xml"
    assert shown.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    )
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    html = session.get(f"{BASE}/wiki/download/attachments/{page}/x.html")
    assert html.headers["Content-Type"] == "application/octet-stream"
    assert html.headers["Content-Disposition"].startswith("attachment")
    assert session.get(f"{BASE}/wiki/download/attachments/{page}/none.png").status_code == 404
    assert session.get(f"{BASE}/wiki/download/attachments/1/m.svg").status_code == 404


def test_file_names_are_kept_as_they_are(session: requests.Session, page: str) -> None:
    name = "Übersicht 50 % #1?.png"
    (kept,) = upload(session, page, files={"file": (name, PNG, "image/png")}).json()["results"]
    assert kept["title"] == name
    assert session.get(f"{BASE}/wiki{kept['_links']['download']}").content == PNG


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/content"),
        ("POST", "/content"),
        ("GET", "/content/1"),
        ("PUT", "/content/1"),
        ("DELETE", "/content/1"),
        ("GET", "/content/1/label"),
        ("GET", "/content/1/child/attachment"),
        ("PUT", "/content/1/property/k"),
    ],
)
def test_the_rest_of_v1_is_gone(session: requests.Session, method: str, path: str) -> None:
    reply = session.request(method, f"{V1}{path}", json={})
    assert reply.status_code == 410
    assert reply.json()["statusCode"] == 410


def test_says_who_is_asking(session: requests.Session) -> None:
    assert session.get(f"{V1}/user/current").json() == {
        "type": "known",
        "accountId": "sandbox:admin",
        "accountType": "atlassian",
        "publicName": "Ada Admin",
        "displayName": "Ada Admin",
        "email": "admin@sandbox.example",
        "timeZone": "UTC",
    }
