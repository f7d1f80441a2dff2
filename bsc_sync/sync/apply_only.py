"""Applying without pulling: what `apply` does with a plan made now, or with one that was saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from bsc_sync.errors import PartialApply, Problem, StalePlan, UnsafePlan, Unverified, UserError
from bsc_sync.plan.change import Hold, Outcome
from bsc_sync.plan.plan import Plan, fingerprint
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.guards import late, partial, unverified
from bsc_sync.sync.prepare import prepare
from bsc_sync.sync.run import begin, carry_out, forced, guarded
from bsc_sync.sync.world import Policy, World


@dataclass(frozen=True, slots=True)
class Applied:
    """What was planned, what became of it, and what stopped or failed."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    stopped: UnsafePlan | None
    failed: PartialApply | Unverified | None
    overridden: tuple[str, ...] = ()


def apply_only(
    strategy: Strategy,
    world: World,
    policy: Policy,
    *,
    saved: Plan | None,
    approve: Callable[[Plan], bool],
    watch: Callable[[int], AbstractContextManager[Tell]],
) -> Applied | None:
    """Observe, show, ask (`approve`), do; None when the answer was no.

    Raises StalePlan when a saved plan no longer fits, Leased when another run is at it.
    """
    memory, history = world.memory, world.history
    wishes = policy.wishes
    if saved and wishes.take is None:
        wishes = replace(wishes, take=saved.take)
    with memory.lease(holder=world.holder) as lease:
        prepared = prepare(
            strategy,
            tracker=world.tracker,
            memory=memory,
            now=world.clock(),
            may_settle=True,
            wishes=wishes,
            targets=policy.targets,
        )
        chosen = still_fitting(saved, prepared.plan) if saved else prepared.plan
        if not approve(chosen):
            return None
        time = begin(strategy, world, policy)
        stopped = guarded(prepared, strategy, policy)
        outcomes: tuple[Outcome, ...] = ()
        if stopped is None or not stopped.stops_all:
            run_id = history.start_run(verb="apply", mode="apply", version=world.version, now=world.clock())
            try:
                with watch(chosen.counts().writes) as tell:
                    outcomes = carry_out(prepared, chosen, world, lease, time=time, tell=tell)
                stopped = late(outcomes, time, stopped)
            finally:
                failure = stopped or partial(outcomes) or unverified(outcomes)
                code = failure.exit_code if failure else 0
                story = {
                    "plan": chosen.counts().model_dump(),
                    "outcomes": [o.model_dump() for o in outcomes],
                    "overridden": list(forced(prepared, strategy, policy)),
                }
                history.end_run(run_id, exit_code=code, report=story, now=world.clock())
        failed = partial(outcomes) or unverified(outcomes)
        return Applied(chosen, outcomes, stopped, failed, forced(prepared, strategy, policy))


def still_fitting(saved: Plan, now: Plan) -> Plan:
    """The saved plan, if every change it holds would be made just so now; StalePlan names what moved."""
    if saved.scorecard != now.scorecard:
        raise UserError(f"the plan is for {saved.scorecard}, not for {now.scorecard}", hint="make a new plan")
    wanted, found = fingerprint(saved.writes()), fingerprint(now.writes())
    moved = [name for name, value in wanted.items() if found.get(name) != value]
    if moved:
        keys = {f"{change.action} {change.ref}": change for change in saved.writes()}
        problems = [
            Problem(
                "would be done differently now" if name in found else "is not to be done any more",
                where=f"{name} ({getattr(keys[name], 'key', None) or keys[name].name})",
            )
            for name in moved
        ]
        raise StalePlan(
            "the plan no longer fits, nothing was written",
            hint="make a new plan and look at it",
            problems=problems,
        )
    kept = tuple(change for change in saved.changes if not isinstance(change, Hold))
    return now.model_copy(update={"changes": kept})
