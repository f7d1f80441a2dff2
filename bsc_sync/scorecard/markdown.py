"""Markdown read as a tree, and the one writing of a tree as Markdown, by which texts are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bsc_sync.scorecard.markdown_runs import block_safe, read_runs, written_runs
from bsc_sync.scorecard.prose import Block, BlockKind, Run
from bsc_sync.scorecard.prose_form import tidy
from bsc_sync.scorecard.prose_runs import cleaned

_NESTING = 60
_CONTAINERS: dict[str, BlockKind] = {
    "bullet_list": "bullets",
    "ordered_list": "numbers",
    "list_item": "item",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
}


def from_markdown(text: str) -> tuple[Block, ...]:
    """The tidy tree of a Markdown text; raw HTML stays the plain text that it is."""
    source = cleaned(text)
    tokens = _parser().parse(source)
    if any(token.level >= _NESTING - 1 for token in tokens):
        return tidy(Block("paragraph", (Run(line),)) for line in source.split("\n"))
    return tidy(_blocks(SyntaxTreeNode(tokens).children))


def canonical(blocks: Iterable[Block]) -> str:
    """One fixed Markdown writing of a tree; equal trees give equal texts."""
    return _flow(tidy(blocks))


def canonical_markdown(text: str) -> str:
    """The fixed writing of any Markdown text."""
    return _flow(from_markdown(text))


@cache
def _parser() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING})
    reader.enable(["strikethrough", "table"])
    # inline content is read by `read_runs`, once for each block
    reader.core.ruler.disable("inline")
    return reader


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> tuple[Block, ...]:
    return tuple(block for node in nodes for block in _block(node))


def _block(node: SyntaxTreeNode) -> tuple[Block, ...]:
    match node.type:
        case "paragraph":
            return (Block("paragraph", _line(node)),)
        case "heading":
            return (Block("heading", _line(node), level=int(node.tag[1:])),)
        case "td" | "th":
            return (Block("cell", _line(node)),)
        case "fence" | "code_block":
            language = (node.info.split() or [""])[0] if node.type == "fence" else ""
            return (Block("code", (Run(node.content),), language=language),)
        case "hr":
            return (Block("rule"),)
        case str(kind) if kind in _CONTAINERS:
            return (Block(_CONTAINERS[kind], blocks=_blocks(node.children)),)
        case _:
            return _blocks(node.children)


def _line(node: SyntaxTreeNode) -> tuple[Run, ...]:
    return tuple(run for child in node.children for run in read_runs(child.content))


def _flow(blocks: Sequence[Block]) -> str:
    return "\n\n".join(_written(block) for block in blocks)


def _item(blocks: Sequence[Block]) -> str:
    """An item's blocks; its lists follow close upon its text."""
    texts = [block for block in blocks if block.kind not in {"bullets", "numbers"}]
    lists = [_written(block) for block in blocks[len(texts) :]]
    return "\n".join(part for part in (_flow(texts), *lists) if part)


def _written(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"{'#' * block.level} {written_runs(block.runs, closing='#')}"
        case "code":
            return _fenced("".join(run.text for run in block.runs), block.language)
        case "rule":
            return "***"
        case "bullets" | "numbers":
            lead = "- " if block.kind == "bullets" else "1. "
            return "\n".join(lead + _indented(_item(item.blocks), len(lead)) for item in block.blocks)
        case "quote":
            return "\n".join(f"> {line}" if line else ">" for line in _flow(block.blocks).split("\n"))
        case "table":
            head, *rows = (
                [written_runs(cell.runs, bars=True) for cell in row.blocks] for row in block.blocks
            )
            lines = [head, ["---"] * len(head), *rows]
            return "\n".join(f"| {' | '.join(line)} |" for line in lines)
        case _:
            return block_safe(written_runs(block.runs))


def _fenced(raw: str, language: str) -> str:
    longest = run = 0
    for letter in raw:
        run = run + 1 if letter == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{raw}\n{fence}"


def _indented(text: str, width: int) -> str:
    pad = "\n" + " " * width
    return text.replace("\n", pad).replace(f"{pad}\n", "\n\n")
