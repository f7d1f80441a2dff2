"""The perspectives below the first screen: objectives, KPIs and key results, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Mapped
from fractions import Fraction

from bsc_sync.attainment.score import OFF_PLAN, ON_PLAN, Kind, Score, Scores
from bsc_sync.report.parts import Figure, IssueLink, MeasureRow, ObjectiveRow, Section
from bsc_sync.report.words import clean, count, one_line, quantity, safe_url, share, standing, with_unit
from bsc_sync.scorecard.measure_type import measure_type
from bsc_sync.scorecard.measures import KPI
from bsc_sync.scorecard.model import Cycle, KeyResult, Objective, Perspective, Scorecard

NO_WORK = "no linked work to measure"
_BY = {"milestones": "milestones reached", "work": "linked work done"}


def sections(
    card: Scorecard, scores: Scores, previous: Scores | None, links: Mapped[str, IssueLink]
) -> tuple[Section, ...]:
    """A section for each perspective, the apex first, with the objectives that have a score."""
    table = _Table(card, scores, previous, links)
    return tuple(table.section(perspective) for perspective in reversed(card.perspectives))


class _Table:
    """The lookups that every row needs."""

    def __init__(
        self, card: Scorecard, scores: Scores, previous: Scores | None, links: Mapped[str, IssueLink]
    ) -> None:
        self._card = card
        self._scores = {(item.kind, item.id): item for item in scores.items}
        self._before = {(item.kind, item.id): item for item in previous.items} if previous else {}
        self._links = links
        self._cycles = card.current_cycles(scores.as_of)
        self._teams = {team.id: one_line(team.name) for team in card.teams}
        self._themes = {theme.id: one_line(theme.name) for theme in card.themes}

    def section(self, perspective: Perspective) -> Section:
        rows = tuple(
            self._objective(objective, score)
            for objective in self._card.objectives
            if objective.perspective == perspective.id
            and (score := self._scores.get(("objective", objective.id))) is not None
            and not score.retired
        )
        score = self._scores.get(("perspective", perspective.id))
        empty = "no objectives in this perspective" if not rows else ""
        return Section(
            id=perspective.id,
            name=one_line(perspective.name),
            summary=_summary(rows),
            attainment=share(score.attainment if score else None, empty or _why(score)),
            expected=share(score.expected if score else None, empty or _why(score)),
            okr_progress=share(score.okr_progress if score else None, empty or "no key result has a figure"),
            coverage=share(score.coverage if score else Fraction(0)),
            objectives=rows,
        )

    def _objective(self, objective: Objective, score: Score) -> ObjectiveRow:
        results = tuple(self._key_results(objective))
        why_not = "no key result has a figure yet" if results else "no key results in the current cycle"
        return ObjectiveRow(
            id=objective.id,
            name=one_line(objective.name),
            description=clean(objective.description),
            standing=standing(score),
            owner=one_line(objective.owner),
            team=self._teams.get(objective.team or "", ""),
            themes=tuple(self._themes.get(theme, theme) for theme in objective.themes),
            due=objective.due or score.due,
            link=self._link(objective.id),
            attainment=share(score.attainment, _why(score)),
            expected=share(score.expected, _why(score)),
            before=self._before_text("objective", score),
            coverage=share(score.coverage),
            okr_progress=share(score.okr_progress, why_not),
            work_progress=share(score.work_progress, NO_WORK),
            measures=tuple(self._kpis(objective)) + results,
        )

    def _kpis(self, objective: Objective) -> Iterator[MeasureRow]:
        for entry in objective.kpis:
            kpi = entry if isinstance(entry, KPI) else self._card.kpi(entry.ref)
            score = self._scores.get(("kpi", kpi.id))
            if score is not None:
                shared_from = "" if entry is kpi else (score.parent or "")
                yield self._kpi(kpi, score, objective, shared_from)

    def _kpi(self, kpi: KPI, score: Score, objective: Objective, shared_from: str) -> MeasureRow:
        return MeasureRow(
            kind="KPI",
            id=kpi.id,
            name=one_line(kpi.name),
            cycle="",
            shared_from=shared_from,
            by=_BY.get(kpi.type, ""),
            value=_value(score, kpi.type),
            read_on=score.reading.effective if score.reading else None,
            source=one_line(score.reading.source) if score.reading else "",
            baseline=_baseline(score, kpi.type),
            target=_target(score, kpi.type),
            due=score.due,
            attainment=share(score.raw, _why(score)),
            expected=share(score.expected, _why(score)),
            before=self._before_text("kpi", score),
            work_progress=None,
            standing=standing(score),
            owner=one_line(kpi.owner or objective.owner),
            link=self._link(kpi.id),
        )

    def _key_results(self, objective: Objective) -> Iterator[MeasureRow]:
        for cycle in self._cycles:
            for result in cycle.key_results:
                score = self._scores.get(("key_result", result.id))
                if result.objective == objective.id and score is not None:
                    yield self._key_result(result, cycle, score, objective)

    def _key_result(self, result: KeyResult, cycle: Cycle, score: Score, objective: Objective) -> MeasureRow:
        kind = measure_type(self._card, result)
        return MeasureRow(
            kind="Key result",
            id=result.id,
            name=one_line(result.name),
            cycle=cycle.id,
            shared_from="",
            by=_BY.get(kind, ""),
            value=_value(score, kind),
            read_on=score.reading.effective if score.reading else None,
            source=one_line(score.reading.source) if score.reading else "",
            baseline=_baseline(score, kind),
            target=_target(score, kind),
            due=score.due or cycle.to,
            attainment=share(score.raw, _why(score)),
            expected=share(score.expected, _why(score)),
            before=self._before_text("key_result", score),
            work_progress=share(score.work_progress, NO_WORK),
            standing=standing(score),
            owner=one_line(result.owner or objective.owner),
            link=self._link(result.id),
        )

    def _link(self, ref: str) -> IssueLink | None:
        link = self._links.get(ref)
        return IssueLink(one_line(link.key), safe_url(link.url)) if link is not None else None

    def _before_text(self, kind: Kind, score: Score) -> str:
        before = self._before.get((kind, score.id))
        if before is None:
            return ""
        if kind == "objective":
            then, now = share(before.attainment).text, share(score.attainment).text
        else:
            then, now = share(before.raw).text, share(score.raw).text
        return then if then != now else ""


def _summary(rows: tuple[ObjectiveRow, ...]) -> str:
    good = sum(row.standing.status in ON_PLAN for row in rows)
    judged = good + sum(row.standing.status in OFF_PLAN for row in rows)
    if not rows:
        return "No objectives"
    if not judged:
        return "None can be judged yet"
    waiting = f", {len(rows) - judged} cannot be judged yet" if len(rows) > judged else ""
    return f"{good} of {count(judged, 'objective')} on plan{waiting}"


def _value(score: Score, kind: str | None) -> Figure:
    if kind == "work":
        return share(score.value, score.undefined or "")
    if kind == "done" and score.value is not None:
        figure = quantity(score.value)
        return Figure("done" if score.value == 1 else "not done", figure.exact)
    return quantity(score.value, score.unit, score.undefined or "")


def _baseline(score: Score, kind: str | None) -> str:
    if kind in _BY:
        return share(Fraction(0)).text if kind == "work" else score.baseline
    return with_unit(score.baseline, score.unit)


def _target(score: Score, kind: str | None) -> str:
    return share(Fraction(1)).text if kind == "work" else with_unit(score.target, score.unit)


def _why(score: Score | None) -> str:
    return one_line(score.undefined) if score is not None and score.undefined else "no figure yet"
