"""Pulling: every measure read at its source, the teams' work gathered once, all of it kept in the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bsc_sync.alignment.ledger import Progress
from bsc_sync.alignment.progress import progress
from bsc_sync.alignment.serving import objectives_of
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.asking import FieldAsk, QueryAsk, TableAsk
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.mapping.bind import Binding, holder, source_of, subjects
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.mapping.match import Subject
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.mapping.sources import ROLLUP_WAYS, CsvSource, FieldSource, JqlSource, RollupSource
from bsc_sync.plan.item import Seen
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.state.history import History
from bsc_sync.sync.ports import FigureSource, TableSource, Tracker
from bsc_sync.sync.scopes import work_scopes


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought: how many readings said something new, how many work items there are."""

    new_readings: int
    work_items: int
    reasons: Mapping[str, str]


def pull(
    card: Scorecard,
    mapping: MappingFile,
    binding: Binding,
    ours: Mapping[str, Seen],
    *,
    tracker: Tracker,
    figures: FigureSource,
    tables: TableSource,
    history: History,
    now: dt.datetime,
) -> Pulled:
    """Read every measure and all the work, and keep them; a source that gives nothing says why."""
    today = card.today(now)
    period = mapping.alignment.period if mapping.alignment else None
    first = period.before(today) if period else today
    since = dt.datetime.combine(first, dt.time(), tzinfo=card.zone)
    stream = tracker.work(
        work_scopes(card, mapping, ours),
        since=since,
        ours=frozenset(seen.id for seen in ours.values()),
        points=binding.points,
        numbers=_numbers(mapping, binding),
    )
    shares = _shares(mapping)
    count = history.keep_work(_with_shares(stream, shares) if shares else stream)
    work = history.work()
    served = _by_ref(card, work)
    excluded = frozenset(mapping.alignment.exclude.resolution) if mapping.alignment else frozenset()
    history.keep_progress(
        today,
        {
            subject.id: _share_done(served.get(subject.id, ()), RollupSource(rollup="work"), excluded)
            for subject in subjects(card)
            if subject.kind != "kpi"
        },
    )
    asks = _asks(card, mapping, binding, ours, history.readings())
    found = [
        figures.fields(asks.fields, now=now),
        figures.queries(asks.queries, now=now),
        tables.read(asks.tables, now=now),
    ]
    readings: list[Measurement] = [reading for part in found for reading in part.readings]
    reasons = {**asks.reasons, **{ref: why for part in found for ref, why in part.reasons.items()}}
    for subject, source in asks.rollups:
        share = _share_done(served.get(subject, ()), source, excluded)
        if share.share is None:
            reasons[subject] = share.why
        else:
            evidence = {
                **dict(share.evidence),
                "by": share.by,
                "amount done": str(share.done),
                "of": str(share.total),
            }
            readings.append(Measurement(subject, share.share, today, now, "rollup", evidence=evidence))
    kept = history.keep_readings(readings)
    history.keep_absences(reasons)
    return Pulled(kept, count, reasons)


@dataclass(frozen=True, slots=True)
class _Asks:
    fields: list[FieldAsk]
    queries: list[QueryAsk]
    tables: list[TableAsk]
    rollups: list[tuple[str, RollupSource]]
    reasons: dict[str, str]


def _asks(
    card: Scorecard,
    mapping: MappingFile,
    binding: Binding,
    ours: Mapping[str, Seen],
    known: Sequence[Measurement],
) -> _Asks:
    latest: dict[str, Fraction] = {r.subject: r.value for r in known if r.source == "field"}
    asks = _Asks([], [], [], [], {})
    for subject in subjects(card):
        match source_of(mapping, subject):
            case FieldSource() as source:
                issue = _issue_of(card, subject, binding, ours)
                if issue is None:
                    asks.reasons[subject.id] = "it has no issue in Jira yet"
                else:
                    field = binding.field(source.field, subject.id)
                    asks.fields.append(
                        FieldAsk(subject.id, issue.id, issue.key, field, latest.get(subject.id))
                    )
            case JqlSource() as source:
                asks.queries.append(
                    QueryAsk(subject.id, source, binding.field(source.of) if source.of else None)
                )
            case CsvSource() as source:
                asks.tables.append(TableAsk(subject.id, source))
            case RollupSource() as source:
                asks.rollups.append((subject.id, source))
            case None:
                if subject.kind == "key_result" and subject.type == "work":
                    asks.rollups.append((subject.id, RollupSource(rollup="work")))
            case other:
                kind = type(other).__name__.removesuffix("Source").lower()
                asks.reasons[subject.id] = f"this version does not read {kind} sources"
    return asks


def _issue_of(card: Scorecard, subject: Subject, binding: Binding, ours: Mapping[str, Seen]) -> Seen | None:
    """The issue whose field is meant: the key result's own, else the epic of its objective."""
    return ours.get(holder(card, binding.homes, subject))


def _by_ref(card: Scorecard, work: Iterable[WorkItem]) -> dict[str, list[WorkItem]]:
    """Whose work is whose: of a key result its own, of an objective also that of its key results."""
    served: dict[str, list[WorkItem]] = {}
    for item in work:
        for ref in dict.fromkeys([*item.serves, *objectives_of(card, item.serves)]):
            served.setdefault(ref, []).append(item)
    for objective in card.objectives:
        for kpi in objective.own_kpis:
            if objective.id in served:
                served[kpi.id] = served[objective.id]
    return served


def _share_done(items: Iterable[WorkItem], source: RollupSource, excluded: frozenset[str]) -> Progress:
    return progress(items, by=source.by, unestimated=source.unestimated, excluded_resolutions=excluded)


def _numbers(mapping: MappingFile, binding: Binding) -> list[FieldInfo]:
    """The fields that roll-ups add up, beside the ways that need none."""
    named = {
        rule.source.by
        for rule in mapping.measures
        if isinstance(rule.source, RollupSource) and rule.source.by not in ROLLUP_WAYS
    }
    return [binding.field(name) for name in sorted(named)]


def _shares(mapping: MappingFile) -> dict[str, dict[str, Fraction]]:
    return {
        rule.epic: {ref: Fraction(share) for ref, share in rule.split.items()}
        for rule in mapping.work
        if rule.epic is not None
    }


def _with_shares(
    items: Iterable[WorkItem], shares: Mapping[str, Mapping[str, Fraction]]
) -> Iterable[WorkItem]:
    for item in items:
        split = shares.get(item.parent or "")
        yield replace(item, shares=split) if split else item
