"""The pages for people, as a browser asks for them: without a log-in."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.document_html import document_html
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.pages import POLICY
from bsc_sync.sandbox.seed import read_seed
from bsc_sync.sandbox.site import Site

BASE = "http://127.0.0.1:8089"
EVIL = "<script>alert(1)</script>"
ADMIN = ("admin@sandbox.example", "sandbox-token")
ACME = (files("bsc_sync") / "examples" / "acme" / "sandbox.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    clock = Clock(datetime(2026, 10, 1, 8, tzinfo=UTC))
    site = Site(read_seed(ACME, "sandbox.yaml"), clock=clock, base_url=BASE)
    caller = requests.Session()
    caller.mount(BASE, InProcessAdapter(create_app(site)))
    yield caller
    site.store.close()


def read(session: requests.Session, path: str, status: int = 200) -> etree._Element:
    reply = session.get(BASE + path)
    assert reply.status_code == status
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Content-Security-Policy"] == POLICY
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    tree = html.fromstring(reply.text)
    assert not list(tree.iter("script", "style", "iframe", "form"))
    assert not [
        name for item in tree.iter(etree.Element) for name in item.attrib if str(name).startswith("on")
    ]
    assert not [item for item in tree.iter(etree.Element) if item.get("style") is not None]
    return tree


def words(tree: etree._Element, path: str) -> list[str]:
    return [" ".join("".join(map(str, item.itertext())).split()) for item in tree.findall(path)]


def test_every_link_of_the_acme_site_leads_somewhere(session: requests.Session) -> None:
    seen, waiting = {"/"}, ["/"]
    while waiting:
        tree = read(session, waiting.pop())
        for link in tree.iter("a"):
            address = str(link.get("href")).partition("#")[0]
            if address.startswith("/") and not address.startswith("/_sandbox") and address not in seen:
                seen.add(address)
                waiting.append(address)
    assert {f"/browse/OPS-{number}" for number in range(1, 35)} <= seen
    assert {f"/browse/CRM-{number}" for number in range(1, 45)} <= seen
    assert {"/projects/STRAT", "/wiki/spaces/STRAT"} <= seen
    for address in ("/_sandbox/style.css", "/_sandbox/requests"):
        assert session.get(BASE + address).status_code == 200


def test_the_front_page_shows_projects_spaces_and_the_last_changes(session: requests.Session) -> None:
    tree = read(session, "/")
    assert words(tree, ".//a[@class='card']/b") == ["CRM product", "Operations", "Strategy"]
    assert words(tree, ".//a[@class='card wiki']/span") == ["2 pages"]
    assert len(words(tree, ".//tbody/tr")) == 12


def test_a_project_is_shown_in_pages(session: requests.Session) -> None:
    tree = read(session, "/projects/crm")
    assert words(tree, ".//h1") == ["CRM product"]
    assert len(words(tree, ".//tbody/tr")) == 44
    assert read(session, "/projects/OPS?page=99").find(".//h1") is not None
    assert words(read(session, "/projects/STRAT"), ".//main/p")[-1] == "No issues yet."
    read(session, "/projects/NONE", 404)


def test_an_issue_is_shown_whole(session: requests.Session) -> None:
    tree = read(session, "/browse/CRM-13")
    assert words(tree, ".//h1") == ["One view of all open deals"]
    assert words(tree, ".//p[@class='path']") == ["CRM product / CRM-12 Sales funnel redesign / CRM-13"]
    assert words(tree, ".//p[@class='facts']/span[2]") == ["In Progress"]
    assert [row.split()[0] for row in words(tree, ".//tbody/tr")] == ["CRM-14", "CRM-15", "CRM-16"]
    facts = dict(zip(words(tree, ".//dt"), words(tree, ".//dd"), strict=True))
    assert facts["Story Points"] == "8"
    assert facts["Components"] == "sales"
    assert facts["Created"] == "2026-05-05 11:00"
    epic = read(session, "/browse/crm-24")
    assert epic.find(".//section//a[@href='https://acme.example/schema']") is not None
    done = read(session, "/browse/CRM-44")
    assert words(done, ".//ul[@class='links']/li") == [
        "relates to CRM-41 Birthday greetings for contacts Closed"
    ]
    assert words(read(session, "/browse/CRM-999", 404), ".//h1") == ["Not found"]
    read(session, "/browse/%3Cscript%3E", 404)


def test_what_people_write_into_an_issue_stays_text(session: requests.Session) -> None:
    api = f"{BASE}/rest/api/2/issue/OPS-6"
    session.auth = ADMIN
    edits: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", "", {"fields": {"summary": EVIL, "description": f"{EVIL} [x|javascript:alert(1)]"}}),
        ("PUT", "", {"update": {"labels": [{"add": EVIL}]}, "properties": [{"key": "k", "value": EVIL}]}),
        ("POST", "/comment", {"body": f"{EVIL} *bold*"}),
        ("POST", "/remotelink", {"object": {"url": "javascript:alert(1)", "title": EVIL}}),
        ("POST", "/remotelink", {"object": {"url": "https://a.example", "title": "Scorecard"}}),
    ]
    for method, path, body in edits:
        assert session.request(method, api + path, json=body).ok
    session.auth = None
    tree = read(session, "/browse/OPS-6")
    assert words(tree, ".//h1") == [EVIL]
    assert EVIL in words(tree, ".//dd/span/span")
    assert [str(link.get("href")) for link in tree.findall(".//ul[@class='links']//a")] == [
        "https://a.example"
    ]
    (comment,) = tree.findall(".//div[@class='comment storage']")
    assert words(comment, ".//strong") == ["bold"]
    assert any(EVIL in change for change in words(tree, ".//ul[@class='history']//ins"))
    assert EVIL in words(tree, ".//aside//pre")[0]
    read(session, "/")
    read(session, "/projects/OPS")


def test_a_wiki_page_is_shown_with_its_attachments_and_labels(session: requests.Session) -> None:
    session.auth = ADMIN
    api = f"{BASE}/wiki/api/v2"
    space = session.get(f"{api}/spaces").json()["results"][0]
    body = f'<p onclick="x">Hi &lt;b&gt;</p>{EVIL}<ac:image><ri:attachment ri:filename="m.svg"/></ac:image>'
    text = {"representation": "storage", "value": body}
    page = session.post(f"{api}/pages", json={"spaceId": space["id"], "title": EVIL, "body": text}).json()
    v1 = f"{BASE}/wiki/rest/api/content/{page['id']}"
    for name, data in (("m.svg", b"<svg/>"), (f"{EVIL[:8]}.png", b"p")):
        sent = {"file": (name, data)}
        headers = {"X-Atlassian-Token": "nocheck"}
        session.put(f"{v1}/child/attachment", files=sent, data={"minorEdit": "true"}, headers=headers)
    session.post(f"{v1}/label", json={"prefix": "global", "name": "bsc-acme"})
    session.auth = None
    tree = read(session, f"/wiki{page['_links']['webui']}")
    assert words(tree, ".//h1") == [EVIL]
    assert words(tree, ".//p[@class='path']") == ["Spaces / Strategy"]
    assert words(tree, ".//article/p")[-1] == "Hi <b>"
    assert words(tree, ".//p[@class='labels']/span") == ["bsc-acme"]
    assert words(tree, ".//ul[@class='attachments']/li/a") == ["<script>.png", "m.svg"]
    (picture,) = tree.iter("img")
    shown = session.get(BASE + str(picture.get("src")))
    assert (shown.content, shown.headers["Content-Type"]) == (b"<svg/>", "image/svg+xml")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    listed = words(read(session, "/wiki/spaces/STRAT"), ".//div[@class='tree']//a")
    assert listed == ["Strategy", "How we work with the scorecard", EVIL]
    for path in ("/wiki/spaces/NONE", "/wiki/spaces/STRAT/pages/1", f"/wiki/spaces/X/pages/{page['id']}"):
        read(session, path, 404)


DOCUMENTS = [
    (None, ""),
    ("a < b", "<p>a &lt; b</p>"),
    ({"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "x"}]}, "<h2>x</h2>"),
    ({"type": "heading", "attrs": {"level": "2><script>"}}, "<h3></h3>"),
    (
        {
            "type": "text",
            "text": "x",
            "marks": [{"type": "strong"}, {"type": "subsup", "attrs": {"type": "sup"}}],
        },
        "<sup><strong>x</strong></sup>",
    ),
    (
        {"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "javascript:1"}}]},
        "<span>x</span>",
    ),
    (
        {"type": "orderedList", "attrs": {"order": 3}, "content": [{"type": "listItem"}]},
        '<ol start="3"><li></li></ol>',
    ),
    ({"type": "panel", "attrs": {"panelType": '"><script>'}}, '<div class="panel info"></div>'),
    (
        {"type": "status", "attrs": {"color": "green", "text": EVIL}},
        '<span class="lozenge green">&lt;script&gt;alert(1)&lt;/script&gt;</span>',
    ),
    ({"type": "date", "attrs": {"timestamp": "1790812800000"}}, "<time>2026-10-01</time>"),
    ({"type": "date", "attrs": {"timestamp": "soon"}}, ""),
    ({"type": "tableCell", "attrs": {"colspan": 2, "rowspan": 10**9}}, '<td colspan="2"></td>'),
    ({"type": "taskItem", "attrs": {"state": "DONE"}}, "<li>☑ </li>"),
    ({"type": "inlineCard", "attrs": {"url": "/browse/A-1"}}, '<a href="/browse/A-1">/browse/A-1</a>'),
    ({"type": "expand", "attrs": {"title": "T"}}, "<details><summary>T</summary></details>"),
    ({"type": "unheard-of", "content": [{"type": "rule"}]}, "<hr>"),
    ({"type": "media"}, '<div class="unknown"><b>Media</b></div>'),
    ({"type": "mention", "attrs": {"text": "@Ada <b>"}}, "@Ada &lt;b&gt;"),
]


@pytest.mark.parametrize(("document", "expected"), DOCUMENTS)
def test_documents_become_safe_html(document: object, expected: str) -> None:
    assert str(document_html(document)) == expected


_JSON: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=8), st.just("javascript:x"), st.just("<b>")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["doc", "text", "panel", "tableCell", "inlineCard", "date", "status", "heading"]
                )
            },
            optional={
                "content": st.lists(inner, max_size=3),
                "text": inner,
                "marks": st.lists(
                    st.fixed_dictionaries({"type": st.just("link"), "attrs": inner}), max_size=2
                ),
                "attrs": st.dictionaries(
                    st.sampled_from(["url", "href", "level", "text", "timestamp", "colspan", "panelType"]),
                    inner,
                ),
            },
        ),
    ),
    max_leaves=12,
)


@given(_JSON)
def test_no_document_breaks_the_page(document: object) -> None:
    shown = str(document_html(document))
    assert not re.search(r"<script|<b>|javascript:x\"|\son\w+=", shown)


def test_a_document_without_a_bottom_is_cut() -> None:
    document: dict[str, Any] = {"type": "blockquote"}
    for _ in range(300):
        document = {"type": "blockquote", "content": [document]}
    assert str(document_html(document)).count("<blockquote>") == 61
