"""Wiki markup, the text format of REST v2, to and from documents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bsc_sync.sandbox.jira.adf import Document, document, inline_text, text_node

_HEADING = re.compile(r"h([1-6])\.\s+(.*)")
_ITEM = re.compile(r"([*#-]{1,8})\s+(.*)")
_CODE = re.compile(r"\{(code|noformat)(?::([^}]*))?\}")
_INLINE = re.compile(
    r"""\\(?P<escaped>[^\w\s]|_)
      | \{\{(?P<code>[^}\n]+)\}\}
      | \[(?:(?P<label>[^\]|\n]+)\|)?(?P<url>(?:https?://|mailto:)[^\]|\s]+)\]
      | (?<![\w*])\*(?P<strong>\S|\S[^*\n]*?\S)\*(?![\w*])
      | (?<![\w_])_(?P<em>\S|\S[^_\n]*?\S)_(?![\w_])
      | (?P<line>\n)
    """,
    re.VERBOSE,
)
_SPECIAL = re.compile(r"([\\{}\[\]*_|!^~+?])")


def to_document(text: str) -> Document:
    """The document that wiki markup describes; what it does not know stays text."""
    blocks: list[Document] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    position = 0
    while position < len(lines):
        position = _block(lines, position, blocks)
    return document(blocks)


def from_document(value: Mapping[str, Any]) -> str:
    """The wiki markup of a document."""
    return "\n\n".join(_markup(node) for node in value.get("content", ()))


def _block(lines: Sequence[str], position: int, blocks: list[Document]) -> int:
    line = lines[position]
    if not line.strip():
        return position + 1
    opened = _CODE.match(line)
    if opened:
        return _code(lines, position, opened, blocks)
    heading = _HEADING.match(line)
    if heading:
        level = {"level": int(heading[1])}
        blocks.append({"type": "heading", "attrs": level, "content": _inlines(heading[2])})
        return position + 1
    if line.strip() == "----":
        blocks.append({"type": "rule"})
        return position + 1
    end = position
    if _ITEM.match(line):
        while end < len(lines) and _ITEM.match(lines[end]):
            end += 1
        blocks += _lists([_ITEM.match(item) for item in lines[position:end]], 1)
        return end
    while end < len(lines) and lines[end].strip() and not (end > position and _starts_block(lines[end])):
        end += 1
    blocks.append({"type": "paragraph", "content": _inlines("\n".join(lines[position:end]))})
    return end


def _starts_block(line: str) -> bool:
    return bool(_CODE.match(line) or _HEADING.match(line) or _ITEM.match(line) or line.strip() == "----")


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


def _lists(items: Sequence[re.Match[str] | None], depth: int) -> list[Document]:
    blocks: list[Document] = []
    position = 0
    known = [item for item in items if item is not None]
    while position < len(known):
        item = known[position]
        kind = "orderedList" if item[1][min(depth, len(item[1])) - 1] == "#" else "bulletList"
        end = position + 1
        while end < len(known) and len(known[end][1]) > depth:
            end += 1
        content: list[Document] = [{"type": "paragraph", "content": _inlines(item[2])}]
        content += _lists(known[position + 1 : end], depth + 1) if end > position + 1 else []
        if not blocks or blocks[-1]["type"] != kind:
            blocks.append({"type": kind, "content": []})
        blocks[-1]["content"].append({"type": "listItem", "content": content})
        position = end
    return blocks


def _inlines(text: str, marks: Sequence[Document] = ()) -> list[Document]:
    nodes: list[Document] = []
    position = 0
    for found in _INLINE.finditer(text):
        _add_text(nodes, text[position : found.start()], marks)
        position = found.end()
        if found["escaped"]:
            _add_text(nodes, found["escaped"], marks)
        elif found["code"]:
            _add_text(nodes, found["code"], [*marks, {"type": "code"}])
        elif found["url"]:
            link = {"type": "link", "attrs": {"href": found["url"]}}
            _add_text(nodes, found["label"] or found["url"], [*marks, link])
        elif found["line"]:
            nodes.append({"type": "hardBreak"})
        else:
            name = "strong" if found["strong"] else "em"
            nodes += _inlines(found[name], [*marks, {"type": name}])
    _add_text(nodes, text[position:], marks)
    return nodes


def _add_text(nodes: list[Document], text: str, marks: Sequence[Document]) -> None:
    if not text:
        return
    last = nodes[-1] if nodes else None
    if last is not None and last["type"] == "text" and last.get("marks", []) == list(marks):
        last["text"] += text
    else:
        nodes.append(text_node(text, marks))


def _markup(node: Mapping[str, Any], prefix: str = "") -> str:
    kind = node.get("type")
    content = node.get("content", ())
    match kind:
        case "paragraph":
            # A dash or a hash at the start of a line would begin a list.
            return re.sub(r"(?m)^([#-])", r"\\\1", _line(content))
        case "heading":
            return f"h{node['attrs']['level']}. {_line(content)}"
        case "rule":
            return "----"
        case "codeBlock":
            language = node.get("attrs", {}).get("language")
            inner = "".join(inline_text(item) for item in content)
            return f"{{code{':' + language if language else ''}}}\n{inner}\n{{code}}"
        case "bulletList" | "orderedList":
            mark = prefix + ("*" if kind == "bulletList" else "#")
            return "\n".join(_item(item, mark) for item in content)
        case "blockquote":
            return "{quote}\n" + "\n\n".join(_markup(item) for item in content) + "\n{quote}"
        case "tableRow":
            return "".join(_cell(item) for item in content)
    return ("\n" if kind == "table" else "\n\n").join(_markup(item) for item in content)


def _item(node: Mapping[str, Any], mark: str) -> str:
    lines: list[str] = []
    for child in node.get("content", ()):
        if child.get("type") in {"bulletList", "orderedList"}:
            lines.append(_markup(child, mark))
        else:
            lines.append(f"{mark} {_markup(child)}")
    return "\n".join(lines)


def _cell(node: Mapping[str, Any]) -> str:
    bar = "||" if node.get("type") == "tableHeader" else "|"
    return f"{bar} {' '.join(_markup(item) for item in node.get('content', ()))} "


def _line(content: Sequence[Mapping[str, Any]]) -> str:
    return "".join(_inline(node) for node in content)


def _inline(node: Mapping[str, Any]) -> str:
    if node.get("type") == "inlineCard":
        return f"[{inline_text(node)}]"
    if node.get("type") != "text":
        return inline_text(node)
    marks = {mark["type"]: mark for mark in node.get("marks", ())}
    if "code" in marks:
        return f"{{{{{node['text']}}}}}"
    out = _SPECIAL.sub(r"\\\1", str(node["text"]))
    for name, sign in (("em", "_"), ("strong", "*"), ("strike", "-"), ("underline", "+")):
        if name in marks:
            out = f"{sign}{out}{sign}"
    if "link" in marks:
        return f"[{out}|{marks['link'].get('attrs', {}).get('href', '')}]"
    return out
