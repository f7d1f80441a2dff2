"""Which mapped field goes which way, as the mapping alone says it: for whoever has to answer for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bsc_sync.mapping.model import ExceptionRule, FieldRule, ItemRule, JiraSide


@dataclass(frozen=True, slots=True)
class Direction:
    """One field: where its value comes from, which way it goes, who owns it, what an edit in Jira does."""

    field: str
    source: str
    way: str
    owner: str
    on_drift: str


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one kind of item, or of the items that a rule speaks of."""

    name: str
    where: str
    fields: tuple[Direction, ...]


def directions(jira: JiraSide) -> tuple[Group, ...]:
    """Objectives, key results, then each rule that differs from them, in the order of the file."""
    return (
        Group("objectives", _where(jira.objectives, jira.project), _fields(jira.objectives.fields)),
        Group("key results", _where(jira.key_results, jira.project), _fields(jira.key_results.fields)),
        *(_rule(number, rule) for number, rule in enumerate(jira.rules)),
    )


def _rule(number: int, rule: ExceptionRule) -> Group:
    chosen = [f"{key} {value}" for key, value in rule.match if value is not None]
    differs = [
        f"{word} {value}"
        for word, value in (
            ("adopts", rule.existing),
            ("in project", rule.project),
            ("as", rule.issue_type),
            ("linked by", rule.link),
        )
        if value is not None
    ]
    differs += ["as fields of its objective's issue"] if rule.as_ == "field" else []
    where = ", ".join(differs) or "differs in its fields"
    if rule.fields is None:
        where += "; fields as above"
    return Group(f"rules[{number}]: {', '.join(chosen)}", where, _fields(rule.fields or {}))


def _where(rule: ItemRule, project: str) -> str:
    if rule.as_ == "field":
        return "fields of the objective's issue"
    return f"{rule.issue_type} in {rule.project or project}"


def _fields(fields: Mapping[str, FieldRule]) -> tuple[Direction, ...]:
    return tuple(_directions(fields))


def _directions(fields: Mapping[str, FieldRule]) -> Iterator[Direction]:
    for name, rule in fields.items():
        if rule.owner == "jira":
            yield Direction(name, "the team", "Jira -> read only", "jira", "")
            continue
        source = rule.from_ or f'"{rule.value}"'
        if rule.owner == "seed":
            yield Direction(name, source, "scorecard -> Jira, once", "seed", "")
            continue
        part = ", one block" if rule.region == "managed" else ""
        yield Direction(name, source, f"scorecard -> Jira{part}", "scorecard", rule.on_drift)
