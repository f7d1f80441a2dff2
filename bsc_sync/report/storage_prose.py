"""Rich text in Confluence's storage format: the text tree as elements, and a page's body as a text tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html.entities import html5

from lxml import etree
from lxml.etree import _Element as Element

from bsc_sync.report.markup import Child, element
from bsc_sync.report.storage_parts import macro
from bsc_sync.scorecard.prose import Block, BlockKind, Mark, Run
from bsc_sync.scorecard.prose_form import tidy
from bsc_sync.scorecard.prose_runs import address_of, addresses, cleaned

_AC = "{http://atlassian.com/content}"
_RI = "{http://atlassian.com/resource/identifier}"
_TAGS: dict[BlockKind, str] = {"bullets": "ul", "numbers": "ol", "item": "li", "quote": "blockquote"}
_WRITTEN_MARKS: tuple[tuple[Mark, str], ...] = (
    ("code", "code"),
    ("strike", "s"),
    ("em", "em"),
    ("strong", "strong"),
)
_MARKS: dict[str, Mark] = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "cite": "em",
    "code": "code",
    "tt": "code",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
}
_BLOCKS: dict[str, BlockKind] = {
    "ul": "bullets",
    "ol": "numbers",
    "li": "item",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
    f"{_AC}task-list": "bullets",
    f"{_AC}task": "item",
}
_BOXES = frozenset({"info", "note", "tip", "warning", "panel", "expand", "quote"})
_SPOKEN_ELSEWHERE = frozenset({f"{_AC}parameter", f"{_AC}task-id", f"{_AC}task-uuid", f"{_AC}task-status"})
_ENTITY = re.compile(r"(?s)<!\[CDATA\[.*?(?:\]\]>|\Z)|&([A-Za-z][A-Za-z0-9]{1,30});")
_DEPTH = 100


def storage_of(blocks: Iterable[Block]) -> list[Element]:
    """The elements of a tidy tree."""
    return [_written(block) for block in blocks]


def from_storage(body: str) -> tuple[Block, ...]:
    """The tidy tree of a page's body, whatever macros stand in it; ValueError when it is no XML."""
    source = _ENTITY.sub(_character, cleaned(body))
    wrapped = f'<page xmlns:ac="{_AC[1:-1]}" xmlns:ri="{_RI[1:-1]}">{source}</page>'
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        page = etree.fromstring(wrapped.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not in storage format: {error}") from None
    return tidy(_flow(page, 0))


def _written(block: Block) -> Element:
    match block.kind:
        case "heading":
            return element(f"h{block.level}", {}, _phrases(block.runs))
        case "code":
            return _code(block)
        case "rule":
            return element("hr")
        case "table":
            rows = [_row(row, "td" if index else "th") for index, row in enumerate(block.blocks)]
            return element("table", {}, [element("tbody", {}, rows)])
        case "paragraph":
            return element("p", {}, _phrases(block.runs))
        case kind:
            return element(_TAGS[kind], {}, storage_of(block.blocks))


def _row(row: Block, tag: str) -> Element:
    cells = [element(tag, {}, [element("p", {}, _phrases(cell.runs))]) for cell in row.blocks]
    return element("tr", {}, cells)


def _code(block: Block) -> Element:
    made = macro("code", [("language", block.language)] if block.language else [])
    body = etree.SubElement(made, f"{_AC}plain-text-body")
    text = "".join(run.text for run in block.runs)
    body.text = text if "]]>" in text else etree.CDATA(text)
    return made


def _phrases(runs: Sequence[Run]) -> list[Child]:
    whole = "".join(run.text for run in runs)
    made: list[Child] = []
    start = 0
    for run in runs:
        end = start + len(run.text)
        at = start
        if run.href is None and "code" not in run.marks:
            for begin, stop in addresses(whole, start, end):
                made += _phrase(whole[at:begin], run, None)
                made += _phrase(whole[begin:stop], run, address_of(whole[begin:stop]))
                at = stop
        made += _phrase(whole[at:end], run, run.href)
        start = end
    return made


def _phrase(text: str, run: Run, href: str | None) -> list[Child]:
    inner: list[Child] = []
    for index, line in enumerate(text.split("\n")):
        if index:
            inner.append(element("br"))
        if line:
            inner.append(line)
    for mark, tag in _WRITTEN_MARKS:
        if mark in run.marks and inner:
            inner = [element(tag, {}, inner)]
    return [element("a", {"href": href}, inner)] if href is not None and inner else inner


def _character(found: re.Match[str]) -> str:
    if found[1] in {None, "amp", "lt", "gt", "quot", "apos"}:
        return found[0]
    return html5.get(f"{found[1]};", f"&amp;{found[1]};")


def _flow(parent: Element, depth: int) -> tuple[Block, ...]:
    """The blocks inside an element; text that stands among them is a paragraph."""
    blocks: list[Block] = []
    loose: list[Run] = [*_said(parent.text)]
    for child in parent:
        made = _block(child, depth + 1)
        if made is None:
            loose.extend(_inline(child, frozenset(), None, depth + 1))
        else:
            blocks += [Block("paragraph", tuple(loose)), *made]
            loose = []
        loose.extend(_said(child.tail))
    return (*blocks, Block("paragraph", tuple(loose)))


def _block(node: Element, depth: int) -> tuple[Block, ...] | None:
    """The blocks that an element is, or None where it stands in a line."""
    tag = str(node.tag)
    if depth > _DEPTH or tag in _SPOKEN_ELSEWHERE:
        return ()
    if tag == "p":
        return (Block("paragraph", _runs(node, depth)),)
    if re.fullmatch("h[1-6]", tag):
        return (Block("heading", _runs(node, depth), level=int(tag[1])),)
    if tag in {"td", "th"}:
        return (Block("cell", _runs(node, depth)),)
    if tag == "hr":
        return (Block("rule"),)
    if tag == "pre":
        return (Block("code", (Run("".join(map(str, node.itertext()))),)),)
    if tag == f"{_AC}structured-macro":
        return _macro(node, depth)
    if tag in _BLOCKS:
        inner = _flow(node, depth)
        wanted: BlockKind | None = {"table": "row", "row": "cell"}.get(_BLOCKS[tag])  # type: ignore[assignment]  # both are kinds
        kept = tuple(block for block in inner if wanted is None or block.kind == wanted)
        return (Block(_BLOCKS[tag], blocks=kept),)
    if tag in {"tbody", "thead", "tfoot", "div", "section"} or tag.startswith((f"{_AC}layout", f"{_AC}rich")):
        return _flow(node, depth)
    return _flow(node, depth) if tag == f"{_AC}task-body" else None


def _macro(node: Element, depth: int) -> tuple[Block, ...] | None:
    name = str(node.get(f"{_AC}name") or "")
    parameters = {
        str(child.get(f"{_AC}name") or ""): "".join(map(str, child.itertext()))
        for child in node.iterchildren(f"{_AC}parameter")
    }
    body = node.find(f"{_AC}plain-text-body")
    if body is not None:
        return (
            Block(
                "code", (Run("".join(map(str, body.itertext()))),), language=parameters.get("language", "")
            ),
        )
    rich = node.find(f"{_AC}rich-text-body")
    if rich is None:
        return None
    inner = _flow(rich, depth)
    if name in _BOXES:
        title = parameters.get("title", "")
        head = (Block("paragraph", (Run(title, frozenset({"strong"})),)),) if title else ()
        return (Block("quote", blocks=(*head, *inner)),)
    return inner


def _said(text: str | None) -> Iterator[Run]:
    if text:
        yield Run(re.sub(r"\s+", " ", text))


def _runs(node: Element, depth: int) -> tuple[Run, ...]:
    return tuple(_within(node, frozenset(), None, depth))


def _within(node: Element, marks: frozenset[Mark], href: str | None, depth: int) -> Iterator[Run]:
    """All that an element says, in one line."""
    for run in _said(node.text):
        yield Run(run.text, marks, href)
    for child in node:
        yield from _inline(child, marks, href, depth + 1)
        for run in _said(child.tail):
            yield Run(run.text, marks, href)


def _inline(node: Element, marks: frozenset[Mark], href: str | None, depth: int) -> Iterator[Run]:
    tag = str(node.tag)
    if depth > _DEPTH or tag in _SPOKEN_ELSEWHERE:
        return
    if tag == "br":
        yield Run("\n", marks, href)
    elif tag == f"{_AC}structured-macro":
        title = next((c.text for c in node if c.get(f"{_AC}name") == "title"), "")
        yield Run(title or "", marks, href)
    elif tag == f"{_AC}emoticon":
        yield Run(str(node.get(f"{_AC}emoji-fallback") or node.get(f"{_AC}name") or ""), marks, href)
    elif tag == f"{_AC}image":
        source = next((str(c.get(f"{_RI}value")) for c in node if c.tag == f"{_RI}url"), None)
        name = next((str(c.get(f"{_RI}filename")) for c in node if c.tag == f"{_RI}attachment"), "")
        yield Run(str(node.get(f"{_AC}alt") or source or name), marks, source or href)
    elif tag == "time":
        yield Run(str(node.get("datetime") or ""), marks, href)
    elif tag == f"{_RI}page":
        beside = [child.tag for child in node.itersiblings()]
        said = any(str(name).endswith("link-body") for name in beside)
        yield Run("" if said else str(node.get(f"{_RI}content-title") or ""), marks, href)
    else:
        known = _MARKS.get(tag)
        if tag == "span" and "line-through" in str(node.get("style") or ""):
            known = "strike"
        href = str(node.get("href") or "") or href if tag == "a" else href
        apart = [Run(" ")] if tag in {"p", "li", "div", "tr"} else []
        yield from apart
        yield from _within(node, marks | {known} if known else marks, href, depth)
        yield from apart
