"""An Atlassian document (ADF) as a text tree, whatever an editor put into it: no words are lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from bsc_sync.scorecard.prose import Block, BlockKind, Mark, Run
from bsc_sync.scorecard.prose_form import tidy

_MARKS: dict[str, Mark] = {"strong": "strong", "em": "em", "code": "code", "strike": "strike"}
_BLOCKS: dict[str, BlockKind] = {
    "bulletList": "bullets",
    "orderedList": "numbers",
    "listItem": "item",
    "taskList": "bullets",
    "decisionList": "bullets",
    "blockquote": "quote",
    "panel": "quote",
    "expand": "quote",
    "nestedExpand": "quote",
    "table": "table",
    "tableRow": "row",
}
_LISTS = frozenset({"bulletList", "orderedList", "taskList", "decisionList"})
_INLINE = frozenset(
    {
        *("text", "hardBreak", "mention", "emoji", "inlineCard", "status", "date", "placeholder"),
        *("inlineExtension", "mediaInline"),
    }
)
_DEPTH = 60

Node = Mapping[str, Any]


def from_document(document: object) -> tuple[Block, ...]:
    """The tidy tree of a document; of anything else, an empty one."""
    return tidy(blocks_of(document))


def blocks_of(document: object) -> tuple[Block, ...]:
    """The blocks of a document as they stand, not tidied yet."""
    return _flow(document, 0) if isinstance(document, Mapping) else ()


def _children(node: Node) -> list[Node]:
    content = node.get("content")
    return [child for child in content if isinstance(child, Mapping)] if isinstance(content, list) else []


def _attributes(node: Node) -> Node:
    attributes = node.get("attrs")
    return attributes if isinstance(attributes, Mapping) else {}


def _flow(node: Node, depth: int) -> tuple[Block, ...]:
    """The blocks of a node's children; texts that stand among blocks are paragraphs."""
    if depth > _DEPTH:
        return ()
    blocks: list[Block] = []
    loose: list[Run] = []
    for child in _children(node):
        if child.get("type") in _INLINE:
            loose.extend(_inline(child, depth))
            continue
        if loose:
            blocks.append(Block("paragraph", tuple(loose)))
            loose = []
        blocks.extend(_block(child, depth + 1))
    if loose:
        blocks.append(Block("paragraph", tuple(loose)))
    return tuple(blocks)


def _block(node: Node, depth: int) -> tuple[Block, ...]:
    kind, attributes = str(node.get("type")), _attributes(node)
    match kind:
        case "paragraph" | "caption":
            return (Block("paragraph", _runs(node, depth)),)
        case "heading":
            level = attributes.get("level")
            return (Block("heading", _runs(node, depth), level=level if isinstance(level, int) else 1),)
        case "codeBlock":
            return (Block("code", _runs(node, depth), language=str(attributes.get("language") or "")),)
        case "rule":
            return (Block("rule"),)
        case "taskItem" | "decisionItem":
            return (Block("item", blocks=_flow(node, depth)),)
        case "tableCell" | "tableHeader":
            return (Block("cell", _words(_flow(node, depth))),)
        case "blockCard" | "embedCard" | "media":
            return (Block("paragraph", tuple(_inline(node, depth))),)
    inner = _flow(node, depth)
    if kind in _LISTS:
        inner = tuple(block if block.kind == "item" else Block("item", blocks=(block,)) for block in inner)
    title = str(attributes.get("title") or "") if kind in {"expand", "nestedExpand"} else ""
    if title:
        inner = (Block("paragraph", (Run(title, frozenset({"strong"})),)), *inner)
    known = _BLOCKS.get(kind)
    return (Block(known, blocks=inner),) if known else inner


def _runs(node: Node, depth: int) -> tuple[Run, ...]:
    return tuple(run for child in _children(node) for run in _inline(child, depth))


def _words(blocks: tuple[Block, ...]) -> tuple[Run, ...]:
    """All that blocks say, on one line: what a cell of ours holds."""
    runs: list[Run] = []
    for block in blocks:
        inner = (*block.runs, *_words(block.blocks))
        if inner:
            runs.extend([Run(" "), *inner] if runs else inner)
    return tuple(runs)


def _inline(node: Node, depth: int) -> Iterator[Run]:
    attributes = _attributes(node)
    match node.get("type"):
        case "text":
            yield _text(node)
        case "hardBreak":
            yield Run("\n")
        case "mention":
            yield Run(str(attributes.get("text") or f"@{attributes.get('id') or ''}"))
        case "emoji":
            yield Run(str(attributes.get("text") or attributes.get("shortName") or ""))
        case "date":
            yield Run(_day(attributes.get("timestamp")))
        case "inlineCard" | "blockCard" | "embedCard":
            url = str(attributes.get("url") or "")
            yield Run(url, href=url or None)
        case "media" | "mediaInline":
            url = str(attributes.get("url") or "")
            yield Run(str(attributes.get("alt") or url), href=url or None)
        case "status" | "placeholder":
            yield Run(str(attributes.get("text") or ""))
        case _:
            if depth < _DEPTH:
                for child in _children(node):
                    yield from _inline(child, depth + 1)


def _text(node: Node) -> Run:
    found = node.get("marks")
    marks = [mark for mark in found if isinstance(mark, Mapping)] if isinstance(found, list) else []
    href = next((_attributes(mark).get("href") for mark in marks if mark.get("type") == "link"), None)
    known = frozenset(_MARKS[str(mark["type"])] for mark in marks if mark.get("type") in _MARKS)
    return Run(str(node.get("text") or ""), known, str(href) if href else None)


def _day(timestamp: object) -> str:
    try:
        return dt.datetime.fromtimestamp(int(str(timestamp)) / 1000, dt.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
