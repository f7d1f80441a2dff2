"""What Jira shows, as the value of the scorecard that would ask for it: `desired`, the other way round."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bsc_sync.mapping.bind import Binding, BoundField
from bsc_sync.plan.change import FieldChange
from bsc_sync.plan.item import Value
from bsc_sync.plan.labels import LABELS, each
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Scorecard
from bsc_sync.scorecard.quantity import Plain, Unfit
from bsc_sync.scorecard.wording import Path, listed, path_text, quoted

Given = str | Plain | tuple[str, ...] | None

_BY_HAND = "by hand (adopt writes the scorecard only)"


@dataclass(frozen=True, slots=True)
class Origin:
    """The value of the scorecard that a field comes from: at `path`, under `key`.

    `note` says what else it means to write it there.
    """

    path: Path
    key: str
    value: Given
    note: str = ""


def origin_of(part: FieldChange, card: Scorecard, binding: Binding) -> Origin:
    """Where Jira's value of a field belongs in the scorecard, and how it is written there.

    Raises Unfit where it is no single value of the scorecard: what it is, and how it is changed by hand.
    """
    if part.type == "parent":
        return _objective_of(part, card)
    home = binding.homes[part.asked_by]
    bound = next((one for one in home.fields if one.id == part.id), None)
    if bound is None and part.type == LABELS:
        raise Unfit("these labels are constants of the mapping", f"change labels: in mapping.yaml {_BY_HAND}")
    if bound is None:
        raise Unfit("the mapping does not name the field any more", "make a new plan")
    key = bound.rule.from_
    if key is None:
        raise Unfit(
            "its value is a constant of the mapping",
            f"change {bound.path}.value in mapping.yaml {_BY_HAND}, or make the field owner: jira",
        )
    if key in {"id", "cycle", "objective"}:
        raise Unfit(f"its value is the {key}, which says what it is", "rename it in the file with was: OLD")
    for number, objective in enumerate(card.objectives):
        if objective.id == part.asked_by:
            seen = _without(home.labels, part, objective.themes if key == "themes" else ())
            value = _value(part.asked_by, key, seen, bound, card, binding)
            return Origin(("objectives", number), key, value, _objective_note(key, objective))
    for number, cycle in enumerate(card.cycles):
        for index, key_result in enumerate(cycle.key_results):
            if key_result.id == part.asked_by:
                _check_own(key, card, key_result)
                value = _value(part.asked_by, key, _without(home.labels, part), bound, card, binding)
                path = ("cycles", number, "key_results", index)
                return Origin(path, key, value, _key_result_note(key, cycle, key_result))
    raise Unfit("the scorecard does not hold it any more", "make a new plan")


def constant_of(part: FieldChange, binding: Binding) -> tuple[str, ...]:
    """Where in the mapping the constant may stand that a field's value is, the nearest first; nothing where
    it is none."""
    home = binding.homes.get(part.asked_by)
    if home is None:
        return ()
    bound = next((one for one in home.fields if one.id == part.id), None)
    if bound is not None:
        return (f"{bound.path}.value",) if bound.rule.from_ is None else ()
    usual = "objectives" if home.kind == "objective" else "key_results"
    return (f"{home.path}.labels", f"jira.{usual}.labels") if part.type == LABELS else ()


def key_of(part: FieldChange, binding: Binding) -> str | None:
    """The key of the scorecard that a field comes from, where it comes from one."""
    if part.type == "parent":
        return "objective"
    home = binding.homes.get(part.asked_by)
    return next((one.rule.from_ for one in home.fields if one.id == part.id), None) if home else None


def _objective_of(part: FieldChange, card: Scorecard) -> Origin:
    """The objective of a key result, as its issue hangs in Jira."""
    there = next((one for one in card.objectives if one.id == part.old and one.retired is None), None)
    if there is None:
        where = f"below {part.old}" if part.old else "below nothing"
        what = f"in Jira it hangs {where}, and that is no objective that is pursued"
        raise Unfit(what, "move it in Jira, or apply with --take scorecard")
    for number, cycle in enumerate(card.cycles):
        for index, key_result in enumerate(cycle.key_results):
            if key_result.id == part.asked_by:
                return Origin(("cycles", number, "key_results", index), "objective", there.id)
    raise Unfit("the scorecard does not hold it any more", "make a new plan")


def _without(constants: Collection[str] | None, part: FieldChange, own: Collection[str] = ()) -> Value:
    """What Jira shows; of labels, without those that the mapping puts beside the file's `own`."""
    if part.type != LABELS:
        return part.old
    return tuple(label for label in each(part.old) if label in own or label not in (constants or ())) or None


def _check_own(key: str, card: Scorecard, key_result: KeyResult) -> None:
    """Whether the value is one that a key result may have of its own."""
    ref = key_result.objective
    at = next(number for number, one in enumerate(card.objectives) if one.id == ref)
    if key in {"perspective", "themes"}:
        raise Unfit(
            f"a key result has the {key} of its objective",
            f"change {path_text(('objectives', at, key))} ({ref}): it concerns all of its key results",
        )
    if key == "unit" and key_result.unit is None and key_result.kpi:
        raise Unfit(
            f"its unit is that of KPI {key_result.kpi}, in which all of its values are written",
            f"change the unit of {key_result.kpi}, with its values",
        )


def _objective_note(key: str, objective: Objective) -> str:
    if key != "due" or objective.due is not None:
        return ""
    by_kpi = any(kpi.target.on for kpi in objective.own_kpis)
    return f"a date of its own; until now it was that of its {'last KPI' if by_kpi else 'horizon'}"


def _key_result_note(key: str, cycle: Cycle, key_result: KeyResult) -> str:
    if key == "due" and key_result.due is None:
        return f"a date of its own; until now it was the end of {cycle.id}"
    if key in {"owner", "team"} and getattr(key_result, key) is None:
        return f"its own; until now it was the {key} of {key_result.objective}"
    return ""


def _value(ref: str, key: str, seen: Value, bound: BoundField, card: Scorecard, binding: Binding) -> Given:
    if key == "themes":
        return seen if isinstance(seen, tuple) else (seen,) if seen else ()
    if isinstance(seen, tuple):
        if len(seen) != 1:
            raise Unfit(f"Jira shows {listed(seen)}, and the {key} is one", "leave one of them in Jira")
        seen = seen[0]
    if seen is None:
        if key in {"name", "perspective"}:
            raise Unfit(f"it is empty in Jira, and there has to be a {key}", "write one in Jira")
        return None
    match key:
        case "due":
            return Plain(_day(seen, bound, card))
        case "target" | "baseline":
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", seen):
                raise Unfit(f"{quoted(seen)} is not a number", "write digits in Jira, without a unit")
            return Plain(seen)
        case "owner":
            return _alias(ref, seen, binding.people) if bound.type == "user" else seen
        case _:
            return seen


def _day(seen: str, bound: BoundField, card: Scorecard) -> str:
    try:
        if bound.type == "moment":
            return dt.datetime.fromisoformat(seen).astimezone(card.zone).date().isoformat()
        return dt.date.fromisoformat(seen).isoformat()
    except ValueError:
        raise Unfit(f"{quoted(seen)} is not a date", "write year-month-day in Jira") from None


def _alias(ref: str, account: str, people: Mapping[str, str]) -> str:
    """As whom the mapping knows an account."""
    aliases = [alias for alias, known in people.items() if known == account]
    if len(aliases) == 1:
        return aliases[0]
    if aliases:
        raise Unfit(
            f"the mapping knows {quoted(account)} as {listed(aliases)}", "write the one that is meant by hand"
        )
    raise Unfit(
        f"the mapping does not know the account {quoted(account)}",
        f"name its role in mapping.yaml (people: {{owner-of-{ref.lower()}: {quoted(account)}}}), adopt again",
    )
