"""What in an Atlassian document has no block or mark in the tree: pictures, macros, colors and the like.

What Jira adds by itself is none of it: ids, the layout and the width of a table, a card for a bare address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bsc_sync.plan.unheld import Find

_NODES = {
    "media": "picture",
    "mediaInline": "picture",
    "mention": "mention",
    "panel": "panel",
    "expand": "folded section",
    "nestedExpand": "folded section",
    "taskItem": "task",
    "decisionItem": "decision",
    "status": "status lozenge",
    "date": "date",
    "placeholder": "placeholder",
    "extension": "macro",
    "bodiedExtension": "macro",
    "inlineExtension": "macro",
    "multiBodiedExtension": "macro",
    "blockCard": "card",
    "embedCard": "embedded page",
    "layoutSection": "column layout",
}
_OURS = frozenset(
    {
        *("doc", "paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote", "codeBlock"),
        *("rule", "table", "tableRow", "tableCell", "tableHeader", "text", "hardBreak"),
        # these only stand around one that has a name
        *("mediaSingle", "mediaGroup", "caption", "taskList", "decisionList", "layoutColumn"),
    }
)
_MARKS = {
    "underline": "underline",
    "textColor": "color",
    "backgroundColor": "background color",
    "annotation": "inline comment",
    "fontSize": "text size",
    "breakout": "wide block",
}
# a fragment and its consumer only name a node, as its id does
_OUR_MARKS = frozenset({"strong", "em", "strike", "code", "link", "fragment", "dataConsumer"})
_ASIDE = frozenset({"localId", "layout", "width", "widthType", "height", "occurrenceKey", "collection"})
_IN_CELLS = {
    "bulletList": "list",
    "orderedList": "list",
    "taskList": "list",
    "decisionList": "list",
    "heading": "heading",
    "codeBlock": "code block",
    "blockquote": "quote",
    "rule": "rule",
    "table": "table",
}
_DEPTH = 60

Node = Mapping[str, Any]


def finds_in(document: object) -> Iterator[Find]:
    """All of it, in the document's order."""
    if isinstance(document, Mapping):
        yield from _below(document, 0)


def _below(node: Node, depth: int) -> Iterator[Find]:
    content = node.get("content")
    children = [child for child in content if isinstance(child, Mapping)] if isinstance(content, list) else []
    if depth > _DEPTH:
        if children:
            yield "deep nesting", ""
        return
    in_cell = node.get("type") in {"tableCell", "tableHeader"}
    for index, child in enumerate(children):
        kind = str(child.get("type"))
        if in_cell and kind in _IN_CELLS:
            yield f"table-cell {_IN_CELLS[kind]}", ""
        yield from _itself(child, kind)
        yield from _marks(child, kind)
        if kind == "tableRow":
            yield from _heads(child, first=index == 0)
        yield from _below(child, depth + 1)


def _itself(node: Node, kind: str) -> Iterator[Find]:
    attributes = _attributes(node)
    if kind in _NODES:
        yield _NODES[kind], _detail(attributes)
    elif kind == "emoji":
        text = str(attributes.get("text") or "")
        if not text or text.startswith(":"):  # else it is a letter like others
            yield "emoji", _detail(attributes)
    elif kind == "inlineCard":
        if not attributes.get("url"):
            yield "card", _detail(attributes)
    elif kind not in _OURS:
        yield _in_words(kind), _detail(attributes)
    elif kind == "orderedList" and attributes.get("order") not in (None, 1):
        yield "list numbering", _detail(attributes)
    elif kind == "table" and attributes.get("isNumberColumnEnabled") is True:
        yield "row numbering", ""
    elif kind in {"tableCell", "tableHeader"}:
        if any(attributes.get(span) not in (None, 1) for span in ("colspan", "rowspan")):
            yield "merged cell", _detail(attributes)
        if attributes.get("background"):
            yield "cell color", _detail(attributes)


def _marks(node: Node, kind: str) -> Iterator[Find]:
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        name = str(mark.get("type")) if isinstance(mark, Mapping) else ""
        if not name or kind in _NODES:
            continue
        attributes = _attributes(mark)
        if name == "link" and attributes.get("title"):
            yield "link tip", _detail(attributes)
        if name in _OUR_MARKS:
            continue
        detail = f"{_detail(attributes)} {node.get('text') or ''}"
        if name == "subsup":
            yield ("superscript" if attributes.get("type") == "sup" else "subscript"), detail
        else:
            yield _MARKS.get(name) or _in_words(name), detail


def _heads(row: Node, *, first: bool) -> Iterator[Find]:
    """The first row is the head, and no other cell is one."""
    content = row.get("content")
    ours = "tableHeader" if first else "tableCell"
    cells = [cell for cell in content if isinstance(cell, Mapping)] if isinstance(content, list) else []
    if any(cell.get("type") != ours for cell in cells):
        yield ("table without a head" if first else "head beside the first row"), ""


def _attributes(node: Node) -> Node:
    attributes = node.get("attrs")
    return attributes if isinstance(attributes, Mapping) else {}


def _detail(attributes: Node) -> str:
    kept = {str(name): value for name, value in attributes.items() if str(name) not in _ASIDE}
    return json.dumps(kept, sort_keys=True, default=str)


def _in_words(kind: str) -> str:
    """A type that is not known to us, as people may read it."""
    words = " ".join(re.findall(r"[A-Z]?[a-z]+", kind)).lower()
    return words[:40] or "unknown part"
