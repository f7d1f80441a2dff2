"""Documents as Jira's editor makes them, read as the Markdown that says the same."""

from typing import Any

import pytest

from bsc_sync.atlassian.documents import document_of, text_of


def doc(*content: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": list(content)}


def node(kind: str, *content: dict[str, Any], **attributes: object) -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind, "attrs": {**attributes, "localId": "5f1e"}}
    return {**made, "content": list(content)} if content else made


def text(words: str, *marks: str, href: str | None = None) -> dict[str, Any]:
    made: list[dict[str, Any]] = [{"type": mark} for mark in marks]
    if href:
        made.append({"type": "link", "attrs": {"href": href, "__confluenceMetadata": None}})
    return {"type": "text", "text": words, "marks": made}


def para(*content: dict[str, Any]) -> dict[str, Any]:
    return node("paragraph", *content)


@pytest.mark.parametrize(
    ("document", "markdown"),
    [
        (doc(), None),
        (doc(para(), para(text("  a"), text(" b "))), "a b"),
        (doc(para(text("a", "underline"), text("b", "textColor"))), "ab"),
        (doc(para(text("bold ", "strong"), text("word"))), "**bold** word"),
        (doc(para(text("a"), node("hardBreak"), node("hardBreak"), text("b"))), "a\n\nb"),
        (doc(para(node("mention", id="5b10", text="@Mia"), text(" asks"))), "@Mia asks"),
        (doc(para(node("emoji", shortName=":x:", text="🎉"), node("status", text="DONE"))), "🎉DONE"),
        (doc(para(node("date", timestamp="1767139200000"))), "2025-12-31"),
        (doc(para(text("see "), node("inlineCard", url="https://a.example/x"))), "see https://a.example/x"),
        (doc(para(text("see "), text("https://a.example/x", href="https://a.example/x"))), "see https://a.example/x"),
        (doc(node("blockCard", url="https://a.example/x")), "https://a.example/x"),
        (doc(node("panel", para(text("inside")), panelType="info")), "> inside"),
        (doc(node("expand", para(text("inside")), title="More")), "> **More**\n>\n> inside"),
        (doc(node("taskList", node("taskItem", text("do it"), state="TODO"))), "- do it"),
        (doc(node("layoutSection", node("layoutColumn", para(text("left")), width=50))), "left"),
        (doc(node("mediaSingle", node("media", id="1", alt="a map"), node("caption", text("Fig. 1")))),
         "a map\n\nFig. 1"),
        (doc(node("bulletList",
                  node("listItem", para(text("a")), node("panel", node("heading", text("h")))))),
         "- a\n\n  **h**"),
        (doc(node("codeBlock", text("x = 1\n"), language="Python")), "```python\nx = 1\n```"),
        (doc(node("table",
                  node("tableRow", node("tableHeader", para(text("a"))), node("tableHeader", para())),
                  node("tableRow", node("tableCell", para(text("b")), node("codeBlock", text("c")))))),
         "| a |  |\n| --- | --- |\n| b c |  |"),
        (doc(node("extension", extensionKey="chart"), para(text("after"))), "after"),
        (doc(para(text("see "), text("the plan", href="/browse/STRAT-1"))), "see the plan (/browse/STRAT-1)"),
        ("no document", "no document"),
        (["no", "document"], None),
    ],
)  # fmt: skip
def test_what_an_editor_made_is_read(document: object, markdown: str | None) -> None:
    found = text_of(document) if not isinstance(document, str) else document
    assert found == markdown
    if isinstance(document, dict):
        assert text_of(document_of(markdown or "")) == markdown


def test_a_bare_address_becomes_a_link() -> None:
    (paragraph,) = document_of("see https://a.example/x.")["content"]
    assert [(part["text"], part.get("marks")) for part in paragraph["content"]] == [
        ("see ", None),
        ("https://a.example/x", [{"type": "link", "attrs": {"href": "https://a.example/x"}}]),
        (".", None),
    ]


def test_scripts_are_no_links() -> None:
    assert text_of(doc(para(text("click", href="javascript:alert(1)")))) == "click (javascript:alert(1))"
    made = str(document_of("[click](javascript:alert(1)) ![x](data:text/html,y)"))
    assert "'link'" not in made
