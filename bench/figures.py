"""From runs to figures: medians of what passed the gate, and the targets beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.company import Size, scope_sizes
from bench.contestants import CHANGED, FIRST, OURS, PULL, UNCHANGED, WITH_JIRA
from bench.rounds import Footprint, Result, limit_name

FLAT = 1.15


@dataclass(frozen=True, slots=True)
class Figures:
    """One contestant in one scenario: medians; None where a run did not pass the gate."""

    contestant: str
    scenario: str
    rate: int
    seconds: float | None
    cpu: float | None
    megabytes: float | None
    requests: float | None
    writes: float | None
    peak: int | None
    refused: float | None
    impatient: int | None
    early: int | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Something to reach; `reached` is None where nothing was measured."""

    what: str
    goal: str
    figure: str
    reached: bool | None


def summarize(results: Iterable[Result]) -> list[Figures]:
    """A line for each scenario, rate and contestant, in the order in which they first came."""
    groups: dict[tuple[str, int, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.scenario, result.rate, result.contestant), []).append(result)
    order = [FIRST, UNCHANGED, CHANGED, PULL]
    listed = sorted(groups, key=lambda key: (order.index(key[0]), key[1]))
    return [_figures(*key, groups[key]) for key in listed]


def _figures(scenario: str, rate: int, contestant: str, results: Sequence[Result]) -> Figures:
    problems = tuple(problem for result in results for problem in result.problems)
    if problems:
        return Figures(contestant, scenario, rate, *(None,) * 9, problems)
    runs = [result.run for result in results]
    return Figures(
        contestant,
        scenario,
        rate,
        seconds=median(run.seconds for run in runs),
        cpu=median(run.cpu for run in runs),
        megabytes=median(run.megabytes for run in runs),
        requests=median(run.requests for run in runs),
        writes=median(run.writes for run in runs),
        peak=max(run.peak for run in runs),
        refused=median(run.refused for run in runs),
        impatient=max(run.impatient for run in runs),
        early=max(run.early for run in runs),
        problems=(),
    )


def targets(figures: Sequence[Figures], size: Size, memory: Sequence[Footprint]) -> list[Target]:
    """What was to be reached, and whether it was."""
    by_key = {(part.scenario, part.rate, part.contestant): part for part in figures}
    found: list[Target] = []
    for rate in dict.fromkeys(part.rate for part in figures):
        limit = limit_name(rate)
        ours, theirs = (by_key[FIRST, rate, one.name] for one in (OURS, WITH_JIRA))
        found.append(
            _ratio(f"first push, {limit}: requests of the jira loop", ours.requests, theirs.requests, 0.2)
        )
        found.append(
            _ratio(f"first push, {limit}: time of the jira loop", ours.seconds, theirs.seconds, 0.15)
        )
        same = by_key[UNCHANGED, rate, OURS.name]
        found.append(_most(f"unchanged push, {limit}: writes", same.writes, 0))
        reads = None if same.requests is None or same.writes is None else same.requests - same.writes
        most = math.ceil(size.items / 100) + 4
        found.append(_most(f"unchanged push, {limit}: reads", reads, most))
        pulled = by_key[PULL, rate, OURS.name].requests
        each = sum(math.ceil(found / 100) + 3 for found in scope_sizes(size))
        once = math.ceil((size.items + size.work_items) / 100) + 3 * len(scope_sizes(size))
        found.append(
            _most(f"pull, {limit}: requests, {len(scope_sizes(size))} scopes by themselves", pulled, each)
        )
        found.append(_most(f"pull, {limit}: the same, every issue counted in one scope", pulled, once))
    limited = [part for part in figures if part.contestant == OURS.name and part.rate]
    if limited:
        again, early = _sum(part.impatient for part in limited), _sum(part.early for part in limited)
        found.append(_most("refused requests repeated before their Retry-After was over", again, 0))
        found.append(_most("requests of any kind before a Retry-After was over", early, 0))
    for verb in dict.fromkeys(part.verb for part in memory):
        small, *_, large = (part for part in memory if part.verb == verb)
        what = f"{verb}: memory at {large.work_items:,} of that at {small.work_items:,} work items"
        found.append(_ratio(what, large.megabytes, small.megabytes, FLAT))
    return found


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum; None where one of them is not known."""
    known = list(values)
    return None if None in known else sum(one or 0 for one in known)


def _ratio(what: str, ours: float | None, theirs: float | None, most: float) -> Target:
    if ours is None or not theirs:
        return Target(what, f"<= {most:g} x", "-", None)
    share = ours / theirs
    return Target(what, f"<= {most:g} x", f"{share:.3f} x", share <= most)


def _most(what: str, found: float | None, most: float) -> Target:
    if found is None:
        return Target(what, f"<= {most:g}", "-", None)
    return Target(what, f"<= {most:g}", f"{found:g}", found <= most)
