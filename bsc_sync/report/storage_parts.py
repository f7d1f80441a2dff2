"""What Confluence's storage format is made of: macros, tables and links, as elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree
from lxml.etree import _Element as Element

from bsc_sync.report.markup import Child, element, serialized
from bsc_sync.report.parts import Figure, IssueLink, Standing, Tone
from bsc_sync.report.words import safe_url

_AC = "http://atlassian.com/content"
_RI = "http://atlassian.com/resource/identifier"
_COLORS: dict[Tone, str] = {"good": "Green", "warn": "Yellow", "bad": "Red", "wait": "Blue", "none": "Grey"}

Content = Sequence[Child]


def document(parts: Iterable[Element]) -> str:
    """The elements one after the other, with the prefixes that Confluence knows and no declarations."""
    root = etree.Element("page", nsmap={"ac": _AC, "ri": _RI})
    root.extend(list(parts))
    etree.cleanup_namespaces(root, keep_ns_prefixes=["ac", "ri"])
    text = serialized(root)
    return text[text.index(">") + 1 : text.rindex("</page>")] if len(root) else ""


def macro(name: str, parameters: Sequence[tuple[str, str]] = (), body: Sequence[Element] = ()) -> Element:
    """A structured macro with its parameters and, where there is one, its rich-text body."""
    children = [element(f"{{{_AC}}}parameter", {f"{{{_AC}}}name": key}, [value]) for key, value in parameters]
    if body:
        children.append(element(f"{{{_AC}}}rich-text-body", {}, body))
    return element(f"{{{_AC}}}structured-macro", {f"{{{_AC}}}name": name}, children)


def image(file: str, alt: str, width: int) -> Element:
    """A picture that is attached to the page, at its own width."""
    return element(
        f"{{{_AC}}}image",
        {f"{{{_AC}}}alt": alt, f"{{{_AC}}}width": str(width), f"{{{_AC}}}custom-width": "true"},
        [element(f"{{{_RI}}}attachment", {f"{{{_RI}}}filename": file})],
    )


def status(standing: Standing) -> list[Child]:
    """The status as a colored word; stale and set by hand are said beside it."""
    parts: list[Child] = [macro("status", [("colour", _COLORS[standing.tone]), ("title", standing.word)])]
    if standing.stale:
        parts += [" ", macro("status", [("colour", "Grey"), ("title", "stale")])]
    if standing.overridden:
        parts.append(f" set by hand: {standing.overridden}")
    return parts


def heading(level: int, text: str) -> Element:
    return element(f"h{level}", {}, [text])


def paragraph(*content: Child) -> Element:
    return element("p", {}, content)


def strong(text: str) -> Element:
    return element("strong", {}, [text])


def soft(text: str) -> Element:
    return element("em", {}, [text])


def bullets(items: Iterable[Content]) -> Element:
    return element("ul", {}, [element("li", {}, item) for item in items])


def table(head: Sequence[str], rows: Iterable[Sequence[Content]]) -> Element:
    """A table whose first row names the columns and whose first column names the rows."""
    first = element("tr", {}, [element("th", {"scope": "col"}, [element("p", {}, [name])]) for name in head])
    body = [first]
    for cells in rows:
        names, *values = cells
        row = [element("th", {"scope": "row"}, [element("p", {}, names)])]
        row += [element("td", {}, [element("p", {}, value)]) for value in values]
        body.append(element("tr", {}, row))
    return element("table", {}, [element("tbody", {}, body)])


def link(text: str, url: str) -> Child:
    """A link, if the address is one that may be linked to; else the text alone."""
    address = safe_url(url)
    return element("a", {"href": address}, [text]) if address else text


def issue(found: IssueLink | None) -> list[Child]:
    return [link(found.key, found.url)] if found is not None else []


def figure(value: Figure) -> str:
    """The figure's text; an undefined one says why."""
    return value.text if value.exact is not None else f"{value.text} ({value.why})"
