"""Jira's documents (ADF) as HTML that is safe by construction: every tag is written from a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from bsc_sync.sandbox.addresses import leaves_site, safe_address

_MAX_DEPTH = 60
_FRAMES = {
    "paragraph": "p",
    "bulletList": "ul",
    "listItem": "li",
    "blockquote": "blockquote",
    "tableRow": "tr",
    "taskList": "ul",
    "decisionList": "ul",
    "decisionItem": "li",
}
_MARKS = {"strong": "strong", "em": "em", "code": "code", "strike": "s", "underline": "u"}
_PANELS = {"info", "note", "warning", "success", "error"}
_COLORS = {"green", "red", "yellow", "blue", "purple"}

Node = Mapping[str, Any]


def document_html(document: object) -> Markup:
    """The document as HTML; nothing for no document, plain text as a paragraph."""
    if isinstance(document, str):
        return Markup("<p>{}</p>").format(document)
    return _node(document, 0)


def _node(node: object, depth: int) -> Markup:
    if not isinstance(node, Mapping) or depth > _MAX_DEPTH:
        return Markup("")
    kind = node.get("type")
    special = _SPECIAL.get(kind) if isinstance(kind, str) else None
    if special is not None:
        return special(node, depth)
    inside = _inside(node, depth)
    tag = _FRAMES.get(kind) if isinstance(kind, str) else None
    return Markup("<{0}>{1}</{0}>").format(tag, inside) if tag else inside


def _inside(node: Node, depth: int) -> Markup:
    listed = node.get("content")
    children = listed if isinstance(listed, list) else []
    return Markup("").join(_node(child, depth + 1) for child in children)


def _attribute(node: Node, name: str) -> Any:
    attributes = node.get("attrs")
    return attributes.get(name) if isinstance(attributes, Mapping) else None


def _text(node: Node, _depth: int) -> Markup:
    html = escape(str(node.get("text", "")))
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        if not isinstance(mark, Mapping):
            continue
        if mark.get("type") == "link":
            html = _link(str(_attribute(mark, "href") or ""), html)
        elif mark.get("type") == "subsup":
            html = Markup("<{0}>{1}</{0}>").format(
                "sup" if _attribute(mark, "type") == "sup" else "sub", html
            )
        elif (tag := _MARKS.get(str(mark.get("type")))) is not None:
            html = Markup("<{0}>{1}</{0}>").format(tag, html)
    return html


def _link(address: str, label: Markup) -> Markup:
    safe = safe_address(address)
    if safe is None:
        return Markup("<span>{}</span>").format(label)
    away = Markup(' rel="noopener noreferrer nofollow"') if leaves_site(safe) else Markup("")
    return Markup('<a href="{}"{}>{}</a>').format(safe, away, label)


def _heading(node: Node, depth: int) -> Markup:
    level = _attribute(node, "level")
    level = level if isinstance(level, int) and 1 <= level <= 6 else 3
    return Markup("<h{0}>{1}</h{0}>").format(level, _inside(node, depth))


def _ordered(node: Node, depth: int) -> Markup:
    first = _attribute(node, "order")
    start = Markup(' start="{}"').format(first) if type(first) is int and first > 1 else Markup("")
    return Markup("<ol{}>{}</ol>").format(start, _inside(node, depth))


def _code(node: Node, depth: int) -> Markup:
    return Markup("<pre><code>{}</code></pre>").format(_inside(node, depth))


def _panel(node: Node, depth: int) -> Markup:
    kind = _attribute(node, "panelType")
    return Markup('<div class="panel {}">{}</div>').format(
        kind if isinstance(kind, str) and kind in _PANELS else "info", _inside(node, depth)
    )


def _expand(node: Node, depth: int) -> Markup:
    title = _attribute(node, "title") or "More"
    return Markup("<details><summary>{}</summary>{}</details>").format(title, _inside(node, depth))


def _table(node: Node, depth: int) -> Markup:
    return Markup('<div class="table"><table>{}</table></div>').format(_inside(node, depth))


def _cell(node: Node, depth: int) -> Markup:
    spans = Markup("")
    for name in ("colspan", "rowspan"):
        number = _attribute(node, name)
        if type(number) is int and 1 < number <= 200:
            spans += Markup(' {}="{}"').format(name, number)
    tag = "th" if node.get("type") == "tableHeader" else "td"
    return Markup("<{0}{1}>{2}</{0}>").format(tag, spans, _inside(node, depth))


def _task(node: Node, depth: int) -> Markup:
    sign = "☑" if _attribute(node, "state") == "DONE" else "☐"
    return Markup("<li>{} {}</li>").format(sign, _inside(node, depth))


def _status(node: Node, _depth: int) -> Markup:
    color = _attribute(node, "color")
    return Markup('<span class="lozenge {}">{}</span>').format(
        color if isinstance(color, str) and color in _COLORS else "grey", _attribute(node, "text") or ""
    )


def _date(node: Node, _depth: int) -> Markup:
    try:
        moment = datetime.fromtimestamp(int(_attribute(node, "timestamp")) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return Markup("")
    return Markup("<time>{}</time>").format(moment.date().isoformat())


def _card(node: Node, _depth: int) -> Markup:
    address = str(_attribute(node, "url") or "")
    return _link(address, escape(address))


def _named(node: Node, _depth: int) -> Markup:
    return escape(str(_attribute(node, "text") or _attribute(node, "shortName") or ""))


def _media(_node: Node, _depth: int) -> Markup:
    return Markup('<div class="unknown"><b>Media</b></div>')


_SPECIAL: Mapping[str, Callable[[Node, int], Markup]] = {
    "text": _text,
    "hardBreak": lambda _node, _depth: Markup("<br>"),
    "rule": lambda _node, _depth: Markup("<hr>"),
    "heading": _heading,
    "orderedList": _ordered,
    "codeBlock": _code,
    "panel": _panel,
    "expand": _expand,
    "nestedExpand": _expand,
    "table": _table,
    "tableHeader": _cell,
    "tableCell": _cell,
    "taskItem": _task,
    "status": _status,
    "date": _date,
    "inlineCard": _card,
    "blockCard": _card,
    "mention": _named,
    "emoji": _named,
    "media": _media,
}
