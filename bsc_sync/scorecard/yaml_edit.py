"""Single values of a YAML text set anew; every other letter of it stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bsc_sync.errors import Problem
from bsc_sync.scorecard.quantity import Plain
from bsc_sync.scorecard.wording import Path, neutral, quoted
from bsc_sync.scorecard.yaml_nodes import NULLS, Place
from bsc_sync.scorecard.yaml_spans import Span, Spans
from bsc_sync.scorecard.yaml_writing import New, Written, block, inline, listed_inline

BY_HAND = "change it by hand"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value to be set: the key of the mapping that begins at `within`.

    `order` are the keys of such a mapping in their usual order: where the key is not there yet, it
    comes behind the last one that goes before it. `path` leads to the value in the whole document.
    """

    within: Place
    key: str
    value: New
    order: tuple[str, ...]
    path: Path


class Unwritable(Exception):
    """The value cannot be written at its place; the problem says why and what to do."""

    def __init__(self, what: str, hint: str, place: Place) -> None:
        super().__init__(what)
        self.problem = Problem(what, hint, where=str(place))


class OverlapError(Exception):
    """Two edits are about the same letters: they have to be made one after the other."""


@dataclass(frozen=True, slots=True)
class Splice:
    """The letters from `start` to `end` give way to a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What sets a value in a text, and as what it is read afterwards."""

    splices: tuple[Splice, ...]
    path: Path
    read_as: object


def plan_edit(where: Spans, setting: Setting) -> Edit:
    """How a value is set; raises Unwritable where it is not one value of its own, or YAML cannot hold it."""
    return _Editor(where, setting).edit()


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits carried out; OverlapError where two are about the same letters."""
    ordered = sorted((one for edit in edits for one in edit.splices), key=lambda one: (one.start, one.end))
    parts: list[str] = []
    at = 0
    for one in ordered:
        if one.start < at:
            raise OverlapError
        parts += [text[at : one.start], one.text]
        at = one.end
    return "".join((*parts, text[at:]))


@dataclass(frozen=True, slots=True)
class _Editor:
    where: Spans
    setting: Setting

    def edit(self) -> Edit:
        mapping = self.where.mapping_at(self.setting.within.line, self.setting.within.column)
        if mapping is None:
            raise self._unwritable(f"there is no mapping to write {self.setting.key} into", BY_HAND)
        self._check_shared(mapping)
        found = mapping.entries.get(self.setting.key)
        try:
            if found is None:
                return self._insert(mapping)
            key, value = found
            if value.anchor or any(one.anchor or one.kind == "alias" for one in value.all()):
                what = f"{self.setting.key} stands in an anchor or an alias"
                raise self._unwritable(what, f"what refers to it would change, too: {BY_HAND}", value)
            if isinstance(self.setting.value, tuple):
                return self._relist(key, value, self.setting.value)
            return self._replace(mapping, key, value, self.setting.value)
        except ValueError as error:
            shown = quoted(str(self.setting.value))
            raise self._unwritable(f"{shown} cannot be written: {error}", "change it in Jira") from None

    # What is there already

    def _replace(self, mapping: Span, key: Span, value: Span, new: str | Plain | None) -> Edit:
        if value.kind != "scalar":
            kind = "a mapping" if value.kind == "mapping" else "a list"
            raise self._unwritable(f"{self.setting.key} is {kind}, not one value", BY_HAND, value)
        in_block = value.style in {"|", ">"}
        lines = None
        if type(new) is str and (in_block or "\n" in new):
            lines = self._below(mapping, key, value, new, in_block=in_block)
        written = lines or inline(new, flow=mapping.flow, like="" if in_block else value.style)
        if in_block:
            return self._done(written, *self._from_block(mapping, value, written))
        gap = ""
        if value.start == value.end:
            gap = " " if self.where.text[value.start - 1] == ":" else ": "
        splices = [Splice(value.start, value.end, gap + written.head)]
        if written.lines:
            splices.append(self._lines_after(value, self._indented(mapping.key_column + 2, written.lines)))
        return self._done(written, *splices)

    def _below(self, mapping: Span, key: Span, value: Span, new: str, *, in_block: bool) -> Written | None:
        """The value as lines below its key, where the place has room for them."""
        text = self.where.text
        if mapping.flow or "\n" in text[key.end : value.start]:
            return None
        if in_block:
            return block(new, chomped="-" in _indicator(text, value) or self._at_end(value))
        return block(new, chomped=self._at_end(value))

    def _from_block(self, mapping: Span, value: Span, written: Written) -> Iterator[Splice]:
        """A block scalar gives way: what stands behind its sign, and blank lines below it, stay."""
        indicator = _indicator(self.where.text, value)
        begin, end = self.where.body(value)
        yield Splice(value.start, value.start + len(indicator), written.head)
        old = self.where.text[begin:end]
        lines = self._indented(self._width(mapping, indicator, old), written.lines)
        if begin < end and not old.endswith("\n"):  # the text ends here, without a line break
            if lines:
                lines = lines.removesuffix(self._newline)
            else:
                begin -= len(self._newline)
        yield Splice(begin, end, lines)

    def _width(self, mapping: Span, indicator: str, body: str) -> int:
        """How far the lines of a block scalar are indented: as they are, else two more than its key."""
        first = next((line for line in body.splitlines() if line.strip()), "")
        width = len(first) - len(first.lstrip(" "))
        return width if first and not re.search(r"[0-9]", indicator) else mapping.key_column + 2

    def _relist(self, key: Span, value: Span, new: tuple[str, ...]) -> Edit:
        """A list of texts: those that stay are not touched, the new ones follow, the others go."""
        if value.kind == "scalar" and not value.style and value.text in NULLS:
            written = listed_inline(new)
            gap = " " if value.start == value.end else ""
            return self._done(written, Splice(value.start, value.end, gap + written.head))
        if value.kind != "list" or any(item.kind != "scalar" for item in value.items):
            raise self._unwritable(f"{self.setting.key} is not a list of texts", BY_HAND, value)
        kept = [item for item in value.items if item.text in new]
        added = [one for one in new if one not in {item.text for item in value.items}]
        result = [*(item.text for item in kept), *added]
        text = self.where.text
        if value.flow:
            old = text[value.start : value.end]
            pad = " " if old[1:2] == " " and old.strip("[] ") else ""
            parts = [text[item.start : item.end] for item in kept]
            parts += [inline(one, flow=True).head for one in added]
            if "\n" in old:
                what = f"{self.setting.key} is a list in brackets over several lines"
                hint = f"{BY_HAND} to [{', '.join(parts)}], or write it on one line and adopt again"
                raise self._unwritable(what, hint, value)
            inside = f"{pad}{', '.join(parts)}{pad}" if parts else ""
            return Edit((Splice(value.start, value.end, f"[{inside}]"),), self.setting.path, result)
        splices = [self._item_line(item) for item in value.items if item not in kept]
        last = value.items[-1]
        dash = text[self._line_start(last.start) : last.start]
        lines = [dash + inline(one, flow=False).head + self._newline for one in added]
        if lines:
            at = self.where.line_end(last.start)
            lead = "" if text[:at].endswith("\n") else self._newline
            added_text = lead + "".join(lines)
            splices.append(Splice(at, at, added_text if not lead else added_text.removesuffix(self._newline)))
        elif not kept:
            colon = text.index(":", key.end) + 1
            splices.append(Splice(colon, colon, " []"))
        return Edit(tuple(splices), self.setting.path, result)

    def _item_line(self, item: Span) -> Splice:
        start, end = self._line_start(item.start), self.where.line_end(item.end)
        if (
            self.where.text[start : item.start].strip() != "-"
            or "\n" in self.where.text[item.start : item.end]
        ):
            raise self._unwritable(f"{self.setting.key} is written in an unusual way", BY_HAND, item)
        return Splice(start, end, "")

    # What is not there yet

    def _insert(self, mapping: Span) -> Edit:
        self._check_merged(mapping)
        first = next((key for key, _ in mapping.entries.values()), mapping)
        if self.where.text[: first.start].rstrip(" ").endswith("?"):
            raise self._unwritable("the keys are written with ?", BY_HAND, mapping)
        after = self._neighbor(mapping)
        value = self.setting.value
        column = mapping.key_column
        if isinstance(value, tuple):
            written = listed_inline(value)
        else:
            several = type(value) is str and "\n" in value and not mapping.flow
            lines = block(str(value), chomped=self._at_end(self.where.last(after))) if several else None
            written = lines or inline(value, flow=mapping.flow)
        entry = f"{self.setting.key}: {written.head}"
        if mapping.flow:
            gap = " " if after.start == after.end else ""  # `a:,` would be another key
            return self._done(written, Splice(after.end, after.end, f"{gap}, {entry}"))
        entries = f"{' ' * column}{entry}{self._newline}{self._indented(column + 2, written.lines)}"
        return self._done(written, self._lines_after(self.where.last(after), entries))

    def _neighbor(self, mapping: Span) -> Span:
        """The value behind which the new one comes."""
        order = self.setting.order
        number = {name: index for index, name in enumerate(order)}
        mine = number.get(self.setting.key, len(order))
        before = [name for name in mapping.entries if number.get(name, len(order)) < mine]
        if not mapping.entries:
            raise self._unwritable("the mapping is empty", BY_HAND, mapping)
        chosen = max(before, key=lambda name: number[name]) if before else next(iter(mapping.entries))
        return mapping.entries[chosen][1]

    # What else has to be known

    @property
    def _newline(self) -> str:
        """How the text ends its lines."""
        found = self.where.text.find("\n")
        return "\r\n" if found > 0 and self.where.text[found - 1] == "\r" else "\n"

    def _indented(self, width: int, lines: Sequence[str]) -> str:
        pad = " " * width
        return "".join(f"{pad}{line}{self._newline}" if line else self._newline for line in lines)

    def _lines_after(self, one: Span, lines: str) -> Splice:
        """Whole lines behind the one on which a value ends; a text without a last line break gets none."""
        if one.style in {"|", ">"}:
            at = one.end if "+" in _indicator(self.where.text, one) else self.where.body(one)[1]
        else:
            at = self.where.line_end(one.end)
        if at and not self.where.text[:at].endswith("\n"):
            return Splice(at, at, self._newline + lines.removesuffix(self._newline))
        return Splice(at, at, lines)

    def _at_end(self, one: Span) -> bool:
        """Whether no line follows the one on which a value ends, nor a line break."""
        return "\n" not in self.where.text[one.end :] and not self.where.text.endswith("\n")

    def _line_start(self, offset: int) -> int:
        return self.where.text.rfind("\n", 0, offset) + 1

    def _check_shared(self, mapping: Span) -> None:
        for one in mapping.above():
            aliases = self.where.aliases.get(one.anchor or "", [])
            if aliases:
                what = f"*{neutral(one.anchor or '')} at {self._place(aliases[0])} shows the same lines"
                raise self._unwritable(what, f"both would change: {BY_HAND}", mapping)

    def _check_merged(self, mapping: Span) -> None:
        _, merged = mapping.entries.get("<<", (None, None))
        for one in merged.all() if merged else ():
            source = self.where.anchors.get(self._alias_name(one)) if one.kind == "alias" else one
            if source is not None and self.setting.key in source.entries:
                what = (
                    f"{self.setting.key} comes from {self._place(source.entries[self.setting.key][0])} by <<"
                )
                raise self._unwritable(what, f"everything that takes it in would change: {BY_HAND}", mapping)

    def _alias_name(self, alias: Span) -> str:
        return self.where.text[alias.start + 1 : alias.end]

    def _place(self, one: Span) -> Place:
        return Place(self.setting.within.file, one.line + 1, one.column + 1)

    def _unwritable(self, what: str, hint: str, at: Span | None = None) -> Unwritable:
        return Unwritable(what, hint, self._place(at) if at else self.setting.within)

    def _done(self, written: Written, *splices: Splice) -> Edit:
        return Edit(
            tuple(one for one in splices if one.start < one.end or one.text), self.setting.path, written.value
        )


def _indicator(text: str, scalar: Span) -> str:
    found = re.match(r"[|>][-+0-9]*", text[scalar.start :])
    return found[0] if found else ""
