"""The sentence that the program is: Jira, measurements and page in line with one scorecard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bsc_sync.attainment.score import Scores
from bsc_sync.errors import (
    BscSyncError,
    Overdue,
    PartialApply,
    RemoteError,
    SettingsError,
    UnsafePlan,
    Unverified,
)
from bsc_sync.plan.change import Outcome
from bsc_sync.plan.item import Seen, mark_label
from bsc_sync.plan.link_state import links_after
from bsc_sync.plan.plan import Plan
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.state.lease import Lease
from bsc_sync.sync.apply import Application, Tell, apply_plan
from bsc_sync.sync.assess import Strategy, compose_page
from bsc_sync.sync.deadline import ENDLESS, Time, check_time, time_of
from bsc_sync.sync.guards import guard, held_page, late, overridden, partial, unverified
from bsc_sync.sync.observe import bound_fields, observe
from bsc_sync.sync.prepare import Prepared, prepare
from bsc_sync.sync.publishing import publish
from bsc_sync.sync.pull import Pulled, pull
from bsc_sync.sync.record import Running, recorded
from bsc_sync.sync.world import Policy, World


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run has done; `stopped` is what kept it from writing, `failed` what went wrong with Jira,
    `unpublished` why a place has not got the page."""

    run_id: str
    plan: Plan
    outcomes: tuple[Outcome, ...]
    pulled: Pulled | None
    scores: Scores
    page: Page
    published: tuple[Published, ...]
    stopped: UnsafePlan | None = None
    failed: PartialApply | Unverified | None = None
    unpublished: RemoteError | SettingsError | None = None
    requests: int = 0
    writes: int = 0
    overridden: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all is done, 3 when a guard or a conflict stopped something, 5 when a change failed, 4 when
        Jira kept other values than were written or Confluence failed, 1 when a file cannot be written."""
        return (self.stopped or self.failed or self.unpublished or _Done()).exit_code

    def summary(self) -> dict[str, object]:
        """The run in plain JSON, for the record and for `--json`."""
        counts = self.plan.counts()
        return {
            "run": self.run_id,
            "exit_code": self.exit_code,
            "plan": counts.model_dump(),
            "applied": sum(outcome.result == "applied" for outcome in self.outcomes),
            "failed": [_told(outcome) for outcome in self.outcomes if outcome.result == "failed"],
            "skipped": [
                _told(outcome)
                for outcome in self.outcomes
                if outcome.result == "skipped" and outcome.action != "hold"
            ],
            "unverified": [_told(outcome) for outcome in self.outcomes if outcome.unverified],
            "overwritten": [text for outcome in self.outcomes for text in outcome.overwritten],
            "overridden": list(self.overridden),
            "holds": [
                {"ref": hold.ref, "key": hold.key, "reason": hold.reason} for hold in self.plan.holds()
            ],
            "readings": self.pulled.new_readings if self.pulled else 0,
            "work_items": self.pulled.work_items if self.pulled else 0,
            "warnings": list(self.pulled.warnings) if self.pulled else [],
            "objectives_on_plan": self.scores.objectives.on_plan,
            "objectives": self.scores.objectives.of,
            "published": [entry.told() for entry in self.published],
            "unpublished": list(self.unpublished.lines()) if self.unpublished else [],
            "stopped": list(self.stopped.lines()) if self.stopped else [],
            "requests": self.requests,
            "writes": self.writes,
        }


class _Done(BscSyncError):
    exit_code = 0

    def __init__(self) -> None:
        super().__init__("done")


def ignore(_: Outcome) -> None:
    """Tell nobody."""


def run(
    strategy: Strategy, world: World, policy: Policy, *, verb: str = "sync", tell: Tell = ignore
) -> RunReport:
    """Bring Jira, the measurements and the published page in line with one scorecard.

    A guard or a conflict stops the writes concerned, not the pull and not the page; when the time is up,
    nothing more is begun. Raises
    Leased when another run holds the scorecard, UserError when the files do not fit this Jira,
    RemoteError when the site cannot be asked.
    """
    with recorded(strategy, world, verb=verb, policy=policy) as running:
        report = _run(strategy, world, policy, running, tell)
        running.exit_code = report.exit_code
        running.story = report.summary()
        return report


def _run(strategy: Strategy, world: World, policy: Policy, running: Running, tell: Tell) -> RunReport:
    before, written = world.requests(), world.writes()
    time = begin(strategy, world, policy)
    prepared = prepare(
        strategy,
        tracker=world.tracker,
        memory=world.memory,
        now=world.clock(),
        may_settle=True,
        wishes=policy.wishes,
        targets=policy.targets,
    )
    for line in prepared.idle:
        world.tell(line)
    running.plans(prepared.plan, whole=prepared.whole, looked=prepared.looked)
    stopped = guarded(prepared, strategy, policy)
    outcomes: tuple[Outcome, ...] = ()
    if policy.mode == "apply" and (stopped is None or not stopped.stops_all):
        outcomes = carry_out(prepared, prepared.plan, world, running, time=time, tell=tell)
    stopped = late(outcomes, time, stopped)
    pulled: Pulled | None = None
    published: tuple[Published, ...] = ()
    unpublished: RemoteError | SettingsError | None = None
    try:
        check_time(time, "the measures were read")
        ours = observe_again(prepared, world) if outcomes else prepared.observation.ours
        pulled = _pull(strategy, prepared, ours, world, running.lease, time)
    except Overdue as error:
        stopped = stopped or error
    now = world.clock()
    page, scores = compose_page(
        strategy,
        world.memory,
        world.history,
        as_of=strategy.card.today(now),
        now=now,
        run_id=running.id,
        version=world.version,
        browse_url=world.browse_url,
        note=running.note(),
    )
    try:
        if policy.publish != "never" and not isinstance(stopped, Overdue):
            check_time(time, "the page was published")
            published, unpublished = publish(strategy, world, page, when=policy.publish, force=False)
    except Overdue as error:
        stopped = stopped or error
    return RunReport(
        run_id=running.id,
        plan=prepared.plan,
        outcomes=outcomes,
        pulled=pulled,
        scores=scores,
        page=page,
        published=published,
        stopped=stopped or held_page(published),
        failed=partial(outcomes) or unverified(outcomes),
        unpublished=unpublished,
        requests=world.requests() - before,
        writes=world.writes() - written,
        overridden=forced(prepared, strategy, policy),
    )


def pull_only(strategy: Strategy, world: World) -> Pulled:
    """Read every measure and all the work into the store; nothing is written to Jira or Confluence."""
    with recorded(strategy, world, verb="pull", mode="observe") as running:
        prepared = prepare(
            strategy, tracker=world.tracker, memory=world.memory, now=world.clock(), may_settle=True
        )
        pulled = _pull(strategy, prepared, prepared.observation.ours, world, running.lease, ENDLESS)
        running.story = {
            "readings": pulled.new_readings,
            "work_items": pulled.work_items,
            "warnings": list(pulled.warnings),
        }
        return pulled


def carry_out(
    prepared: Prepared, plan: Plan, world: World, running: Running, *, tell: Tell, time: Time = ENDLESS
) -> tuple[Outcome, ...]:
    """Apply a plan that was just made (or an older one that still fits)."""

    def told(outcome: Outcome) -> None:
        running.outcomes.append(outcome)
        tell(outcome)

    application = Application(
        tracker=world.tracker,
        memory=world.memory,
        lease=running.lease,
        fields=bound_fields(prepared.binding),
        label=mark_label(plan.scorecard),
        clock=world.clock,
        tell=told,
        past=prepared.past,
        account=prepared.account,
        time=time,
        zone=prepared.zone,
        missing=prepared.observation.missing,
        keys={ref: seen.key for ref, seen in prepared.observation.ours.items()},
    )
    outcomes = apply_plan(plan, application, prepared.marks)
    running.outcomes = list(outcomes)
    world.memory.keep_link_notes(links_after(prepared.plan.links, plan.changes, outcomes), now=world.clock())
    return outcomes


def begin(strategy: Strategy, world: World, policy: Policy) -> Time:
    """The time of the run that begins now; no wait for the site will last longer."""
    time = time_of(policy.deadline or strategy.mapping.limits.deadline, world.clock)
    world.heed(time.left)
    return time


def guarded(prepared: Prepared, strategy: Strategy, policy: Policy) -> UnsafePlan | None:
    """What forbids this run to write."""
    return guard(
        prepared.plan,
        prepared.observation,
        strategy.mapping.limits,
        force=policy.force,
        forgotten=prepared.past.forgotten | policy.forget | policy.recreate,
    )


def forced(prepared: Prepared, strategy: Strategy, policy: Policy) -> tuple[str, ...]:
    """What `--force` overrides in this run."""
    return overridden(
        prepared.plan,
        prepared.observation,
        strategy.mapping.limits,
        force=policy.force,
        forgotten=prepared.past.forgotten | policy.forget | policy.recreate,
        projects=strategy.mapping.named_projects,
    )


def observe_again(prepared: Prepared, world: World) -> Mapping[str, Seen]:
    """What is ours after writing: by the ids that are known now, so a lagging index hides nothing."""
    return observe(
        world.tracker,
        world.memory,
        prepared.binding,
        prepared.items,
        undecided=prepared.observation.undecided,
        renames=prepared.renames,
        now=world.clock(),
    ).ours


def _pull(
    strategy: Strategy,
    prepared: Prepared,
    ours: Mapping[str, Seen],
    world: World,
    lease: Lease,
    time: Time,
) -> Pulled:
    def go_on() -> None:
        lease.renew()
        check_time(time, "all was read")

    return pull(
        strategy.card,
        strategy.mapping,
        prepared.binding,
        ours,
        tracker=world.tracker,
        figures=world.figures,
        tables=world.tables,
        history=world.history,
        now=world.clock(),
        renew=go_on,
    )


def _told(outcome: Outcome) -> dict[str, object]:
    return {"ref": outcome.ref, "action": outcome.action, "key": outcome.key, "reason": outcome.reason}
