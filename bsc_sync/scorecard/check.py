"""Whether a scorecard can mean anything: ids, references, arrows, cycles and measures as a whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from bsc_sync.scorecard.advice import CODES
from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.map_check import check_map
from bsc_sync.scorecard.measure_check import check_measures
from bsc_sync.scorecard.measures import KPI, SharedKPI
from bsc_sync.scorecard.model import Cycle, Scorecard
from bsc_sync.scorecard.wording import Path, quoted, suggestion

_IN_TWO_STEPS = (
    "was: names an id that is gone; to pass an id on or to exchange two, rename first, sync, and give the "
    "free id away (without its was:) after that"
)


def check(card: Scorecard, *, also: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything that keeps the scorecard from meaning something; empty when it is sound.

    `also` are ids that exist although their parts could not be read: references to them are
    not reported.
    """
    return tuple(
        finding
        for part in (
            _check_ids(card),
            _check_old_ids(card),
            _check_references(card, also),
            check_map(card, also),
            _check_cycles(card, also),
            check_measures(card),
            _check_review(card),
        )
        for finding in part
    )


def unknown(
    ref: str, known: Sequence[str], kind: str, path: Path, also: Collection[str]
) -> Iterator[Finding]:
    """The finding that a reference leads nowhere, if it does."""
    if ref not in known and ref not in also:
        hint = suggestion(ref, known, what="there are", none=f"the scorecard has no {kind} at all")
        yield Finding(path, f"unknown {kind} {quoted(ref)}", hint)


def items(card: Scorecard) -> Iterator[tuple[Path, str, str | None]]:
    """Path, id and former id of everything that Jira or a rule may refer to, in the file's order."""
    for number, objective in enumerate(card.objectives):
        yield ("objectives", number), objective.id, objective.was
        for index, kpi in enumerate(objective.kpis):
            if isinstance(kpi, KPI):
                yield ("objectives", number, "kpis", index), kpi.id, kpi.was
    for number, cycle in enumerate(card.cycles):
        for index, key_result in enumerate(cycle.key_results):
            yield ("cycles", number, "key_results", index), key_result.id, key_result.was


def _check_ids(card: Scorecard) -> Iterator[Finding]:
    yield from _doubles((path, ref) for path, ref, _ in items(card))
    for name in ("perspectives", "teams", "themes", "cycles"):
        yield from _doubles(((name, index), part.id) for index, part in enumerate(getattr(card, name)))
    for number, objective in enumerate(card.objectives):
        at: Path = ("objectives", number, "decisions")
        yield from _doubles(((*at, index), decision.id) for index, decision in enumerate(objective.decisions))
    apexes = [index for index, perspective in enumerate(card.perspectives) if perspective.apex]
    for index in apexes[1:]:
        what = "a second perspective is the apex, the first at {other}"
        yield Finding(("perspectives", index, "apex"), what, "keep one", ("perspectives", apexes[0], "apex"))


def _doubles(ids: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for path, ref in ids:
        if ref in first:
            what = f"duplicate id {quoted(ref)}, first at {{other}}"
            yield Finding((*path, "id"), what, "give one of them another id", first[ref])
        else:
            first[ref] = (*path, "id")


def _check_old_ids(card: Scorecard) -> Iterator[Finding]:
    present = {ref: (*path, "id") for path, ref, _ in items(card)}
    first: dict[str, Path] = {}
    for path, _, was in items(card):
        here = (*path, "was")
        if was is None:
            continue
        if was in present:
            what = f"{quoted(was)} is still an id, at {{other}}"
            yield Finding(here, what, _IN_TWO_STEPS, present[was])
        elif was in first:
            what = f"{quoted(was)} became two things, the first at {{other}}"
            yield Finding(here, what, "keep one of them", first[was])
        first.setdefault(was, here)


def _check_references(card: Scorecard, also: Collection[str]) -> Iterator[Finding]:
    perspectives = [perspective.id for perspective in card.perspectives]
    themes = [theme.id for theme in card.themes]
    teams = [team.id for team in card.teams]
    for number, objective in enumerate(card.objectives):
        at: Path = ("objectives", number)
        yield from unknown(objective.perspective, perspectives, "perspective", (*at, "perspective"), also)
        for index, theme in enumerate(objective.themes):
            yield from unknown(theme, themes, "theme", (*at, "themes", index), also)
        if objective.team is not None:
            yield from unknown(objective.team, teams, "team", (*at, "team"), also)
        for index, parent in enumerate(objective.serves):
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._-]*", parent):
                what = f"{quoted(parent)} names no objective of a parent scorecard"
                yield Finding((*at, "serves", index), what, "write scorecard/objective: corp/C2")
        yield from _check_shared(card, number, also)


def _check_shared(card: Scorecard, number: int, also: Collection[str]) -> Iterator[Finding]:
    objective = card.objectives[number]
    elsewhere = [kpi.id for other in card.objectives if other is not objective for kpi in other.own_kpis]
    own = {kpi.id for kpi in objective.own_kpis}
    seen: set[str] = set()
    for index, kpi in enumerate(objective.kpis):
        if not isinstance(kpi, SharedKPI):
            continue
        at: Path = ("objectives", number, "kpis", index, "ref")
        if kpi.ref in own or kpi.ref in seen:
            yield Finding(at, f"the objective already has the KPI {quoted(kpi.ref)}", "take this one out")
        else:
            yield from unknown(kpi.ref, elsewhere, "KPI", at, also)
        seen.add(kpi.ref)


def _check_cycles(card: Scorecard, also: Collection[str]) -> Iterator[Finding]:
    objectives = [objective.id for objective in card.objectives]
    kpis = [kpi.id for objective in card.objectives for kpi in objective.own_kpis]
    teams = [team.id for team in card.teams]
    for number, cycle in enumerate(card.cycles):
        at: Path = ("cycles", number)
        yield from _check_within(card, cycle, (*at, "within"), also)
        for index, key_result in enumerate(cycle.key_results):
            here: Path = (*at, "key_results", index)
            yield from unknown(key_result.objective, objectives, "objective", (*here, "objective"), also)
            if key_result.kpi is not None:
                yield from unknown(key_result.kpi, kpis, "KPI", (*here, "kpi"), also)
            if key_result.team is not None:
                yield from unknown(key_result.team, teams, "team", (*here, "team"), also)


def _check_within(card: Scorecard, cycle: Cycle, at: Path, also: Collection[str]) -> Iterator[Finding]:
    if cycle.within is None:
        return
    others = {other.id: other for other in card.cycles}
    yield from unknown(cycle.within, list(others), "cycle", at, also)
    chain, outer = [cycle.id], others.get(cycle.within)
    while outer and outer.id not in chain:
        chain.append(outer.id)
        outer = others.get(outer.within) if outer.within else None
    if outer and outer.id == cycle.id:
        yield Finding(
            at, f"the cycle lies within itself: {' -> '.join([*chain, cycle.id])}", "take one within: out"
        )
        return
    parent = others.get(cycle.within)
    if parent and not (parent.from_ <= cycle.from_ and cycle.to <= parent.to):
        days = f"{parent.from_} to {parent.to}"
        what = f"the cycle, {cycle.from_} to {cycle.to}, is not within {quoted(parent.id)}, {days}"
        yield Finding(at, what, "correct the days, or take within: out")


def _check_review(card: Scorecard) -> Iterator[Finding]:
    for index, rule in enumerate(card.review.silence):
        path: Path = ("review", "silence", index, "code")
        yield from unknown(rule.code, list(CODES), "advice", path, ())
