"""Rich text as one small tree, so that Markdown here and documents there can be compared.

Markdown in the scorecard becomes a tree; so does what Jira shows. Two texts are the same when
their canonical forms are: the tree written back as Markdown in one fixed way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

BlockKind = Literal["paragraph", "heading", "bullets", "numbers", "item", "quote", "code", "rule"]
Mark = Literal["strong", "em", "code", "strike"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with the same marks; `href` makes it a link, a line break is `\\n`."""

    text: str
    marks: frozenset[Mark] = frozenset()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    runs: tuple[Run, ...] = ()
    blocks: tuple[Block, ...] = field(default_factory=tuple)
    level: int = 0


def from_markdown(text: str) -> tuple[Block, ...]:
    """The tree of a Markdown text; raw HTML stays the plain text that it is."""
    root = SyntaxTreeNode(_parser().parse(text))
    return tidy(block for node in root.children for block in _block(node))


def canonical(blocks: Iterable[Block]) -> str:
    """One fixed Markdown writing of a tree; equal trees give equal texts."""
    return "\n\n".join(_written(block) for block in tidy(blocks))


def canonical_markdown(text: str) -> str:
    """The fixed writing of any Markdown text."""
    return canonical(from_markdown(text))


def plain(blocks: Iterable[Block]) -> str:
    """Only the words, a line a block."""
    lines = []
    for block in blocks:
        lines.extend(["".join(run.text for run in block.runs)] if block.runs else [])
        lines.extend([plain(block.blocks)] if block.blocks else [])
    return "\n".join(line for line in lines if line)


def tidy(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The tree without what cannot be seen: empty blocks, split runs, space at the edges."""
    kept = []
    for block in blocks:
        runs = _joined(block.runs, keep_space=block.kind == "code")
        inner = tidy(block.blocks)
        if runs or inner or block.kind == "rule":
            kept.append(Block(block.kind, runs, inner, block.level))
    return tuple(kept)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")


def _block(node: SyntaxTreeNode) -> tuple[Block, ...]:
    inner = (
        tuple(block for child in node.children or () for block in _block(child))
        if _is_container(node)
        else ()
    )
    match node.type:
        case "paragraph":
            return (Block("paragraph", _runs(node.children)),)
        case "heading":
            return (Block("heading", _runs(node.children), level=int(node.tag[1:])),)
        case "bullet_list":
            return (Block("bullets", blocks=inner),)
        case "ordered_list":
            return (Block("numbers", blocks=inner),)
        case "list_item":
            return (Block("item", blocks=inner),)
        case "blockquote":
            return (Block("quote", blocks=inner),)
        case "fence" | "code_block":
            return (Block("code", (Run(node.content.rstrip("\n")),)),)
        case "hr":
            return (Block("rule"),)
        case _:
            return (Block("paragraph", (Run(node.content),)),) if node.content else inner


def _is_container(node: SyntaxTreeNode) -> bool:
    return node.type in {"bullet_list", "ordered_list", "list_item", "blockquote"}


_MARKS: dict[str, Mark] = {"strong": "strong", "em": "em", "s": "strike"}


def _runs(
    nodes: Sequence[SyntaxTreeNode], marks: frozenset[Mark] = frozenset(), href: str | None = None
) -> tuple[Run, ...]:
    runs: list[Run] = []
    for node in nodes:
        if node.type in {"softbreak", "hardbreak"}:
            runs.append(Run("\n" if node.type == "hardbreak" else " ", marks, href))
        elif node.type == "code_inline":
            runs.append(Run(node.content, frozenset({"code"}), href))
        elif node.type == "link":
            runs.extend(_runs(node.children, marks, str(node.attrs.get("href", ""))))
        elif node.type == "image":
            runs.append(Run(node.content, marks, str(node.attrs.get("src", ""))))
        elif node.type in _MARKS:
            runs.extend(_runs(node.children, marks | {_MARKS[node.type]}, href))
        elif node.type == "inline":
            runs.extend(_runs(node.children, marks, href))
        else:
            runs.append(Run(node.content, marks, href))
    return tuple(runs)


def _joined(runs: Sequence[Run], *, keep_space: bool) -> tuple[Run, ...]:
    joined: list[Run] = []
    for run in runs:
        text = run.text if keep_space else re.sub(r"[ \t\u00a0]+", " ", run.text.replace("\r", ""))
        if not text:
            continue
        last = joined[-1] if joined else None
        if last and (last.marks, last.href) == (run.marks, run.href):
            joined[-1] = Run(last.text + text, run.marks, run.href)
        else:
            joined.append(Run(text, run.marks, run.href))
    if not keep_space:
        joined = [
            Run(re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", r.text)), r.marks, r.href) for r in joined
        ]
        while joined and not joined[0].text.lstrip():
            joined.pop(0)
        while joined and not joined[-1].text.rstrip():
            joined.pop()
        if joined:
            joined[0] = Run(joined[0].text.lstrip(), joined[0].marks, joined[0].href)
            joined[-1] = Run(joined[-1].text.rstrip(), joined[-1].marks, joined[-1].href)
    return tuple(joined)


def _written(block: Block) -> str:
    text = "".join(_written_run(run) for run in block.runs)
    match block.kind:
        case "heading":
            return f"{'#' * block.level} {text}"
        case "code":
            raw = "".join(run.text for run in block.runs)
            fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall(r"`+", raw)), default=0))
            return f"{fence}\n{raw}\n{fence}"
        case "rule":
            return "---"
        case "bullets" | "numbers":
            lead = "- " if block.kind == "bullets" else "1. "
            return "\n".join(lead + _indented(canonical(item.blocks), len(lead)) for item in block.blocks)
        case "quote":
            return "\n".join(f"> {line}".rstrip() for line in canonical(block.blocks).split("\n"))
        case "item":
            return canonical(block.blocks)
        case _:
            return re.sub(r"^(\s*)([#>+-]|\d+[.)])(?=\s|$)", r"\1\\\2", text, flags=re.MULTILINE)


_TICKS: tuple[tuple[Mark, str], ...] = (("em", "*"), ("strong", "**"), ("strike", "~~"))


def _written_run(run: Run) -> str:
    if "code" in run.marks:
        ticks = "`" * (1 + max((len(found) for found in re.findall(r"`+", run.text)), default=0))
        pad = " " if run.text.startswith("`") or run.text.endswith("`") else ""
        text = f"{ticks}{pad}{run.text}{pad}{ticks}"
    else:
        text = re.sub(r"([\\`*_\[\]~<])", r"\\\1", run.text).replace("\n", "\\\n")
    lead = text[: len(text) - len(text.lstrip(" "))]
    trail = text[len(text.rstrip(" ")) :] if text.strip(" ") else ""
    core = text.strip(" ")
    for mark, ticks in _TICKS:
        if mark in run.marks and core:
            core = f"{ticks}{core}{ticks}"
    if run.href is not None:
        core = f"[{core}](<{run.href.replace('<', '%3C').replace('>', '%3E')}>)"
    return lead + core + trail


def _indented(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)
