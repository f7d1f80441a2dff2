"""After a write: what Jira shows now, and what is to be remembered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bsc_sync.errors import Ambiguous, BscSyncError, Overdue, Unreachable
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan import item
from bsc_sync.plan.change import Create, Outcome, Reinstate, Update, Write
from bsc_sync.plan.hierarchy import NAME as PARENT_NAME
from bsc_sync.plan.hierarchy import placed
from bsc_sync.plan.item import PARENT, PUT, RETIRED, Seen, Value, digest, of_the_issue
from bsc_sync.plan.labels import our_part
from bsc_sync.plan.order import Look, Order, Reply
from bsc_sync.plan.past import Rebuff
from bsc_sync.plan.retirement import stage
from bsc_sync.plan.verdict import Verdict
from bsc_sync.state.store import Link, Settlement
from bsc_sync.sync.deadline import TIME_UP
from bsc_sync.sync.overwritten import edited_after, overwritten
from bsc_sync.sync.ports import Tracker

Rebuffs = Mapping[str, Rebuff]


def read_back(
    replies: Sequence[Reply], tracker: Tracker, fields: tuple[FieldInfo, ...], card: str
) -> Mapping[str, Seen]:
    """What the written issues show now, by id, with their history; nothing where they cannot be read."""
    ids = [reply.id for reply in replies if reply.id and reply.error is None]
    if not ids:
        return {}
    look = Look(
        card=card,
        known=dict(zip(ids, ids, strict=True)),
        candidates=(),
        fields=fields,
        search=False,
        keys={reply.id: reply.key for reply in replies if reply.id and reply.key},
        history=True,
    )
    try:
        return {seen.id: seen for seen in tracker.observe(look)}
    except BscSyncError:
        return {}  # what was written stays intended, and the next run reads it back


def ended(
    order: Order,
    after: Mapping[str, Value],
    intent: str,
    reply: Reply,
    back: Seen | None,
    *,
    kind: str,
    fields: Sequence[FieldInfo],
    keys: Mapping[str, str],
    rebuffs: Rebuffs,
    before: Seen | None = None,
    account: str = "",
) -> tuple[Outcome, Settlement | None]:
    """How a write ended, and what to remember of it; nothing as long as its end is not known.

    `before` is the issue as looked at just before the write and `back` as read after it, `keys` those of
    all that is linked by ref, `rebuffs` how Jira met earlier writes of its fields, `account` who writes.
    """
    change = order.change
    if isinstance(reply.error, Overdue):  # refused with a wait that would have been too long
        outcome = _outcome(change, reply, reason=TIME_UP, result="skipped")
        return outcome, Settlement(intent, f"failed: {reply.error.message}")
    if reply.error is not None:
        unknown = isinstance(reply.error, Ambiguous | Unreachable)
        outcome = _outcome(change, reply, reason=reply.error.lines()[0], result="failed")
        return outcome, None if unknown else Settlement(intent, f"failed: {reply.error.message}")
    if back is None:
        return _outcome(change, reply, reason="written, not read back yet: the next run does"), None
    link = Link(change.ref, back.id, back.key, kind, change.name, order.mark.revision)
    named = change.transition if isinstance(change, Reinstate) else None
    values = shown(back, after, fields, keys, named=named)
    if isinstance(change, Create):
        values |= left_empty(back, after, fields)
    called = {**{info.id: info.name for info in fields}, PARENT: PARENT_NAME}
    names = tuple(name for one, name in called.items() if one in after and after[one] != values[one])
    reason = f"Jira shows another value than was written: {', '.join(names)}" if names else reply.warning
    if not reason and RETIRED in after and values[RETIRED] != after[RETIRED]:
        reason = f"it is in {back.status} now, and that is not what was to be reached"
    lost = overwritten(change, before, back, fields, account=account)
    reason = "; ".join(filter(None, (reason, *lost)))
    outcome = _outcome(change, reply, reason=reason, unverified=names, overwritten=lost)
    met = {
        name: _met(change, name, after[name], value, rebuffs.get(name))
        for name, value in values.items()
        if name in after and (name == RETIRED or of_the_issue(name))
    }
    met = {name: rebuff for name, rebuff in met.items() if rebuff is not None or name in rebuffs}
    theirs = [
        info.id for info in fields if info.name in names and edited_after(before, back, info, account=account)
    ]
    values |= {name: after[name] for name in theirs}  # agreed on is what we wrote: theirs is an edit of it
    return outcome, Settlement(intent, "applied", link, values, met)


def left_empty(back: Seen, after: Mapping[str, Value], fields: Sequence[FieldInfo]) -> dict[str, Value]:
    """What a creation has not named and nobody has filled since: it may be named later."""
    return {
        info.id: None
        for info in fields
        if info.id not in after and info.id not in back.unclear and back.values.get(info.id) is None
    }


def shown(
    back: Seen,
    after: Mapping[str, Value],
    fields: Sequence[FieldInfo],
    keys: Mapping[str, str],
    *,
    named: str | None = None,
) -> dict[str, Value]:
    """What an issue shows of the values that were written: of labels, only those that are ours.

    `named` is the status to which it was to go back.
    """
    types = {info.id: info.type for info in fields}
    values: dict[str, Value] = {}
    for name, value in after.items():
        match name:
            case item.LINK:
                values[name] = value if any(key == value for _, key in back.links) else None
            case item.RETIRED:
                values[name] = stage(value, back, named)
            case item.PARENT:
                values[name] = placed(back.parent, value, keys)
            case item.NAMED:
                values[name] = back.mark.ref if back.mark else None
            case _:
                field = name.removeprefix(PUT)
                put = after.get(PUT + field)
                values[name] = our_part(types.get(field, ""), back.values.get(field), value, put)
    return values


def _met(change: Write, name: str, wanted: Value, value: Value, before: Rebuff | None) -> Rebuff | None:
    """How Jira has met this write of a field; None where there is nothing to remember."""
    seal = digest(wanted)
    parts = change.fields if isinstance(change, Update | Reinstate) else ()
    restored = any(part.id == name and part.verdict is Verdict.DRIFT_RESTORE for part in parts)
    restores = (before.restores if before is not None and before.wanted == seal else 0) + 1 if restored else 0
    odd = None if value == wanted else digest(value)
    return Rebuff(seal, odd, restores) if odd or restores else None


def _outcome(
    change: Write,
    reply: Reply,
    *,
    reason: str,
    result: str = "applied",
    unverified: tuple[str, ...] = (),
    overwritten: tuple[str, ...] = (),
) -> Outcome:
    return Outcome.model_validate(
        {
            "ref": change.ref,
            "action": change.action,
            "result": result,
            "key": reply.key,
            "id": reply.id,
            "reason": reason,
            "unverified": unverified,
            "overwritten": overwritten,
        }
    )
