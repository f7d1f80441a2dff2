"""Carrying out a plan: in waves, each write intended before it is sent and read back after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bsc_sync.errors import BscSyncError, Overdue
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.change import Adopt, Create, FieldChange, Hold, Outcome, Reinstate, Retire, Update, Write
from bsc_sync.plan.claims import claimed
from bsc_sync.plan.hierarchy import placed
from bsc_sync.plan.item import LINK, NAMED, PARENT, PUT, RETIRED, Mark, Seen, Value, digest
from bsc_sync.plan.labels import OWNED_ONE_BY_ONE, added, our_part
from bsc_sync.plan.order import Look, Order, Reply
from bsc_sync.plan.past import Past
from bsc_sync.plan.plan import Agreed, Plan
from bsc_sync.plan.retirement import BACK, LEFT_OPEN, OPEN, before
from bsc_sync.state.lease import Lease
from bsc_sync.state.store import Memory
from bsc_sync.sync.deadline import ENDLESS, TIME_UP, Time
from bsc_sync.sync.marking import next_mark
from bsc_sync.sync.ports import Tracker
from bsc_sync.sync.read_back import ended, read_back

BATCH = 50

Tell = Callable[[Outcome], None]


@dataclass(slots=True)
class Application:
    """One application of one plan: what it has to work with, and how far it has come."""

    tracker: Tracker
    memory: Memory
    lease: Lease
    fields: tuple[FieldInfo, ...]
    label: str
    clock: Callable[[], dt.datetime]
    tell: Tell
    past: Past
    account: str = ""
    time: Time = ENDLESS
    zone: dt.tzinfo = dt.UTC  # the scorecard's
    missing: Mapping[str, str] = field(default_factory=dict)  # ref -> key of what does not answer
    keys: dict[str, str] = field(default_factory=dict)  # ref -> key, as far as known
    failed: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)  # left for the next run: the time was up
    floors: dict[str, int] = field(default_factory=dict)
    looked_at: dict[str, Seen] = field(default_factory=dict)  # by id, just before the write


def apply_plan(plan: Plan, run: Application, marks: Mapping[str, Mark]) -> tuple[Outcome, ...]:
    """Do what the plan says; an outcome for each change, in the plan's order.

    `marks` are the marks as they stand on the issues. A failed change skips what hangs below it
    and nothing else. When the time is up no batch is begun any more. Raises Leased when the lease is
    lost; what was done until then is recorded.
    """
    run.memory.agree(plan.agreed)
    if any(part.labels is not None for part in plan.agreed):
        run.past = run.memory.past()
    run.memory.release_links([forget.ref for forget in plan.forgets() if forget.released])
    run.memory.forget_links([f.ref for f in plan.forgets() if not f.released], now=run.clock())
    outcomes: dict[tuple[str, str], Outcome] = {}
    for wave in _waves(plan):
        for start in range(0, len(wave), BATCH):
            for outcome in _in_time(wave[start : start + BATCH], run, marks):
                outcomes[outcome.action, outcome.ref] = outcome
                run.tell(outcome)
    for forget in plan.forgets():
        outcomes["forget", forget.ref] = Outcome(
            ref=forget.ref, action="forget", result="applied", key=forget.key, reason=forget.reason
        )
    return tuple(_held(c) if isinstance(c, Hold) else outcomes[c.action, c.ref] for c in plan.changes)


def _waves(plan: Plan) -> Iterator[list[Write]]:
    """Epics first, then adoptions, what hangs below either, what comes back, updates, retirements."""
    writes = plan.writes()
    yield [w for w in writes if isinstance(w, Create) and w.kind == "objective"]
    yield [w for w in writes if isinstance(w, Adopt)]
    yield [w for w in writes if isinstance(w, Create) and w.kind == "key_result"]
    yield [w for w in writes if isinstance(w, Reinstate)]
    yield [w for w in writes if isinstance(w, Update)]
    yield [w for w in writes if isinstance(w, Retire)]


def _in_time(changes: Sequence[Write], run: Application, marks: Mapping[str, Mark]) -> Iterator[Outcome]:
    told: set[str] = set()
    if run.time.left() > 0:
        with suppress(Overdue):  # the site asks for a wait that would last longer
            for outcome in _batch(changes, run, marks):
                told.add(outcome.ref)
                yield outcome
    for change in changes:
        if change.ref not in told:
            run.failed.add(change.ref)
            run.late.add(change.ref)
            yield Outcome(ref=change.ref, action=change.action, result="skipped", reason=TIME_UP)


def _batch(changes: Sequence[Write], run: Application, marks: Mapping[str, Mark]) -> Iterator[Outcome]:
    run.lease.renew()
    changes = list(changes)
    for change in list(changes):
        reason = _obstacle(change, run)
        if reason:
            changes.remove(change)
            run.failed.add(change.ref)
            run.late |= {change.ref} if reason == TIME_UP else set()
            yield Outcome(ref=change.ref, action=change.action, result="skipped", reason=reason)
    unfit = {**_unknown_floors(changes, run), **_moved(changes, run)}
    for change in list(changes):
        if change.ref in unfit:
            changes.remove(change)
            run.failed.add(change.ref)
            yield Outcome(ref=change.ref, action=change.action, result="skipped", reason=unfit[change.ref])
    if not changes:
        return
    yield from _write(changes, run, marks)


def _write(changes: Sequence[Write], run: Application, marks: Mapping[str, Mark]) -> Iterator[Outcome]:
    afters = [_after(change, run) for change in changes]
    entries = [(c, _project(c), _floor(c, run), after) for c, after in zip(changes, afters, strict=True)]
    run.memory.agree(
        [
            Agreed(ref=change.ref, field=RETIRED, digest=digest(before(after[RETIRED])))
            for change, after in zip(changes, afters, strict=True)
            if isinstance(change, Retire | Reinstate) and change.transition
        ]
    )
    intents = run.memory.intend(entries, now=run.clock(), lease=run.lease)
    base, store = run.memory.base(), run.memory.store_id
    orders = [
        Order(
            change,
            next_mark(
                change,
                after,
                card=run.memory.card,
                store=store,
                intent=intent,
                before=marks.get(change.ref),
                base=base.get(change.ref, {}),
                today=run.clock().astimezone(run.zone).date(),
            ),
            _parent_key(change, run),
            _link_key(change, run),
            was=marks[change.ref].ref if change.ref in marks else None,
        )
        for change, after, intent in zip(changes, afters, intents, strict=True)
    ]
    replies = _send(orders, run)
    seen = read_back(replies, run.tracker, run.fields, run.memory.card)
    endings = [
        ended(
            order,
            after,
            intent,
            reply,
            seen.get(reply.id or ""),
            kind=_kind(order.change, run),
            fields=run.fields,
            keys=run.keys,
            rebuffs=run.past.rebuffs.get(order.change.ref, {}),
            before=run.looked_at.get(reply.id or ""),
            account=run.account,
        )
        for order, after, intent, reply in zip(orders, afters, intents, replies, strict=True)
    ]
    run.memory.settle_all([end for _, end in endings if end is not None], now=run.clock())
    for outcome, _ in endings:
        if outcome.result != "applied":
            run.failed.add(outcome.ref)
            run.late |= {outcome.ref} if outcome.reason == TIME_UP else set()
        elif outcome.key:
            run.keys[outcome.ref] = outcome.key
    yield from (outcome for outcome, _ in endings)


def _send(orders: Sequence[Order], run: Application) -> Sequence[Reply]:
    try:
        if isinstance(orders[0].change, Create):
            return run.tracker.create(orders, run.label)
        return run.tracker.change(orders, run.label)
    except BscSyncError as error:
        return [Reply(error=error) for _ in orders]


def _obstacle(change: Write, run: Application) -> str:
    parent = _parent(change)
    if parent in run.late:
        return TIME_UP
    if parent and parent in run.failed:
        return f"{parent}, which it hangs below, was not written"
    if parent and not _parent_key(change, run):
        return f"{parent}, which it hangs below, has no issue yet"
    return ""


def _moved(changes: Sequence[Write], run: Application) -> Mapping[str, str]:
    """What somebody changed between the plan and this moment: Jira has no If-Match, so look once more.

    Where that cannot be looked at, nothing is written either: the reason is the failure.
    """
    updates = [change for change in changes if not isinstance(change, Create)]
    if not updates:
        return {}
    look = Look(
        card=run.memory.card,
        known={change.ref: change.id for change in updates},
        candidates=(),
        fields=run.fields,
        search=False,
        keys={change.id: change.key for change in updates},
        history=True,
    )
    try:
        by_id = {seen.id: seen for seen in run.tracker.observe(look)}
    except Overdue:
        raise
    except BscSyncError as error:
        return {change.ref: _unseen(error) for change in updates}
    run.looked_at.update(by_id)
    reasons = {change.ref: _why_not(change, by_id.get(change.id), run) for change in updates}
    return {ref: reason for ref, reason in reasons.items() if reason}


def _why_not(change: Update | Reinstate | Adopt | Retire, seen: Seen | None, run: Application) -> str:
    """Why a change does not fit what an issue shows now; nothing where it does."""
    if seen is None:
        return f"{change.key} is gone, or may not be seen by us any more"
    if seen.key != change.key:
        return f"{change.key} was moved since the plan, it is {seen.key} now; nothing was written"
    claim = claimed(seen, run.memory.card, adopting=isinstance(change, Adopt))
    if claim:
        return f"{change.key} {claim} since the plan"
    names = [part.name for part in _parts(change) if _differs(part, seen, run)]
    if names:
        return f"{', '.join(names)} changed in Jira since the plan; nothing was overwritten"
    if isinstance(change, Retire) and change.transition and seen.category == "done":
        return f"{change.key} was closed in Jira since the plan; the next run goes by that"
    if isinstance(change, Retire | Reinstate) and change.transition and change.status_now != seen.status:
        return f"its status is {seen.status} now, it was {change.status_now} when the plan was made"
    return ""


def _unknown_floors(changes: Sequence[Write], run: Application) -> Mapping[str, str]:
    """The creations in projects whose newest key cannot be asked for: without it none is found again."""
    unknown: dict[str, str] = {}
    for change in changes:
        try:
            _floor(change, run)
        except Overdue:
            raise
        except BscSyncError as error:
            unknown[change.ref] = _unseen(error)
    return unknown


def _unseen(error: BscSyncError) -> str:
    return f"not written, as Jira could not be looked at just before: {error.lines()[0]}"


def _differs(part: FieldChange, seen: Seen, run: Application) -> bool:
    """Whether an issue shows something else now than it did when the plan was made."""
    if part.id in {LINK, NAMED}:
        return False
    if part.id == PARENT:
        return part.old not in {seen.parent, placed(seen.parent, part.old, {**run.missing, **run.keys})}
    return our_part(part.type, seen.values.get(part.id), part.old, part.new) != part.old


def _after(change: Write, run: Application) -> dict[str, Value]:
    """The values after a write, with what is remembered beside them."""
    if isinstance(change, Create):
        item = change.item
        after: dict[str, Value] = {part.id: part.value for part in item.fields}
        after |= {PUT + part.id: part.value for part in item.fields if part.type in OWNED_ONE_BY_ONE}
        after |= {PARENT: item.parent} if item.parent else {}
        return after | ({LINK: run.keys.get(item.link_to)} if item.link_to else {})
    if isinstance(change, Retire):
        return {RETIRED: change.transition or LEFT_OPEN}
    if isinstance(change, Update | Reinstate):
        put = run.past.put.get(change.ref, {})
        after = {part.id: part.new for part in change.fields}
        after |= {
            PUT + part.id: tuple(sorted({*put.get(part.id, ()), *added(part.old, part.new)})) or None
            for part in change.fields
            if part.type in OWNED_ONE_BY_ONE
        }
        if LINK in after:
            after[LINK] = _link_key(change, run)
        return after | (
            {RETIRED: OPEN if change.transition else BACK} if isinstance(change, Reinstate) else {}
        )
    return {}


def _kind(change: Write, run: Application) -> str:
    if not isinstance(change, Retire):
        return change.kind
    before = run.memory.links().get(change.ref)
    return before.kind if before else "objective"


def _project(change: Write) -> str:
    return change.item.project if isinstance(change, Create) else change.key.rpartition("-")[0]


def _floor(change: Write, run: Application) -> int:
    if not isinstance(change, Create):
        return 0
    project = change.item.project
    if project not in run.floors:
        run.floors[project] = run.tracker.floor(project)
    return run.floors[project]


def _parent(change: Write) -> str | None:
    """The ref that a change puts an issue below."""
    if isinstance(change, Create):
        return change.item.parent
    return next((str(part.new) for part in _parts(change) if part.id == PARENT), None)


def _parent_key(change: Write, run: Application) -> str | None:
    parent = _parent(change)
    known = run.keys.get(parent) if parent else None
    return known or (change.parent_key if isinstance(change, Create) else None)


def _link_key(change: Write, run: Application) -> str | None:
    other = change.item.link_to if isinstance(change, Create) else None
    other = other or next((str(part.new) for part in _parts(change) if part.id == LINK), None)
    return run.keys.get(other) if other else None


def _parts(change: Write) -> tuple[FieldChange, ...]:
    return change.fields if isinstance(change, Update | Reinstate) else ()


def _held(hold: Hold) -> Outcome:
    return Outcome(ref=hold.ref, action="hold", result="skipped", key=hold.key, reason=hold.reason)
