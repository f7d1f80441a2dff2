"""YAML text to nodes that know their place, with everything refused that a data file has no use for.

The parser's events are composed here and nothing is constructed: a number keeps its text, no
tag makes an object, and an alias costs what its expansion would (counted, not carried out).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bsc_sync.errors import Problem
from bsc_sync.scorecard.quantity import Plain
from bsc_sync.scorecard.syntax import complaint
from bsc_sync.scorecard.wording import quoted

MAX_NODES = 100_000
MAX_DEPTH = 100
MAX_LINE = 200_000
_KEPT_TEXTS = 16
_KEPT_EVENTS = 5_000  # of one text: a scorecard of some 300 items
_kept: OrderedDict[str, tuple[Any, ...]] = OrderedDict()  # what was told of the latest texts

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {
    word: truth
    for truth, words in {True: "true True TRUE", False: "false False FALSE"}.items()
    for word in words.split()
}
_NUMBER = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|0[xo][0-9a-fA-F]+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_TAGS_ALLOWED = frozenset({"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_SLIPS = (ValueError, LookupError, AttributeError, AssertionError, TypeError, OverflowError)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(slots=True)
class Node:
    """A value with its place; `size` and `depth` are those of its expansion."""

    place: Place
    value: Scalar | list[Node] | dict[str, Entry]
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class Entry:
    """One key of a mapping: where the key stands, and what it holds."""

    key: Place
    node: Node


Scalar = str | bool | None


class Unreadable(Exception):
    """The text is no document; the one problem says why."""

    def __init__(self, what: str, hint: str, place: Place | str) -> None:
        super().__init__(what)
        self.problem = Problem(what, hint, where=str(place))


def compose(text: str, name: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The one document of a text, None if it is empty, and all that is wrong with single values.

    Raises Unreadable where the text cannot be read on. `name` is the file as messages call it.
    """
    _check_characters(text, name)
    composer = _Composer(name, events(text))
    try:
        node = composer.document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        what, hint = complaint(error, text.splitlines())
        raise Unreadable(what, hint, Place(name, line + 1, column + 1)) from None
    except YAMLError:
        raise Unreadable("this is not YAML", "check the file in an editor", Place(name)) from None
    except _SLIPS:
        what = "the YAML breaks off near here"
        raise Unreadable(what, "look for an odd escape or directive", composer.place) from None
    return node, tuple(composer.problems)


def _check_characters(text: str, name: str) -> None:
    found = CONTROL.search(text)
    if found:
        line, column = text.count("\n", 0, found.start()), found.start() - text.rfind("\n", 0, found.start())
        what = f"the control character U+{ord(found[0]):04X} does not belong in a text file"
        raise Unreadable(what, "delete it", Place(name, line + 1, column))
    for number, line_text in enumerate(text.splitlines(), start=1):
        if len(line_text) > MAX_LINE:
            what = f"the line has {len(line_text)} characters, more than the {MAX_LINE} that are read"
            raise Unreadable(what, "a title has at most 255 and a text 30000", Place(name, number))


def events(text: str) -> Iterator[Any]:
    """What a parser tells of a text, one thing after the other, each with its marks.

    What it has told of the latest texts is kept: `serve` reads the same files before every run, an edit
    reads them once more, and parsing is most of what reading takes.
    """
    told = _kept.pop(text, None)
    if told is not None:
        _kept[text] = told  # the latest one now
        yield from told
        return
    telling: list[Any] = []
    for event in YAML(typ="safe", pure=True).parse(text):
        if len(telling) <= _KEPT_EVENTS:
            telling.append(event)
        yield event
    if len(telling) <= _KEPT_EVENTS:  # to the end, and without an error
        _kept[text] = tuple(telling)
        while len(_kept) > _KEPT_TEXTS:
            _kept.popitem(last=False)


class _Composer:
    """Nodes from events. Anchors, those still open and the place reached are its state."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events
        self.problems: list[Problem] = []
        self.place = Place(name)
        self._anchors: dict[str, Node] = {}
        self._open: set[str] = set()
        self._depth = 0

    def document(self) -> Node | None:
        node: Node | None = None
        started = False
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if started:
                    what = "the file holds a second document"
                    raise Unreadable(what, "delete the line --- and keep one document", self._at(event))
                started = True
                node = self._node(next(self.events))
        return node

    def _at(self, event: Any) -> Place:
        self.place = Place(self.name, event.start_mark.line + 1, event.start_mark.column + 1)
        return self.place

    def _node(self, event: Any) -> Node:
        place = self._at(event)
        if isinstance(event, AliasEvent):
            return self._alias(event.anchor, place)
        tag = str(event.tag) if event.tag else "!"
        if tag not in _TAGS_ALLOWED:
            short = tag.replace("tag:yaml.org,2002:", "!!")
            self._wrong(f"the tag {quoted(short)[1:-1]} is not allowed", "write the plain value", place)
        if event.anchor:
            self._open.add(event.anchor)
        if isinstance(event, ScalarEvent):
            node = Node(place, self._scalar(event, place))
        else:
            node = self._collection(event, place)
        if event.anchor:
            self._open.discard(event.anchor)
            self._anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str, place: Place) -> Node:
        if anchor in self._open:
            what = f"the alias *{quoted(anchor)[1:-1]} stands inside its own anchor"
            raise Unreadable(what, "write the value out", place)
        if anchor not in self._anchors:
            what = f"no anchor &{quoted(anchor)[1:-1]} stands before this alias"
            raise Unreadable(what, "define it above, or put the text in quotes", place)
        return self._anchors[anchor]

    def _collection(self, event: Any, place: Place) -> Node:
        self._depth += 1
        node = Node(place, [])
        if self._depth > MAX_DEPTH:
            self._too_deep(place)
        if isinstance(event, SequenceStartEvent):
            node.value = self._list(node)
        elif isinstance(event, MappingStartEvent):
            node.value = self._mapping(node)
        self._depth -= 1
        return node

    def _list(self, node: Node) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._node(event))
            self._grow(node, items[-1])
        return items

    def _mapping(self, node: Node) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        merged: Entry | None = None
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self._node(event)
            plain = isinstance(event, ScalarEvent) and not event.style
            value_event = next(self.events)
            value = self._node(value_event)
            if isinstance(value_event, ScalarEvent) and not value_event.value and not value_event.style:
                value.place = key.place  # the parser has an empty value stand where the next key does
            self._grow(node, value)
            if not isinstance(key.value, str):
                self._wrong("a key must be a text", "put the key in quotes", key.place)
                continue
            name = str(key.value)
            is_merge = plain and name == "<<"
            first = merged if is_merge else entries.get(name)
            if first is not None:
                what = f"the key {quoted(name)} stands here a second time, first at {first.key}"
                self._wrong(what, "keep one of them", key.place)
            elif is_merge:
                merged = Entry(key.place, value)
            else:
                entries[name] = Entry(key.place, value)
        return {**self._merged(merged), **entries} if merged else entries

    def _merged(self, merge: Entry) -> dict[str, Entry]:
        given = merge.node.value
        result: dict[str, Entry] = {}
        for node in reversed(given) if isinstance(given, list) else [merge.node]:
            if isinstance(node.value, dict):
                result.update(node.value)
            else:
                what = "<< takes in a mapping, or a list of mappings"
                self._wrong(what, "point it at a mapping: <<: *name", merge.node.place)
        return result

    def _grow(self, node: Node, child: Node) -> None:
        node.size += child.size
        node.depth = max(node.depth, child.depth + 1)
        if node.size > MAX_NODES:
            what = f"the file holds more than {MAX_NODES} values once its aliases are expanded"
            raise Unreadable(what, "write fewer, without anchors and aliases", node.place)
        if node.depth > MAX_DEPTH:
            self._too_deep(child.place)

    def _too_deep(self, place: Place) -> None:
        what = f"the values are nested deeper than {MAX_DEPTH} levels"
        raise Unreadable(what, "a scorecard needs fewer than ten", place)

    def _scalar(self, event: Any, place: Place) -> Scalar:
        text: str = event.value
        if found := CONTROL.search(text):
            what = f"the text holds the control character U+{ord(found[0]):04X}"
            self._wrong(what, "take the escape out", place)
            return text.replace(found[0], "")
        if event.style or event.tag:
            return text
        if text in NULLS:
            return None
        if text in _TRUTHS:
            return _TRUTHS[text]
        if _NOT_FINITE.fullmatch(text):
            self._wrong(
                f"{text} is no number to reckon with", "write a finite number, or leave it out", place
            )
            return None
        return Plain(text) if _NUMBER.fullmatch(text) else text

    def _wrong(self, what: str, hint: str, place: Place) -> None:
        self.problems.append(Problem(what, hint, where=str(place)))
