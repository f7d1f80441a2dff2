"""Marking what was imported at once, instead of with the first change of each issue."""

from __future__ import annotations

from bsc_sync.errors import PartialApply, Unverified
from bsc_sync.plan.change import Adopt
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.guards import partial, unverified
from bsc_sync.sync.prepare import prepare
from bsc_sync.sync.record import recorded
from bsc_sync.sync.run import carry_out
from bsc_sync.sync.world import World


def mark_imported(
    strategy: Strategy, world: World, *, tell: Tell
) -> tuple[int, PartialApply | Unverified | None]:
    """Put our mark on every linked issue that has none, and nothing else; how many were marked, and what
    went wrong."""
    with recorded(strategy, world, verb="import", mode="apply") as running:
        prepared = prepare(
            strategy, tracker=world.tracker, memory=world.memory, now=world.clock(), may_settle=True
        )
        unmarked = [
            Adopt(
                ref=item.ref,
                kind=item.kind,
                name=item.name,
                reason="imported, and to be marked at once",
                id=seen.id,
                key=seen.key,
                project=seen.project,
                summary=seen.summary,
            )
            for item in prepared.items
            if (seen := prepared.observation.ours.get(item.ref)) is not None and seen.mark is None
        ]
        plan = prepared.plan.model_copy(update={"changes": tuple(unmarked)})
        running.plans(plan, whole=prepared.whole, looked=prepared.looked)
        outcomes = carry_out(prepared, plan, world, running, tell=tell)
        failure = partial(outcomes) or unverified(outcomes)
        running.exit_code = failure.exit_code if failure else 0
    done = sum(outcome.result == "applied" for outcome in outcomes)
    return done, failure
