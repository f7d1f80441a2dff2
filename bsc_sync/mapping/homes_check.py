"""Whether each item finds one home in Jira, and each field of an epic one owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bsc_sync.mapping.match import Subject
from bsc_sync.mapping.model import ExceptionRule, FieldRule, Mapping
from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.model import Cycle, Scorecard
from bsc_sync.scorecard.wording import Path, listed, quoted


def check_homes(mapping: Mapping, card: Scorecard, issues: Sequence[Subject]) -> Iterator[Finding]:
    """Everything that would put two things in one place, or one thing nowhere."""
    side = mapping.jira
    if side.objectives.as_ == "field":
        what = "an objective is an epic of its own and cannot be a field"
        yield Finding(("jira", "objectives", "as"), what, "as: field is for key results")
    for name in ("objectives", "key_results"):
        rule = getattr(side, name)
        yield from _check_names(rule.fields, ("jira", name, "fields"))
        if rule.parent == "none" and rule.link is None:
            yield _no_link(("jira", name))
    for index, exception in enumerate(side.rules):
        at: Path = ("jira", "rules", index)
        yield from _check_exception(mapping, exception, at, issues)
    yield from _check_existing(mapping, issues)
    yield from _check_epic_fields(mapping, card, issues)


def own_rule(mapping: Mapping, subject: Subject) -> int | None:
    """The index of the first exception that fits an item."""
    rules = enumerate(mapping.jira.rules)
    return next((index for index, rule in rules if rule.match.fits(subject)), None)


def _check_exception(
    mapping: Mapping, rule: ExceptionRule, at: Path, issues: Sequence[Subject]
) -> Iterator[Finding]:
    yield from _check_names(rule.fields or {}, (*at, "fields"))
    fitting = [subject for subject in issues if rule.match.fits(subject)]
    objectives = [subject.id for subject in fitting if subject.kind == "objective"]
    if rule.as_ == "field" and objectives:
        what = f"as: field is for key results, and the rule fits objective {listed(objectives)}"
        yield Finding((*at, "as"), what, "add kind: key_result to its match")
    default = mapping.jira.key_results
    fields = rule.fields if rule.fields is not None else default.fields
    if (rule.as_ or default.as_) == "field" and not fields and len(objectives) < len(fitting):
        yield Finding(at, "as: field needs fields", 'add fields: {"KR current": {owner: jira}}')
    parent, link = rule.parent or default.parent, rule.link or default.link
    if rule.parent == "none" and parent == "none" and link is None:
        yield _no_link(at)


def _no_link(at: Path) -> Finding:
    what = "without a parent nothing joins the issue to its objective"
    return Finding(at, what, "add link: with a link type, such as relates to")


def _check_names(fields: dict[str, FieldRule], at: Path) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name in fields:
        fold = name.casefold()
        if fold in first:
            what = f"the field {quoted(name)} is the same as {quoted(first[fold])}, at {{other}}"
            yield Finding((*at, name), what, "keep one of them", (*at, first[fold]))
        else:
            first[fold] = name


def _check_existing(mapping: Mapping, issues: Sequence[Subject]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    ruled: dict[int, list[str]] = {}
    for subject in issues:
        if (own := own_rule(mapping, subject)) is not None:
            ruled.setdefault(own, []).append(subject.id)
    for index, rule in enumerate(mapping.jira.rules):
        if rule.existing is None:
            continue
        at: Path = ("jira", "rules", index, "existing")
        if rule.existing in first:
            what = f"the issue {rule.existing} is given away twice, first at {{other}}"
            other: Path = ("jira", "rules", first[rule.existing], "existing")
            yield Finding(at, what, "an issue can be one thing only", other)
        first.setdefault(rule.existing, index)
        fitting = ruled.get(index, [])
        if len(fitting) > 1:
            what = f"one issue cannot be {len(fitting)} items: {listed(fitting)}"
            yield Finding(at, what, "name one id in match")
        if rule.as_ == "field":
            yield Finding(at, "a field is no issue and cannot exist as one", "take existing or as: field out")


def _check_epic_fields(mapping: Mapping, card: Scorecard, issues: Sequence[Subject]) -> Iterator[Finding]:
    """Two key results of one time, or a key result and its objective, on one field of one epic."""
    cycles = {cycle.id: cycle for cycle in card.cycles}
    parents = {key_result.id: key_result.objective for _, key_result in card.key_results()}
    epics = {subject.id: _fields(mapping, subject)[0] for subject in issues if subject.kind == "objective"}
    taken: dict[tuple[str, str], list[Subject]] = {}
    for subject in issues:
        fields, at, as_ = _fields(mapping, subject)
        if subject.kind != "key_result" or as_ != "field":
            continue
        objective = parents[subject.id]
        for fold, name in {name.casefold(): name for name in fields}.items():
            path = (*at, name)
            if fold in {own.casefold() for own in epics[objective]}:
                what = f"the field {quoted(name)} of {subject.id} is a field of its objective {objective} too"
                yield Finding(path, what, "give the key result a field of its own")
            for other in taken.get((objective, fold), ()):
                if _together(cycles.get(subject.cycle or ""), cycles.get(other.cycle or "")):
                    what = f"{other.id} and {subject.id} share the field {quoted(name)} of one epic"
                    yield Finding(path, what, "give one of them fields of its own, or as: issue")
                    break
            taken.setdefault((objective, fold), []).append(subject)


def _fields(mapping: Mapping, subject: Subject) -> tuple[dict[str, FieldRule], Path, str]:
    name = "objectives" if subject.kind == "objective" else "key_results"
    default = getattr(mapping.jira, name)
    index = own_rule(mapping, subject)
    rule = mapping.jira.rules[index] if index is not None else None
    as_ = (rule.as_ if rule else None) or default.as_
    if rule is not None and rule.fields is not None:
        return rule.fields, ("jira", "rules", index or 0, "fields"), as_
    return default.fields, ("jira", name, "fields"), as_


def of_their_own(mapping: Mapping, issues: Iterable[Subject]) -> Iterator[str]:
    """The ids of those that have an issue of their own, and are not kept as fields of another one."""
    return (subject.id for subject in issues if _fields(mapping, subject)[2] != "field")


def _together(one: Cycle | None, other: Cycle | None) -> bool:
    return bool(one and other and one.from_ <= other.to and other.from_ <= one.to)
