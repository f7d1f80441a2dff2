"""Markdown of the seed as documents."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bsc_sync.sandbox.jira.adf import Document, document, text_node

_READER = MarkdownIt("commonmark", {"html": False})
_BLOCKS = {
    "paragraph_open": "paragraph",
    "bullet_list_open": "bulletList",
    "ordered_list_open": "orderedList",
    "list_item_open": "listItem",
    "blockquote_open": "blockquote",
}


def to_document(text: str) -> Document:
    """The document of a Markdown or plain text; raw HTML stays text."""
    return document(_blocks(iter(_READER.parse(text))))


def _blocks(tokens: Iterator[Token]) -> list[Document]:
    blocks: list[Document] = []
    for token in tokens:
        if token.nesting < 0:
            return blocks
        if token.type == "inline":
            blocks += _inlines(token.children or [])
        elif token.type == "heading_open":
            level = {"level": int(token.tag[1])}
            blocks.append({"type": "heading", "attrs": level, "content": _blocks(tokens)})
        elif token.type in {"fence", "code_block"}:
            content = [text_node(token.content.rstrip("\n"))] if token.content.strip("\n") else []
            blocks.append({"type": "codeBlock", "content": content})
        elif token.type == "hr":
            blocks.append({"type": "rule"})
        elif token.nesting > 0:
            blocks.append({"type": _BLOCKS[token.type], "content": _blocks(tokens)})
    return blocks


def _inlines(tokens: list[Token]) -> list[Document]:
    nodes: list[Document] = []
    marks: list[Document] = []
    for token in tokens:
        match token.type:
            case "strong_open" | "em_open":
                marks.append({"type": token.type.removesuffix("_open")})
            case "link_open":
                marks.append({"type": "link", "attrs": {"href": str(token.attrGet("href"))}})
            case "strong_close" | "em_close" | "link_close":
                marks.pop()
            case "hardbreak":
                nodes.append({"type": "hardBreak"})
            case "softbreak":
                nodes.append(text_node(" ", marks))
            case "code_inline":
                nodes.append(text_node(token.content, [*marks, {"type": "code"}]))
            case _:
                if token.content:
                    nodes.append(text_node(token.content, marks))
    return nodes
