"""Confluence's storage format: what is accepted, and what the server makes of it before keeping it."""

from __future__ import annotations

import re
import uuid
from html.entities import codepoint2name, name2codepoint

from lxml import etree

NAMESPACES = {
    "ac": "http://www.atlassian.com/schema/confluence/4/ac/",
    "ri": "http://www.atlassian.com/schema/confluence/4/ri/",
    "at": "http://www.atlassian.com/schema/confluence/4/at/",
}
AC = f"{{{NAMESPACES['ac']}}}"
RI = f"{{{NAMESPACES['ri']}}}"

_ROOT = "storage"
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_UNWANTED = {"script", "style", "iframe"}
_IDENTIFIED = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


class Malformed(ValueError):
    """The text is not well-formed storage format; the message says where."""


def parse_storage(text: str) -> etree._Element:
    """The tree of a storage-format text under one neutral root; raises `Malformed`."""
    declarations = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    opening = f"<{_ROOT} {declarations}>"
    document = f"{opening}{_numeric_entities(text)}</{_ROOT}>"
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, strip_cdata=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = (error.msg or "").partition(", line ")[0]
        place = f"[{line},{max(column - len(opening), 1) if line == 1 else column}]"
        raise Malformed(f"Error parsing xhtml: {reason}\n at [row,col {{unknown-source}}]: {place}") from None
    except ValueError as error:
        raise Malformed(f"Error parsing xhtml: {error}") from None


def local_name(name: object) -> str:
    """A name without its namespace; what a document calls its namespaces may be anything."""
    return str(name).rpartition("}")[2]


def rewrite(text: str, *, seed: str) -> str:
    """The storage text as the server keeps it: cleaned, with ids given out, entities by name.

    Ids depend on `seed` and on the place in the text only. Raises `Malformed`.
    """
    root = parse_storage(text)
    _drop_unwanted(root)
    _give_ids(root, seed)
    return _named_entities(_inner_xml(root))


def _numeric_entities(text: str) -> str:
    """Named HTML entities are not known to XML; CDATA sections are text and stay as they are."""

    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in _XML_ENTITIES or name not in name2codepoint:
            return match.group(0)
        return f"&#{name2codepoint[name]};"

    parts = _CDATA.split(text)
    return "".join(part if part.startswith("<![CDATA[") else _ENTITY.sub(number, part) for part in parts)


def _drop_unwanted(root: etree._Element) -> None:
    for element in list(root.iter(etree.Element)):
        for name in [str(name) for name in element.attrib if local_name(name).lower().startswith("on")]:
            del element.attrib[name]
        parent = element.getparent()
        if parent is not None and local_name(element.tag).lower() in _UNWANTED:
            _keep_tail(parent, element)
            parent.remove(element)


def _keep_tail(parent: etree._Element, element: etree._Element) -> None:
    if not element.tail:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + element.tail
    else:
        before.tail = (before.tail or "") + element.tail


def _give_ids(root: etree._Element, seed: str) -> None:
    for place, element in enumerate(root.iter(etree.Element)):
        identity = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}:{place}"))
        if element.tag == f"{AC}structured-macro":
            _set_default(element, f"{AC}schema-version", "1")
            _set_default(element, f"{AC}macro-id", identity)
        elif element.tag == "table":
            _set_default(element, f"{AC}local-id", identity)
        elif element.tag in _IDENTIFIED:
            _set_default(element, "local-id", identity[-12:])


def _set_default(element: etree._Element, name: str, value: str) -> None:
    if element.get(name) is None:
        element.set(name, value)


def _inner_xml(root: etree._Element) -> str:
    whole = etree.tostring(root, encoding="unicode")
    if whole.endswith("/>"):
        return ""
    return whole[whole.index(">") + 1 : whole.rindex("<")]


def _named_entities(text: str) -> str:
    def name(match: re.Match[str]) -> str:
        known = codepoint2name.get(ord(match.group(0)))
        return f"&{known};" if known else match.group(0)

    parts = _CDATA.split(text)
    return "".join(part if part.startswith("<![CDATA[") else _NON_ASCII.sub(name, part) for part in parts)
