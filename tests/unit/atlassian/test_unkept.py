"""What of a rich text would be lost, were its Markdown written back."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.documents import plain_text
from bsc_sync.plan.unheld import unheld


def document(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": list(nodes)}


PARAGRAPH = {"type": "paragraph", "content": [{"type": "text", "text": "plain"}]}
MENTION = {"type": "mention", "attrs": {"id": "1", "text": "@Mia"}}
PICTURE = {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1", "type": "file"}}]}


EMPTY: dict[str, Any] = {"type": "paragraph", "content": []}


def text(words: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def item(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "listItem", "content": list(nodes)}


def table(*rows: list[str], **attributes: object) -> dict[str, Any]:
    made = [
        {
            "type": "tableRow",
            "content": [{"type": kind, "attrs": attributes, "content": [PARAGRAPH]} for kind in row],
        }
        for row in rows
    ]
    return document({"type": "table", "attrs": {"layout": "center", "width": 700}, "content": made})


@pytest.mark.parametrize(
    ("raw", "lost"),
    [
        (None, ""),
        (document(PARAGRAPH), ""),
        (document(PARAGRAPH, PICTURE, PICTURE), "2 pictures"),
        (document({"type": "paragraph", "content": [MENTION]}, PICTURE), "1 mention, 1 picture"),
        (document({"type": "panel", "content": [PARAGRAPH]}), "1 panel"),
        (document({"type": "bulletList", "content": [item(PARAGRAPH), item(PARAGRAPH)]}), ""),
        (document({"type": "bulletList", "content": [item(PARAGRAPH), item(EMPTY)]}), "1 empty list item"),
        (document({"type": "orderedList", "attrs": {"order": 1}, "content": [item(PARAGRAPH)]}), ""),
        (
            document({"type": "orderedList", "attrs": {"order": 7}, "content": [item(PARAGRAPH)]}),
            "1 list numbering",
        ),
        (
            document({"type": "bulletList", "content": [item({**PARAGRAPH, "type": "heading"})]}),
            "1 list-item heading",
        ),
        (table(["tableHeader"], ["tableCell"]), ""),
        (table(["tableCell"], ["tableCell"]), "1 table without a head"),
        (table(["tableHeader"], ["tableHeader"]), "1 head beside the first row"),
        (table(["tableHeader"], ["tableCell"], colspan=2), "2 merged cells"),
        (table(["tableHeader"], ["tableCell"], background="#fff000"), "2 cell colors"),
        (
            document({"type": "paragraph", "content": [text("a"), text(",", "strong"), text("b")]}),
            "1 emphasis within a word",
        ),
        (
            document({"type": "paragraph", "content": [text("a", "fontSize"), text("b", "glow")]}),
            "1 glow, 1 text size",
        ),
        (document({"type": "syncBlock", "content": [PARAGRAPH]}), "1 sync block"),
        (document({"type": "codeBlock", "content": []}), "1 empty code block"),
        ("not a document", ""),
    ],
)
def test_a_document(raw: object, lost: str) -> None:
    assert unheld("text", plain_text(raw, CLOUD)) == lost


@pytest.mark.parametrize(
    ("raw", "lost"),
    [
        (None, ""),
        ("h1. Title\n* a *bold* item\n{code}x{code}", ""),
        ("see !shot.png|thumbnail! and [~mia]", "1 mention, 1 picture"),
        ("wow! really! \\!not.png!", ""),
        ("{panel:title=x}inside{panel} {color:red}red{color}", "1 color, 1 panel"),
        ("{expand}more{expand}{expand}more{expand}", "2 folded sections"),
        ("+new+ ~2~ ^2^ ??said??", "1 citation, 1 subscript, 1 superscript, 1 underline"),
        ("{align:center}x{align} {toc} \\{no macro\\}", "1 {align} macro, 1 {toc} macro"),
        ("{noformat}{toc} +a+ [~mia] !a.png!{noformat} {{a}} \\+b\\+", ""),
        ("{code:title=A.java|java}x{code}", "1 code caption"),
        ("[^plan.pdf]", "1 attachment"),
        ("[a|https://a.example/x|read this] [b|https://a.example/y|smart-link]", "1 link tip"),
        ("{code:visual basic}x{code}", "1 code language"),
        ("{anchor:here}x", "1 anchor"),
        ("||a||b||\n|c|d|", ""),
        ("|a|b|\n|c|d|", "1 table without a head"),
        ("||a||b||\n||c|d|", "1 head beside the first row"),
        ("|| ||", "1 empty table"),
        ("{quote}\n{quote}", "1 empty quote"),
        ("*{{bold code}}*", "1 emphasized code"),
    ],
)
def test_wiki_markup(raw: object, lost: str) -> None:
    assert unheld("text", plain_text(raw, DATA_CENTER)) == lost
