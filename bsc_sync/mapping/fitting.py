"""Whether a field can hold what the mapping writes into it, or gives the numbers that are read from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bsc_sync.errors import Problem
from bsc_sync.mapping.bind import Binding, BoundField
from bsc_sync.mapping.catalog import FieldInfo, carrier
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.mapping.sources import ROLLUP_WAYS, FieldSource, JqlSource, RollupSource
from bsc_sync.scorecard.wording import listed

TYPES = {
    "text": "text (multi-line)",
    "line": "text (single line)",
    "number": "number",
    "date": "date",
    "moment": "date and time",
    "option": "select (single choice)",
    "options": "select (multiple choices)",
    "cascade": "select (cascading)",
    "priority": "priority",
    "user": "user picker",
    "labels": "labels",
    "url": "URL",
    "epic-name": "epic name",
    "other": "of a type that bsc-sync does not know",
}
_WORDS = ("line", "text", "option", "options", "labels", "epic-name")
_FIT: Mapping[str, tuple[str, ...]] = {
    "target": ("number", "line", "text"),
    "baseline": ("number", "line", "text"),
    "due": ("date", "moment", "line", "text"),
    "owner": ("user", "line", "text", "option"),
    "description": ("text", "line"),
    "name": ("line", "text", "epic-name"),
}
_BEST = {"target": "number", "baseline": "number", "due": "date", "owner": "user", "description": "text"}
_READ_AS_NUMBERS = frozenset({"line", "text", "option"})


@dataclass(frozen=True, slots=True)
class Misfit:
    """A field of a type that does not do (`hard`), or that does with a drawback."""

    field: str
    name: str
    hard: bool
    problem: Problem


def field_type(bound: BoundField) -> str:
    """The type that a field should have for what the mapping writes into it; empty: many would do."""
    if bound.rule.owner == "jira":
        return "number"
    return _BEST.get(bound.rule.from_ or "", "")


def misfits(mapping: MappingFile, binding: Binding, missing: frozenset[str]) -> tuple[Misfit, ...]:
    """Every field whose type does not suit its use; those in `missing` (by id) are not judged."""
    found: dict[tuple[str, str], Misfit] = {}
    for one in (*_written(binding), *_read(mapping, binding)):
        if carrier(one.field) not in missing:
            found.setdefault((one.field, one.problem.path), one)
    return tuple(found.values())


def _written(binding: Binding) -> Iterator[Misfit]:
    for home in binding.homes.values():
        for bound in home.fields:
            if bound.rule.owner != "jira":
                yield from _one_written(bound)


def _one_written(bound: BoundField) -> Iterator[Misfit]:
    source, kind = bound.rule.from_, "text" if bound.type == "block" else bound.type
    if source is None:
        if kind == "number" and not _is_number(bound.rule.value or ""):
            what = f'the field "{bound.name}" holds a number, and "{bound.rule.value}" is none'
            yield Misfit(bound.id, bound.name, True, Problem(what, "correct value", path=bound.path))
        return
    fit = _FIT.get(source, _WORDS)
    said = TYPES.get(kind, kind)
    if kind not in fit:
        wanted = listed([TYPES[name] for name in fit], last="or")
        what = f'the field "{bound.name}" is {said}, and {source} goes into {wanted}'
        yield Misfit(bound.id, bound.name, True, Problem(what, "map another field", path=bound.path))
    elif kind != _BEST.get(source, kind) and _BEST.get(source) == "number":
        what = f'the field "{bound.name}" is {said}: {source} is written as text, and Jira cannot compare it'
        yield Misfit(
            bound.id, bound.name, False, Problem(what, "a number field would be better", path=bound.path)
        )


def _read(mapping: MappingFile, binding: Binding) -> Iterator[Misfit]:
    for (ref, name), info in binding.local.items():
        if info.type != "number":
            path = _path_of(mapping, name)
            hard = info.type not in _READ_AS_NUMBERS
            what = f'the field "{info.name}" is {TYPES.get(info.type, info.type)}, and {ref} takes its value'
            hint = "measure by a number field" if hard else "only what reads as a number counts"
            yield Misfit(info.id, info.name, hard, Problem(what, hint, path=path))
    for index, rule in enumerate(mapping.measures):
        source = rule.source
        if isinstance(source, JqlSource) and source.of:
            yield from _summed(binding.fields[source.of], f"measures[{index}].source.of")
        elif isinstance(source, RollupSource) and source.by not in ROLLUP_WAYS:
            yield from _summed(binding.fields[source.by], f"measures[{index}].source.by")
    if binding.points is not None and mapping.jira.points:
        yield from _summed(binding.points, "jira.points")


def _summed(info: FieldInfo, path: str) -> Iterator[Misfit]:
    if info.type != "number":
        what = f'the field "{info.name}" is {TYPES.get(info.type, info.type)}, and it is added up'
        yield Misfit(info.id, info.name, True, Problem(what, "name a number field", path=path))


def _path_of(mapping: MappingFile, name: str) -> str:
    for index, rule in enumerate(mapping.measures):
        if isinstance(rule.source, FieldSource) and rule.source.field == name:
            return f"measures[{index}].source.field"
    return "measures"


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
