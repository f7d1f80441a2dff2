"""Whether a mapping can be carried out for its scorecard, as far as that shows without Jira."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from bsc_sync.mapping.bind import key_result_subject, objective_subject, subjects
from bsc_sync.mapping.homes_check import check_homes
from bsc_sync.mapping.match import Kind, Match, Subject
from bsc_sync.mapping.model import Mapping, WorkRule
from bsc_sync.mapping.sources import JqlSource
from bsc_sync.mapping.texts import check_texts
from bsc_sync.scorecard.check import unknown
from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.measure_check import check_scoring, check_status
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.wording import Path, meant, quoted, suggestion

_ISSUES: tuple[Kind, ...] = ("objective", "key_result")
_MEASURES: tuple[Kind, ...] = ("kpi", "key_result")
_KIND_NAMES = {"objective": "an objective", "kpi": "a KPI", "key_result": "a key result"}


def check(mapping: Mapping, card: Scorecard, *, also: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything that keeps the mapping from being carried out; empty when it is sound.

    `also` are ids of the scorecard that exist although their parts could not be read.
    """
    whole, lost = readable(card)
    known = tuple(subjects(whole))
    also = frozenset(also) | lost
    return tuple(
        finding
        for part in (
            _check_scorecard(mapping, card),
            _check_labels(mapping, card),
            _check_rules(mapping, whole, known, also),
            check_homes(mapping, whole, _issues(whole)),
            check_alone(mapping),
        )
        for finding in part
    )


def check_alone(mapping: Mapping) -> tuple[Finding, ...]:
    """What is wrong with a mapping whatever its scorecard says."""
    parts = (
        check_texts(mapping),
        check_status(mapping.status, ("status",)),
        check_scoring(mapping.scoring, ("scoring",)),
        _check_sources(mapping),
    )
    return tuple(finding for part in parts for finding in part)


def readable(card: Scorecard) -> tuple[Scorecard, frozenset[str]]:
    """The scorecard without key results whose objective does not exist, and their ids."""
    objectives = {objective.id for objective in card.objectives}
    lost = frozenset(kr.id for _, kr in card.key_results() if kr.objective not in objectives)
    if not lost:
        return card, lost
    cycles = tuple(
        cycle.model_copy(update={"key_results": tuple(kr for kr in cycle.key_results if kr.id not in lost)})
        for cycle in card.cycles
    )
    return card.model_copy(update={"cycles": cycles}), lost


def _issues(card: Scorecard) -> tuple[Subject, ...]:
    return (
        *(objective_subject(objective) for objective in card.objectives),
        *(key_result_subject(card, cycle, key_result) for cycle, key_result in card.key_results()),
    )


def _check_scorecard(mapping: Mapping, card: Scorecard) -> Iterator[Finding]:
    if mapping.scorecard != card.id:
        what = f"the mapping is for the scorecard {quoted(mapping.scorecard)}, this one is {quoted(card.id)}"
        yield Finding(("scorecard",), what, f"write scorecard: {card.id}")


def _check_labels(mapping: Mapping, card: Scorecard) -> Iterator[Finding]:
    """The label by which our issues are found again has no other meaning."""
    found_by, side = f"bsc-{card.id}", mapping.jira
    named: list[tuple[Path, tuple[str, ...]]] = [
        (("jira", "retire", "label"), (side.retire.label,) if side.retire.label else ()),
        (("jira", "objectives", "labels"), side.objectives.labels),
        (("jira", "key_results", "labels"), side.key_results.labels),
        *((("jira", "rules", number, "labels"), rule.labels or ()) for number, rule in enumerate(side.rules)),
    ]
    for path, labels in named:
        if found_by in labels:
            what = f"the label {quoted(found_by)} is the one by which issues of {card.id} are found again"
            yield Finding(path, what, "choose another label")


def _check_rules(
    mapping: Mapping, card: Scorecard, known: tuple[Subject, ...], also: Collection[str]
) -> Iterator[Finding]:
    for index, rule in enumerate(mapping.jira.rules):
        yield from _check_match(rule.match, ("jira", "rules", index, "match"), card, known, _ISSUES, also)
    for index, measure in enumerate(mapping.measures):
        yield from _check_match(measure.match, ("measures", index, "match"), card, known, _MEASURES, also)
    refs = [subject.id for subject in known if subject.kind in _ISSUES]
    for index, work in enumerate(mapping.work):
        at: Path = ("work", index)
        if work.match is not None:
            yield from _check_match(work.match, (*at, "match"), card, known, _ISSUES, also)
        for ref in work.split:
            yield from unknown(ref, refs, "objective or key result", (*at, "split", ref), also)
        yield from _check_work(work, at)


def _check_work(work: WorkRule, at: Path) -> Iterator[Finding]:
    if work.epic is not None and (work.match or work.epics or work.jql or work.links):
        what = "epic with split stands for itself, without match, epics, jql and links"
        yield Finding(at, what, "make two rules of it")
    if work.epic is None and work.split:
        yield Finding((*at, "split"), "split needs the epic that it divides", "add epic: CRM-20")


def _check_match(
    match: Match,
    at: Path,
    card: Scorecard,
    known: tuple[Subject, ...],
    kinds: tuple[Kind, ...],
    also: Collection[str],
) -> Iterator[Finding]:
    for key, value, ids in (
        ("perspective", match.perspective, [part.id for part in card.perspectives]),
        ("theme", match.theme, [part.id for part in card.themes]),
        ("team", match.team, [part.id for part in card.teams]),
        ("cycle", match.cycle, [part.id for part in card.cycles]),
    ):
        if value is not None:
            yield from unknown(value, ids, key, (*at, key), also)
    here = " or ".join(_KIND_NAMES[kind] for kind in kinds)
    if match.kind is not None and match.kind not in kinds:
        yield Finding((*at, "kind"), f"a rule here is about {here}", "correct kind")
    if match.id is None or any(fnmatchcase(ref, match.id) for ref in also):
        return
    fitting = [subject for subject in known if fnmatchcase(subject.id, match.id)]
    if not fitting:
        refs = [subject.id for subject in known if subject.kind in kinds]
        near = meant(match.id, refs)
        hint = f"did you mean {quoted(near)}?" if near else suggestion(match.id, refs, what="there are")
        yield Finding((*at, "id"), f"the id {quoted(match.id)} fits nothing in the scorecard", hint)
    elif not any(subject.kind in kinds for subject in fitting):
        kind = _KIND_NAMES[fitting[0].kind]
        what = f"the id {quoted(match.id)} fits only {kind}, and a rule here is about {here}"
        yield Finding((*at, "id"), what, f"name {here}")


def _check_sources(mapping: Mapping) -> Iterator[Finding]:
    for index, rule in enumerate(mapping.measures):
        source, at = rule.source, ("measures", index, "source")
        if not isinstance(source, JqlSource):
            continue
        takes_no = f"value: {source.value} takes no"
        if source.value in {"sum", "average", "median"} and source.of is None:
            yield Finding(at, f"value: {source.value} needs a field", "add of: with the field's name")
        elif source.value in {"count", "ratio"} and source.of is not None:
            yield Finding((*at, "of"), f"{takes_no} field", "take of out, or write value: sum")
        if source.value == "ratio" and source.to is None:
            yield Finding(at, "value: ratio needs a second query", "add to: with the query of the whole")
        elif source.value != "ratio" and source.to is not None:
            yield Finding((*at, "to"), f"{takes_no} second query", "take to out, or write value: ratio")
