"""One text, four writings: Markdown, Atlassian documents, wiki markup and storage format keep its tree."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.document_reader import from_document
from bsc_sync.atlassian.documents import document_of, plain_text, rich_text, text_of
from bsc_sync.atlassian.wiki_reader import from_wiki
from bsc_sync.atlassian.wiki_writer import wiki_of
from bsc_sync.plan.unheld import unheld, with_note
from bsc_sync.report.storage_parts import document
from bsc_sync.report.storage_prose import from_storage, storage_of
from bsc_sync.sandbox.jira import adf
from bsc_sync.scorecard.markdown import canonical, canonical_markdown, from_markdown
from bsc_sync.scorecard.prose import plain
from tests.prose_strategies import TEXTS

INLINE = {"text", "hardBreak"}
NARROW = {"paragraph", "bulletList", "orderedList", "codeBlock"}
SCHEMA = {  # what Atlassian's schema lets stand where, as far as we write it
    "doc": NARROW | {"heading", "blockquote", "rule", "table"},
    "blockquote": NARROW,
    "listItem": NARROW,
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "paragraph": INLINE,
    "heading": INLINE,
    "codeBlock": {"text"},
    "table": {"tableRow"},
    "tableRow": {"tableCell", "tableHeader"},
    "tableCell": {"paragraph"},
    "tableHeader": {"paragraph"},
}


def misfits(node: dict[str, Any]) -> list[str]:
    """What in a document Atlassian's schema does not allow."""
    kind, inner = node["type"], node.get("content", [])
    found = [f"{child['type']} in {kind}" for child in inner if child["type"] not in SCHEMA.get(kind, set())]
    if kind == "listItem" and inner[0]["type"] not in {"paragraph", "codeBlock"}:
        found.append("an item that begins with a list")
    if kind in {"bulletList", "orderedList", "blockquote", "listItem", "tableRow"} and not inner:
        found.append(f"an empty {kind}")
    if kind == "text" and (not node["text"] or "\n" in node["text"]) and "marks" in node:
        found.append("a text that is empty or breaks the line")
    marks = {mark["type"] for mark in node.get("marks", [])}
    if "code" in marks and marks - {"code", "link"}:
        found.append("code with marks")
    return found + [fault for child in inner for fault in misfits(child)]


SHAPES = [
    "- - a\n- b",
    "- a\n  - b\n\n  c\n\n      code\n- d\n\n1. e\n   - f",
    "- # head\n- > said\n- ***\n- | a | b |\n  | --- | --- |\n  | c | d |",
    "> # head\n> > deep\n>\n> ***\n> - a",
    "| a | b |\n| --- | --- |\n| `x\\|y` | |\n| c \\| d | *e* |",
    "**重要。**次 a**b**c *a*b ~~x~~y **a *b* c** ***d***",
    "```sql\nselect 1\n\n  from x\n```\n\n    \tindented\n\n    more",
    "a\\\nb\\\n\\\nc  \nd\n===\n# x #\n\\# y",
    "![pic](http://a.example/p.png) <http://a.example/ä> [rel](x.md) [](http://b.example) [e](mailto:a@b.c)",
    "1. a\n2. b\n\n- c\n\n+ d\n\n1) e",
    "`code` and `code` and `{quote}`",
    "**a - ~~b~~c** and **wow! *x***",
]


@pytest.mark.parametrize("text", SHAPES)
def test_every_shape_survives_every_writing(text: str) -> None:
    once = canonical_markdown(text)
    assert canonical_markdown(once) == once
    tree = from_markdown(text)
    assert misfits(document_of(text)) == []
    assert text_of(document_of(text)) == once
    assert canonical(from_wiki(wiki_of(tree))) == once
    assert canonical(from_storage(document(storage_of(tree)))) == once


@given(TEXTS)
def test_the_canonical_text_is_its_own(text: str) -> None:
    once = canonical_markdown(text)
    assert canonical_markdown(once) == once
    assert canonical(from_markdown(text)) == once


@given(TEXTS)
def test_a_document_keeps_the_text_and_the_schema(text: str) -> None:
    made = document_of(text)
    assert adf.is_document(made)
    assert misfits(made) == []
    assert text_of(made) == (canonical_markdown(text) or None)


@given(TEXTS)
def test_wiki_markup_keeps_the_text(text: str) -> None:
    tree = from_markdown(text)
    assert canonical(from_wiki(wiki_of(tree))) == canonical(tree)


@given(TEXTS)
def test_what_we_write_ourselves_holds_nothing_that_a_file_cannot(text: str) -> None:
    value = canonical_markdown(text)
    for dialect in (CLOUD, DATA_CENTER):
        assert plain_text(rich_text(value, dialect), dialect) == (value or None)


@given(TEXTS, st.sampled_from(["", "\n\n", " ", "`", "\n```\n", "- ", "| "]))
def test_no_file_can_say_what_only_jira_holds(text: str, between: str) -> None:
    forged = f"{text}{between}[only in Jira: 1 picture; 0a1b2c3d]"
    assert unheld("text", canonical_markdown(forged)) == ""
    assert unheld("text", with_note(canonical_markdown(text), [("picture", "1")])) == "1 picture"


@given(TEXTS)
def test_storage_format_keeps_the_text(text: str) -> None:
    tree = from_markdown(text)
    assert canonical(from_storage(document(storage_of(tree)))) == canonical(tree)


@given(TEXTS)
@example("_i_-s-_i_")
@example("__s~sa~~ ai__-")
def test_no_letter_of_a_paragraph_is_lost(text: str) -> None:
    """Words of plain text (no Markdown in it) come back whole, whatever markup they look like."""
    words = " ".join(text.replace("\\", "").split())
    literal = "".join(f"\\{letter}" if letter.isascii() and not letter.isalnum() and letter != " " else letter
                      for letter in words)  # fmt: skip
    for dialect in (CLOUD, DATA_CENTER):
        back = plain_text(rich_text(literal, dialect), dialect)
        assert plain(from_markdown(back or "")) == plain(from_markdown(literal))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from([*SCHEMA, "text", "expand", "taskItem", "taskList", "mention"]),
                "content": inner,
                "attrs": inner,
                "marks": inner,
                "text": inner,
            },
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_document_can_be_read(value: object) -> None:
    text = canonical(from_document(value))
    assert text == canonical_markdown(text)
    assert text == "" or (plain_text(value, CLOUD) or "").startswith(text) or isinstance(value, str)


@given(TEXTS)
def test_any_wiki_markup_can_be_read(text: str) -> None:
    once = canonical(from_wiki(text))
    assert canonical(from_wiki(wiki_of(from_markdown(once)))) == once
    assert (plain_text(text, DATA_CENTER) or "").startswith(once)


HOSTILE = [
    *("{", "*", "[", "]", "{code}", "{quote}", "{panel:a}", "|", "[a|", "!a", "{{", "\\", "??", "&#"),
    *("- ", "* a\n", "_a ", "\\{code}", "{*}", "||a", "h1. ", "(", "{color:red}", "~", "![", "http://a."),
]


def seconds(read: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    read(text)
    return time.process_time() - begun


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_time_as_the_text_is_long(piece: str) -> None:
    """Eight times the text takes about eight times as long, and not sixty-four times."""
    short, long = (piece * (size // len(piece)) for size in (4_000, 32_000))
    for read in (from_wiki, from_markdown):
        least = min(seconds(read, short) for _ in range(2))
        assert seconds(read, long) < 24 * least + 0.5


def rewritten(node: dict[str, Any], choose: Callable[[int], int]) -> list[dict[str, Any]]:
    """A node as Jira may give it back: ids, split texts, attributes in another order, links as cards."""
    if node["type"] == "text":
        marks = node.get("marks", [])
        bare = {"type": "link", "attrs": {"href": node["text"]}}
        if marks == [bare] and choose(2):
            return [{"type": "inlineCard", "attrs": {"url": node["text"], "localId": "1"}}]
        at = choose(len(node["text"]) + 1)
        parts = [part for part in (node["text"][:at], node["text"][at:]) if part]
        return [{"marks": [*reversed(marks)], "text": part, "type": "text"} for part in parts]
    made = {**node, "attrs": {"localId": "2", **node.get("attrs", {})}}
    if "content" in node:
        made["content"] = [new for child in node["content"] for new in rewritten(child, choose)]
    empty: list[dict[str, Any]] = [{"type": "paragraph", "content": []}] if choose(2) else []
    return [made, *empty] if node["type"] in {"paragraph", "heading"} else [made]


@given(TEXTS, st.data())
def test_what_jira_rewrites_in_a_document_is_no_difference(text: str, data: st.DataObject) -> None:
    made = document_of(text)
    given_back = rewritten(made, lambda most: data.draw(st.integers(0, most - 1)))[0]
    assert text_of(given_back) == text_of(made)
    value = canonical_markdown(text)
    kept = rewritten(document_of(value), lambda most: data.draw(st.integers(0, most - 1)))[0]
    assert plain_text(kept, CLOUD) == (value or None)


@given(TEXTS)
def test_what_a_server_rewrites_in_markup_is_no_difference(text: str) -> None:
    tree = tuple(block for block in from_markdown(text) if "`" not in canonical([block]))
    markup = wiki_of(tree)
    given_back = markup.replace("\n\n", "\n\n\n").replace("\n", "  \r\n")
    assert canonical(from_wiki(f"\r\n{given_back}\r\n")) == canonical(tree)
    value = canonical(tree)
    kept = wiki_of(from_markdown(value)).replace("\n\n", "\n\n\n").replace("\n", "  \r\n")
    assert plain_text(kept, DATA_CENTER) == (value or None)


@pytest.mark.parametrize("sign", [">", "> ", "- ", "1. ", "* 1. > ", "> - "])
def test_no_word_is_lost_in_the_deepest_list(sign: str) -> None:
    text = f"{sign * 300}word\n\nmore words"
    for dialect in (CLOUD, DATA_CENTER):
        shown = plain_text(rich_text(text, dialect), dialect)
        assert shown == canonical_markdown(text)
        assert "word" in shown
        assert "more words" in shown
