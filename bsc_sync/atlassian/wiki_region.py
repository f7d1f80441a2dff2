"""Our part of a text in wiki markup: the lines between two lines of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bsc_sync.atlassian.unkept import value_of
from bsc_sync.atlassian.wiki_reader import read_wiki
from bsc_sync.atlassian.wiki_writer import wiki_of
from bsc_sync.plan.region import BEGIN, first_line, last_line, line_pattern, passed
from bsc_sync.scorecard.markdown import from_markdown


@dataclass(frozen=True, slots=True)
class _Mark:
    arrow: str
    at: int  # where the arrow stands
    start: int  # of its line
    end: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The lines that mark a part, in their order, and those that belong together."""

    source: str
    marks: tuple[_Mark, ...]
    pairs: tuple[tuple[_Mark, _Mark], ...]

    @property
    def paired(self) -> bool:
        """Whether every line has its other."""
        return len(self.marks) == 2 * len(self.pairs)

    def text(self) -> str | None:
        """The canonical value of the first part."""
        begin, end = self.pairs[0]
        return value_of(*read_wiki(self.source[begin.end : end.start]))


def parts(source: str, card: str) -> Parts:
    """The parts of a scorecard in a text."""
    marks = tuple(_marks(source, card))
    pairs = tuple(
        (one, other)
        for one, other in pairwise(marks)
        if one.arrow == BEGIN != other.arrow and one.end <= other.start
    )
    return Parts(source, marks, pairs)


def replaced(source: str, text: str | None, card: str) -> str:
    """The text with this as the part; everything outside of it is the same, letter for letter."""
    markup = wiki_of(from_markdown(text or ""))
    found = parts(source, card)
    kept = found.pairs[0] if found.pairs else ()
    for mark in found.marks:
        if mark not in kept:
            source = source[: mark.at] + passed(mark.arrow) + source[mark.at + 1 :]
    if kept:
        begin, end = kept
        if markup:
            return f"{source[: begin.end]}\n\n{markup}\n\n{source[end.start :]}"
        shown = [source[mark.start : mark.end].strip() for mark in kept]
        if shown == [first_line(card), last_line(card)]:
            return source[: begin.start] + source[end.end :]
        return f"{source[: begin.end]}\n\n{source[end.start :]}"
    if not markup:
        return source
    gap = "\n\n" if source.strip() else ""
    return f"{source}{gap}{first_line(card)}\n\n{markup}\n\n{last_line(card)}"


def _marks(source: str, card: str) -> Iterator[_Mark]:
    for found in line_pattern(card).finditer(source):
        end = source.find("\n", found.end())
        yield _Mark(
            found[1], found.start(), source.rfind("\n", 0, found.start()) + 1, len(source) if end < 0 else end
        )
