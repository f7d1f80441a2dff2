"""Storage format as HTML that is safe by construction: every tag and attribute is written from a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree
from markupsafe import Markup, escape

from bsc_sync.sandbox.addresses import leaves_site, safe_address
from bsc_sync.sandbox.confluence.macros import Macro, anchor_id, box, fragment_id, macro_html
from bsc_sync.sandbox.confluence.storage_format import AC, RI, Malformed, local_name, parse_storage
from bsc_sync.sandbox.confluence.surroundings import Surroundings

_PLAIN = {
    "p", "strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "small", "code", "pre", "blockquote",
    "ul", "ol", "li", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup", "col",
    "span", "div", "dl", "dt", "dd", "cite", "q", "kbd", "mark", "abbr", "address", "section", "figure",
    "figcaption",
}  # fmt: skip
_EMPTY = {"br", "hr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SILENT = {
    "script", "style", "iframe", "object", "embed", "applet", "svg", "math", "template", "noscript", "form",
    "input", "button", "select", "textarea", "link", "meta", "base", "video", "audio", "frame", "frameset",
    "title",
}  # fmt: skip
_MAX_SPAN = 200
_ALIGN = re.compile(r"text-align\s*:\s*(left|right|center)")
_WIDTH = re.compile(r"width\s*:\s*(\d{1,4})(?:\.\d+)?px")
_SCOPES = {"row", "col", "rowgroup", "colgroup"}
_FILLS = {
    "e3fcef": "green", "abf5d1": "green", "green": "green", "57d9a3": "green",
    "ffebe6": "red", "ffbdad": "red", "red": "red", "ff8f73": "red",
    "fffae6": "yellow", "fff0b3": "yellow", "yellow": "yellow", "ffc400": "yellow",
    "deebff": "blue", "b3d4ff": "blue", "blue": "blue", "e6fcff": "blue", "b3f5ff": "blue",
    "eae6ff": "purple", "c0b6f2": "purple", "purple": "purple",
    "f4f5f7": "grey", "grey": "grey", "gray": "grey", "f0f0f0": "grey",
}  # fmt: skip


def page_html(storage: str, around: Surroundings) -> Markup:
    """The page's text as HTML: no scripts, no styles, no events, addresses checked.

    What is not well formed is shown as plain text.
    """
    try:
        root = parse_storage(storage)
    except Malformed:
        return Markup("<pre>{}</pre>").format(storage)
    return _Page(root, around).html()


class _Page:
    """One rendering: it remembers the headings, so that a table of contents can point at them."""

    def __init__(self, root: etree._Element, around: Surroundings) -> None:
        self._root = root
        self._around = around
        self._anchors = {
            element: fragment_id(_text_of(element), place)
            for place, element in enumerate(root.iter(*sorted(_HEADINGS)))
        }
        self._elements: dict[str, Callable[[etree._Element], Markup]] = {
            f"{AC}structured-macro": self._macro,
            f"{AC}macro": self._macro,
            f"{AC}image": self._image,
            f"{AC}link": self._link,
            f"{AC}task-list": self._tasks,
            f"{AC}emoticon": _emoticon,
            f"{AC}placeholder": _nothing,
            f"{AC}parameter": _nothing,
            f"{AC}adf-extension": self._fallback,
            f"{AC}layout": self._layout,
            f"{AC}layout-section": self._layout,
            f"{AC}layout-cell": self._layout,
            "a": self._anchor,
            "img": _plain_image,
            "time": _time,
            **dict.fromkeys(_HEADINGS, self._heading),
            **dict.fromkeys(_EMPTY, _empty),
        }

    def html(self) -> Markup:
        return self._inside(self._root)

    def _inside(self, element: etree._Element | None) -> Markup:
        if element is None:
            return Markup("")
        parts = [escape(element.text or "")]
        for child in element:
            if isinstance(child.tag, str):
                parts.append(self._element(child))
            parts.append(escape(child.tail or ""))
        return Markup("").join(parts)

    def _element(self, element: etree._Element) -> Markup:
        tag = str(element.tag)
        if (special := self._elements.get(tag)) is not None:
            return special(element)
        name = local_name(element.tag).lower()
        if name in _SILENT:
            return Markup("")
        inside = self._inside(element)
        if name not in _PLAIN or tag.startswith("{"):
            return inside
        if name == "col":
            return Markup("<col{}>").format(_attributes(element))
        framed = Markup("<{0}{1}>{2}</{0}>").format(name, _attributes(element), inside)
        return Markup('<div class="table">{}</div>').format(framed) if name == "table" else framed

    def _heading(self, element: etree._Element) -> Markup:
        return Markup('<{0} id="{1}">{2}</{0}>').format(
            element.tag, self._anchors[element], self._inside(element)
        )

    def _anchor(self, element: etree._Element) -> Markup:
        return _link_to(safe_address(element.get("href")), self._inside(element))

    def _macro(self, element: etree._Element) -> Markup:
        parameters = {
            str(child.get(f"{AC}name", "")): _text_of(child) for child in element.findall(f"{AC}parameter")
        }
        plain = element.find(f"{AC}plain-text-body")
        macro = Macro(
            name=element.get(f"{AC}name", ""),
            parameters=parameters,
            body=self._inside(element.find(f"{AC}rich-text-body")),
            text="" if plain is None else _text_of(plain),
            headings=[
                (int(str(heading.tag)[1]), anchor, _text_of(heading))
                for heading, anchor in self._anchors.items()
            ],
        )
        return macro_html(macro)

    def _image(self, element: etree._Element) -> Markup:
        alt = element.get(f"{AC}alt") or element.get(f"{AC}title") or ""
        if (file := element.find(f"{RI}attachment")) is not None:
            filename = file.get(f"{RI}filename", "")
            address = self._around.attachment(filename)
            if address is None:
                return box(f"Missing attachment: {filename}", Markup(""))
            width, height = (_pixels(name, element.get(f"{AC}{name}")) for name in ("width", "height"))
            return Markup('<img src="{}" alt="{}"{}{}>').format(address, alt or filename, width, height)
        url = element.find(f"{RI}url")
        address = safe_address(None if url is None else url.get(f"{RI}value"))
        return _link_to(address, escape(alt or address or "image"))

    def _link(self, element: etree._Element) -> Markup:
        anchor = element.get(f"{AC}anchor")
        text = _label_of(element)
        body = element.find(f"{AC}link-body")
        label = self._inside(body) if body is not None else escape(text) if text else None
        address, name = self._target(element)
        if anchor and (address is not None or name is None):
            address = f"{address or ''}#{anchor_id(anchor)}"
        return _link_to(address, label if label is not None else escape(name or anchor or address or "link"))

    def _target(self, element: etree._Element) -> tuple[str | None, str | None]:
        for child in element:
            if child.tag == f"{RI}page":
                title = child.get(f"{RI}content-title", "")
                return self._around.page(title, child.get(f"{RI}space-key")), title
            if child.tag == f"{RI}attachment":
                filename = child.get(f"{RI}filename", "")
                return self._around.attachment(filename), filename
            if child.tag == f"{RI}user":
                account = child.get(f"{RI}account-id", "")
                return None, f"@{self._around.person(account) or 'unknown'}"
            if child.tag == f"{RI}url":
                address = safe_address(child.get(f"{RI}value"))
                return address, address or "link"
        return None, None

    def _tasks(self, element: etree._Element) -> Markup:
        items = Markup("").join(self._task(task) for task in element.findall(f"{AC}task"))
        return Markup('<ul class="tasks">{}</ul>').format(items)

    def _task(self, task: etree._Element) -> Markup:
        status = task.find(f"{AC}task-status")
        done = status is not None and _text_of(status).strip() == "complete"
        inside = self._inside(task.find(f"{AC}task-body"))
        sign, word = ("☑", "done") if done else ("☐", "open")
        return Markup('<li class="{}"><span title="{}">{}</span> {}</li>').format(word, word, sign, inside)

    def _layout(self, element: etree._Element) -> Markup:
        name = local_name(element.tag)
        return Markup('<div class="{}">{}</div>').format(name, self._inside(element))

    def _fallback(self, element: etree._Element) -> Markup:
        return self._inside(element.find(f"{AC}adf-fallback"))


def _link_to(address: str | None, label: Markup) -> Markup:
    if address is None:
        return Markup("<span>{}</span>").format(label)
    away = Markup(' rel="noopener noreferrer nofollow"') if leaves_site(address) else Markup("")
    return Markup('<a href="{}"{}>{}</a>').format(address, away, label)


def _attributes(element: etree._Element) -> Markup:
    return Markup("").join(
        Markup(' {}="{}"').format(name, value) for name, value in _allowed_attributes(element)
    )


def _allowed_attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    name, style = str(element.tag), element.get("style", "")
    if name in {"td", "th"}:
        for span in ("colspan", "rowspan"):
            if (
                (text := element.get(span, "")).isascii()
                and text.isdigit()
                and 1 < int(text[:9]) <= _MAX_SPAN
            ):
                yield span, text
        if (scope := element.get("scope")) in _SCOPES:
            yield "scope", str(scope)
    if name == "ol" and (start := element.get("start", "")).isascii() and start.isdigit():
        yield "start", start[:6]
    if name == "col" and (width := _WIDTH.search(style)):
        yield "width", width.group(1)
    classes = [f"to-{match.group(1)}" for match in [_ALIGN.search(style)] if match]
    fill = _FILLS.get(element.get("data-highlight-colour", "").lower().removeprefix("#"))
    if fill:
        classes.append(f"fill-{fill}")
    if classes:
        yield "class", " ".join(classes)


def _label_of(element: etree._Element) -> str:
    plain = element.find(f"{AC}plain-text-link-body")
    return "" if plain is None else _text_of(plain).strip()


def _text_of(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def _pixels(name: str, text: str | None) -> Markup:
    if text and text.isascii() and text.isdigit() and len(text) <= 4:
        return Markup(' {}="{}"').format(name, text)
    return Markup("")


def _nothing(_element: etree._Element) -> Markup:
    return Markup("")


def _empty(element: etree._Element) -> Markup:
    return Markup("<{}>").format(element.tag)


def _plain_image(element: etree._Element) -> Markup:
    # The real site does not show attachments by a plain <img>, and pictures of other hosts stay out.
    return _link_to(safe_address(element.get("src")), escape(element.get("alt") or "image"))


def _emoticon(element: etree._Element) -> Markup:
    return escape(element.get(f"{AC}emoji-fallback") or f":{element.get(f'{AC}name', 'emoji')}:")


def _time(element: etree._Element) -> Markup:
    return Markup("<time>{}</time>").format(element.get("datetime") or _text_of(element))
