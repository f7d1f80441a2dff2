"""The one form of a tree: only what every product can hold, so that equal texts have equal trees.

Jira's documents allow no headings, tables or quotes inside lists and quotes, and wiki markup has
one text after another below a bullet. What cannot be held keeps its words and its order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bsc_sync.scorecard.prose import Block, BlockKind, Run
from bsc_sync.scorecard.prose_runs import cleaned, on_one_line, tidy_runs

Place = Literal["top", "quote", "item"]

MAX_DEPTH = 6
_LISTS = ("bullets", "numbers")


@dataclass(slots=True)
class _Node:
    """A block while its tree still grows."""

    kind: BlockKind
    runs: tuple[Run, ...] = ()
    blocks: list[_Node] = field(default_factory=list)
    level: int = 0
    language: str = ""

    def frozen(self) -> Block:
        return Block(
            self.kind, self.runs, tuple(node.frozen() for node in self.blocks), self.level, self.language
        )


def tidy(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The tree in its one form: tidying it again changes nothing."""
    return tuple(node.frozen() for node in _flow(blocks, "top", 0))


def _flow(blocks: Iterable[Block], place: Place, depth: int) -> list[_Node]:
    flow: list[_Node] = []
    for block in blocks:
        for node in _formed(block, place, depth):
            _add(flow, node, place)
    return flow


def _add(flow: list[_Node], node: _Node, place: Place) -> None:
    """Lists that follow each other are one; after a list there is no way back up to its item."""
    last = flow[-1] if flow else None
    if last is None or last.kind not in _LISTS:
        flow.append(node)
    elif node.kind == last.kind:
        for item in node.blocks:
            _add_item(last.blocks, item)
    elif place == "item" and node.kind not in _LISTS:
        _add(last.blocks[-1].blocks, node, "item")
    else:
        flow.append(node)


def _add_item(items: list[_Node], item: _Node) -> None:
    """An item that begins with a list goes on below the one before it."""
    if items and item.blocks[0].kind in _LISTS:
        for block in item.blocks:
            _add(items[-1].blocks, block, "item")
    else:
        items.append(item)


def _formed(block: Block, place: Place, depth: int) -> Sequence[_Node]:
    match block.kind:
        case "paragraph" | "cell":
            return [_Node("paragraph", runs) for runs in tidy_runs(block.runs)]
        case "heading":
            return _heading(block, place)
        case "code":
            return _code(block)
        case "rule":
            return [_Node("rule")] if place == "top" else []
        case "table":
            return _table(block, place)
        case "quote" if place == "top":
            inner = _flow(block.blocks, "quote", depth)
            return [_Node("quote", blocks=inner)] if inner else []
        case "bullets" | "numbers" if depth < MAX_DEPTH:
            made = _Node(block.kind)
            for item in block.blocks:
                inner = _flow((item,), "item", depth + 1)
                if inner:
                    _add_item(made.blocks, _Node("item", blocks=inner))
            return [made] if made.blocks else []
        case _:
            return _flow(block.blocks, place, depth)


def _heading(block: Block, place: Place) -> Sequence[_Node]:
    runs = on_one_line(block.runs)
    if not runs:
        return []
    if place == "top":
        return [_Node("heading", runs, level=min(max(block.level, 1), 6))]
    bold = tidy_runs(Run(run.text, run.marks | {"strong"}, run.href) for run in runs)
    return [_Node("paragraph", part) for part in bold]


def _code(block: Block) -> Sequence[_Node]:
    text = cleaned("".join(run.text for run in block.runs))
    text = re.sub(r"[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]", " ", text).strip("\n")
    if not text.strip():
        return []
    language = block.language.strip().lower()
    known = language if re.fullmatch(r"[a-z0-9+#._-]{1,30}", language) else ""
    return [_Node("code", (Run(text),), language=known)]


def _table(block: Block, place: Place) -> Sequence[_Node]:
    rows = [[on_one_line(cell.runs) for cell in row.blocks] for row in block.blocks]
    if not any(runs for row in rows for runs in row):
        return []
    if place != "top":
        lines = ([run for cell in row for run in (Run(" | "), *cell)][1:] for row in rows)
        return [_Node("paragraph", runs) for line in lines for runs in tidy_runs(line)]
    width = max(len(row) for row in rows)
    made = _Node("table")
    for row in rows:
        cells = [_Node("cell", runs) for runs in (*row, *[()] * (width - len(row)))]
        made.blocks.append(_Node("row", blocks=cells))
    return [made]
