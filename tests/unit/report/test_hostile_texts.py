"""Texts from files and from Jira stay texts, in every format."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from bsc_sync.report.html import render_html
from bsc_sync.report.markdown import escaped, render_markdown
from bsc_sync.report.page import Page
from bsc_sync.report.storage import render_storage
from bsc_sync.report.strategy_map import strategy_map
from tests.report_sample import sample_page

ATTACK = (
    "<script>alert(1)</script> ]]> \"' | a\\| `x` [l](javascript:alert(1)) <img src=x onerror=y>"
    " &amp; {{ 7*7 }} **b** \u202e\x00\x1b \ud800 </style></svg> ![i](http://e.example/i.png) <ac:macro/>"
)
_KEPT = {"id", "cause", "effect", "exact", "objective", "status", "tone", "kind", "before"}


def attacked(value: Any, name: str = "") -> Any:
    """The value with hostile text at the end of every text, and script addresses for addresses."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{one.name: attacked(getattr(value, one.name), one.name) for one in fields(value)},
        )
    if isinstance(value, tuple):
        return tuple(attacked(inner, name) for inner in value)
    if name == "url":
        return "javascript:alert(1)"
    if isinstance(value, str) and value and name not in _KEPT:
        return f"{value} {ATTACK}"
    return value


@pytest.fixture(scope="module")
def page() -> Page:
    attacked_page = attacked(sample_page())
    assert isinstance(attacked_page, Page)
    return attacked_page


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}


def test_html_has_no_foreign_element_attribute_or_address(page: Page) -> None:
    text = render_html(page)
    seen, calm = _Seen(), _Seen()
    seen.feed(text)
    calm.feed(render_html(sample_page()))
    assert seen.tags <= calm.tags
    assert not seen.tags & {"script", "img", "iframe", "link", "object", "form"}
    assert seen.names <= calm.names
    assert not {name for name in calm.names if name.startswith("on")} | (calm.names & {"style", "src"})
    assert all(link.startswith("#") for link in seen.links)
    assert "49" not in re.findall(r"&amp;amp; (\S+)", text)


def test_html_asks_nothing_of_the_world() -> None:
    text = render_html(sample_page())
    assert "@import" not in text
    assert "url(" not in text
    outside = set(re.findall(r"https?://[^\s\"'<]+", text))
    assert {address for address in outside if "acme.example" not in address} == {"http://www.w3.org/2000/svg"}


def test_the_content_policy_allows_exactly_the_two_style_sheets() -> None:
    text = render_html(sample_page())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    allowed = set(re.findall(r"sha256-[^']*?=", policy[1].replace("&#39;", "'")))
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    hashes = {
        f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}" for style in styles
    }
    assert len(styles) == 2
    assert allowed == hashes
    assert policy[1].startswith("default-src &#39;none&#39;")


def test_storage_is_well_formed_and_keeps_texts_as_texts(page: Page) -> None:
    body = render_storage(page, map_image='m" onload="x.svg')
    root = _storage_root(body)
    calm = _storage_root(render_storage(sample_page(), map_image="m.svg"))
    assert {node.tag for node in root.iter()} <= {node.tag for node in calm.iter()}
    assert not list(root.iter("a"))
    assert "<script>alert(1)</script> ]]>" in "".join(str(text) for text in root.itertext())


def test_storage_carries_our_mark_and_no_declarations() -> None:
    body = render_storage(sample_page(), map_image=None)
    assert body.startswith(
        '<p><ac:structured-macro ac:name="anchor"><ac:parameter ac:name="">bsc-sync-acme</ac:parameter>'
    )
    assert "xmlns" not in body
    assert "ac:image" not in body


def test_the_map_is_well_formed_and_links_nowhere_else(page: Page) -> None:
    root = etree.fromstring(strategy_map(page.map).encode())
    names = {etree.QName(node).localname for node in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "g", "rect", "path", "text"}


def test_markdown_shows_texts_and_has_only_its_own_cells(page: Page) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = parser.parse(render_markdown(page))
    calm = parser.parse(render_markdown(sample_page()))
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "code_inline", "fence"}
    assert [token.type for token in tokens] == [token.type for token in calm]


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "- no item",
        "+ no item",
        "1. no item",
        "2) no item",
        "=== no line",
        "--- no line",
        ATTACK,
    ],
)
def test_escaped_markdown_reads_as_the_text(text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(escaped(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    shown = "".join(child.content for child in tokens[1].children or ())
    assert shown == " ".join(text.replace("\u202e\x00\x1b \ud800", "").split())


def _storage_root(body: str) -> etree._Element:
    wrapped = f'<page xmlns:ac="http://atlassian.com/content" xmlns:ri="urn:ri">{body}</page>'
    return etree.fromstring(wrapped.encode())
