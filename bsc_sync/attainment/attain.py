"""From readings to scores: every KPI, key result, objective, perspective and theme on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from bsc_sync.attainment.book import book, shared_measures
from bsc_sync.attainment.judgment import name_of
from bsc_sync.attainment.leaf import Leaf, Terms, score_leaf
from bsc_sync.attainment.measure import Measure, key_result_measure, kpi_measure
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.attainment.rollup import Child, Rolled, roll_up, weight_on, weighted_mean
from bsc_sync.attainment.rules import declared_rules
from bsc_sync.attainment.score import OFF_PLAN, ON_PLAN, Kind, Score, Scores, Tally
from bsc_sync.scorecard.measures import KPI, Scoring, StatusRule
from bsc_sync.scorecard.model import KeyResult, Objective, Scorecard

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Leaves:
    kpis: Mapping[str, Leaf]
    key_results: Mapping[str, Leaf]


def attain(
    card: Scorecard,
    readings: Sequence[Measurement],
    *,
    as_of: dt.date,
    status: StatusRule,
    scoring: Scoring | None,
    work_progress: Mapping[str, Fraction],
    undefined_work: Mapping[str, str] = NOTHING,
    reasons: Mapping[str, str] = NOTHING,
) -> Scores:
    """Score the whole card as of a day; pure, exact, and the same whatever the order of readings.

    `readings` are those of the store (subject: a KPI or key result); the file's check-ins are
    added here. `status` and `scoring` hold for measures that bring none of their own; `scoring`
    comes before the card's. `work_progress` is the share of linked work done, by objective and
    key result; `undefined_work` says why there is none, `reasons` why a source gave nothing.

    A measure whose cycle or target date is over is achieved or missed by what was effective by
    its end (and, of a cycle, recorded by its closing day); one that is undefined then is `no
    data`: nobody can say that it was missed. KPIs roll up to their objective, key results of
    the current cycle to its `okr_progress`, objectives to perspectives, themes and the card.
    """
    terms = Terms(
        as_of=as_of,
        zone=card.zone,
        status=status,
        scorings=tuple(one for one in (scoring, card.scoring) if one is not None),
    )
    leaves = _score_leaves(card, readings, terms, work_progress, undefined_work, reasons)
    objectives = {
        objective.id: _score_objective(card, objective, leaves, terms, work_progress)
        for objective in card.objectives
    }
    perspectives, themes = _score_groups(card, objectives, terms)
    items = tuple(_in_order(card, leaves, objectives, perspectives, themes))
    total = _total(card, leaves, objectives, terms)
    return Scores(
        as_of=as_of,
        items=items,
        objectives=_tally(score for score in objectives.values() if not score.retired),
        kpis=_tally(leaves.kpis[ref].score for ref in _live_kpis(card, as_of)),
        key_results=_tally(
            leaves.key_results[one.id].score
            for objective in _live(card.objectives, as_of)
            for one in _current_key_results(card, objective, as_of)
        ),
        attainment=total.attainment,
        expected=total.expected,
        coverage=total.coverage,
        rules=declared_rules(card, status=status, scoring=terms.scorings),
    )


def _score_leaves(
    card: Scorecard,
    readings: Sequence[Measurement],
    terms: Terms,
    work_progress: Mapping[str, Fraction],
    undefined_work: Mapping[str, str],
    reasons: Mapping[str, str],
) -> _Leaves:
    known = book(card, readings)
    together = _reasons_together(card, reasons)

    def leaf(measure: Measure, item: KPI | KeyResult, parent: str, cycle: str | None) -> Leaf:
        why = together.get(measure.id)
        if why is None and measure.type == "work":
            why = undefined_work.get(measure.id)
        return score_leaf(
            measure,
            known[measure.id],
            terms,
            parent=parent,
            cycle=cycle,
            weight=weight_on(item.weight, terms.as_of),
            work=work_progress.get(measure.id),
            why=why,
        )

    kpis = {
        kpi.id: leaf(kpi_measure(card, objective, kpi, as_of=terms.as_of), kpi, objective.id, None)
        for objective in card.objectives
        for kpi in objective.own_kpis
    }
    key_results = {
        one.id: leaf(key_result_measure(card, cycle, one), one, one.objective, cycle.id)
        for cycle, one in card.key_results()
    }
    return _Leaves(kpis, key_results)


def _reasons_together(card: Scorecard, reasons: Mapping[str, str]) -> Mapping[str, str]:
    """The reason of each measure: its own source's, else that of what it is one measure with."""
    measure_of = shared_measures(card)
    of_measure: dict[str, str] = {}
    for subject, measure in measure_of.items():
        if subject in reasons:
            of_measure.setdefault(measure, reasons[subject])
    return {
        subject: reasons.get(subject) or of_measure[measure]
        for subject, measure in measure_of.items()
        if measure in of_measure
    }


def _score_objective(
    card: Scorecard,
    objective: Objective,
    leaves: _Leaves,
    terms: Terms,
    work_progress: Mapping[str, Fraction],
) -> Score:
    children = [
        Child(leaf.score, weight, leaf.expected)
        for ref, weight in _kpis_of(card, objective, terms.as_of)
        for leaf in (leaves.kpis[ref],)
    ]
    rolled = roll_up(children, terms.status)
    key_results = [
        leaves.key_results[one.id].score for one in _current_key_results(card, objective, terms.as_of)
    ]
    why = "none of its KPIs has a value" if children else "it has no KPI"
    score = _parent("objective", objective.id, objective.name, children, rolled=rolled, terms=terms, why=why)
    score = replace(
        score,
        okr_progress=weighted_mean((one.weight, one.attainment) for one in key_results),
        work_progress=work_progress.get(objective.id),
        due=card.due_of(objective),
        parent=objective.perspective,
        weight=weight_on(objective.weight, terms.as_of),
        retired=_is_over(objective.retired, terms.as_of),
    )
    by_hand = objective.override
    if by_hand is None or terms.as_of > by_hand.until:
        return score
    status = type(score.status)(by_hand.status)
    return replace(score, status=status, overridden=by_hand.reason, status_name=name_of(status, terms.status))


def _score_groups(
    card: Scorecard, objectives: Mapping[str, Score], terms: Terms
) -> tuple[dict[str, Score], dict[str, Score]]:
    live = _live(card.objectives, terms.as_of)

    def group(kind: Kind, ref: str, name: str, members: Iterable[Objective]) -> Score:
        scores = [objectives[member.id] for member in members]
        children = [Child(score, score.weight, score.expected) for score in scores]
        why = "none of its objectives has a value" if children else "it has no objective"
        rolled = roll_up(children, terms.status)
        return replace(
            _parent(kind, ref, name, children, rolled=rolled, terms=terms, why=why),
            okr_progress=weighted_mean((score.weight, score.okr_progress) for score in scores),
            work_progress=weighted_mean((score.weight, score.work_progress) for score in scores),
        )

    return (
        {
            one.id: group(
                "perspective", one.id, one.name, (member for member in live if member.perspective == one.id)
            )
            for one in card.perspectives
        },
        {
            one.id: group("theme", one.id, one.name, (member for member in live if one.id in member.themes))
            for one in card.themes
        },
    )


def _parent(
    kind: Kind,
    ref: str,
    name: str,
    children: Sequence[Child],
    *,
    rolled: Rolled,
    terms: Terms,
    why: str,
) -> Score:
    return Score(
        id=ref,
        kind=kind,
        name=name,
        status=rolled.status,
        raw=rolled.attainment,
        attainment=rolled.attainment,
        expected=rolled.expected,
        coverage=rolled.coverage,
        undefined=why if rolled.attainment is None else None,
        stale=any(child.score.stale for child in children),
        worst_child=rolled.worst_child,
        children=tuple(child.score.id for child in children),
        status_name=name_of(rolled.status, terms.status),
    )


def _total(card: Scorecard, leaves: _Leaves, objectives: Mapping[str, Score], terms: Terms) -> Rolled:
    """The whole card: the objectives' weighted mean, in which every KPI counts once.

    A KPI that several objectives share counts under the one that defines it (else, when that
    one is retired, under the first that shares it).
    """
    live = _live(card.objectives, terms.as_of)
    home = {kpi.id: objective.id for objective in live for kpi in objective.own_kpis}
    children = []
    for objective in live:
        kept = []
        for ref, weight in _kpis_of(card, objective, terms.as_of):
            if home.setdefault(ref, objective.id) == objective.id:
                kept.append(Child(leaves.kpis[ref].score, weight, leaves.kpis[ref].expected))
        if not kept and objectives[objective.id].children:
            continue  # it only shares what counts elsewhere
        rolled = roll_up(kept, terms.status)
        score = objectives[objective.id]
        score = replace(score, attainment=rolled.attainment, coverage=rolled.coverage)
        children.append(Child(score, score.weight, rolled.expected))
    return roll_up(children, terms.status)


def _kpis_of(card: Scorecard, objective: Objective, day: dt.date) -> list[tuple[str, Fraction]]:
    """The KPIs an objective is judged by on a day, shared ones too, each with its weight here."""
    found = []
    for one in objective.kpis:
        kpi = one if isinstance(one, KPI) else card.kpi(one.ref)
        if not _is_over(kpi.retired, day):
            found.append((kpi.id, weight_on(one.weight, day)))
    return found


def _live_kpis(card: Scorecard, day: dt.date) -> list[str]:
    """Every KPI that some objective is judged by on that day, each once, in the file's order."""
    live = (ref for objective in _live(card.objectives, day) for ref, _ in _kpis_of(card, objective, day))
    return list(dict.fromkeys(live))


def _current_key_results(card: Scorecard, objective: Objective, day: dt.date) -> list[KeyResult]:
    return [
        one
        for cycle in card.current_cycles(day)
        for one in cycle.key_results
        if one.objective == objective.id and not _is_over(one.retired, day)
    ]


def _live(objectives: Iterable[Objective], day: dt.date) -> list[Objective]:
    return [objective for objective in objectives if not _is_over(objective.retired, day)]


def _is_over(retired: dt.date | None, day: dt.date) -> bool:
    return retired is not None and retired <= day


def _tally(scores: Iterable[Score]) -> Tally:
    statuses = [score.status for score in scores]
    on_plan = sum(status in ON_PLAN for status in statuses)
    judged = on_plan + sum(status in OFF_PLAN for status in statuses)
    return Tally(on_plan=on_plan, of=judged, unjudged=len(statuses) - judged)


def _in_order(
    card: Scorecard,
    leaves: _Leaves,
    objectives: Mapping[str, Score],
    perspectives: Mapping[str, Score],
    themes: Mapping[str, Score],
) -> Iterable[Score]:
    for perspective in reversed(card.perspectives):
        yield perspectives[perspective.id]
        for objective in card.objectives:
            if objective.perspective != perspective.id:
                continue
            yield objectives[objective.id]
            yield from (leaves.kpis[kpi.id].score for kpi in objective.own_kpis)
            yield from (
                leaves.key_results[one.id].score
                for _, one in card.key_results()
                if one.objective == objective.id
            )
    yield from (themes[theme.id] for theme in card.themes)
