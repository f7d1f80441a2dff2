"""Our part of an Atlassian document: the nodes between two lines of ours, wherever people moved them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bsc_sync.atlassian.document_finds import finds_in
from bsc_sync.atlassian.document_reader import blocks_of, from_document
from bsc_sync.atlassian.documents import Node, nodes_of
from bsc_sync.atlassian.unkept import value_of
from bsc_sync.errors import Rejected
from bsc_sync.plan.region import BEGIN, first_line, last_line, line_pattern, passed
from bsc_sync.scorecard.markdown import from_markdown
from bsc_sync.scorecard.prose import plain

_NARROW = {"paragraph", "bulletList", "orderedList", "codeBlock"}
_HOLDS = {
    "listItem": _NARROW,
    "taskItem": _NARROW,
    "blockquote": _NARROW,
    "panel": {*_NARROW, "heading", "rule"},
    "tableCell": {*_NARROW, "heading", "rule", "blockquote"},
    "tableHeader": {*_NARROW, "heading", "rule", "blockquote"},
    "nestedExpand": {*_NARROW, "heading", "rule", "blockquote"},
}
_DEPTH = 60


@dataclass(frozen=True, slots=True)
class _Mark:
    arrow: str
    owner: Node
    siblings: list[Any]
    index: int

    @property
    def node(self) -> Node:
        node: Node = self.siblings[self.index]
        return node


@dataclass(frozen=True, slots=True)
class Parts:
    """The lines that mark a part, in the document's order, and those that belong together."""

    marks: tuple[_Mark, ...]
    pairs: tuple[tuple[_Mark, _Mark], ...]

    @property
    def paired(self) -> bool:
        """Whether every line has its other."""
        return len(self.marks) == 2 * len(self.pairs)

    def text(self) -> str | None:
        """The canonical value of the first part."""
        begin, end = self.pairs[0]
        part = {"content": begin.siblings[begin.index + 1 : end.index]}
        return value_of(blocks_of(part), tuple(finds_in(part)))


def parts(document: object, card: str) -> Parts:
    """The parts of a scorecard in a document."""
    marks = tuple(_marks(document, card, 0)) if isinstance(document, dict) else ()
    pairs = tuple(
        (one, other)
        for one, other in pairwise(marks)
        if one.arrow == BEGIN != other.arrow and one.siblings is other.siblings and one.index < other.index
    )
    return Parts(marks, pairs)


def replaced(document: object, text: str | None, card: str) -> Node:
    """The document with this text as the part; everything outside of it is the same, node for node."""
    made: Node = copy.deepcopy(document) if isinstance(document, dict) else {"version": 1, "type": "doc"}
    made.setdefault("content", [])
    nodes = nodes_of(from_markdown(text or ""))
    found = parts(made, card)
    kept = found.pairs[0] if found.pairs else None
    lines = [mark.node for mark in kept or ()]
    for mark in found.marks:
        if not any(mark.node is line for line in lines):
            mark.siblings[mark.index] = _hollow(mark.node)
    if kept is not None:
        _fill(kept, nodes, card)
    elif nodes:
        made["content"] += [_line(first_line(card)), *nodes, _line(last_line(card))]
    return made


def _fill(pair: tuple[_Mark, _Mark], nodes: list[Node], card: str) -> None:
    begin, end = pair
    held = _HOLDS.get(str(begin.owner.get("type")))
    if held is not None and any(node["type"] not in held for node in nodes):
        raise Rejected(
            f"the part that is ours stands in a {begin.owner.get('type')}, which cannot hold all of the text",
            hint="move it out of there in Jira, to a place of its own",
        )
    if not nodes and _words(begin.node) == first_line(card) and _words(end.node) == last_line(card):
        del begin.siblings[begin.index : end.index + 1]
    else:
        begin.siblings[begin.index + 1 : end.index] = nodes


def _marks(owner: Node, card: str, depth: int) -> Iterator[_Mark]:
    siblings = owner.get("content")
    if not isinstance(siblings, list) or depth > _DEPTH:
        return
    for index, node in enumerate(siblings):
        if not isinstance(node, dict) or node.get("type") == "codeBlock":
            continue
        if node.get("type") in {"paragraph", "heading"}:
            for found in line_pattern(card).finditer(_words(node)):
                yield _Mark(found[1], owner, siblings, index)
        else:
            yield from _marks(node, card, depth + 1)


def _words(node: Node) -> str:
    return plain(from_document({"content": [{**node, "type": "paragraph"}]}))


def _line(text: str) -> Node:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def _hollow(node: Any) -> Any:
    """The line without its arrow's meaning; nothing else of it changes."""
    if isinstance(node, list):
        return [_hollow(child) for child in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "text":
        return {**node, "text": passed(str(node.get("text") or ""))}
    return {**node, "content": _hollow(node["content"])} if "content" in node else node
