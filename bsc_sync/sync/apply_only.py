"""Applying without pulling: what `apply` does with a plan made now, or with one that was saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from bsc_sync.errors import NotOurs, PartialApply, StalePlan, UnsafePlan, Unverified, UserError
from bsc_sync.plan.change import Outcome
from bsc_sync.plan.fit import Fit, fit
from bsc_sync.plan.plan import Plan
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.guards import Guard, late, partial, unverified
from bsc_sync.sync.prepare import Prepared, prepare
from bsc_sync.sync.record import recorded
from bsc_sync.sync.run import begin, carry_out, forced, guarded
from bsc_sync.sync.world import Policy, World


@dataclass(frozen=True, slots=True)
class Applied:
    """What was planned, what became of it, and what stopped or failed; `already` are the refs of changes
    of a saved plan that had been done before."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    stopped: UnsafePlan | None
    failed: PartialApply | Unverified | None
    overridden: tuple[str, ...] = ()
    already: tuple[str, ...] = ()


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

    A saved plan brings its own decisions. Raises StalePlan naming all that has moved of what it touches,
    NotOurs when it was made with another store, Leased when another run is at it.
    """
    wishes, targets = policy.wishes, policy.targets
    if saved:
        _check_origin(saved, strategy, world)
        policy = as_saved(policy, saved)
        wishes = replace(policy.wishes, strict=False)  # some may have been carried out already
        targets = tuple({change.ref for change in (*saved.writes(), *saved.forgets())})
    with recorded(strategy, world, verb="apply", policy=policy) as running:
        prepared = prepare(
            strategy,
            tracker=world.tracker,
            memory=world.memory,
            now=world.clock(),
            may_settle=True,
            wishes=wishes,
            targets=targets,
        )
        for line in prepared.idle:
            world.tell(line)
        already: tuple[str, ...] = ()
        if saved:
            fitting = still_fitting(saved, prepared, world, zone=strategy.card.zone)
            already = fitting.done
            prepared = replace(prepared, plan=fitting.left)
        chosen = prepared.plan
        running.plans(chosen, whole=prepared.whole, looked=prepared.looked)
        if not approve(chosen):
            running.exit_code = 1
            running.story = {**running.story, "error": ["the answer was no"]}
            return None
        time = begin(strategy, world, policy)
        stopped = guarded(prepared, strategy, policy)
        outcomes: tuple[Outcome, ...] = ()
        if stopped is None or not stopped.stops_all:
            with watch(chosen.counts().writes) as tell:
                outcomes = carry_out(prepared, chosen, world, running, time=time, tell=tell)
            stopped = late(outcomes, time, stopped)
        failed = partial(outcomes) or unverified(outcomes)
        failure = stopped or failed
        running.exit_code = failure.exit_code if failure else 0
        running.story = {
            **running.story,
            "stopped": list(stopped.lines()) if stopped else [],
            "overridden": list(forced(prepared, strategy, policy)),
        }
        return Applied(chosen, outcomes, stopped, failed, forced(prepared, strategy, policy), already)


def as_saved(policy: Policy, saved: Plan) -> Policy:
    """What a run may do, with the decisions with which a saved plan was made."""
    decided = saved.decisions
    anywhere: frozenset[Guard] = frozenset({"projects"} if decided.anywhere else ())
    return replace(
        policy,
        take=decided.take,
        targets=decided.targets,
        recreate=frozenset(decided.recreate),
        forget=frozenset(decided.forget),
        force=policy.force | anywhere,
    )


def still_fitting(saved: Plan, prepared: Prepared, world: World, *, zone: dt.tzinfo) -> Fit:
    """What is left of the saved plan; StalePlan names all that has moved of what it touches."""
    found = fit(
        saved,
        prepared.plan,
        items={item.ref: item for item in prepared.items},
        seen=prepared.observation,
        base=world.memory.base(),
        past=prepared.past,
        zone=zone,
    )
    if found.moved:
        raise StalePlan(
            "the plan no longer fits, nothing was written",
            hint="make a new plan and look at it",
            problems=found.moved,
        )
    return found


def _check_origin(saved: Plan, strategy: Strategy, world: World) -> None:
    card, memory = strategy.card.id, world.memory
    if saved.scorecard != card:
        raise UserError(f"the plan is for {saved.scorecard}, not for {card}", hint="make a new plan")
    if saved.store != memory.store_id:
        raise NotOurs(
            f"the plan was made with another store ({saved.store}); this store is {memory.store_id}",
            hint="point BSC_SYNC_STATE_URL to the store with which it was made, or make a new plan",
        )
    if saved.site and saved.site != world.browse_url:
        raise NotOurs(
            f"the plan was made for {saved.site}, and this is {world.browse_url}", hint="make a new plan here"
        )
