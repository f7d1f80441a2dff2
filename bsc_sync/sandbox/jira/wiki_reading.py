"""Wiki markup as a document: what Jira makes of a text that REST v2 writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from bsc_sync.sandbox.jira.adf import Document, document, inline_text, text_node

_HEADING = re.compile(r"h([1-6])\.\s+(.*)")
_QUOTED = re.compile(r"bq\.\s+(.*)")
_ITEM = re.compile(r"([*#-]{1,8})\s+(.*)")
_CODE = re.compile(r"\{(code|noformat)(?::([^}]*))?\}")
_FRAME = re.compile(r"\{(quote|panel|info|note|warning|tip)(?::[^}]*)?\}")
_ROW = re.compile(r"\s*\|.*\|\s*")
# A bar that does not stand in a link, in a monospaced piece or behind a backslash parts two cells.
_CELLS = re.compile(r"(\|\|?)((?:\\.|\[[^\]\n]*\]|\{\{.*?\}\}|[^|\\])*)")
_PANELS = {"panel": "info", "info": "info", "note": "note", "warning": "warning", "tip": "success"}
_INLINE = re.compile(
    r"""(?P<line>\\\\[ ]?|\n)
      | \\(?P<escaped>[^\w\s]|_)
      | &(?P<entity>\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});
      | \{\{(?P<code>(?:\\.|[^\n\\])+?)\}\}(?!\})
      | \[(?:(?P<label>(?:\\.|[^\\\]|\n])+)\|)?(?P<url>(?:https?://|mailto:)[^\]|\s]+)\]
      | \[~(?P<person>[^\]\s]+)\]
      | \{color(?::[^}\n]*)?\}
      | \{(?P<sign>[*_+^~-])\}(?P<forced>.+?)\{(?P=sign)\}
      | (?<![\w*\\])\*(?P<strong>(?:\\.|[^\s*\\])(?:(?:\\.|[^*\\\n])*?(?:\\.|[^\s*\\]))?)\*(?![\w*])
      | (?<![\w_\\])_(?P<em>(?:\\.|[^\s_\\])(?:(?:\\.|[^_\\\n])*?(?:\\.|[^\s_\\]))?)_(?![\w_])
      | (?<![\w\\-])-(?P<strike>(?:\\.|[^\s\\-])(?:(?:\\.|[^\\\n-])*?(?:\\.|[^\s\\-]))?)-(?![\w-])
      | (?<![\w+\\])\+(?P<underline>(?:\\.|[^\s+\\])(?:(?:\\.|[^+\\\n])*?(?:\\.|[^\s+\\]))?)\+(?![\w+])
    """,
    re.VERBOSE,
)
_SIGNS: dict[str, Document] = {
    "*": {"type": "strong"},
    "_": {"type": "em"},
    "-": {"type": "strike"},
    "+": {"type": "underline"},
    "^": {"type": "subsup", "attrs": {"type": "sup"}},
    "~": {"type": "subsup", "attrs": {"type": "sub"}},
}
_PHRASES = {"strong": "*", "em": "_", "strike": "-", "underline": "+"}
_MAX_DEPTH = 20


def to_document(text: str) -> Document:
    """The document that wiki markup describes; what it does not know stays text."""
    return document(_blocks(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 0))


def _blocks(lines: Sequence[str], depth: int) -> list[Document]:
    blocks: list[Document] = []
    position = 0
    while position < len(lines):
        position = _block(lines, position, blocks, depth)
    return blocks


def _block(lines: Sequence[str], position: int, blocks: list[Document], depth: int) -> int:
    line = lines[position]
    if not line.strip():
        return position + 1
    if opened := _CODE.match(line):
        return _code(lines, position, opened, blocks)
    if (framed := _FRAME.match(line)) and depth < _MAX_DEPTH:
        end = _frame(lines, position, framed, blocks, depth)
        if end is not None:
            return end
    if single := _single(line):
        blocks.append(single)
        return position + 1
    end = position
    if _ITEM.match(line):
        return _list(lines, position, blocks)
    if _ROW.fullmatch(line):
        while end < len(lines) and _ROW.fullmatch(lines[end]):
            end += 1
        blocks.append({"type": "table", "content": [_row(item.strip()) for item in lines[position:end]]})
        return end
    while end < len(lines) and lines[end].strip() and not (end > position and _starts_block(lines[end])):
        end += 1
    blocks.append({"type": "paragraph", "content": _inlines("\n".join(lines[position:end]))})
    return end


def _single(line: str) -> Document | None:
    if heading := _HEADING.match(line):
        attributes = {"level": int(heading[1])}
        return {"type": "heading", "attrs": attributes, "content": _inlines(heading[2])}
    if quoted := _QUOTED.match(line):
        return {"type": "blockquote", "content": [{"type": "paragraph", "content": _inlines(quoted[1])}]}
    return {"type": "rule"} if line.strip() == "----" else None


def _starts_block(line: str) -> bool:
    starts = _CODE.match(line) or _FRAME.match(line) or _ITEM.match(line) or _ROW.fullmatch(line)
    return bool(starts or _single(line))


def _frame(
    lines: Sequence[str], position: int, opened: re.Match[str], blocks: list[Document], depth: int
) -> int | None:
    """The lines between two marks of a quote or a panel; None where the second one is missing."""
    closing = "{" + opened[1] + "}"
    first = lines[position][opened.end() :]
    rest = [first, *lines[position + 1 :]]
    for number, line in enumerate(rest):
        at = line.find(closing)
        if at >= 0:
            inner = _blocks([*rest[:number], line[:at]], depth + 1)
            node: Document = {"type": "blockquote" if opened[1] == "quote" else "panel"}
            if node["type"] == "panel":
                node["attrs"] = {"panelType": _PANELS[opened[1]]}
            node["content"] = inner or [{"type": "paragraph"}]
            blocks.append(node)
            blocks += _blocks([line[at + len(closing) :]], depth + 1)
            return position + number + 1
    return None


def _code(lines: Sequence[str], position: int, opened: re.Match[str], blocks: list[Document]) -> int:
    rest = "\n".join([lines[position][opened.end() :], *lines[position + 1 :]])
    closing = "{" + opened[1] + "}"
    inner, found, after = rest.partition(closing)
    node: Document = {"type": "codeBlock"}
    if opened[2]:
        node["attrs"] = {"language": opened[2].split("|")[0]}
    if inner.strip("\n"):
        node["content"] = [text_node(inner.strip("\n"))]
    blocks.append(node)
    consumed = position + inner.count("\n") + 1
    if found and after.split("\n", 1)[0].strip():
        tail = after.split("\n", 1)[0].strip()
        blocks.append({"type": "paragraph", "content": _inlines(tail)})
    return consumed


def _list(lines: Sequence[str], position: int, blocks: list[Document]) -> int:
    items: list[tuple[str, list[Document]]] = []
    while position < len(lines) and (found := _ITEM.match(lines[position])):
        content: list[Document] = []
        if opened := _CODE.match(found[2]):
            shifted = [found[2], *lines[position + 1 :]]
            position += _code(shifted, 0, opened, content)
        else:
            content.append({"type": "paragraph", "content": _inlines(found[2])})
            position += 1
        while position < len(lines) and (opened := _CODE.match(lines[position])):
            position = _code(lines, position, opened, content)
        items.append((found[1], content))
    blocks += _nested(items, 1)
    return position


def _nested(items: Sequence[tuple[str, list[Document]]], depth: int) -> list[Document]:
    blocks: list[Document] = []
    position = 0
    while position < len(items):
        marker, content = items[position]
        kind = "orderedList" if marker[min(depth, len(marker)) - 1] == "#" else "bulletList"
        end = position + 1
        while end < len(items) and len(items[end][0]) > depth:
            end += 1
        content = [*content, *_nested(items[position + 1 : end], depth + 1)]
        if not blocks or blocks[-1]["type"] != kind:
            blocks.append({"type": kind, "content": []})
        blocks[-1]["content"].append({"type": "listItem", "content": content})
        position = end
    return blocks


def _row(line: str) -> Document:
    cells: list[Document] = []
    for bar, text in _CELLS.findall(line.removesuffix("|").removesuffix("|")):
        kind = "tableHeader" if bar == "||" else "tableCell"
        cells.append({"type": kind, "content": [{"type": "paragraph", "content": _inlines(text.strip())}]})
    return {"type": "tableRow", "content": cells}


def _inlines(text: str, marks: Sequence[Document] = ()) -> list[Document]:
    nodes: list[Document] = []
    position = 0
    for found in _INLINE.finditer(text):
        _add_text(nodes, text[position : found.start()], marks)
        position = found.end()
        if found["line"]:
            nodes.append({"type": "hardBreak"})
        elif found["escaped"] or found["entity"]:
            _add_text(nodes, found["escaped"] or unescape(found[0]), marks)
        elif found["code"]:
            _add_text(nodes, _words(found["code"]), [*marks, {"type": "code"}])
        elif found["person"]:
            _add_text(nodes, found[0], marks)
        elif found["url"]:
            link = {"type": "link", "attrs": {"href": found["url"]}}
            nodes += _inlines(found["label"], [*marks, link]) if found["label"] else []
            _add_text(nodes, "" if found["label"] else found["url"], [*marks, link])
        elif found["forced"]:
            nodes += _inlines(found["forced"], [*marks, _SIGNS[found["sign"]]])
        else:
            name = next((name for name in _PHRASES if found[name]), None)
            nodes += _inlines(found[name], [*marks, _SIGNS[_PHRASES[name]]]) if name else []
    _add_text(nodes, text[position:], marks)
    return nodes


def _words(text: str) -> str:
    return "".join(inline_text(node) for node in _inlines(text))


def _add_text(nodes: list[Document], text: str, marks: Sequence[Document]) -> None:
    if not text:
        return
    last = nodes[-1] if nodes else None
    if last is not None and last["type"] == "text" and last.get("marks", []) == list(marks):
        last["text"] += text
    else:
        nodes.append(text_node(text, marks))
