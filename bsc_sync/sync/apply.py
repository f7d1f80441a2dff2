"""Carrying out a plan: in waves, each write intended before it is sent and read back after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.errors import Ambiguous, BscSyncError, Unreachable
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.change import Adopt, Create, Outcome, Retire, Update, Write
from bsc_sync.plan.item import LINK, Mark, Seen, Value, digest
from bsc_sync.plan.order import Look, Order, Reply
from bsc_sync.plan.plan import Plan
from bsc_sync.state.lease import Lease
from bsc_sync.state.store import Link, Memory, Settlement
from bsc_sync.sync.ports import Tracker

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
    keys: dict[str, str] = field(default_factory=dict)  # ref -> key, as far as known
    failed: set[str] = field(default_factory=set)
    floors: dict[str, int] = field(default_factory=dict)


def apply_plan(plan: Plan, run: Application, marks: Mapping[str, Mark]) -> tuple[Outcome, ...]:
    """Do what the plan says; an outcome for each change, in the plan's order.

    `marks` are the marks as they stand on the issues. A failed change skips what hangs below it
    and nothing else. Raises Leased when the lease is lost; what was done until then is recorded.
    """
    run.memory.agree(plan.agreed)
    outcomes: dict[tuple[str, str], Outcome] = {}
    for wave in _waves(plan):
        for start in range(0, len(wave), BATCH):
            for outcome in _batch(wave[start : start + BATCH], run, marks):
                outcomes[outcome.action, outcome.ref] = outcome
                run.tell(outcome)
    for hold in plan.holds():
        outcomes["hold", hold.ref] = Outcome(
            ref=hold.ref, action="hold", result="skipped", key=hold.key, reason=hold.reason
        )
    return tuple(outcomes[change.action, change.ref] for change in plan.changes)


def _waves(plan: Plan) -> Iterator[list[Write]]:
    """Epics first, then adoptions, then what hangs below either, then updates and retirements."""
    writes = plan.writes()
    yield [w for w in writes if isinstance(w, Create) and w.kind == "objective"]
    yield [w for w in writes if isinstance(w, Adopt)]
    yield [w for w in writes if isinstance(w, Create) and w.kind == "key_result"]
    yield [w for w in writes if isinstance(w, Update)]
    yield [w for w in writes if isinstance(w, Retire)]


def _batch(changes: Sequence[Write], run: Application, marks: Mapping[str, Mark]) -> Iterator[Outcome]:
    run.lease.renew()
    changes = list(changes)
    for change in list(changes):
        reason = _obstacle(change, run)
        if reason:
            changes.remove(change)
            run.failed.add(change.ref)
            yield Outcome(ref=change.ref, action=change.action, result="skipped", reason=reason)
    moved = _moved(changes, run)
    for change in list(changes):
        if change.ref in moved:
            changes.remove(change)
            run.failed.add(change.ref)
            yield Outcome(ref=change.ref, action=change.action, result="skipped", reason=moved[change.ref])
    if not changes:
        return
    yield from _write(changes, run, marks)


def _write(changes: Sequence[Write], run: Application, marks: Mapping[str, Mark]) -> Iterator[Outcome]:
    afters = [_after(change, run) for change in changes]
    entries = [(c, _project(c), _floor(c, run), after) for c, after in zip(changes, afters, strict=True)]
    intents = run.memory.intend(entries, now=run.clock())
    base, store = run.memory.base(), run.memory.store_id
    orders = [
        Order(
            change,
            _mark(
                change,
                after,
                intent,
                run,
                before=marks.get(change.ref),
                base=base.get(change.ref, {}),
                store=store,
            ),
            _parent_key(change, run),
            run.keys.get(change.item.link_to or "") if isinstance(change, Create) else None,
        )
        for change, after, intent in zip(changes, afters, intents, strict=True)
    ]
    replies = _send(orders, run)
    seen = _read_back(replies, run)
    ended = [
        _ended(order, after, intent, reply, seen, run)
        for order, after, intent, reply in zip(orders, afters, intents, replies, strict=True)
    ]
    run.memory.settle_all([end for _, end in ended if end is not None], now=run.clock())
    yield from (outcome for outcome, _ in ended)


def _send(orders: Sequence[Order], run: Application) -> Sequence[Reply]:
    try:
        if isinstance(orders[0].change, Create):
            return run.tracker.create(orders, run.label)
        return run.tracker.change(orders, run.label)
    except BscSyncError as error:
        return [Reply(error=error) for _ in orders]


def _read_back(replies: Sequence[Reply], run: Application) -> Mapping[str, Seen]:
    ids = [reply.id for reply in replies if reply.id and reply.error is None]
    if not ids:
        return {}
    look = Look(
        card=run.memory.card,
        known=dict(zip(ids, ids, strict=True)),
        candidates=(),
        fields=run.fields,
        search=False,
        keys={reply.id: reply.key for reply in replies if reply.id and reply.key},
    )
    try:
        return {seen.id: seen for seen in run.tracker.observe(look)}
    except BscSyncError:
        return {}  # what was written stays intended, and the next run reads it back


def _ended(
    order: Order,
    after: Mapping[str, Value],
    intent: str,
    reply: Reply,
    seen: Mapping[str, Seen],
    run: Application,
) -> tuple[Outcome, Settlement | None]:
    """How a write ended, and what to remember of it; nothing as long as its end is not known."""
    change = order.change
    if reply.error is not None:
        run.failed.add(change.ref)
        unknown = isinstance(reply.error, Ambiguous | Unreachable)
        text = reply.error.lines()[0]
        outcome = Outcome(
            ref=change.ref, action=change.action, result="failed", key=reply.key, id=reply.id, reason=text
        )
        return outcome, None if unknown else Settlement(intent, f"failed: {reply.error.message}")
    run.keys[change.ref] = reply.key or ""
    back = seen.get(reply.id or "")
    if back is None:
        reason = "written, not read back yet: the next run does"
        outcome = Outcome(
            ref=change.ref,
            action=change.action,
            result="applied",
            key=reply.key,
            id=reply.id,
            reason=reason,
        )
        return outcome, None
    kind = _kind(change, run)
    link = Link(change.ref, back.id, back.key, kind, change.name, order.mark.revision)
    values = {field: back.values.get(field) for field in after}
    if LINK in after:
        values[LINK] = after[LINK] if any(key == after[LINK] for _, key in back.links) else None
    odd = tuple(info.name for info in run.fields if info.id in after and after[info.id] != values[info.id])
    reason = f"Jira shows another value than was written: {', '.join(odd)}" if odd else reply.warning
    outcome = Outcome(
        ref=change.ref,
        action=change.action,
        result="applied",
        key=back.key,
        id=back.id,
        reason=reason,
        unverified=odd,
    )
    return outcome, Settlement(intent, "applied", link, values)


def _kind(change: Write, run: Application) -> str:
    if not isinstance(change, Retire):
        return change.kind
    before = run.memory.links().get(change.ref)
    return before.kind if before else "objective"


def _obstacle(change: Write, run: Application) -> str:
    parent = change.item.parent if isinstance(change, Create) else None
    if parent and parent in run.failed:
        return f"{parent}, which it hangs below, was not written"
    if parent and not _parent_key(change, run):
        return f"{parent}, which it hangs below, has no issue yet"
    return ""


def _moved(changes: Sequence[Write], run: Application) -> Mapping[str, str]:
    """What a person changed between the plan and this moment: Jira has no If-Match, so look once more."""
    updates = [change for change in changes if isinstance(change, Update)]
    if not updates:
        return {}
    look = Look(
        card=run.memory.card,
        known={change.ref: change.id for change in updates},
        candidates=(),
        fields=run.fields,
        search=False,
        keys={change.id: change.key for change in updates},
    )
    by_id = {seen.id: seen for seen in run.tracker.observe(look)}
    moved = {}
    for change in updates:
        seen = by_id.get(change.id)
        if seen is None:
            moved[change.ref] = f"{change.key} is gone, or may not be seen by us any more"
            continue
        names = [part.name for part in change.fields if seen.values.get(part.id) != part.old]
        if names:
            moved[change.ref] = f"{', '.join(names)} changed in Jira since the plan; nothing was overwritten"
    return moved


def _after(change: Write, run: Application) -> dict[str, Value]:
    if isinstance(change, Create):
        linked = {LINK: run.keys.get(change.item.link_to)} if change.item.link_to else {}
        return {**{part.id: part.value for part in change.item.fields}, **linked}
    if isinstance(change, Update):
        return {part.id: part.new for part in change.fields}
    return {}


def _mark(
    change: Write,
    after: Mapping[str, Value],
    intent: str,
    run: Application,
    *,
    before: Mark | None,
    base: Mapping[str, str],
    store: str,
) -> Mark:
    known = base if before is None else before.digests
    retired = run.clock().date().isoformat() if isinstance(change, Retire) else None
    owned = (
        {part.id for part in change.item.fields if part.owner == "scorecard"}
        if isinstance(change, Create)
        else set(after) - {LINK}
    )
    return Mark(
        scorecard=run.memory.card,
        ref=change.ref,
        store=store,
        revision=(before.revision if before else 0) + 1,
        intent=intent,
        digests={**known, **{name: digest(value) for name, value in after.items() if name in owned}},
        retired=retired,
    )


def _project(change: Write) -> str:
    return change.item.project if isinstance(change, Create) else change.key.rpartition("-")[0]


def _floor(change: Write, run: Application) -> int:
    if not isinstance(change, Create):
        return 0
    project = change.item.project
    if project not in run.floors:
        run.floors[project] = run.tracker.floor(project)
    return run.floors[project]


def _parent_key(change: Write, run: Application) -> str | None:
    if not isinstance(change, Create) or change.item.parent is None:
        return None
    return run.keys.get(change.item.parent) or change.parent_key
