"""What the scorecard asks for, as items with canonical values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bsc_sync.mapping.bind import Binding, BoundField, Home
from bsc_sync.plan.item import Item, ItemField, Value
from bsc_sync.plan.values import canonical_value
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Scorecard

UNSET = object()


def desired_items(card: Scorecard, binding: Binding, *, today: dt.date) -> tuple[Item, ...]:
    """Every issue that the scorecard asks for: objectives first, then key results.

    Key results that live as fields stand on their objective's epic, those of the cycle that
    contains `today` (else the last begun). What the file does not name is not asked for.
    """
    current = {cycle.id for cycle in card.current_cycles(today)}
    on_epic: dict[str, list[ItemField]] = {}
    issues: list[Item] = []
    for cycle, key_result in card.key_results():
        home = binding.homes[key_result.id]
        objective = card.objective(key_result.objective)
        fields = tuple(_key_result_fields(home, card, cycle, key_result, objective))
        if home.as_ == "field":
            if cycle.id in current and key_result.retired is None:
                on_epic.setdefault(objective.id, []).extend(fields)
            continue
        retired = key_result.retired or objective.retired
        issues.append(_item(home, "key_result", key_result.name, fields, retired))
    epics = [
        _item(
            binding.homes[objective.id],
            "objective",
            objective.name,
            (
                *_objective_fields(binding.homes[objective.id], card, objective),
                *on_epic.get(objective.id, ()),
            ),
            objective.retired,
        )
        for objective in card.objectives
    ]
    return (*epics, *issues)


def key_result_due(cycle: Cycle, key_result: KeyResult) -> dt.date:
    """When a key result is due: its own date, else the end of its cycle."""
    return key_result.due or cycle.to


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
            "labels": home.labels,
            "retired": retired,
            "fields": fields,
        }
    )


def _objective_fields(home: Home, card: Scorecard, objective: Objective) -> Iterator[ItemField]:
    for bound in home.fields:
        match bound.rule.from_:
            case "due":
                value: object = card.due_of(objective) or UNSET
            case "id" | "name" | "description" | "owner" | "team" | "perspective" | "themes" as key:
                value = getattr(objective, key) if key in objective.model_fields_set else UNSET
            case None:
                value = bound.rule.value
            case _:
                value = UNSET
        yield from _field(bound, value, objective.id)


def _key_result_fields(
    home: Home, card: Scorecard, cycle: Cycle, key_result: KeyResult, objective: Objective
) -> Iterator[ItemField]:
    kpi = card.kpi(key_result.kpi) if key_result.kpi else None
    for bound in home.fields:
        value: object = UNSET
        match bound.rule.from_:
            case "due":
                value = key_result_due(cycle, key_result)
            case "target":
                value = _set(key_result.target.value if key_result.target else None)
            case "cycle":
                value = cycle.id
            case "perspective" | "themes" as key:
                value = getattr(objective, key)
            case "team":
                value = _set(key_result.team or objective.team)
            case "owner":
                value = _set(key_result.owner or objective.owner)
            case "unit":
                unit = key_result.unit or (kpi.unit if kpi else None)
                value = _set(str(unit) if unit else None)
            case None:
                value = bound.rule.value
            case key:
                value = getattr(key_result, key) if key in key_result.model_fields_set else UNSET
        yield from _field(bound, value, key_result.id)


def _set(value: object) -> object:
    return UNSET if value is None else value


def _field(bound: BoundField, value: object, asked_by: str) -> Iterator[ItemField]:
    if bound.rule.owner == "jira" or value is UNSET:
        return
    canonical: Value = canonical_value(bound.type, value)
    yield ItemField(
        id=bound.id,
        name=bound.name,
        type=bound.type,
        value=canonical,
        owner=bound.rule.owner,
        on_drift=bound.rule.on_drift,
        asked_by=asked_by,
    )
