"""Taking Jira's values over into the scorecard: which, as which text, and that nothing else changes."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from bsc_sync.errors import BscSyncError, Problem
from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.fits import refit
from bsc_sync.mapping.lines import Lines
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.plan.change import FieldChange, Hold
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.hierarchy import wished_parent
from bsc_sync.plan.inverse import Origin, constant_of, key_of, origin_of
from bsc_sync.plan.item import Item, ItemField, Value
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.unheld import unheld
from bsc_sync.plan.verdict import Verdict
from bsc_sync.scorecard.model import KeyResult, Objective, Scorecard
from bsc_sync.scorecard.quantity import Unfit
from bsc_sync.scorecard.shapes import keys_of
from bsc_sync.scorecard.wording import Path, path_text, quoted
from bsc_sync.scorecard.yaml_edit import BY_HAND, Edit, OverlapError, Setting, Unwritable, edited, plan_edit
from bsc_sync.scorecard.yaml_source import Document
from bsc_sync.scorecard.yaml_spans import spans
from bsc_sync.sync.card_files import CardFiles

_TARGET_KEYS = ("value", "low", "high", "on")


@dataclass(frozen=True, slots=True)
class Basis:
    """What a look at Jira has shown, and by which mapping it was looked at; `lines` are where that has its
    parts."""

    plan: Plan
    items: tuple[Item, ...]
    binding: Binding
    mapping: MappingFile
    lines: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fields are to be taken over: what is offered, and of these refs (or all) whatever is on hold."""

    refs: frozenset[str] = frozenset()
    every: bool = False
    field: str | None = None

    def takes(self, hold: Hold, part: FieldChange, binding: Binding) -> bool:
        """Whether a field that is on hold is among them."""
        named = bool({hold.ref, part.asked_by} & self.refs)
        if self.refs and not named:
            return False
        names = {name.casefold() for name in (part.id, part.name, key_of(part, binding)) if name}
        if self.field is not None and self.field.casefold() not in names:
            return False
        return part.verdict is Verdict.DRIFT_ADOPT or named or self.every


@dataclass(frozen=True, slots=True)
class Taken:
    """One field whose value the file takes over from Jira; `place` is where it stands or will stand."""

    part: FieldChange
    key: str
    issue: str
    origin: Origin
    place: str


@dataclass(frozen=True, slots=True)
class Left:
    """One field that cannot be taken over, and why."""

    part: FieldChange
    issue: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `adopt` would do: nothing is written yet.

    `along` are other fields for which the scorecard asks something else then, as (ref, name);
    `refitted` is what other rules of the mapping fit then.
    """

    taken: tuple[Taken, ...] = ()
    left: tuple[Left, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    along: tuple[tuple[str, str], ...] = ()
    refitted: tuple[str, ...] = ()

    def diff(self, files: CardFiles) -> str:
        """What changes in the files, as a unified diff."""
        parts: list[str] = []
        for name, text in self.texts.items():
            shown = str(files.below(name))
            lines = difflib.unified_diff(_lines(files.text(name)), _lines(text), shown, shown)
            parts += [
                line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
            ]
        return "".join(parts)


def propose(basis: Basis, files: CardFiles, wanted: Wanted, *, today: dt.date) -> Proposal:
    """The texts of the files with Jira's values in them, and what cannot be taken over.

    Each text was read again: it means the wanted changes and nothing else.
    """
    desk = _Desk(files, basis, today)
    wishes: list[_Wish] = []
    left: list[Left] = []
    for hold, part in on_hold(basis.plan, ()):
        if wanted.takes(hold, part, basis.binding):
            try:
                wishes.append(desk.wish(part, hold.key or hold.ref))
            except Unfit as unfit:
                problem = Problem(unfit.what, unfit.hint, where=desk.where(part))
                left.append(Left(part, hold.key or hold.ref, problem))
    kept, outcome = desk.settle(wishes, left)
    return replace(outcome, taken=tuple(wish.taken for wish in kept), left=tuple(left))


def on_hold(plan: Plan, refs: Collection[str]) -> Iterator[tuple[Hold, FieldChange]]:
    """The fields that wait for a decision; of these refs, where some are named.

    What the scorecard alone has moved, and a guard holds with its whole issue, waits for none.
    """
    for hold in plan.holds():
        for part in hold.fields:
            named = not refs or bool({hold.ref, part.asked_by} & set(refs))
            if named and part.verdict is not Verdict.UPDATE:
                yield hold, part


@dataclass(frozen=True, slots=True)
class _Wish:
    taken: Taken
    setting: Setting


class _Mismatch(Exception):
    """The file would not mean what it is to mean."""

    def __init__(self, problems: Iterable[tuple[_Wish, Problem]]) -> None:
        super().__init__("mismatch")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Desk:
    files: CardFiles
    basis: Basis
    today: dt.date

    @property
    def document(self) -> Document:
        return self.files.loaded.document

    def wish(self, part: FieldChange, issue: str) -> _Wish:
        """Where and what to write for one field; Unfit where that is no single value."""
        if part.verdict is Verdict.BLOCK_UNCLEAR:
            raise Unfit("it cannot be told what of the text is ours", "leave one block between its two lines")
        if held := unheld(part.type, part.old):
            raise Unfit(
                f"the text in Jira holds {held}, which a scorecard cannot",
                "take that out of it in Jira, leave the field to Jira (owner: jira), or --take scorecard",
            )
        origin = origin_of(part, self.files.loaded.card, self.basis.binding)
        path: Path = (*origin.path, origin.key)
        within, key = origin.path, origin.key
        order = keys_of(Objective if origin.path[0] == "objectives" else KeyResult)
        if (
            origin.key == "target"
            and isinstance(self.document.node(path).value, dict)
            and self.document.holds(path)
        ):
            within, key, path, order = path, "value", (*path, "value"), _TARGET_KEYS
        place = self.document.key_place(path) if self.document.holds(path) else self.document.place(within)
        taken = Taken(part, path_text(path), issue, origin, str(place))
        return _Wish(taken, Setting(self.document.node(within).place, key, origin.value, order, path))

    def where(self, part: FieldChange) -> str:
        """Where a constant stands in the mapping; of all else, where its objective or key result does."""
        there = (self.basis.lines.get(path) for path in constant_of(part, self.basis.binding))
        return next(filter(None, there), None) or self.files.loaded.places.get(part.asked_by, "")

    def settle(self, wishes: Sequence[_Wish], left: list[Left]) -> tuple[tuple[_Wish, ...], Proposal]:
        """As many of the wishes as can be carried out together; the others go to `left`, with the reason."""
        kept = list(wishes)
        while kept:
            try:
                outcome = self._carried_out(kept)
            except _Mismatch as mismatch:
                guilty = mismatch.problems or self._guilty(kept)
                left += [Left(wish.taken.part, wish.taken.issue, problem) for wish, problem in guilty]
                kept = [wish for wish in kept if all(wish is not one for one, _ in guilty)]
            else:
                return tuple(kept), outcome
        return (), Proposal()

    def _guilty(self, wishes: Sequence[_Wish]) -> tuple[tuple[_Wish, Problem], ...]:
        """Which wishes make a file that means nothing, each alone; else the last, beside the others."""
        found: list[tuple[_Wish, Problem]] = []
        for wish in wishes:
            try:
                self._carried_out([wish])
            except _Mismatch as mismatch:
                found += mismatch.problems or [(wish, self._unsound(wish))]
        if found:
            return tuple(found)
        last = wishes[-1]
        what = Problem("it does not go together with the others", "adopt it alone", where=last.taken.place)
        return ((last, what),)

    def _unsound(self, wish: _Wish) -> Problem:
        try:
            self.files.tried(edited_texts(self.files, self._edits([wish])))
        except BscSyncError as error:
            told = error.problems[0] if error.problems else Problem(error.message)
            return Problem(f"the scorecard would be unsound: {told.what}", told.hint, where=wish.taken.place)
        return Problem("the place is written in an unusual way", BY_HAND, where=wish.taken.place)

    def _edits(self, wishes: Sequence[_Wish]) -> Mapping[str, list[Edit]]:
        """How the wishes are carried out, by file; _Mismatch names those that cannot be."""
        edits: dict[str, list[Edit]] = {}
        wrong: list[tuple[_Wish, Problem]] = []
        placed = {
            name: spans(self.files.text(name)) for name in {wish.setting.within.file for wish in wishes}
        }
        settings = {wish.setting: wish for wish in wishes}  # two fields may show one value
        for wish in settings.values():
            name = wish.setting.within.file
            try:
                edits.setdefault(name, []).append(plan_edit(placed[name], wish.setting))
            except Unwritable as unwritable:
                wrong.append((wish, unwritable.problem))
        if wrong:
            raise _Mismatch(wrong)
        return edits

    def _carried_out(self, wishes: Sequence[_Wish]) -> Proposal:
        edits = self._edits(wishes)
        try:
            texts = edited_texts(self.files, edits)
            after = self.files.tried(texts)
            asked = desired_items(after.card, _moved(self.basis.binding, after.card), today=self.today)
        except (BscSyncError, OverlapError):
            raise _Mismatch(()) from None
        expected = deepcopy(self.document.data)
        for parts in edits.values():
            for edit in parts:
                _set(expected, edit.path, edit.read_as)
        if not _same(expected, after.document.data):
            raise _Mismatch(())
        before, now = _asked(self.basis.items), _asked(asked)
        wrong = [
            (wish, _other(wish, now.get((wish.taken.part.asked_by, wish.taken.part.id))))
            for wish in wishes
            if now.get((wish.taken.part.asked_by, wish.taken.part.id)) != wish.taken.part.old
        ]
        if wrong:
            raise _Mismatch(wrong)
        meant = {(wish.taken.part.asked_by, wish.taken.part.id) for wish in wishes}
        names = {
            (one.asked_by, one.id): one.name for item in (*self.basis.items, *asked) for one in _wished(item)
        }
        along = [key for key in {**before, **now} if key not in meant and before.get(key) != now.get(key)]
        return Proposal(
            texts=texts,
            along=tuple((ref, names[ref, field_id]) for ref, field_id in along),
            refitted=refit(self.basis.mapping, self.files.loaded.card, after.card),
        )


def edited_texts(files: CardFiles, edits: Mapping[str, Sequence[Edit]]) -> Mapping[str, str]:
    """The text of each file that is edited."""
    return {name: edited(files.text(name), parts) for name, parts in edits.items()}


def _other(wish: _Wish, now: Value) -> Problem:
    shown = quoted(", ".join(now) if isinstance(now, tuple) else now) if now else "nothing"
    return Problem(
        f"with Jira's value in {wish.taken.key} the scorecard would ask for {shown}",
        "change it by hand, or apply with --take scorecard",
        where=wish.taken.place,
    )


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _asked(items: Iterable[Item]) -> Mapping[tuple[str, str], Value]:
    return {(one.asked_by, one.id): one.value for item in items for one in _wished(item)}


def _moved(binding: Binding, card: Scorecard) -> Binding:
    """The same binding, where a key result may have got another objective."""
    above = {key_result.id: key_result.objective for _, key_result in card.key_results()}
    homes = {
        ref: replace(home, serves=above[ref], parent=above[ref] if home.parent else None)
        if ref in above and home.serves
        else home
        for ref, home in binding.homes.items()
    }
    return replace(binding, homes=homes)


def _wished(item: Item) -> tuple[ItemField, ...]:
    """All that an item asks for, also what it is to hang below."""
    above = wished_parent(item)
    return item.fields if above is None else (*item.fields, above)


def _set(data: Any, path: Path, value: object) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = value


def _same(one: object, other: object) -> bool:
    """Whether two documents say the same, a number and a text of the same letters told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other
