"""The whole review: of the strategy, and of how its measures and its work are found in Jira."""

from __future__ import annotations

from collections.abc import Iterator

from bsc_sync.mapping.bind import source_of, subjects
from bsc_sync.mapping.match import Match, Subject
from bsc_sync.mapping.model import Mapping
from bsc_sync.mapping.sources import FlowSource, HttpSource, JqlSource, SqlSource
from bsc_sync.scorecard.advice import Advice, advise, spoken, unused_silence
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.review import remarks
from bsc_sync.scorecard.wording import listed, path_text

UNREAD = {FlowSource: "flow", HttpSource: "http", SqlSource: "sql"}


def review(card: Scorecard, mapping: Mapping) -> tuple[Advice, ...]:
    """All advice on a scorecard and its mapping, both sound, without what is silenced."""
    given = (
        *remarks(card),
        *_sources(card, mapping),
        *_unread(mapping),
        *_unused(card, mapping),
        *_same_issues(card, mapping),
    )
    return spoken(card, (*given, *unused_silence(card, given)))


def _sources(card: Scorecard, mapping: Mapping) -> Iterator[Advice]:
    """Measures that nothing ever gives a value; a key result and its KPI are one measure."""
    fed = {subject.id for subject in subjects(card) if source_of(mapping, subject)}
    for objective in card.objectives:
        for kpi in objective.own_kpis:
            if kpi.check_ins or kpi.milestones or kpi.type == "work":
                fed.add(kpi.id)
    for _, key_result in card.key_results():
        if key_result.check_ins or key_result.milestones or key_result.type == "work":
            fed.add(key_result.id)
    shared = [(kr.id, kr.kpi) for _, kr in card.key_results() if kr.kpi and kr.measure == "shared"]
    kpis_fed = {kpi for ref, kpi in shared if ref in fed}
    results_fed = {ref for ref, kpi in shared if kpi in fed}
    fed |= kpis_fed | results_fed
    for objective in card.objectives:
        if objective.retired is not None:
            continue
        for kpi in objective.own_kpis:
            if kpi.id not in fed and kpi.retired is None:
                yield advise("source-missing", kpi.id, f"nothing gives KPI {kpi.id} a value")
    for _, key_result in card.key_results():
        if key_result.id not in fed and key_result.retired is None:
            what = f"nothing gives key result {key_result.id} a value"
            yield advise("source-missing", key_result.id, what)


def _unread(mapping: Mapping) -> Iterator[Advice]:
    for index, rule in enumerate(mapping.measures):
        kind = UNREAD.get(type(rule.source))
        if kind:
            ref = rule.match.id or path_text(("measures", index))
            yield advise("source-not-read", ref, f"the source of {ref} is of the kind {kind}")


def _unused(card: Scorecard, mapping: Mapping) -> Iterator[Advice]:
    known = tuple(subjects(card))
    rules: list[tuple[str, Match]] = [
        (path_text(("jira", "rules", index)), rule.match) for index, rule in enumerate(mapping.jira.rules)
    ]
    rules += [(path_text(("work", n)), rule.match) for n, rule in enumerate(mapping.work) if rule.match]
    rules += [(path_text(("measures", n)), rule.match) for n, rule in enumerate(mapping.measures)]
    for ref, match in rules:
        if not any(match.fits(subject) for subject in known):
            yield advise("rule-unused", ref, f"the rule {ref} fits nothing in the scorecard")


def _same_issues(card: Scorecard, mapping: Mapping) -> Iterator[Advice]:
    """Key results of one cycle whose work or figure is one query or one epic."""
    users: dict[tuple[str | None, str], list[str]] = {}
    for subject in subjects(card):
        if subject.kind == "key_result":
            for work in _work_of(mapping, subject):
                users.setdefault((subject.cycle, work), []).append(subject.id)
    for (_, work), refs in users.items():
        if len(refs) > 1:
            yield advise("kr-same-issues", refs[0], f"{listed(refs)} are about the same issues: {work[:80]}")


def _work_of(mapping: Mapping, subject: Subject) -> set[str]:
    found: set[str] = set()
    for rule in mapping.work:
        if rule.match is not None and rule.match.fits(subject):
            found.update(rule.epics)
            if rule.jql is not None:
                found.add(" ".join(rule.jql.split()))
    source = source_of(mapping, subject)
    if isinstance(source, JqlSource):
        found.add(" ".join(source.jql.split()))
    return found
