"""The summary page, composed: from scores, alignment and plan to a value that every format renders."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from dataclasses import replace

from bsc_sync.alignment.ledger import Alignment
from bsc_sync.attainment.score import Scores
from bsc_sync.mapping.model import Mapping
from bsc_sync.report.first_screen import decisions, exceptions, headline, moves, standing_behind
from bsc_sync.report.ledger_view import ledger_view
from bsc_sync.report.parts import (
    HoldNote,
    IssueLink,
    LinkRow,
    MapArrow,
    MapRow,
    Missing,
    Node,
    Page,
    PlanNote,
    RunNote,
    Section,
    StateCount,
    StrategyMap,
)
from bsc_sync.report.tables import sections
from bsc_sync.report.words import clean, day, one_line
from bsc_sync.scorecard.model import Scorecard

__all__ = ["HoldNote", "IssueLink", "LinkRow", "Page", "PlanNote", "RunNote", "StateCount", "compose"]

MOST_DECISIONS = 3
MOST_EXCEPTIONS = 5


def compose(
    card: Scorecard,
    scores: Scores,
    alignment: Alignment,
    *,
    links: Mapped[str, IssueLink],
    changes: PlanNote,
    mapping: Mapping,
    previous: Scores | None,
    run: RunNote,
    browse: str = "",
) -> Page:
    """Everything that the page shows, in words and exact figures, from one scorecard's scores.

    `links` holds the issue of an objective or key result by its id; `browse` is the address
    that an issue key is added to (`https://example.net/browse/`), for the teams' own work.
    `previous` are the scores of the page before, None for the first page.
    """
    parts = sections(card, scores, previous, links)
    moved = moves(card, scores, previous)
    wanted = decisions(card, scores)
    exceptional = exceptions(card, scores, parts)
    since = previous.as_of if previous is not None else None
    return Page(
        id=card.id,
        name=one_line(card.name),
        vision=one_line(card.destination.vision),
        as_of=scores.as_of,
        headline=headline(scores, moved, since),
        standing_behind=standing_behind(scores),
        on_plan=scores.objectives.on_plan,
        of=scores.objectives.of,
        unjudged=scores.objectives.unjudged,
        since=since,
        moved=moved,
        decisions=wanted[:MOST_DECISIONS],
        more_decisions=max(0, len(wanted) - MOST_DECISIONS),
        map=_map(card, parts),
        exceptions=exceptional[:MOST_EXCEPTIONS],
        more_exceptions=max(0, len(exceptional) - MOST_EXCEPTIONS),
        sections=parts,
        ledger=ledger_view(card, alignment, mapping, browse),
        undefined=_undefined(parts),
        stale=_stale(parts),
        plan=_plan(changes),
        rules=tuple(one_line(rule) for rule in scores.rules) + _scope_rules(mapping),
        run=run,
    )


def _map(card: Scorecard, parts: tuple[Section, ...]) -> StrategyMap:
    rows = tuple(
        MapRow(
            id=section.id,
            name=section.name,
            nodes=tuple(
                Node(
                    id=row.id,
                    name=row.name,
                    standing=row.standing,
                    attainment=row.attainment,
                    expected=row.expected,
                    url=row.link.url if row.link else "",
                )
                for row in section.objectives
            ),
        )
        for section in parts
    )
    known = {node.id for row in rows for node in row.nodes}
    arrows = tuple(
        MapArrow(
            cause=arrow.from_,
            effect=arrow.to,
            sign={"+": "+", "-": "−"}.get(arrow.sign or "", ""),
            lag=str(arrow.lag) if arrow.lag is not None else "",
            why=one_line(arrow.why),
        )
        for arrow in card.map
        if arrow.from_ in known and arrow.to in known and arrow.from_ != arrow.to
    )
    return StrategyMap(title=f"Strategy map: {one_line(card.name)}", rows=rows, arrows=arrows)


def _undefined(parts: tuple[Section, ...]) -> tuple[Missing, ...]:
    found: dict[str, Missing] = {}
    for objective in (row for section in parts for row in section.objectives):
        numbers = {
            "KPI attainment": objective.attainment,
            "key-result attainment": objective.okr_progress,
            "work progress": objective.work_progress,
        }
        reasons = [f"{name}: {figure.why}" for name, figure in numbers.items() if figure.exact is None]
        if reasons:
            found[f"objective {objective.id}"] = Missing(objective.id, objective.name, "; ".join(reasons))
        for measure in objective.measures:
            if measure.attainment.exact is None:
                found[measure.id] = Missing(measure.id, measure.name, measure.attainment.why)
    return tuple(found.values())


def _stale(parts: tuple[Section, ...]) -> tuple[Missing, ...]:
    measures = (row for section in parts for objective in section.objectives for row in objective.measures)
    found = {
        row.id: Missing(
            row.id,
            row.name,
            f"last reading of {day(row.read_on)}" if row.read_on else "no reading at all",
        )
        for row in measures
        if row.standing.stale
    }
    return tuple(found.values())


def _plan(changes: PlanNote) -> PlanNote:
    return replace(
        changes,
        holds=tuple(map(_hold, changes.holds)),
        drift=tuple(map(_hold, changes.drift)),
        failures=tuple(one_line(failure) for failure in changes.failures),
        links=tuple(
            LinkRow(one_line(row.ref), one_line(row.key), one_line(row.state), one_line(row.advice))
            for row in changes.links
        ),
    )


def _hold(note: HoldNote) -> HoldNote:
    return HoldNote(
        ref=one_line(note.ref),
        field=one_line(note.field),
        desired=clean(note.desired),
        seen=clean(note.seen),
        reason=one_line(note.reason),
    )


def _scope_rules(mapping: Mapping) -> tuple[str, ...]:
    rule = mapping.alignment
    if rule is None:
        return ()
    rules = [f"Work that is asked what it serves: {one_line(rule.scope)}, over {rule.period}."]
    if rule.run_the_business:
        rules.append(f"Counted as running the business: {one_line(rule.run_the_business)}.")
    if rule.exclude.resolution:
        rules.append(f"Left out of the work: resolution {', '.join(map(one_line, rule.exclude.resolution))}.")
    return tuple(rules)
