"""The Atlassian Document Format: checked, read as text, shown as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import escape

Document = dict[str, Any]

_BLOCKS = frozenset(
    [
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "blockquote",
        "codeBlock",
        "rule",
        "panel",
        "table",
        "tableRow",
        "tableCell",
        "tableHeader",
        "expand",
        "nestedExpand",
        "mediaSingle",
        "mediaGroup",
        "media",
        "taskList",
        "taskItem",
        "decisionList",
        "decisionItem",
        "blockCard",
        "embedCard",
        "layoutSection",
        "layoutColumn",
        "caption",
        "extension",
        "bodiedExtension",
    ]
)
_INLINES = frozenset(
    [
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "inlineCard",
        "date",
        "status",
        "placeholder",
        "inlineExtension",
        "mediaInline",
    ]
)
_MARKS = frozenset(
    [
        "strong",
        "em",
        "strike",
        "code",
        "underline",
        "link",
        "subsup",
        "textColor",
        "backgroundColor",
        "alignment",
        "indentation",
        "border",
        "annotation",
        "breakout",
        "dataConsumer",
        "fragment",
    ]
)
_LEAVES = frozenset(["rule", "hardBreak", "text", "media"])
_MAX_DEPTH = 60


def is_document(value: object) -> bool:
    """Whether a value is a well-formed document: version 1, known nodes and marks, no empty text."""
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        return False
    content = value.get("content")
    if set(value) - {"type", "version", "content"} or not isinstance(content, list):
        return False
    return all(_is_node(node, _BLOCKS, 1) for node in content)


def document(content: Iterable[Document]) -> Document:
    """A document of these blocks."""
    return {"type": "doc", "version": 1, "content": list(content)}


def text_node(text: str, marks: Sequence[Document] = ()) -> Document:
    """A piece of text."""
    node: Document = {"type": "text", "text": text}
    if marks:
        node["marks"] = list(marks)
    return node


def plain(value: Mapping[str, Any]) -> str:
    """The words of a document, a line for each block."""
    lines: list[str] = []
    _gather(value, lines)
    return "\n".join(line for line in lines if line)


def html(value: Mapping[str, Any]) -> str:
    """The document as safe HTML: every text escaped, links only to http, https and mailto."""
    return "".join(_html(node) for node in value.get("content", ()))


def safe_url(url: object) -> str | None:
    """The address if a page may link to it."""
    text = str(url).strip()
    return text if text.lower().startswith(("http://", "https://", "mailto:")) else None


def _is_node(node: object, allowed: frozenset[str], depth: int) -> bool:
    if not isinstance(node, dict) or node.get("type") not in allowed or depth > _MAX_DEPTH:
        return False
    if set(node) - {"type", "attrs", "content", "marks", "text"}:
        return False
    kind = node["type"]
    if kind == "text" and not (isinstance(node.get("text"), str) and node["text"]):
        return False
    if kind != "text" and "text" in node:
        return False
    if not isinstance(node.get("attrs", {}), dict) or not _are_marks(node.get("marks", [])):
        return False
    if kind == "heading" and node.get("attrs", {}).get("level") not in {1, 2, 3, 4, 5, 6}:
        return False
    content = node.get("content", [])
    if not isinstance(content, list) or (kind in _LEAVES and content):
        return False
    inner = _INLINES if kind in {"paragraph", "heading", "codeBlock"} else _BLOCKS | _INLINES
    return all(_is_node(item, inner, depth + 1) for item in content)


def _are_marks(marks: object) -> bool:
    return isinstance(marks, list) and all(
        isinstance(mark, dict) and mark.get("type") in _MARKS and isinstance(mark.get("attrs", {}), dict)
        for mark in marks
    )


def _gather(node: Mapping[str, Any], lines: list[str]) -> None:
    kind = node.get("type")
    if kind in _INLINES:
        lines[-1:] = [(lines[-1] if lines else "") + inline_text(node)]
        return
    if kind in {"paragraph", "heading", "codeBlock", "taskItem", "decisionItem"}:
        lines.append("")
    for item in node.get("content", ()):
        _gather(item, lines)


def inline_text(node: Mapping[str, Any]) -> str:
    """The words of an inline node."""
    attributes = node.get("attrs", {})
    match node.get("type"):
        case "text":
            return str(node["text"])
        case "hardBreak":
            return "\n"
        case "mention" | "status" | "placeholder":
            return str(attributes.get("text", ""))
        case "emoji":
            return str(attributes.get("text") or attributes.get("shortName", ""))
        case "inlineCard":
            return str(attributes.get("url", ""))
    return ""


_TAGS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}
_MARK_TAGS = {"strong": "strong", "em": "em", "strike": "s", "code": "code", "underline": "u"}


def _html(node: Mapping[str, Any]) -> str:
    kind = str(node.get("type"))
    inner = "".join(_html(item) for item in node.get("content", ()))
    match kind:
        case "text":
            return _marked(node)
        case "hardBreak":
            return "<br>"
        case "rule":
            return "<hr>"
        case "heading":
            level = int(node.get("attrs", {}).get("level", 1))
            return f"<h{level}>{inner}</h{level}>"
        case "codeBlock":
            return f"<pre><code>{inner}</code></pre>"
        case "inlineCard":
            return _link(inline_text(node), inline_text(node))
    if kind in _INLINES:
        return str(escape(inline_text(node)))
    tag = _TAGS.get(kind, "div")
    return f"<{tag}>{inner}</{tag}>"


def _marked(node: Mapping[str, Any]) -> str:
    out = str(escape(node["text"]))
    for mark in node.get("marks", ()):
        if mark["type"] == "link":
            out = _link(mark.get("attrs", {}).get("href", ""), None, out)
        elif mark["type"] in _MARK_TAGS:
            tag = _MARK_TAGS[mark["type"]]
            out = f"<{tag}>{out}</{tag}>"
    return out


def _link(url: object, text: str | None, inner: str = "") -> str:
    shown = inner if text is None else str(escape(text))
    address = safe_url(url)
    return shown if address is None else f'<a href="{escape(address)}" rel="nofollow noopener">{shown}</a>'
