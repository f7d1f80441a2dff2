"""Where everything stands in a YAML text, to the letter: what an edit of the text goes by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from bsc_sync.scorecard.yaml_nodes import events


@dataclass(slots=True)
class Span:
    """One value of a text from `start` to `end`; of a block collection, to the end of the last thing in it.

    `style` is that of a scalar: nothing where it is plain, else its quote, or `|` or `>`. A value
    that is left out stands, empty, behind the colon of its key.
    """

    kind: Literal["scalar", "mapping", "list", "alias"]
    start: int
    end: int
    line: int
    column: int
    flow: bool = False
    style: str = ""
    text: str = ""
    anchor: str | None = None
    entries: dict[str, tuple[Span, Span]] = field(default_factory=dict)
    items: list[Span] = field(default_factory=list)
    within: Span | None = None

    @property
    def key_column(self) -> int:
        """Where the keys of a mapping begin; of an empty one, where it begins itself."""
        return next((key.column for key, _ in self.entries.values()), self.column)

    def above(self) -> Iterator[Span]:
        """This value and everything that it stands in, from the inside out."""
        one: Span | None = self
        while one is not None:
            yield one
            one = one.within

    def all(self) -> Iterator[Span]:
        """This value and everything in it."""
        yield self
        for key, value in self.entries.values():
            yield key
            yield from value.all()
        for item in self.items:
            yield from item.all()


@dataclass(frozen=True, slots=True)
class Spans:
    """A text and where everything stands in it; `anchors` and `aliases` by the anchor's name."""

    text: str
    root: Span
    anchors: dict[str, Span]
    aliases: dict[str, list[Span]]

    def mapping_at(self, line: int, column: int) -> Span | None:
        """The mapping that begins at a line and a column, both counted from 1."""
        for one in self.root.all():
            if one.kind == "mapping" and (one.line, one.column) == (line - 1, column - 1):
                return one
        return None

    def line_end(self, offset: int) -> int:
        """Where the line of a letter ends, its line break included."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def body(self, scalar: Span) -> tuple[int, int]:
        """From where to where the lines of a block scalar are, without blank ones at the end."""
        begin = min(self.line_end(scalar.start), scalar.end)
        lines = self.text[begin : scalar.end].splitlines(keepends=True)
        while lines and not lines[-1].strip():
            lines.pop()
        return begin, begin + sum(map(len, lines))

    def last(self, one: Span) -> Span:
        """The innermost value with which a value ends."""
        while not one.flow and (one.items or one.entries):
            one = one.items[-1] if one.items else list(one.entries.values())[-1][1]
        return one


def spans(text: str) -> Spans:
    """Where everything stands in a text that can be read: `compose` has had no complaint about it."""
    reading = _Reading(text)
    return Spans(text, reading.document(), reading.anchors, reading.aliases)


class _Reading:
    """Spans from events; the anchors and aliases met so far are its state."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.anchors: dict[str, Span] = {}
        self.aliases: dict[str, list[Span]] = {}
        self._events = events(text)

    def document(self) -> Span:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                return self._span(next(self._events), None)
        return Span("scalar", 0, 0, 0, 0)

    def _span(self, event: Any, within: Span | None, key: Span | None = None) -> Span:
        start, end = event.start_mark, event.end_mark
        one = Span("scalar", start.index, end.index, start.line, start.column, within=within)
        if isinstance(event, AliasEvent):
            one.kind = "alias"
            self.aliases.setdefault(event.anchor, []).append(one)
            return one
        if event.anchor:
            one.anchor = event.anchor
            self.anchors[event.anchor] = one
        if isinstance(event, ScalarEvent):
            one.style, one.text = event.style or "", event.value
            if key is not None and one.start == one.end:
                one.start = one.end = self._behind(key)
        else:
            self._collect(event, one)
        return one

    def _collect(self, event: CollectionStartEvent, one: Span) -> None:
        one.kind = "mapping" if isinstance(event, MappingStartEvent) else "list"
        one.flow = bool(event.flow_style)
        while not isinstance(inner := next(self._events), CollectionEndEvent):
            child = self._span(inner, one)
            if one.kind == "list":
                one.items.append(child)
            else:
                value = self._span(next(self._events), one, child)
                one.entries[child.text] = (child, value)
                child = value
            one.end = max(one.end, child.end)
        if one.flow:
            one.end = inner.end_mark.index

    def _behind(self, key: Span) -> int:
        """Just behind the colon of a key, or behind the key where it has none (`{key}`)."""
        rest = self.text[key.end :]
        gap = len(rest) - len(rest.lstrip())
        return key.end + gap + 1 if rest[gap : gap + 1] == ":" else key.end
