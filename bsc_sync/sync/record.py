"""Every run holds the scorecard and leaves a record, however it ends; a killed one is told of by the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bsc_sync.errors import BscSyncError, StoreFailed, Terminated
from bsc_sync.plan.change import Outcome
from bsc_sync.plan.plan import Plan
from bsc_sync.report.page import PlanNote
from bsc_sync.report.words import count
from bsc_sync.state.history import History
from bsc_sync.state.lease import Lease
from bsc_sync.state.run_records import Beginning, RunRecord
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.last_look import as_kept, last_look, plan_note
from bsc_sync.sync.world import Policy, World

NO_POLICY = Policy()


@dataclass(slots=True)
class Running:
    """A run under way: its id, its lease, and what its record will say."""

    id: str
    lease: Lease
    history: History
    exit_code: int = 0
    planned: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    looks: tuple[Plan, Plan, dt.date] | None = None  # the whole plan, what of it is chosen, the day
    story: Mapping[str, object] = field(default_factory=dict)

    def plans(self, plan: Plan, *, whole: Plan, looked: dt.date) -> None:
        """Record what is about to be done, of all that would change."""
        self.story = {**self.story, "plan": plan.counts().model_dump()}
        self.planned = plan.counts().writes
        self.looks = whole, plan, looked
        self.history.keep_plan(self.id, plan, as_kept(self.note()))

    def note(self) -> PlanNote:
        """What a page says of Jira from now on."""
        if self.looks is None:
            return last_look(self.history)
        whole, chosen, looked = self.looks
        return plan_note(whole, chosen, self.outcomes, looked=looked)

    def so_far(self) -> str:
        """How much of the plan is done; nothing where there was nothing to do."""
        if not self.planned:
            return ""
        done = sum(one.result == "applied" for one in self.outcomes if one.action != "forget")
        made = f"{done} of {count(self.planned, 'change')} were made"
        return f"{made}; one that was under way is settled by the next run"


@contextmanager
def recorded(
    strategy: Strategy, world: World, *, verb: str, policy: Policy = NO_POLICY, mode: str = ""
) -> Iterator[Running]:
    """Hold the scorecard for the length of the block and record the run that it is.

    Raises Leased when another run holds it for longer than the world is ready to wait.
    """
    with world.lease() as lease:
        before = world.requests(), world.writes()
        begun = Beginning(
            verb=verb,
            mode=mode or policy.mode,
            version=world.version,
            who=world.holder,
            scorecard_digest=strategy.scorecard_digest,
            mapping_digest=strategy.mapping_digest,
            asked=_asked(policy),
        )
        run_id, dead = world.history.start_run(begun, now=world.clock())
        for run in dead:
            world.tell(_did_not_end(run))
        running = Running(run_id, lease, world.history)
        try:
            yield running
        except BaseException as error:
            running.exit_code = _code(error)
            running.story = {**running.story, "error": list(_lines(error, running))}
            with suppress(StoreFailed):  # what went wrong first is told
                _end(running, world, before)
            if isinstance(error, KeyboardInterrupt) and running.so_far():
                world.tell(running.so_far())
            raise
        _end(running, world, before)


def _end(running: Running, world: World, before: tuple[int, int]) -> None:
    world.history.end_run(
        running.id,
        exit_code=running.exit_code,
        report={
            **running.story,
            "applied": sum(one.result == "applied" for one in running.outcomes),
            "writes": world.writes() - before[1],
            **(as_kept(running.note()) if running.looks else {}),
        },
        outcomes=running.outcomes,
        requests=world.requests() - before[0],
        now=world.clock(),
    )


def _code(error: BaseException) -> int:
    if isinstance(error, BscSyncError):
        return error.exit_code
    if isinstance(error, Terminated):
        return error.exit_code
    return 130 if isinstance(error, KeyboardInterrupt) else 70


def _lines(error: BaseException, running: Running) -> tuple[str, ...]:
    """What the record says of an error: all there is to tell, or, where it is none of ours, its name."""
    if isinstance(error, BscSyncError):
        return error.lines()
    if isinstance(error, KeyboardInterrupt):
        by = "SIGTERM" if isinstance(error, Terminated) else "Ctrl-C"
        return tuple(filter(None, (f"stopped by {by}", running.so_far())))
    return (type(error).__name__,)


def _asked(policy: Policy) -> Mapping[str, object]:
    """What the command line decides and forces, as far as it does."""
    asked: dict[str, object] = {
        "force": sorted(policy.force),
        "take": policy.take,
        "targets": list(policy.targets),
        "recreate": sorted(policy.recreate),
        "forget": sorted(policy.forget),
    }
    return {name: value for name, value in asked.items() if value}


def _did_not_end(run: RunRecord) -> str:
    return (
        f"the {run.verb} of {run.who or 'somebody'} that began at {run.started:%Y-%m-%d %H:%M:%S} UTC "
        f"did not end (run {run.id[:8]}): what it left open is settled first"
    )
