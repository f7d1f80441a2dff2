"""Binding: the mapping's names become the ids of this very site, or all that is wrong is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.catalog import Catalog, FieldInfo, block_id
from bsc_sync.mapping.match import Subject
from bsc_sync.mapping.model import FieldRule
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.mapping.names import Names
from bsc_sync.mapping.sources import ROLLUP_WAYS, FieldSource, JqlSource, RollupSource, Source
from bsc_sync.scorecard.measure_type import derived_type, kpi_of
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Scorecard
from bsc_sync.scorecard.wording import Path, path_text


@dataclass(frozen=True, slots=True)
class BoundField:
    """A mapped field under its id on this site, or the part of it that is ours under an id of its own.

    `path` is its place in the mapping.
    """

    id: str
    name: str
    type: str
    rule: FieldRule
    path: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Where one objective or key result lives in Jira, all rules applied; `path` is what decides that."""

    ref: str
    kind: str
    as_: str  # issue | field
    project: str
    issue_type: str
    labels: tuple[str, ...] | None  # None where the mapping does not name them
    existing: str | None
    parent: str | None  # the ref of the objective whose epic is the parent
    link: str | None
    serves: str | None  # the ref of the objective that a key result belongs to
    fields: tuple[BoundField, ...]
    path: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """The project and issue type in which its fields are looked for."""
        return (self.existing.rpartition("-")[0] if self.existing else self.project, self.issue_type)


@dataclass(frozen=True, slots=True)
class Binding:
    """A mapping with every name found: `homes` by ref, in the order of the file.

    `fields` holds every field that the mapping names anywhere, by name; `local` by (ref, name)
    those that were found for one objective or key result, where it lives. `people` says as whom
    Jira knows a role.
    """

    homes: Mapping[str, Home]
    fields: Mapping[str, FieldInfo]
    points: FieldInfo | None
    local: Mapping[tuple[str, str], FieldInfo] = dataclass_field(default_factory=dict)
    people: Mapping[str, str] = dataclass_field(default_factory=dict)

    def field(self, name: str, ref: str = "") -> FieldInfo:
        """The bound field of a name that the mapping uses; where `ref` lives, if it is given."""
        return self.local.get((ref, name)) or self.fields[name]


def bind(mapping: MappingFile, card: Scorecard, catalog: Catalog) -> Binding:
    """Find every field that the mapping names; MappingError lists all that is missing or ambiguous.

    Where fields of one name live in several projects, the catalog has to hold the places that
    `unclear` names.
    """
    binding, problems = attempt(mapping, card, catalog)
    if problems:
        raise MappingError("the mapping cannot be carried out in this Jira", problems=problems)
    return binding


def attempt(mapping: MappingFile, card: Scorecard, catalog: Catalog) -> tuple[Binding, tuple[Problem, ...]]:
    """As much of a binding as there is, and all that is missing or ambiguous.

    A field that was not found stands for itself, with its name for an id.
    """
    names = Names(catalog)
    homes = _homes(mapping, card, names)
    local: dict[tuple[str, str], FieldInfo] = {}
    for subject, name, where in _measured(mapping, card):
        home = homes[holder(card, homes, subject)]
        local[subject.id, name] = names.find(name, where, home.place)
    found = {name: names.find(name, where) for name, where in _everywhere(mapping)}
    points = names.points(mapping.jira.points)
    return Binding(homes, found, points, local, mapping.people), names.problems


def unclear(mapping: MappingFile, card: Scorecard, catalog: Catalog) -> frozenset[tuple[str, str]]:
    """The (project, issue type) places whose screens decide which of several fields is meant."""
    names = Names(catalog)
    homes = _homes(mapping, card, names)
    for subject, name, where in _measured(mapping, card):
        names.find(name, where, homes[holder(card, homes, subject)].place)
    return frozenset(names.unclear)


def holder(card: Scorecard, homes: Mapping[str, Home], subject: Subject) -> str:
    """The ref of the item whose issue bears a subject's fields: its own, else its objective's."""
    if subject.kind == "key_result" and homes[subject.id].as_ == "field":
        return next(kr.objective for _, kr in card.key_results() if kr.id == subject.id)
    if subject.kind == "kpi":
        return next(o.id for o in card.objectives if any(kpi.id == subject.id for kpi in o.own_kpis))
    return subject.id


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


def _living(card: Scorecard) -> Iterator[tuple[Subject, str | None]]:
    """Everything that has a home: its subject, and the objective it belongs to."""
    for objective in card.objectives:
        yield objective_subject(objective), None
    for cycle, key_result in card.key_results():
        yield key_result_subject(card, cycle, key_result), key_result.objective


def _measured(mapping: MappingFile, card: Scorecard) -> Iterator[tuple[Subject, str, str]]:
    """Each subject that a field on an issue measures, the field's name, and where that is written."""
    for subject in subjects(card):
        for index, rule in enumerate(mapping.measures):
            if rule.match.fits(subject):
                if isinstance(rule.source, FieldSource):
                    yield subject, rule.source.field, f"measures[{index}].source.field"
                break


def _everywhere(mapping: MappingFile) -> Iterator[tuple[str, str]]:
    """The names that stand for one field on the whole site: what queries and roll-ups add up."""
    for index, measure in enumerate(mapping.measures):
        source, where = measure.source, f"measures[{index}].source"
        if isinstance(source, JqlSource) and source.of:
            yield source.of, f"{where}.of"
        elif isinstance(source, RollupSource) and source.by not in ROLLUP_WAYS:
            yield source.by, f"{where}.by"


def _homes(mapping: MappingFile, card: Scorecard, names: Names) -> dict[str, Home]:
    homes: dict[str, Home] = {}
    for subject, parent in _living(card):
        homes[subject.id] = _home(mapping, subject, homes.get(parent or ""), names)
    return homes


def _home(mapping: MappingFile, subject: Subject, epic: Home | None, names: Names) -> Home:
    """`epic` is where the objective of a key result lives: fields of its own stand there."""
    side = mapping.jira
    usual: Path = ("jira", "objectives" if subject.kind == "objective" else "key_results")
    default = side.objectives if subject.kind == "objective" else side.key_results
    number, own = next(
        ((index, rule) for index, rule in enumerate(side.rules) if rule.match.fits(subject)), (0, None)
    )
    fields = own.fields if own and own.fields is not None else default.fields
    rule: Path = ("jira", "rules", number) if own else usual
    at: Path = (*(rule if own and own.fields is not None else usual), "fields")
    existing = own.existing if own else None
    project = (own.project if own else None) or default.project or side.project
    issue_type = (own.issue_type if own else None) or default.issue_type
    as_ = (own.as_ if own else None) or default.as_
    place = (existing.rpartition("-")[0] if existing else project, issue_type)
    if as_ == "field" and epic is not None:
        place = epic.place
    bound = {name: names.find(name, path_text((*at, name)), place) for name in fields}
    # a team's own epic keeps its labels, unless the rule for it names some
    usually = default.labels if "labels" in default.model_fields_set and existing is None else None
    labels = own.labels if own and own.labels is not None else usually
    parent_rule = (own.parent if own else None) or default.parent
    return Home(
        ref=subject.id,
        kind=subject.kind,
        as_=as_,
        project=project,
        issue_type=issue_type,
        labels=labels,
        existing=existing,
        parent=epic.ref if epic is not None and parent_rule == "objective" else None,
        link=(own.link if own else None) or default.link,
        serves=epic.ref if epic is not None else None,
        fields=tuple(
            _bound(bound[name], entry, path_text((*at, name)), names) for name, entry in fields.items()
        ),
        path=path_text(rule),
    )


def _bound(info: FieldInfo, rule: FieldRule, at: str, names: Names) -> BoundField:
    if rule.region == "whole":
        return BoundField(info.id, info.name, info.type, rule, at)
    if info.type != "text" and info.id != info.name:  # what was not found stands under its name
        what = f'only a paragraph field can have a part of ours, and "{info.name}" is not one'
        names.note(Problem(what, "take region: managed out", path=f"{at}.region"))
    return BoundField(block_id(info.id), info.name, "block", rule, at)
