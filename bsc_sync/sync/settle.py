"""After a crash or a lost reply: what of the writes that were about to happen has happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.item import Seen, Value, of_the_issue
from bsc_sync.plan.order import Look
from bsc_sync.state.store import Intent, Link, Memory
from bsc_sync.sync.observe import bound_fields
from bsc_sync.sync.ports import Tracker
from bsc_sync.sync.read_back import left_empty, shown

SETTLING = dt.timedelta(seconds=75)  # longer than a request may take before its reply is given up


def settle_intents(
    tracker: Tracker, memory: Memory, binding: Binding, *, renames: Mapping[str, str], now: dt.datetime
) -> frozenset[str]:
    """Settle what an earlier run left open; gives the refs of which it is not known yet.

    An edit happened if its mark is there, or if what is seen is what was to be written. A creation is
    looked for among the keys that follow the highest one known before it, by key and never in the index;
    it is given up only when it is not there and no request can still be under way; where one of those keys
    shows nothing, it may be the one, and nothing is created until a person has decided. So is a retirement:
    its comment would stand there twice. What happened is agreed on as it was written, whatever is seen
    by now: an edit of somebody since then is drift. A mark may say an id from before the `renames`.
    """
    intents = memory.open_intents()
    fields = bound_fields(binding)
    creations = [intent for intent in intents if intent.action == "create"]
    edits = [intent for intent in intents if intent.action != "create"]
    undecided = _creations(creations, tracker, memory, fields, renames=renames, now=now)
    return undecided | _edits(edits, tracker, memory, fields, renames=renames, now=now)


def _creations(
    intents: Sequence[Intent],
    tracker: Tracker,
    memory: Memory,
    fields: Sequence[FieldInfo],
    *,
    renames: Mapping[str, str],
    now: dt.datetime,
) -> frozenset[str]:
    undecided: set[str] = set()
    for project in sorted({intent.project for intent in intents}):
        open_here = {intent.id: intent for intent in intents if intent.project == project}
        floor = min(intent.floor for intent in open_here.values())
        followed = list(tracker.following(memory.card, project, floor, fields))
        for seen in followed:
            intent = _intent_of(seen, memory.card, open_here.values(), renames)
            if intent is not None:
                del open_here[intent.id]
                memory.settle(
                    intent.id,
                    "found after the run that wrote it had ended",
                    now=now,
                    link=_link(memory, intent.ref, seen),
                    values={
                        **_written(intent, seen, fields, _keys(memory)),
                        **left_empty(seen, intent.after, fields),
                    },
                )
        unseen = unseen_numbers(project, floor, followed)
        for intent in open_here.values():
            if now - intent.created < SETTLING:
                undecided.add(intent.ref)
                continue
            perhaps = [f"{project}-{number}" for number in unseen if number > intent.floor]
            if perhaps:  # remembered first: if this run ends in between, the next one settles it again
                memory.doubt(intent.ref, perhaps)
            outcome = f"not seen; {perhaps[0]} may be it" if perhaps else "did not happen"
            memory.settle(intent.id, outcome, now=now)
    return frozenset(undecided)


def unseen_numbers(project: str, floor: int, followed: Sequence[Seen]) -> Sequence[int]:
    """The numbers above the floor that show nothing, though newer ones do: deleted, or not for our eyes.

    A key is never given twice, so an issue was made under each. What was moved since answers to its old
    key, and shows the new one.
    """
    keys = [seen.key.rpartition("-") for seen in followed]
    here = {int(number) for name, _, number in keys if name == project}
    gaps = sorted(set(range(floor + 1, max(here, default=floor))) - here)
    moved = len(keys) - len(here)
    return gaps if len(gaps) > moved else ()


def _intent_of(seen: Seen, card: str, intents: Iterable[Intent], renames: Mapping[str, str]) -> Intent | None:
    """The open creation that made this issue: its name stands in the mark; by labels alone, its ref does."""
    mark = seen.mark
    if mark is None or mark.scorecard != card:
        return None
    if mark.store:
        return next((intent for intent in intents if intent.id == mark.intent), None)
    by_ref = {intent.ref: intent for intent in intents}
    return by_ref.get(renames.get(mark.ref, mark.ref)) or by_ref.get(mark.ref)


def _edits(
    intents: Sequence[Intent],
    tracker: Tracker,
    memory: Memory,
    fields: Sequence[FieldInfo],
    *,
    renames: Mapping[str, str],
    now: dt.datetime,
) -> frozenset[str]:
    if not intents:
        return frozenset()
    undecided: set[str] = set()
    known = {intent.ref: intent.issue_id for intent in intents if intent.issue_id}
    keys = {link.id: link.key for link in memory.links().values()}
    look = Look(card=memory.card, known=known, candidates=(), fields=tuple(fields), search=False, keys=keys)
    by_id = {seen.id: seen for seen in tracker.observe(look)}
    for intent in intents:
        seen = by_id.get(intent.issue_id or "")
        if seen is not None and _happened(intent, seen, fields, _keys(memory), renames):
            memory.settle(
                intent.id,
                "seen to have happened",
                now=now,
                link=_link(memory, intent.ref, seen),
                values=_written(intent, seen, fields, _keys(memory)),
            )
        elif intent.action == "retire" and now - intent.created < SETTLING:
            undecided.add(intent.ref)
        else:
            memory.settle(intent.id, "did not happen, or was changed since", now=now)
    return frozenset(undecided)


def _keys(memory: Memory) -> Mapping[str, str]:
    return {ref: link.key for ref, link in memory.links().items()}


def _happened(
    intent: Intent,
    seen: Seen,
    fields: Sequence[FieldInfo],
    keys: Mapping[str, str],
    renames: Mapping[str, str],
) -> bool:
    """The mark is written in the same request: if it names the intent, that is proof; else values are."""
    mark = seen.mark
    if mark is None or intent.ref not in {mark.ref, renames.get(mark.ref)}:
        return False
    if mark.intent == intent.id:
        return True
    if intent.action == "retire":
        return bool(mark.retired)
    if intent.action == "reinstate" and mark.retired:
        return False
    values = shown(seen, intent.after, fields, keys)
    return all(values[name] == intent.after[name] for name in intent.after if of_the_issue(name))


def _written(
    intent: Intent, seen: Seen, fields: Sequence[FieldInfo], keys: Mapping[str, str]
) -> Mapping[str, Value]:
    """What to remember of a write that nobody read back: what it wrote into the fields, and how far the
    rest of it has come.

    What is seen was perhaps edited since; as the value agreed on it would be written over.
    """
    told = {name: value for name, value in intent.after.items() if of_the_issue(name)}
    return {**shown(seen, intent.after, fields, keys), **told}


def _link(memory: Memory, ref: str, seen: Seen) -> Link:
    before = memory.links().get(ref)
    revision = seen.mark.revision if seen.mark else 0
    kind = before.kind if before else "objective"
    return Link(ref, seen.id, seen.key, kind, before.name if before else seen.summary, revision)
