"""Binding: the mapping's names become the ids of this very site, or all that is wrong is said."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.mapping.match import Subject
from bsc_sync.mapping.model import ExceptionRule, FieldRule, ItemRule
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.mapping.sources import ROLLUP_WAYS, FieldSource, JqlSource, RollupSource, Source
from bsc_sync.scorecard.measure_type import derived_type, kpi_of
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Scorecard


@dataclass(frozen=True, slots=True)
class BoundField:
    """A mapped field under its id on this site; `wanted` is the name that the mapping gives it."""

    id: str
    name: str
    type: str
    rule: FieldRule


@dataclass(frozen=True, slots=True)
class Home:
    """Where one objective or key result lives in Jira, all rules applied."""

    ref: str
    kind: str
    as_: str  # issue | field
    project: str
    issue_type: str
    labels: tuple[str, ...]
    existing: str | None
    parent: str | None  # the ref of the objective whose epic is the parent
    link: str | None
    serves: str | None  # the ref of the objective that a key result belongs to
    fields: tuple[BoundField, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """A mapping with every name found: `homes` by ref, in the order of the file."""

    homes: Mapping[str, Home]
    fields: Mapping[str, FieldInfo]  # every field name that the mapping uses anywhere
    points: FieldInfo | None

    def field(self, name: str) -> FieldInfo:
        """The bound field of a name that the mapping uses."""
        return self.fields[name]


def bind(mapping: MappingFile, card: Scorecard, catalog: Catalog) -> Binding:
    """Find every field that the mapping names; MappingError lists all that is missing or ambiguous."""
    problems: list[Problem] = []
    if mapping.jira.label_only:
        problems.append(
            Problem(
                "this version cannot keep its mark in a label alone",
                "take label_only out, and let the account write issue properties",
                path="jira.label_only",
            )
        )
    found: dict[str, FieldInfo] = {}
    for name, where in _names(mapping):
        if name not in found:
            info = _find(name, where, catalog, problems)
            found[name] = info or FieldInfo(name, name, "other")
    points = _points(mapping, catalog, problems)
    if problems:
        raise MappingError("the mapping cannot be carried out in this Jira", problems=problems)
    homes = {}
    for objective in card.objectives:
        homes[objective.id] = _home(mapping, objective_subject(objective), None, found)
    for cycle, key_result in card.key_results():
        subject = key_result_subject(card, cycle, key_result)
        homes[key_result.id] = _home(mapping, subject, key_result.objective, found)
    return Binding(homes, found, points)


def check_screens(binding: Binding, catalog: Catalog, refs: Iterable[str], *, label: str) -> None:
    """Before the first write: what shall be created can be created, with everything it must carry.

    Raises MappingError with each issue type, field and label that the create screens lack.
    """
    problems: dict[str, Problem] = {}
    for ref in refs:
        home = binding.homes[ref]
        place = f"{home.project} / {home.issue_type}"
        screen = catalog.screen(home.project, home.issue_type)
        if screen is None:
            offered = (
                ", ".join(kind.name for kind in catalog.types.get(home.project, ())) or "none that we may use"
            )
            problems[place] = Problem(
                f'cannot create "{home.issue_type}" in project {home.project}',
                f"check the project, the issue type (offered: {offered}) and the permission to create",
                where=place,
            )
            continue
        wanted = {field.id: field.name for field in home.fields if field.rule.owner != "jira"}
        wanted["labels"] = f"labels (they carry our mark {label})"
        for field_id, name in wanted.items():
            if field_id not in screen.fields:
                problems[f"{place} {field_id}"] = Problem(
                    f'the field "{name}" is not on the create screen',
                    "ask the Jira admin to add it, or take it out of the mapping",
                    where=place,
                )
        given = {*wanted, "project", "issuetype", "parent", "reporter"}
        for info in screen.fields.values():
            if info.required and info.id not in given:
                problems[f"{place} {info.id}"] = Problem(
                    f'Jira requires the field "{info.name}" and the mapping does not fill it',
                    f'add "{info.name}: {{value: ..., owner: seed}}" under fields',
                    where=place,
                )
    if problems:
        raise MappingError("Jira would refuse what the mapping asks for", problems=problems.values())


def source_of(mapping: MappingFile, subject: Subject) -> Source | None:
    """The source of the first `measures:` rule that fits."""
    return next((rule.source for rule in mapping.measures if rule.match.fits(subject)), None)


def objective_subject(objective: Objective) -> Subject:
    """What rules see of an objective."""
    return Subject(objective.id, "objective", objective.perspective, objective.themes, objective.team)


def key_result_subject(card: Scorecard, cycle: Cycle, key_result: KeyResult) -> Subject:
    """What rules see of a key result: its own team, else its objective's."""
    objective = card.objective(key_result.objective)
    return Subject(
        key_result.id,
        "key_result",
        objective.perspective,
        objective.themes,
        key_result.team or objective.team,
        cycle.id,
        derived_type(key_result, kpi_of(card, key_result)),
    )


def subjects(card: Scorecard) -> Iterator[Subject]:
    """Everything that a rule can be matched against: objectives, KPIs, key results."""
    for objective in card.objectives:
        yield objective_subject(objective)
        for kpi in objective.own_kpis:
            yield Subject(
                kpi.id, "kpi", objective.perspective, objective.themes, objective.team, None, kpi.type
            )
    for cycle, key_result in card.key_results():
        yield key_result_subject(card, cycle, key_result)


def _names(mapping: MappingFile) -> Iterator[tuple[str, str]]:
    parts: list[tuple[str, ItemRule | ExceptionRule]] = [
        ("jira.objectives", mapping.jira.objectives),
        ("jira.key_results", mapping.jira.key_results),
    ]
    parts += [(f"jira.rules[{index}]", rule) for index, rule in enumerate(mapping.jira.rules)]
    for where, rule in parts:
        for name in rule.fields or {}:
            yield name, f"{where}.fields"
    for index, measure in enumerate(mapping.measures):
        source, where = measure.source, f"measures[{index}].source"
        if isinstance(source, FieldSource):
            yield source.field, f"{where}.field"
        elif isinstance(source, JqlSource) and source.of:
            yield source.of, f"{where}.of"
        elif isinstance(source, RollupSource) and source.by not in ROLLUP_WAYS:
            yield source.by, f"{where}.by"


def _find(name: str, where: str, catalog: Catalog, problems: list[Problem]) -> FieldInfo | None:
    candidates = catalog.named(name)
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        listed = ", ".join(f"{info.id} ({info.type})" for info in candidates)
        problems.append(
            Problem(f'"{name}" is the name of {len(candidates)} fields: {listed}', "write the id", path=where)
        )
        return None
    near = difflib.get_close_matches(name, [info.name for info in catalog.fields], n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "create it in Jira, or correct the name"
    problems.append(Problem(f'no field "{name}" in this Jira', hint, path=where))
    return None


def _points(mapping: MappingFile, catalog: Catalog, problems: list[Problem]) -> FieldInfo | None:
    if mapping.jira.points is not None:
        return _find(mapping.jira.points, "jira.points", catalog, problems)
    for name in ("Story Points", "Story point estimate"):
        numbers = [info for info in catalog.named(name) if info.type == "number"]
        if len(numbers) == 1:
            return numbers[0]
    return None


def _home(mapping: MappingFile, subject: Subject, parent: str | None, found: Mapping[str, FieldInfo]) -> Home:
    side = mapping.jira
    default = side.objectives if subject.kind == "objective" else side.key_results
    own = next((rule for rule in side.rules if rule.match.fits(subject)), None)
    fields = own.fields if own and own.fields is not None else default.fields
    labels = own.labels if own and own.labels is not None else default.labels
    parent_rule = (own.parent if own else None) or default.parent
    return Home(
        ref=subject.id,
        kind=subject.kind,
        as_=(own.as_ if own else None) or default.as_,
        project=(own.project if own else None) or default.project or side.project,
        issue_type=(own.issue_type if own else None) or default.issue_type,
        labels=labels,
        existing=own.existing if own else None,
        parent=parent if parent_rule == "objective" else None,
        link=(own.link if own else None) or default.link,
        serves=parent,
        fields=tuple(
            BoundField(found[name].id, found[name].name, found[name].type, rule)
            for name, rule in fields.items()
        ),
    )
