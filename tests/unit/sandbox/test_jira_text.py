"""Rich texts: documents, wiki markup, Markdown, HTML."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.sandbox.jira import adf, markdown, wiki, wiki_reading
from bsc_sync.sandbox.jira.wire import dumps, loads


def paragraph(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(content)}


def text(words: str, *marks: str) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "text", "text": words}
    return node | {"marks": [{"type": mark} for mark in marks]} if marks else node


def doc(*content: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": list(content)}


@pytest.mark.parametrize(
    "value",
    [
        doc(),
        doc(paragraph(text("a"), {"type": "hardBreak"}, text("b", "strong", "em"))),
        doc({"type": "heading", "attrs": {"level": 6}, "content": [text("a")]}, {"type": "rule"}),
        doc({"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(text("a"))]}]}),
        doc({"type": "codeBlock", "attrs": {"language": "sql"}, "content": [text("a")]}),
        doc(paragraph({"type": "mention", "attrs": {"id": "x", "text": "@x"}})),
    ],
)
def test_documents(value: dict[str, Any]) -> None:
    assert adf.is_document(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        3,
        [],
        {},
        {"type": "doc", "content": []},
        {"type": "doc", "version": 2, "content": []},
        {"type": "doc", "version": 1},
        {"type": "doc", "version": 1, "content": [], "more": 1},
        doc(text("not in a block")),
        doc(paragraph(text(""))),
        doc(paragraph(paragraph())),
        doc(paragraph("a")),  # type: ignore[arg-type] # wrong on purpose
        doc({"type": "mystery"}),
        doc(paragraph(text("a", "blink"))),
        doc({"type": "heading", "attrs": {"level": 7}}),
        doc({"type": "heading"}),
        doc(paragraph(text("a") | {"content": []}) | {"text": "x"}),
        doc({"type": "paragraph", "attrs": 3}),
        doc({"type": "paragraph", "content": {}}),
        doc({"type": "rule", "extra": 1}),
    ],
)
def test_what_is_no_document(value: Any) -> None:
    assert not adf.is_document(value)


def test_a_bottomless_document_is_refused() -> None:
    node = paragraph(text("a"))
    for _ in range(100):
        node = {"type": "blockquote", "content": [node]}
    assert not adf.is_document(doc(node))


WIKI = """h2. Goals

First line
second *bold* and _slanted_ and {{code}} and [site|https://a.example/x]

* one
** inner
* two

# first
# second

----

{code:sql}
select *
{code}"""


def test_wiki_markup_goes_there_and_back() -> None:
    document = wiki_reading.to_document(WIKI)
    assert adf.is_document(document)
    assert [node["type"] for node in document["content"]] == [
        "heading",
        "paragraph",
        "bulletList",
        "orderedList",
        "rule",
        "codeBlock",
    ]
    assert wiki.from_document(document) == WIKI


def test_a_table_and_a_quote_become_markup() -> None:
    cell = {"type": "tableHeader", "content": [paragraph(text("A"))]}
    row = {"type": "tableRow", "content": [cell, cell | {"type": "tableCell"}]}
    quote = {"type": "blockquote", "content": [paragraph(text("said"))]}
    shown = wiki.from_document(doc({"type": "table", "content": [row]}, quote))
    assert shown == "|| A | A |\n\n{quote}\nsaid\n{quote}"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_wiki_markup(source: str) -> None:
    document = wiki_reading.to_document(source)
    assert adf.is_document(document)
    assert isinstance(wiki.from_document(document), str)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool))
def test_words_of_a_document_survive_wiki_markup(words: str) -> None:
    again = wiki_reading.to_document(wiki.from_document(doc(paragraph(text(words)))))
    assert adf.plain(again).split() == words.split()


MARKDOWN = """# Why

Some *em* **strong** `code` [link](https://a.example)
more

- a
- b

```
x
```

<b>raw</b>"""


def test_markdown_becomes_a_document() -> None:
    document = markdown.to_document(MARKDOWN)
    assert adf.is_document(document)
    assert adf.plain(document) == "Why\nSome em strong code link more\na\nb\nx\n<b>raw</b>"
    assert adf.html(document) == (
        "<h1>Why</h1><p>Some <em>em</em> <strong>strong</strong> <code>code</code> "
        '<a href="https://a.example" rel="nofollow noopener">link</a> more</p>'
        "<ul><li><p>a</p></li><li><p>b</p></li></ul><pre><code>x</code></pre>"
        "<p>&lt;b&gt;raw&lt;/b&gt;</p>"
    )


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_markdown(source: str) -> None:
    assert adf.is_document(markdown.to_document(source))


def test_html_links_nowhere_dangerous() -> None:
    link = {
        "type": "text",
        "text": "<x>",
        "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}],
    }
    card = {"type": "inlineCard", "attrs": {"url": 'https://a.example/?"'}}
    assert adf.html(doc(paragraph(link, card))) == (
        '<p>&lt;x&gt;<a href="https://a.example/?&#34;" rel="nofollow noopener">https://a.example/?&#34;</a></p>'
    )


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.decimals(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
        ),
        max_leaves=10,
    )
)
def test_json_keeps_every_digit(value: Any) -> None:
    assert loads(dumps(value)) == value
    assert dumps(loads(dumps(value))) == dumps(value)


@pytest.mark.parametrize("source", ["NaN", "Infinity", "[" * 50_000, '"\\ud800"', "{", ""])
def test_what_is_not_json_is_one_kind_of_error(source: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(source)
