"""Rich text as one small tree: what Markdown, Jira's documents, wiki markup and storage format share.

Two texts are the same when their trees, tidied, are written as the same Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal[
    "paragraph", "heading", "bullets", "numbers", "item", "quote", "code", "rule", "table", "row", "cell"
]
Mark = Literal["strong", "em", "code", "strike"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with the same marks; `href` makes it a link, a line break is `\\n`."""

    text: str
    marks: frozenset[Mark] = frozenset()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block: `runs` of a paragraph, heading, code or cell; `blocks` of all others.

    `level` is a heading's (1 to 6), `language` a code's. The first row of a table is its head.
    """

    kind: BlockKind
    runs: tuple[Run, ...] = ()
    blocks: tuple[Block, ...] = field(default_factory=tuple)
    level: int = 0
    language: str = ""


def plain(blocks: Iterable[Block]) -> str:
    """Only the words, a line a block."""
    lines = []
    for block in blocks:
        lines.extend(["".join(run.text for run in block.runs)] if block.runs else [])
        lines.extend([plain(block.blocks)] if block.blocks else [])
    return "\n".join(line for line in lines if line)
