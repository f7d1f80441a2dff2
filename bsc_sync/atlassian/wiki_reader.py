"""Jira's wiki markup as a text tree: blocks, lists and tables; whatever it is given, in linear time.

What is not known as markup stays the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bsc_sync.atlassian.wiki_phrases import read_phrases
from bsc_sync.plan.unheld import Find
from bsc_sync.scorecard.prose import Block, BlockKind, Run
from bsc_sync.scorecard.prose_form import tidy
from bsc_sync.scorecard.prose_runs import cleaned

_MACRO = re.compile(
    r"(?<!\{)(\\?)\{(code|noformat|quote|panel|info|note|tip|warning|expand)((?::[^{}\n]{0,500})?)\}",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[ \t]*h([1-6])\.[ \t]+(.*)", re.DOTALL)
_QUOTE = re.compile(r"[ \t]*bq\.[ \t]+(.*)", re.DOTALL)
_ITEM = re.compile(r"[ \t]*([*#][*#-]*|-)[ \t]+(.*)", re.DOTALL)
_RULE = re.compile(r"[ \t]*-{4,}[ \t]*")
_CELLS = re.compile(r"\\.|\[(?:[^\\\[\]]|\\.)*\]|\|\|?|[^\\\[|]+|.", re.DOTALL)
_TITLE = re.compile(r"(?:^|[:|])title=([^|}]*)", re.IGNORECASE)
_DEPTH = 4
_LEVELS = 10


def from_wiki(text: str) -> tuple[Block, ...]:
    """The tidy tree of wiki markup."""
    blocks, _ = read_wiki(text)
    return tidy(blocks)


def read_wiki(text: str) -> tuple[tuple[Block, ...], list[Find]]:
    """The blocks of wiki markup as they stand, not tidied yet, and what no block can hold."""
    finds: list[Find] = []
    return tuple(_flow(cleaned(text), 0, finds)), finds


@dataclass(slots=True)
class _Item:
    finds: list[Find]
    blocks: list[Block | _List] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def close(self) -> None:
        """The lines so far become a paragraph."""
        if self.lines:
            self.blocks.append(Block("paragraph", read_phrases("\n".join(self.lines), self.finds)))
            self.lines = []

    def frozen(self) -> Block:
        self.close()
        return Block("item", blocks=tuple(_frozen(block) for block in self.blocks))


@dataclass(slots=True)
class _List:
    kind: BlockKind
    items: list[_Item] = field(default_factory=list)


def _frozen(block: Block | _List) -> Block:
    if isinstance(block, Block):
        return block
    return Block(block.kind, blocks=tuple(item.frozen() for item in block.items))


@dataclass(slots=True)
class _Page:
    """What is read so far: a flow of blocks, the items that are open, and the rows of an open table."""

    flow: _Item
    open: list[_Item] = field(default_factory=list)
    rows: list[Block] = field(default_factory=list)

    def line(self, text: str) -> None:
        if not text.strip():
            self.end()
        elif _RULE.fullmatch(text):
            self.end()
            self.flow.blocks.append(Block("rule"))
        elif found := _ITEM.fullmatch(text):
            self._item(found[1][:_LEVELS], found[2])
        elif found := _HEADING.fullmatch(text):
            self.end()
            self.flow.blocks.append(
                Block("heading", read_phrases(found[2], self.flow.finds), level=int(found[1]))
            )
        elif found := _QUOTE.fullmatch(text):
            self.end()
            quoted = Block("paragraph", read_phrases(found[1], self.flow.finds))
            self.flow.blocks.append(Block("quote", blocks=(quoted,)))
        elif text.lstrip().startswith("|"):
            self._row(text.strip())
        else:
            self._end_table()
            (self.open[-1] if self.open else self.flow).lines.append(text)

    def block(self, made: Sequence[Block]) -> None:
        """Whole blocks, which go on below an open bullet."""
        self._end_table()
        place = self.open[-1] if self.open else self.flow
        place.close()
        place.blocks.extend(made)

    def end(self) -> None:
        """An empty line: whatever is open is over."""
        self._end_table()
        self.flow.close()
        self.open = []

    def _item(self, marker: str, text: str) -> None:
        self._end_table()
        if not self.open:
            self.flow.close()
        del self.open[len(marker) - 1 :]
        for level in range(len(self.open), len(marker)):
            kind: BlockKind = "numbers" if marker[level] == "#" else "bullets"
            above = self.open[-1] if self.open else self.flow
            above.close()
            last = above.blocks[-1] if above.blocks else None
            if not isinstance(last, _List) or last.kind != kind:
                last = _List(kind)
                above.blocks.append(last)
            item = _Item(self.flow.finds)
            last.items.append(item)
            self.open.append(item)
        self.open[-1].lines.append(text)

    def _row(self, text: str) -> None:
        if not self.rows:
            self.end()
        bars = {found[0] for found in _CELLS.finditer(text)} & {"|", "||"}
        if bars != ({"|"} if self.rows else {"||"}):
            self.flow.finds.append(("head beside the first row" if self.rows else "table without a head", ""))
        cells = tuple(Block("cell", read_phrases(cell, self.flow.finds)) for cell in _cells(text))
        self.rows.append(Block("row", blocks=cells))

    def _end_table(self) -> None:
        if self.rows:
            self.flow.blocks.append(Block("table", blocks=tuple(self.rows)))
            self.rows = []


def _flow(text: str, depth: int, finds: list[Find]) -> Iterator[Block]:
    page = _Page(_Item(finds))
    at_line_start = True
    for part in _parts(text, depth, finds):
        if isinstance(part, str):
            lines = part.split("\n")
            for index, line in enumerate(lines):
                # what stands before and after a block on its own line is no empty line
                beside = (index == 0 and not at_line_start) or index == len(lines) - 1
                if line.strip() or not beside:
                    page.line(line)
        else:
            page.block(part)
        at_line_start = False
    page.end()
    return (_frozen(block) for block in page.flow.blocks)


def _parts(text: str, depth: int, finds: list[Find]) -> Iterator[str | tuple[Block, ...]]:
    """Text and blocks in turn; a macro that is never closed is text."""
    unclosed: set[str] = set()
    start = at = 0
    while found := _MACRO.search(text, at):
        name = found[2].lower()
        at = found.end()
        if found[1] or name in unclosed or (name not in {"code", "noformat"} and depth >= _DEPTH):
            continue
        end = _closing(text, name, at)
        if end < 0:
            unclosed.add(name)
            continue
        yield text[start : found.start()]
        yield _macro(name, found[3], text[at:end], depth, finds)
        start = at = end + len(name) + 2
    yield text[start:]


def _closing(text: str, name: str, at: int) -> int:
    found = re.compile(rf"(?<!\\)\{{{name}\}}", re.IGNORECASE).search(text, at)
    return found.start() if found else -1


def _macro(name: str, parameters: str, inner: str, depth: int, finds: list[Find]) -> tuple[Block, ...]:
    if name in {"code", "noformat"}:
        if "=" in parameters:
            finds.append(("code caption", parameters))
        language = next((part for part in parameters[1:].split("|") if part and "=" not in part), "")
        raw = inner.replace(f"\\{{{name}", f"{{{name}")
        return (Block("code", (Run(raw),), language=language),)
    if name != "quote":
        finds.append(("folded section" if name == "expand" else "panel", f"{name}{parameters}"))
    title = _TITLE.search(parameters)
    words = title[1].strip() if title else ""
    if name == "expand" and not words:
        words = parameters[1:].strip()
    head = (Block("paragraph", (Run(words, frozenset({"strong"})),)),) if words else ()
    return (Block("quote", blocks=(*head, *_flow(inner, depth + 1, finds))),)


def _cells(line: str) -> Iterator[str]:
    cell: list[str] = []
    begun = False
    for found in _CELLS.finditer(line):
        part = found[0]
        if part in {"|", "||"}:
            if begun:
                yield "".join(cell)
            begun, cell = True, []
        else:
            cell.append(part)
    if "".join(cell).strip():
        yield "".join(cell)
