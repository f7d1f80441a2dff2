"""Pulling: every measure read at its source, the teams' work gathered once, all of it kept in the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bsc_sync.alignment.ledger import Progress
from bsc_sync.alignment.progress import Tally
from bsc_sync.alignment.serving import objectives_of
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.asking import FieldAsk, QueryAsk, TableAsk
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.errors import Vanished
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

_BY_COUNT = RollupSource(rollup="work")
_SAMPLE = 100  # issues to look for when a search finds nothing any more: one request


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought: how many readings said something new, how many work items there are."""

    new_readings: int
    work_items: int
    reasons: Mapping[str, str]
    warnings: tuple[str, ...] = ()


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
    renew: Callable[[], None],
) -> Pulled:
    """Read every measure and all the work, and keep them; a source that gives nothing says why.

    The work streams through the store: nothing here holds all of it. `renew` is called while it does.
    """
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
        before=history.in_scope(_SAMPLE),
    )
    shares = _shares(mapping)
    asks = _asks(card, mapping, binding, ours, history.latest("field"))
    found = [figures.fields(asks.fields, now=now)]  # at once: what the issues show was seen just now
    warnings: list[str] = []
    try:
        count = history.keep_work(_with_shares(stream, shares) if shares else stream, after_batch=renew)
    except Vanished as error:
        warnings += error.lines()
        count = sum(1 for _ in history.each_work())
    done = _Done(card, mapping, asks.rollups)
    for item in history.each_work():
        done.add(item)
    history.keep_progress(today, done.progress())
    renew()
    found += [figures.queries(asks.queries, now=now), tables.read(asks.tables, now=now)]
    readings: list[Measurement] = [reading for part in found for reading in part.readings]
    reasons = {**asks.reasons, **{ref: why for part in found for ref, why in part.reasons.items()}}
    for subject, share in done.rollups():
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
    return Pulled(kept, count, reasons, tuple(warnings))


class _Done:
    """How much of whose work is done, while the work streams by.

    A key result has its own work, an objective also that of its key results, a KPI that of its
    objective.
    """

    def __init__(self, card: Scorecard, mapping: MappingFile, rollups: Sequence[tuple[str, RollupSource]]):
        excluded = frozenset(mapping.alignment.exclude.resolution) if mapping.alignment else frozenset()
        self._card = card
        self._refs: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._tallies: dict[str, dict[RollupSource, Tally]] = {}
        self._rollups = rollups
        self._progress = [subject.id for subject in subjects(card) if subject.kind != "kpi"]
        self._home = {kpi.id: objective.id for objective in card.objectives for kpi in objective.own_kpis}
        for subject, source in [*((ref, _BY_COUNT) for ref in self._progress), *rollups]:
            tallies = self._tallies.setdefault(self._home.get(subject, subject), {})
            if source not in tallies:
                tallies[source] = Tally(
                    by=source.by, unestimated=source.unestimated, excluded_resolutions=excluded
                )

    def add(self, item: WorkItem) -> None:
        """Count one item for everybody whom it serves."""
        if not item.serves:
            return
        if item.serves not in self._refs:
            refs = dict.fromkeys([*item.serves, *objectives_of(self._card, item.serves)])
            self._refs[item.serves] = tuple(ref for ref in refs if ref in self._tallies)
        for ref in self._refs[item.serves]:
            for tally in self._tallies[ref].values():
                tally.add(item)

    def progress(self) -> dict[str, Progress]:
        """The work progress of each objective and key result."""
        return {ref: self._tallies[ref][_BY_COUNT].progress() for ref in self._progress}

    def rollups(self) -> Iterator[tuple[str, Progress]]:
        """The figure of each measure that rolls work up."""
        for subject, source in self._rollups:
            yield subject, self._tallies[self._home.get(subject, subject)][source].progress()


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
    latest: Mapping[str, Fraction],
) -> _Asks:
    asks = _Asks([], [], [], [], {})
    for subject in subjects(card):
        match source_of(mapping, subject):
            case FieldSource() as source:
                issue = _issue_of(card, subject, binding, ours)
                if issue is None:
                    asks.reasons[subject.id] = "it has no issue in Jira yet"
                else:
                    field = binding.field(source.field, subject.id)
                    ask = FieldAsk(subject.id, issue.id, issue.key, field, latest.get(subject.id))
                    if field.id in issue.values:
                        ask = replace(ask, is_shown=True, shown=issue.values[field.id])
                    asks.fields.append(ask)
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
                    asks.rollups.append((subject.id, _BY_COUNT))
            case other:
                kind = type(other).__name__.removesuffix("Source").lower()
                asks.reasons[subject.id] = f"this version does not read {kind} sources"
    return asks


def _issue_of(card: Scorecard, subject: Subject, binding: Binding, ours: Mapping[str, Seen]) -> Seen | None:
    """The issue whose field is meant: the key result's own, else the epic of its objective."""
    return ours.get(holder(card, binding.homes, subject))


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
