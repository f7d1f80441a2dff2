"""XML built as a tree, so that no text can ever become markup: for SVG and for storage format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree
from lxml.etree import _Element as Element

from bsc_sync.report.words import harmless

Child = str | Element


def element(tag: str, attributes: Mapping[str, str] | None = None, children: Iterable[Child] = ()) -> Element:
    """An element; texts and attributes lose what XML forbids and are escaped when serialized."""
    made = etree.Element(tag, {name: harmless(value) for name, value in (attributes or {}).items()})
    last: Element | None = None
    for child in children:
        if not isinstance(child, str):
            made.append(child)
            last = child
        elif last is None:
            made.text = (made.text or "") + harmless(child)
        else:
            last.tail = (last.tail or "") + harmless(child)
    return made


def serialized(tree: Element) -> str:
    """The tree as text, without an XML declaration."""
    return etree.tostring(tree, encoding="unicode")
