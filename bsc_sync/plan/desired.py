"""What the scorecard asks for, as items with canonical values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.bind import Binding, BoundField, Home
from bsc_sync.mapping.model import FieldRule
from bsc_sync.plan.item import Item, ItemField, Value, mark_label
from bsc_sync.plan.labels import LABELS, each
from bsc_sync.plan.region import line_pattern
from bsc_sync.plan.values import fitting_value
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Scorecard
from bsc_sync.scorecard.quantity import Unfit

UNSET = object()
Asked = tuple[BoundField, object]


def desired_items(card: Scorecard, binding: Binding, *, today: dt.date) -> tuple[Item, ...]:
    """Every issue that the scorecard asks for: objectives first, then key results.

    Key results that live as fields stand on their objective's epic, those of the cycle that
    contains `today` (else the last begun). What the file does not name is not asked for; what is retired
    on a day to come still is.
    Raises MappingError with every value that its field cannot hold.
    """
    asking = _Asking(card, binding)
    current = {cycle.id for cycle in card.current_cycles(today)}
    on_epic: dict[str, list[ItemField]] = {}
    issues: list[Item] = []
    for cycle, key_result in card.key_results():
        home = binding.homes[key_result.id]
        objective = card.objective(key_result.objective)
        asked = _key_result_fields(home, card, cycle, key_result, objective)
        fields = tuple(asking.fields(asked, key_result.id))
        if home.as_ == "field":
            if cycle.id in current and _over(today, key_result.retired) is None:
                on_epic.setdefault(objective.id, []).extend(fields)
            continue
        retired = _over(today, key_result.retired, objective.retired)
        fields = _with_labels(home, fields, card.id)
        issues.append(_item(home, "key_result", key_result.name, fields, retired))
    epics = [
        _item(
            binding.homes[objective.id],
            "objective",
            objective.name,
            (
                *_with_labels(
                    binding.homes[objective.id],
                    asking.fields(
                        _objective_fields(binding.homes[objective.id], card, objective), objective.id
                    ),
                    card.id,
                ),
                *on_epic.get(objective.id, ()),
            ),
            _over(today, objective.retired),
        )
        for objective in card.objectives
    ]
    if asking.problems:
        raise MappingError("Jira's fields cannot hold all that is asked for", problems=asking.problems)
    return (*epics, *issues)


def key_result_due(cycle: Cycle, key_result: KeyResult) -> dt.date:
    """When a key result is due: its own date, else the end of its cycle."""
    return key_result.due or cycle.to


def _over(today: dt.date, *retired: dt.date | None) -> dt.date | None:
    """The first of the days on which something is retired that has come."""
    return next((day for day in retired if day is not None and day <= today), None)


def _item(home: Home, kind: str, name: str, fields: tuple[ItemField, ...], retired: dt.date | None) -> Item:
    return Item.model_validate(
        {
            "ref": home.ref,
            "kind": kind,
            "name": name,
            "project": home.project,
            "issue_type": home.issue_type,
            "parent": home.parent,
            "link": home.link if home.parent is None else None,
            "link_to": home.serves if home.link and home.parent is None else None,
            "existing": home.existing,
            "labels": () if any(part.id == LABELS for part in fields) else home.labels or (),
            "retired": retired,
            "fields": fields,
        }
    )


def _with_labels(home: Home, fields: Iterable[ItemField], card: str) -> tuple[ItemField, ...]:
    """The constant labels of the mapping with those that a field asks for, as one set under its rule.

    Where Jira owns the field they are written once, with the issue. Marks of ours are no labels of
    the mapping's: they come and go by themselves.
    """
    asked = tuple(fields)
    mapped = next((bound for bound in home.fields if bound.id == LABELS), None)
    if home.labels is None or (mapped is not None and mapped.rule.owner == "jira"):
        return asked
    own = next((part for part in asked if part.id == LABELS), None)
    rule = mapped.rule if mapped is not None else FieldRule(value="")
    mark = mark_label(card)
    named = {label for label in (*home.labels, *each(own.value if own else None)) if label.strip()}
    named -= {label for label in named if label == mark or label.startswith(f"{mark}/")}
    whole = ItemField(
        id=LABELS,
        name=mapped.name if mapped is not None else "Labels",
        type=LABELS,
        value=tuple(sorted(named)) or None,
        owner=rule.owner,
        on_drift=rule.on_drift,
        asked_by=home.ref,
    )
    return (*(part for part in asked if part.id != LABELS), whole)


def _objective_fields(home: Home, card: Scorecard, objective: Objective) -> Iterator[Asked]:
    for bound in home.fields:
        match bound.rule.from_:
            case "due":
                value: object = _or_null(card.due_of(objective), "due", objective)
            case "id" | "name" | "description" | "owner" | "team" | "perspective" | "themes" as key:
                value = getattr(objective, key) if key in objective.model_fields_set else UNSET
            case None:
                value = bound.rule.value
            case _:
                value = UNSET
        yield bound, value


def _key_result_fields(
    home: Home, card: Scorecard, cycle: Cycle, key_result: KeyResult, objective: Objective
) -> Iterator[Asked]:
    kpi = card.kpi(key_result.kpi) if key_result.kpi else None
    for bound in home.fields:
        value: object = UNSET
        match bound.rule.from_:
            case "due":
                value = key_result_due(cycle, key_result)
            case "target":
                target = key_result.target
                value = _or_null(target.value if target else None, "target", key_result)
            case "cycle":
                value = cycle.id
            case "perspective" | "themes" as key:
                value = getattr(objective, key) if key in objective.model_fields_set else UNSET
            case "team" | "owner" as key:
                own, inherited = getattr(key_result, key), getattr(objective, key)
                value = _or_null(own or inherited, key, key_result, objective)
            case "unit":
                unit = key_result.unit or (kpi.unit if kpi else None)
                value = _or_null(str(unit) if unit else None, "unit", key_result, kpi)
            case None:
                value = bound.rule.value
            case key:
                value = getattr(key_result, key) if key in key_result.model_fields_set else UNSET
        yield bound, value


def _or_null(value: object, key: str, *holders: BaseModel | None) -> object:
    """A value; where there is none, the wish for an empty field if one of its holders says `null`."""
    if value is not None:
        return value
    said = any(one and key in one.model_fields_set and getattr(one, key) is None for one in holders)
    return None if said else UNSET


@dataclass(slots=True)
class _Asking:
    """Values as they are written become canonical ones; what does not fit is kept as a problem."""

    card: Scorecard
    binding: Binding
    problems: list[Problem] = field(default_factory=list)

    def fields(self, asked: Iterable[Asked], ref: str) -> Iterator[ItemField]:
        """The fields of an item that the scorecard has a value for."""
        for bound, value in asked:
            if bound.rule.owner == "jira" or value is UNSET:
                continue
            try:
                canonical = self._value(bound, value)
            except Unfit as unfit:
                self.problems.append(Problem(unfit.what, unfit.hint, where=ref, path=f'field "{bound.name}"'))
                continue
            yield ItemField(
                id=bound.id,
                name=bound.name,
                type=bound.type,
                value=canonical,
                owner=bound.rule.owner,
                on_drift=bound.rule.on_drift,
                asked_by=ref,
            )

    def _value(self, bound: BoundField, value: object) -> Value:
        if bound.type == "user" and value:
            return self._person(str(value), constant=bound.rule.value is not None)
        if bound.type == "moment":
            value = self._moment(value)
        canonical = fitting_value(bound.type, value)
        if bound.type == "block" and line_pattern(self.card.id).search(str(canonical)):
            raise Unfit(
                "the text itself holds a line by which our part of the field is found", "take that line out"
            )
        return canonical

    def _person(self, alias: str, *, constant: bool) -> str:
        """Whom Jira knows a role as; a constant of the mapping may also be that already."""
        known = self.binding.people.get(alias)
        if known is None and not constant:
            raise Unfit(
                f'"{alias}" is nobody that Jira knows',
                f"say who it is in mapping.yaml: people: {{{alias}: ...}}",
            )
        return known or alias

    def _moment(self, value: object) -> object:
        """A day is its first moment, and a time without an offset is meant in the scorecard's time zone."""
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value.strip())
            except ValueError:
                return value  # said when it is written canonically
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            value = dt.datetime.combine(value, dt.time())
        if isinstance(value, dt.datetime) and value.tzinfo is None:
            return value.replace(tzinfo=self.card.zone)
        return value
