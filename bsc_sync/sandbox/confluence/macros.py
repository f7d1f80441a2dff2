"""Macros as HTML: the well-known ones as people know them, every other as a box that bears its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

_NOT_IN_IDS = re.compile(r"[^\w.-]+")
_KEY = re.compile(r"[A-Z][A-Z0-9_]+-[1-9][0-9]*")
_COLORS = {"green", "red", "yellow", "blue", "purple", "grey"}
_PANELS = {"info", "note", "warning", "tip", "panel", "success", "error"}


@dataclass(frozen=True)
class Macro:
    """A macro with its body rendered, and the page's headings as (level, id, text)."""

    name: str
    parameters: Mapping[str, str]
    body: Markup
    text: str
    headings: Sequence[tuple[int, str, str]]


def macro_html(macro: Macro) -> Markup:
    """The macro as HTML."""
    known = _KNOWN.get(macro.name)
    if known is not None:
        return known(macro)
    if macro.name in _PANELS:
        return _panel(macro)
    return box(f"Macro: {macro.name}", macro.body or Markup("<pre>{}</pre>").format(macro.text))


def box(title: str, inside: Markup) -> Markup:
    """A box for what cannot be shown, with its name on it."""
    body = inside if inside and inside != Markup("<pre></pre>") else Markup("")
    return Markup('<div class="unknown"><b>{}</b>{}</div>').format(title, body)


def fragment_id(text: str, place: int) -> str:
    """The id of a heading; `place` keeps equal headings apart."""
    return f"h{place}-{_NOT_IN_IDS.sub('-', text).strip('-')[:60]}"


def anchor_id(name: str) -> str:
    """The id of an anchor macro."""
    return f"anchor-{_NOT_IN_IDS.sub('-', name).strip('-')[:200]}"


def _status(macro: Macro) -> Markup:
    color = (macro.parameters.get("colour") or macro.parameters.get("color") or "grey").lower()
    title = macro.parameters.get("title") or color
    return Markup('<span class="lozenge {}">{}</span>').format(color if color in _COLORS else "grey", title)


def _panel(macro: Macro) -> Markup:
    title = macro.parameters.get("title")
    head = Markup("<b>{}</b>").format(title) if title else Markup("")
    return Markup('<div class="panel {}">{}{}</div>').format(macro.name, head, macro.body)


def _expand(macro: Macro) -> Markup:
    title = macro.parameters.get("title") or "Click here to expand"
    return Markup("<details><summary>{}</summary>{}</details>").format(title, macro.body)


def _toc(macro: Macro) -> Markup:
    lowest = _level(macro.parameters.get("minLevel"), 1)
    highest = _level(macro.parameters.get("maxLevel"), 7)
    items = Markup("").join(
        Markup('<li class="level-{}"><a href="#{}">{}</a></li>').format(level, anchor, text)
        for level, anchor, text in macro.headings
        if lowest <= level <= highest and text.strip()
    )
    return Markup('<nav class="toc" aria-label="On this page"><ul>{}</ul></nav>').format(items)


def _anchor(macro: Macro) -> Markup:
    name = macro.parameters.get("") or macro.parameters.get("0") or ""
    return Markup('<span id="{}"></span>').format(anchor_id(name))


def _code(macro: Macro) -> Markup:
    title = macro.parameters.get("title")
    head = Markup("<figcaption>{}</figcaption>").format(title) if title else Markup("")
    return Markup('<figure class="code">{}<pre><code>{}</code></pre></figure>').format(head, macro.text)


def _jira(macro: Macro) -> Markup:
    key = macro.parameters.get("key", "")
    if _KEY.fullmatch(key):
        return Markup('<a class="issue" href="/browse/{0}">{0}</a>').format(key)
    return box("Macro: jira", Markup("<pre>{}</pre>").format(macro.parameters.get("jqlQuery", "")))


def _body(macro: Macro) -> Markup:
    return Markup("<div>{}</div>").format(macro.body)


def _column(macro: Macro) -> Markup:
    return Markup('<div class="layout-cell">{}</div>').format(macro.body)


def _section(macro: Macro) -> Markup:
    return Markup('<div class="layout-section">{}</div>').format(macro.body)


def _level(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) == 1 else default


_KNOWN: Mapping[str, Callable[[Macro], Markup]] = {
    "status": _status,
    "expand": _expand,
    "toc": _toc,
    "anchor": _anchor,
    "code": _code,
    "noformat": _code,
    "jira": _jira,
    "excerpt": _body,
    "section": _section,
    "column": _column,
}
