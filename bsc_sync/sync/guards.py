"""What forbids a run to write, or to go on: guards are data, and each says what overrides it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from bsc_sync.errors import (
    Conflict,
    ForeignProject,
    NotOurs,
    Overdue,
    PartialApply,
    Problem,
    TooMuchChange,
    UnsafePlan,
    Unverified,
)
from bsc_sync.mapping.model import Limits
from bsc_sync.plan.change import Hold, Outcome
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import Verdict
from bsc_sync.report.publication import Published
from bsc_sync.sync.deadline import TIME_UP, Time, overdue

Guard = Literal["creates", "updates", "retires", "vanished", "projects"]
GUARDS: tuple[Guard, ...] = ("creates", "updates", "retires", "vanished", "projects")


def guard(
    plan: Plan,
    observation: Observation,
    limits: Limits,
    *,
    force: frozenset[Guard],
    forgotten: frozenset[str],
) -> UnsafePlan | None:
    """What forbids writing: limits that the plan breaks (all writes stop), or conflicts (only they do).

    Vanished issues that are `forgotten` are not waited for.
    """
    found = [
        (name, what) for name, what in _broken(plan, observation, limits, forgotten) if name not in force
    ]
    vanished = [what for name, what in found if name == "vanished"]
    if vanished:
        return TooMuchChange(f"{vanished[0].what}: nothing is written", hint=vanished[0].hint)
    if found:
        problems = [what for _, what in found]
        return TooMuchChange("nothing was written: the run would change too much", problems=problems)
    conflicts = [hold for hold in plan.holds() if _in_conflict(hold)]
    strayed = [
        Problem(hold.reason, where=f"{hold.ref} ({hold.key})")
        for hold in plan.holds()
        if hold.guard == "projects"
    ]
    if conflicts:
        return Conflict(
            "both sides moved: the fields below are left alone, the rest was done",
            hint="decide with apply --take scorecard or --take jira (and --target ID)",
            problems=[*map(_conflict, conflicts), *strayed],
        )
    if strayed:
        return ForeignProject(
            "issues of ours stand in projects that the mapping does not name: they are left alone",
            hint="add the projects to jira.projects in mapping.yaml, or apply with --force projects",
            problems=strayed,
        )
    return None


def overridden(
    plan: Plan,
    observation: Observation,
    limits: Limits,
    *,
    force: frozenset[Guard],
    forgotten: frozenset[str],
    projects: frozenset[str],
) -> tuple[str, ...]:
    """What would have stopped the run, but for `--force`: the guard and what it says, a line each."""
    broken = [(name, what.what) for name, what in _broken(plan, observation, limits, forgotten)]
    strayed = [
        (change, observation.ours[change.ref])
        for change in plan.writes()
        if change.ref in observation.ours and observation.ours[change.ref].project not in projects
    ]
    broken += [
        ("projects", f"{change.ref} ({seen.key}) stands in {seen.project}, which the mapping does not name")
        for change, seen in strayed
    ]
    return tuple(f"--force {name} overrides: {what}" for name, what in broken if name in force)


def _broken(
    plan: Plan, observation: Observation, limits: Limits, forgotten: frozenset[str]
) -> Iterator[tuple[Guard, Problem]]:
    existing = len(observation.ours)
    missing = len(set(observation.missing) - forgotten)
    every, limit = missing + existing, limits.vanished
    most = limit.share is not None and missing > limit.floor and Fraction(missing, every) > limit.share
    many = limit.count is not None and missing > limit.count
    if missing and (not existing or most or many):
        how_many = f"all {missing}" if not existing else f"{missing} of {every}"
        yield (
            "vanished",
            Problem(
                f"{how_many} issues of {plan.scorecard} have vanished, or may not be seen by us any more",
                "check the account and its permissions; what is gone is never created again by itself; "
                "if it is true, --force vanished, and --recreate or --forget them",
            ),
        )
    for problem in plan.breaches(limits, existing=existing):
        name = next(guard for guard in GUARDS if problem.path == f"limits.{guard}")
        yield name, problem


def partial(outcomes: tuple[Outcome, ...]) -> PartialApply | None:
    """The failure to report when some changes were not made."""
    bad = [
        outcome
        for outcome in outcomes
        if outcome.result == "failed"
        or (outcome.result == "skipped" and outcome.action != "hold" and outcome.reason != TIME_UP)
    ]
    if not bad:
        return None
    done = sum(outcome.result == "applied" for outcome in outcomes)
    return PartialApply(
        f"{done} changes were made, {len(bad)} were not",
        hint="run again: what is done stays done",
        problems=[Problem(outcome.reason, where=outcome.ref) for outcome in bad],
    )


def unverified(outcomes: tuple[Outcome, ...]) -> Unverified | None:
    """The failure to report, once, when Jira shows something else than was written, or when our write
    replaced an edit that nobody had seen."""
    odd = [outcome for outcome in outcomes if outcome.unverified]
    lost = [outcome for outcome in outcomes if outcome.overwritten]
    if not odd and not lost:
        return None
    told = [Problem(text, where=f"{one.ref} ({one.key})") for one in lost for text in one.overwritten]
    if not odd:
        return Unverified(
            "somebody edited what was being written",
            hint="their values stand in the issues' history; put into the scorecard what should hold",
            problems=told,
        )
    return Unverified(
        "Jira kept other values than were written; they are not written again",
        hint="look at the field in Jira: a rule of the site changes it, or its screen hides it",
        problems=[
            Problem(
                f"{', '.join(outcome.unverified)} is not what was written",
                where=f"{outcome.ref} ({outcome.key})",
            )
            for outcome in odd
        ]
        + told,
    )


def late(outcomes: tuple[Outcome, ...], time: Time, before: UnsafePlan | None) -> UnsafePlan | None:
    """What stopped the run: its time, where changes were left for the next one; else what did `before`."""
    left = sum(outcome.reason == TIME_UP for outcome in outcomes)
    if not left:
        return before
    error = overdue(time, f"with {left} of {len(outcomes)} changes left")
    told = [Problem(line) for line in before.lines()] if before else ()
    return Overdue(error.message, hint=error.hint, problems=told)


def held_page(published: tuple[Published, ...]) -> UnsafePlan | None:
    """The failure to report when a page could not be written without harm."""
    held = [entry for entry in published if entry.result == "held"]
    if not held:
        return None
    return NotOurs(
        "a page was left alone", problems=[Problem(entry.reason, where=entry.where) for entry in held]
    )


def _in_conflict(hold: Hold) -> bool:
    return any(part.verdict is Verdict.CONFLICT for part in hold.fields)


def _conflict(hold: Hold) -> Problem:
    names = ", ".join(part.name for part in hold.fields if part.verdict is Verdict.CONFLICT)
    return Problem(f"{names} changed in the scorecard and in Jira", where=f"{hold.ref} ({hold.key})")
