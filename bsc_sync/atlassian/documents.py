"""Rich text as a site takes and shows it: as an Atlassian document (ADF) or as wiki markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bsc_sync.atlassian.dialect import Dialect
from bsc_sync.atlassian.document_finds import finds_in
from bsc_sync.atlassian.document_reader import blocks_of, from_document
from bsc_sync.atlassian.unkept import value_of
from bsc_sync.atlassian.wiki_reader import read_wiki
from bsc_sync.atlassian.wiki_writer import wiki_of
from bsc_sync.scorecard.markdown import canonical, from_markdown
from bsc_sync.scorecard.prose import Block, Mark, Run
from bsc_sync.scorecard.prose_runs import address_of, addresses

Node = dict[str, Any]

_MARKS: tuple[tuple[Mark, str], ...] = (
    ("code", "code"),
    ("em", "em"),
    ("strike", "strike"),
    ("strong", "strong"),
)
_NODES = {"bullets": "bulletList", "numbers": "orderedList", "quote": "blockquote"}


def rich_text(markdown: str, dialect: Dialect) -> Node | str:
    """A Markdown text as the site takes it: an ADF document or wiki markup."""
    return document_of(markdown) if dialect.documents == "adf" else wiki_of(from_markdown(markdown))


def plain_text(raw: object, dialect: Dialect) -> str | None:
    """The canonical value of a rich text that the site shows; None when it is empty.

    It is Markdown, with a note of what no Markdown holds (`plan.unheld`).
    """
    if not isinstance(raw, str):
        return value_of(blocks_of(raw), tuple(finds_in(raw)))
    if dialect.documents == "wiki":
        return value_of(*read_wiki(raw))
    return canonical(from_markdown(raw)) or None


def document_of(markdown: str) -> Node:
    """The ADF document of a Markdown text."""
    return {"version": 1, "type": "doc", "content": nodes_of(from_markdown(markdown))}


def text_of(document: object) -> str | None:
    """The canonical Markdown of an ADF document, without what Markdown cannot hold; None when it is empty."""
    return canonical(from_document(document)) or None


def nodes_of(blocks: Iterable[Block]) -> list[Node]:
    """The nodes of a tidy tree, as the document's schema wants them; no text node is empty."""
    return [_node(block) for block in blocks]


def _node(block: Block) -> Node:
    match block.kind:
        case "heading":
            return {"type": "heading", "attrs": {"level": block.level}, "content": _inline(block.runs)}
        case "code":
            raw = "".join(run.text for run in block.runs)
            node: Node = {"type": "codeBlock", "content": [{"type": "text", "text": raw}]}
            return {**node, "attrs": {"language": block.language}} if block.language else node
        case "rule":
            return {"type": "rule"}
        case "bullets" | "numbers" | "quote":
            inner = [_item(part) if part.kind == "item" else _node(part) for part in block.blocks]
            return {"type": _NODES[block.kind], "content": inner}
        case "table":
            return _table(block)
        case _:
            return {"type": "paragraph", "content": _inline(block.runs)}


def _item(item: Block) -> Node:
    """A list item; the schema wants it to begin with a text."""
    inner = nodes_of(item.blocks)
    if inner[0]["type"] not in {"paragraph", "codeBlock"}:
        inner.insert(0, {"type": "paragraph", "content": []})
    return {"type": "listItem", "content": inner}


def _table(block: Block) -> Node:
    rows: list[Node] = []
    for row in block.blocks:
        kind = "tableCell" if rows else "tableHeader"
        cells = [
            {"type": kind, "attrs": {}, "content": [{"type": "paragraph", "content": _inline(cell.runs)}]}
            for cell in row.blocks
        ]
        rows.append({"type": "tableRow", "content": cells})
    return {"type": "table", "attrs": {"isNumberColumnEnabled": False, "layout": "default"}, "content": rows}


def _inline(runs: Sequence[Run]) -> list[Node]:
    whole = "".join(run.text for run in runs)
    nodes: list[Node] = []
    start = 0
    for run in runs:
        end = start + len(run.text)
        at = start
        if run.href is None and "code" not in run.marks:
            for begin, stop in addresses(whole, start, end):
                nodes += _texts(whole[at:begin], run, None)
                nodes += _texts(whole[begin:stop], run, address_of(whole[begin:stop]))
                at = stop
        nodes += _texts(whole[at:end], run, run.href)
        start = end
    return nodes


def _texts(text: str, run: Run, href: str | None) -> Iterable[Node]:
    marks: list[Node] = [{"type": name} for mark, name in _MARKS if mark in run.marks]
    if href is not None:
        marks.append({"type": "link", "attrs": {"href": href}})
    for index, line in enumerate(text.split("\n")):
        if index:
            yield {"type": "hardBreak"}
        if line:
            yield {"type": "text", "text": line, **({"marks": marks} if marks else {})}
