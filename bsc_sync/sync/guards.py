"""What forbids a run to write, or to go on: guards are data, and each says what overrides it."""

from __future__ import annotations

from typing import Literal

from bsc_sync.errors import (
    Conflict,
    ForeignProject,
    NotOurs,
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
    """What forbids writing: limits that the plan breaks (all writes stop), or conflicts (only they do)."""
    existing = len(observation.ours)
    missing = len(set(observation.missing) - forgotten)
    if missing and not existing and "vanished" not in force:
        return TooMuchChange(
            f"all {missing} issues of {plan.scorecard} have vanished: nothing is written",
            hint="check the account and its permissions, what is gone is never created again by itself; "
            "if it is true, --force vanished, and --recreate or --forget them",
        )
    breaches = [
        problem
        for problem in plan.breaches(limits, existing=existing)
        if problem.path.removeprefix("limits.") not in force
    ]
    if breaches:
        return TooMuchChange("nothing was written: the run would change too much", problems=breaches)
    conflicts = [hold for hold in plan.holds() if _in_conflict(hold)]
    if conflicts:
        return Conflict(
            "both sides moved: the fields below are left alone, the rest was done",
            hint="decide with apply --take scorecard or --take jira (and --target ID)",
            problems=[_conflict(hold) for hold in conflicts],
        )
    strayed = [hold for hold in plan.holds() if hold.guard == "projects"]
    if strayed:
        return ForeignProject(
            "issues of ours stand in projects that the mapping does not name: they are left alone",
            hint="add the projects to jira.projects in mapping.yaml, or apply with --force projects",
            problems=[Problem(hold.reason, where=f"{hold.ref} ({hold.key})") for hold in strayed],
        )
    return None


def partial(outcomes: tuple[Outcome, ...]) -> PartialApply | None:
    """The failure to report when some changes were not made."""
    bad = [o for o in outcomes if o.result == "failed" or (o.result == "skipped" and o.action != "hold")]
    if not bad:
        return None
    done = sum(outcome.result == "applied" for outcome in outcomes)
    return PartialApply(
        f"{done} changes were made, {len(bad)} were not",
        hint="run again: what is done stays done",
        problems=[Problem(outcome.reason, where=outcome.ref) for outcome in bad],
    )


def unverified(outcomes: tuple[Outcome, ...]) -> Unverified | None:
    """The failure to report, once, when Jira shows something else than was written."""
    odd = [outcome for outcome in outcomes if outcome.unverified]
    if not odd:
        return None
    return Unverified(
        "Jira kept other values than were written; they are not written again",
        hint="look at the field in Jira: a rule of the site changes it, or its screen hides it",
        problems=[
            Problem(
                f"{', '.join(outcome.unverified)} is not what was written",
                where=f"{outcome.ref} ({outcome.key})",
            )
            for outcome in odd
        ],
    )


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
