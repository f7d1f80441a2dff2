"""Rich text on Jira Cloud: the text tree as an Atlassian document (ADF), and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bsc_sync.atlassian.dialect import Dialect
from bsc_sync.atlassian.wiki_reader import from_wiki
from bsc_sync.atlassian.wiki_writer import wiki_of
from bsc_sync.scorecard.markdown import canonical, from_markdown
from bsc_sync.scorecard.prose import Block, Mark, Run

Node = dict[str, Any]

_TO_MARK: dict[Mark, str] = {"strong": "strong", "em": "em", "code": "code", "strike": "strike"}
_FROM_MARK = {name: mark for mark, name in _TO_MARK.items()}
_TO_NODE = {"bullets": "bulletList", "numbers": "orderedList", "item": "listItem", "quote": "blockquote"}
_FROM_NODE = {
    "bulletList": "bullets",
    "orderedList": "numbers",
    "listItem": "item",
    "blockquote": "quote",
    "taskList": "bullets",
    "panel": "quote",
    "expand": "quote",
}


def rich_text(markdown: str, dialect: Dialect) -> Node | str:
    """A Markdown text as the site takes it: an ADF document or wiki markup."""
    return document_of(markdown) if dialect.documents == "adf" else wiki_of(from_markdown(markdown))


def plain_text(raw: object, dialect: Dialect) -> str | None:
    """The canonical Markdown of a rich text that the site shows; None when it is empty."""
    if isinstance(raw, str) and dialect.documents == "wiki":
        return canonical(from_wiki(raw)) or None
    return text_of(raw)


def document_of(markdown: str) -> Node:
    """The ADF document of a Markdown text."""
    return {"version": 1, "type": "doc", "content": [_node(block) for block in from_markdown(markdown)]}


def text_of(document: object) -> str | None:
    """The canonical Markdown of an ADF document, whatever Jira added to it; None when it is empty."""
    if isinstance(document, str):
        return document.strip() or None
    if not isinstance(document, Mapping):
        return None
    return canonical(_blocks(document.get("content") or ())) or None


def _node(block: Block) -> Node:
    match block.kind:
        case "heading":
            return {"type": "heading", "attrs": {"level": block.level}, "content": _inline(block.runs)}
        case "code":
            raw = "".join(run.text for run in block.runs)
            text: list[Node] = [{"type": "text", "text": raw}] if raw else []
            return {"type": "codeBlock", "content": text}
        case "rule":
            return {"type": "rule"}
        case "paragraph":
            return {"type": "paragraph", "content": _inline(block.runs)}
        case _:
            inner = [_node(part) for part in block.blocks]
            return {"type": _TO_NODE[block.kind], "content": inner or [{"type": "paragraph", "content": []}]}


def _inline(runs: Iterable[Run]) -> list[Node]:
    nodes: list[Node] = []
    for run in runs:
        marks: list[Node] = [
            {"type": _TO_MARK[mark]}
            for mark in sorted(run.marks)
            if not ("code" in run.marks and mark != "code")
        ]
        if run.href and run.href.startswith(("http://", "https://", "mailto:")):
            marks.append({"type": "link", "attrs": {"href": run.href}})
        for index, line in enumerate(run.text.split("\n")):
            if index:
                nodes.append({"type": "hardBreak"})
            if line:
                nodes.append({"type": "text", "text": line, **({"marks": marks} if marks else {})})
    return nodes


def _blocks(nodes: Sequence[Any], depth: int = 0) -> tuple[Block, ...]:
    if depth > 50:
        return ()
    blocks: list[Block] = []
    for node in nodes:
        if not isinstance(node, Mapping):
            continue
        content = node.get("content") or ()
        match node.get("type"):
            case "paragraph" | "taskItem":
                blocks.append(Block("paragraph", _runs(content)))
            case "heading":
                level = (node.get("attrs") or {}).get("level", 1)
                blocks.append(Block("heading", _runs(content), level=int(level)))
            case "codeBlock":
                blocks.append(Block("code", _runs(content)))
            case "rule":
                blocks.append(Block("rule"))
            case str(kind) if kind in _FROM_NODE:
                blocks.append(Block(_FROM_NODE[kind], blocks=_blocks(content, depth + 1)))  # type: ignore[arg-type]  # the table holds kinds only
            case "text" | "hardBreak" | "mention" | "emoji" | "inlineCard" | "status" | "date":
                blocks.append(Block("paragraph", _runs([node])))
            case _:
                blocks.extend(_blocks(content, depth + 1))
    return tuple(blocks)


def _runs(nodes: Sequence[Any]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for node in nodes:
        if not isinstance(node, Mapping):
            continue
        attrs = node.get("attrs") or {}
        match node.get("type"):
            case "text":
                marks = [mark for mark in node.get("marks") or () if isinstance(mark, Mapping)]
                href = next((m.get("attrs", {}).get("href") for m in marks if m.get("type") == "link"), None)
                known = frozenset(_FROM_MARK[m["type"]] for m in marks if m.get("type") in _FROM_MARK)
                runs.append(Run(str(node.get("text", "")), known, href))
            case "hardBreak":
                runs.append(Run("\n"))
            case "mention" | "emoji" | "status" | "date" | "inlineCard":
                shown = (
                    attrs.get("text") or attrs.get("shortName") or attrs.get("timestamp") or attrs.get("url")
                )
                runs.append(Run(str(shown or "")))
            case _:
                runs.extend(_runs(node.get("content") or ()))
    return tuple(runs)
