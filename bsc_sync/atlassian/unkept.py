"""The value of a rich text: its Markdown, and a note of all that the Markdown does not say.

Writing the Markdown back would take that away, so it has to be seen as somebody's edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bsc_sync.plan.unheld import Find, with_note
from bsc_sync.scorecard.markdown import canonical, from_markdown
from bsc_sync.scorecard.prose import Block, Run
from bsc_sync.scorecard.prose_form import MAX_DEPTH, Place, tidy

_LISTS = frozenset({"bullets", "numbers"})
_AT_TOP = frozenset({"heading", "table", "quote", "rule"})
_PLACES: dict[Place, str] = {"quote": "quote", "item": "list-item"}
_EMPTY = {"item": "list item", "quote": "quote", "table": "table", "code": "code block"}


def value_of(blocks: Iterable[Block], finds: Sequence[Find]) -> str | None:
    """The canonical value of what was read; `finds` are what the reader has no block for."""
    read = tuple(blocks)
    tree = tidy(read)
    text = canonical(tree)
    found = [*finds, *_untidy(read, "top", 0)]
    if _is_marked(tree) and from_markdown(text) != tree:
        found.append(("emphasis within a word", repr(tree)))
    return with_note(text, found) or None


def _untidy(blocks: Iterable[Block], place: Place, depth: int) -> Iterator[Find]:
    """What tidying takes away: what is empty, and the form of what stands where not all can have it."""
    below_list = False
    for block in blocks:
        kind = block.kind
        if kind in _EMPTY and not _says(block):
            yield f"empty {_EMPTY[kind]}", ""
            continue
        if kind in _AT_TOP and place != "top" and _says(block):
            yield f"{_PLACES[place]} {kind}", _words(block)
        elif kind in _LISTS and depth >= MAX_DEPTH:
            yield "list level", _words(block)
        elif below_list and place == "item" and kind not in _LISTS and _says(block):
            yield "list-item ending", _words(block)
        if kind == "code" and block.language.strip() and not tidy((block,))[0].language:
            yield "code language", block.language
        below_list = below_list or kind in _LISTS
        for run in block.runs:
            if kind != "code" and "code" in run.marks and len(run.marks) > 1 and run.text.strip():
                yield "emphasized code", run.text
        if kind in _LISTS:
            yield from _untidy(block.blocks, "item", depth + 1)
        elif kind == "item":
            yield from _untidy(block.blocks, "item", depth)
        elif kind == "quote":
            yield from _untidy(block.blocks, "quote" if place == "top" else place, depth)
        else:
            yield from _untidy(block.blocks, place, depth)


def _says(block: Block) -> bool:
    return (
        block.kind == "rule"
        or any(run.text.strip() for run in block.runs)
        or any(_says(inner) for inner in block.blocks)
    )


def _words(block: Block) -> str:
    return "".join(run.text for run in block.runs) + "".join(map(_words, block.blocks))


def _is_marked(blocks: Iterable[Block]) -> bool:
    """Whether there is a mark that Markdown may be unable to write where it stands."""
    return any(any(map(_marked, block.runs)) or _is_marked(block.blocks) for block in blocks)


def _marked(run: Run) -> bool:
    return bool(run.marks - {"code"})
