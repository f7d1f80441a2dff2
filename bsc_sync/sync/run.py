"""The sentence that the program is: Jira, measurements and page in line with one scorecard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bsc_sync.attainment.score import Scores
from bsc_sync.errors import (
    BscSyncError,
    Conflict,
    NotOurs,
    PartialApply,
    Problem,
    RemoteError,
    TooMuchChange,
    UnsafePlan,
)
from bsc_sync.plan.change import Hold, Outcome
from bsc_sync.plan.item import Seen, mark_label
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import Take, Verdict
from bsc_sync.report.digest import page_digest
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.state.history import History, Publication
from bsc_sync.state.lease import Lease
from bsc_sync.state.store import Memory
from bsc_sync.sync.apply import Application, Tell, apply_plan
from bsc_sync.sync.assess import LAST_PAGE, LAST_SENT, Strategy, compose_page, plan_note
from bsc_sync.sync.observe import bound_fields, observe
from bsc_sync.sync.ports import FigureSource, Publisher, TableSource, Tracker
from bsc_sync.sync.prepare import Prepared, prepare
from bsc_sync.sync.pull import Pulled, pull

Guard = Literal["creates", "updates", "retires"]


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the files that a run works with."""

    tracker: Tracker
    figures: FigureSource
    tables: TableSource
    publishers: Callable[[], tuple[Publisher, ...]]
    memory: Memory
    history: History
    clock: Callable[[], dt.datetime]
    browse_url: str
    version: str
    holder: str
    requests: Callable[[], int] = lambda: 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run may do. `force` names the guards that are overridden."""

    mode: Literal["apply", "observe"] = "apply"
    take: Take | None = None
    targets: tuple[str, ...] = ()
    force: frozenset[Guard] = frozenset()
    publish: Literal["changed", "due", "never"] = "changed"


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run has done; `stopped` is what kept it from writing, `failed` what went wrong."""

    run_id: str
    plan: Plan
    outcomes: tuple[Outcome, ...]
    pulled: Pulled | None
    scores: Scores
    page: Page
    published: tuple[Published, ...]
    stopped: UnsafePlan | None = None
    failed: PartialApply | None = None
    requests: int = 0

    @property
    def exit_code(self) -> int:
        """0 when all is done, 3 when a guard or a conflict stopped something, 5 when a change failed."""
        return (self.stopped or self.failed or _Done()).exit_code

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
            "holds": [
                {"ref": hold.ref, "key": hold.key, "reason": hold.reason} for hold in self.plan.holds()
            ],
            "readings": self.pulled.new_readings if self.pulled else 0,
            "work_items": self.pulled.work_items if self.pulled else 0,
            "warnings": list(self.pulled.warnings) if self.pulled else [],
            "objectives_on_plan": self.scores.objectives.on_plan,
            "objectives": self.scores.objectives.of,
            "published": [
                {"result": p.result, "where": p.where, "url": p.url, "reason": p.reason}
                for p in self.published
            ],
            "stopped": list(self.stopped.lines()) if self.stopped else [],
            "requests": self.requests,
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

    A guard or a conflict stops the writes concerned, not the pull and not the page. Raises
    Leased when another run holds the scorecard, UserError when the files do not fit this Jira,
    RemoteError when the site cannot be asked.
    """
    started = world.clock()
    with world.memory.lease(holder=world.holder) as lease:
        run_id = world.history.start_run(verb=verb, mode=policy.mode, version=world.version, now=started)
        try:
            report = _run(strategy, world, policy, lease, run_id, tell)
        except BscSyncError as error:
            story: dict[str, object] = {"error": list(error.lines())}
            world.history.end_run(run_id, exit_code=error.exit_code, report=story, now=world.clock())
            raise
        except BaseException as error:
            story = {"error": [type(error).__name__]}
            world.history.end_run(run_id, exit_code=70, report=story, now=world.clock())
            raise
        world.history.end_run(run_id, exit_code=report.exit_code, report=report.summary(), now=world.clock())
        return report


def _run(
    strategy: Strategy, world: World, policy: Policy, lease: Lease, run_id: str, tell: Tell
) -> RunReport:
    before = world.requests()
    prepared = prepare(
        strategy,
        tracker=world.tracker,
        memory=world.memory,
        now=world.clock(),
        may_settle=True,
        take=policy.take,
        targets=policy.targets,
    )
    stopped = guard(prepared, strategy, policy)
    outcomes: tuple[Outcome, ...] = ()
    if policy.mode == "apply" and (stopped is None or not stopped.stops_all):
        outcomes = carry_out(prepared, prepared.plan, world, lease, tell=tell)
    ours = observe_again(strategy, prepared, world) if outcomes else prepared.observation.ours
    pulled = _pull(strategy, prepared, ours, world, lease)
    now = world.clock()
    page, scores = compose_page(
        strategy,
        world.memory,
        world.history,
        as_of=strategy.card.today(now),
        now=now,
        run_id=run_id,
        version=world.version,
        browse_url=world.browse_url,
        note=plan_note(prepared.plan, outcomes),
    )
    published = publish(strategy, world, page, when=policy.publish, force=False)
    return RunReport(
        run_id=run_id,
        plan=prepared.plan,
        outcomes=outcomes,
        pulled=pulled,
        scores=scores,
        page=page,
        published=published,
        stopped=stopped or held_page(published),
        failed=partial(outcomes),
        requests=world.requests() - before,
    )


def pull_only(strategy: Strategy, world: World) -> Pulled:
    """Read every measure and all the work into the store; nothing is written to Jira or Confluence."""
    with world.memory.lease(holder=world.holder) as lease:
        prepared = prepare(
            strategy, tracker=world.tracker, memory=world.memory, now=world.clock(), may_settle=True
        )
        return _pull(strategy, prepared, prepared.observation.ours, world, lease)


def carry_out(
    prepared: Prepared, plan: Plan, world: World, lease: Lease, *, tell: Tell
) -> tuple[Outcome, ...]:
    """Apply a plan that was just made (or an older one that still fits)."""
    application = Application(
        tracker=world.tracker,
        memory=world.memory,
        lease=lease,
        fields=bound_fields(prepared.binding),
        label=mark_label(plan.scorecard),
        clock=world.clock,
        tell=tell,
        keys={ref: seen.key for ref, seen in prepared.observation.ours.items()},
    )
    return apply_plan(plan, application, prepared.marks)


def guard(prepared: Prepared, strategy: Strategy, policy: Policy) -> UnsafePlan | None:
    """What forbids writing: limits that the plan breaks (all writes stop), or conflicts (only they do)."""
    existing = len(prepared.observation.ours)
    missing = len(prepared.observation.missing)
    if missing and not existing:
        return TooMuchChange(
            f"all {missing} issues of {strategy.card.id} have vanished: nothing is written",
            hint="check the account and its permissions; what is gone is never created again by itself",
        )
    limits = strategy.mapping.limits
    breaches = [
        problem
        for problem in prepared.plan.breaches(limits, existing=existing)
        if problem.path.removeprefix("limits.") not in policy.force
    ]
    if breaches:
        return TooMuchChange("nothing was written: the run would change too much", problems=breaches)
    conflicts = [hold for hold in prepared.plan.holds() if _in_conflict(hold)]
    if conflicts:
        return Conflict(
            "both sides moved: the fields below are left alone, the rest was done",
            hint="decide with apply --take scorecard or --take jira (and --target ID)",
            problems=[_conflict(hold) for hold in conflicts],
        )
    return None


def publish(
    strategy: Strategy, world: World, page: Page, *, when: Literal["changed", "due", "never"], force: bool
) -> tuple[Published, ...]:
    """The page to each place that the mapping names; `due` keeps to `publish: {every: ...}`."""
    if when == "never":
        return ()
    now = world.clock()
    before = world.history.publication(LAST_PAGE)
    due = next_due(strategy, world.history.publication(LAST_SENT), now)
    digest = page_digest(page)
    published: list[Published] = []
    failed: RemoteError | None = None
    for publisher in world.publishers():
        if when == "due" and due is not None and not publisher.always:
            published.append(
                Published("skipped", f"every {strategy.mapping.publish.every}", reason=f"due on {due}")
            )
            continue
        try:
            published.append(publisher.publish(page, digest, force=force))
        except RemoteError as error:
            failed = failed or error  # one place that fails leaves the others their page
            continue
        if not publisher.always:
            world.history.keep_publication(LAST_SENT, Publication(page.id, "", 0, digest, digest, now))
    if published and (before is None or before.digest != digest):
        world.history.keep_publication(LAST_PAGE, Publication(page.id, "", 0, digest, digest, now))
    if failed is not None:
        raise failed
    return tuple(published)


def next_due(strategy: Strategy, before: Publication | None, now: dt.datetime) -> dt.date | None:
    """The day on which the page is to be published again; None when that is now."""
    every = strategy.mapping.publish.every
    if before is None or every == "sync":
        return None
    today, last = strategy.card.today(now), strategy.card.today(before.published)
    if every == "day":
        following = last + dt.timedelta(days=1)
    elif every == "week":
        following = last + dt.timedelta(days=7 - last.weekday())
    else:
        following = (last.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return None if today >= following else following


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


def held_page(published: tuple[Published, ...]) -> UnsafePlan | None:
    """The failure to report when a page could not be written without harm."""
    held = [entry for entry in published if entry.result == "held"]
    if not held:
        return None
    return NotOurs(
        "a page was left alone", problems=[Problem(entry.reason, where=entry.where) for entry in held]
    )


def observe_again(strategy: Strategy, prepared: Prepared, world: World) -> Mapping[str, Seen]:
    """What is ours after writing: by the ids that are known now, so a lagging index hides nothing."""
    return observe(
        world.tracker,
        world.memory,
        prepared.binding,
        prepared.items,
        undecided=prepared.observation.undecided,
        renames=strategy.card.renames(),
        now=world.clock(),
    ).ours


def _pull(
    strategy: Strategy, prepared: Prepared, ours: Mapping[str, Seen], world: World, lease: Lease
) -> Pulled:
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
        renew=lease.renew,
    )


def _in_conflict(hold: Hold) -> bool:
    return any(part.verdict is Verdict.CONFLICT for part in hold.fields)


def _conflict(hold: Hold) -> Problem:
    names = ", ".join(part.name for part in hold.fields if part.verdict is Verdict.CONFLICT)
    return Problem(f"{names} changed in the scorecard and in Jira", where=f"{hold.ref} ({hold.key})")


def _told(outcome: Outcome) -> dict[str, object]:
    return {"ref": outcome.ref, "action": outcome.action, "key": outcome.key, "reason": outcome.reason}
