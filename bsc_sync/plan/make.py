"""Making a plan: every item against what is seen and what was agreed. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from bsc_sync.errors import NotOurs
from bsc_sync.mapping.model import Retire as RetireRule
from bsc_sync.plan.change import Adopt, Change, Create, FieldChange, Hold, Retire, Update
from bsc_sync.plan.item import LINK, Item, Seen, digest
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.plan import Agreed, Digests, Plan
from bsc_sync.plan.verdict import HOLDS, WRITES, Take, Verdict, decided, verdict

Base = Mapping[str, Mapping[str, str]]  # ref -> field id -> digest of the value last agreed on

_HINTS = {
    Verdict.BLOCK_UNCLEAR: "leave one block between its two lines in Jira, or apply with --take scorecard",
    Verdict.BASE_UNKNOWN: "decide with --take scorecard or --take jira",
    Verdict.DRIFT_HOLD: "somebody edited Jira: put it into the scorecard, or apply with --take scorecard",
    Verdict.DRIFT_ADOPT: "somebody edited Jira: put its value into the scorecard",
    Verdict.CONFLICT: "both sides moved: decide with --take scorecard or --take jira",
}


def make_plan(
    items: Sequence[Item],
    seen: Observation,
    base: Base,
    *,
    card: str,
    store: str,
    digests: tuple[str, str],
    retire: RetireRule,
    names: Mapping[str, str],
    now: dt.datetime,
    take: Take | None = None,
) -> Plan:
    """What would bring Jira in line: creations in waves, adoptions, updates, retirements, holds.

    `base` are the digests last agreed on (the store's, or the issue's where its revision is
    higher), `names` the last known names of refs that have left the scorecard.
    """
    agreed: list[Agreed] = []
    changes: list[Change] = []
    blocked: set[str] = set(seen.undecided)
    for item in items:
        changes.extend(
            _item_changes(item, seen, base, blocked, agreed, card=card, retire=retire, now=now, take=take)
        )
    wanted = {item.ref for item in items}
    for ref, found in seen.ours.items():
        if ref not in wanted:
            name = names.get(ref, found.summary)
            changes.extend(_retirement(ref, name, found, retire, now.date(), "no longer in the scorecard"))
    changes.extend(_clone(clone) for clone in seen.clones)
    return Plan(
        scorecard=card,
        store=store,
        made=now.isoformat(timespec="seconds"),
        digests=Digests(scorecard=digests[0], mapping=digests[1], observation=seen.digest()),
        items=len(items),
        take=take,
        changes=tuple(sorted(changes, key=_order)),
        agreed=tuple(agreed),
    )


def _item_changes(
    item: Item,
    seen: Observation,
    base: Base,
    blocked: set[str],
    agreed: list[Agreed],
    *,
    card: str,
    retire: RetireRule,
    now: dt.datetime,
    take: Take | None,
) -> Iterator[Change]:
    found = seen.ours.get(item.ref)
    if item.ref in blocked or (item.parent in blocked and found is None):
        blocked.add(item.ref)
        yield Hold(
            ref=item.ref,
            name=item.name,
            key=found.key if found else None,
            reason="an earlier write is not settled yet"
            if item.ref in seen.undecided
            else f"waits for {item.parent}",
            hint="run again in two minutes; nothing is written until it is known what happened",
        )
    elif item.ref in seen.missing:
        blocked.add(item.ref)
        yield Hold(
            ref=item.ref,
            name=item.name,
            key=seen.missing[item.ref],
            reason="the issue is gone, or may not be seen by us any more",
            hint="restore it or its permissions in Jira; nothing is created in its place unasked",
        )
    elif found is not None:
        if item.retired:
            yield from _retirement(
                item.ref, item.name, found, retire, now.date(), f"retired on {item.retired}"
            )
        else:
            yield from _fields(item, found, seen, base.get(item.ref, {}), agreed, take)
    elif item.retired:
        return
    elif item.existing:
        yield _adoption(item, seen.candidates.get(item.existing), card, blocked)
    else:
        parent = seen.ours.get(item.parent) if item.parent else None
        yield Create(
            ref=item.ref, kind=item.kind, name=item.name, item=item, parent_key=parent.key if parent else None
        )


def _fields(
    item: Item,
    found: Seen,
    seen: Observation,
    base: Mapping[str, str],
    agreed: list[Agreed],
    take: Take | None,
) -> Iterator[Change]:
    writes: list[FieldChange] = []
    holds: list[FieldChange] = []
    for asked in item.fields:
        value = found.values.get(asked.id)
        ruling = decided(
            verdict(
                desired=asked.value,
                seen=value,
                base=base.get(asked.id),
                owner=asked.owner,
                on_drift=asked.on_drift,
                unclear=asked.id in found.unclear,
            ),
            take,
        )
        if ruling is Verdict.IN_SYNC:
            if base.get(asked.id) != digest(value):
                agreed.append(Agreed(ref=item.ref, field=asked.id, digest=digest(value)))
        elif ruling in WRITES or ruling in HOLDS:
            change = FieldChange(
                id=asked.id,
                name=asked.name,
                type=asked.type,
                old=value,
                new=asked.value,
                verdict=ruling,
                asked_by=asked.asked_by,
            )
            (writes if ruling in WRITES else holds).append(change)
    writes += _unmade_link(item, found, seen, base, agreed)
    if writes:
        yield Update(
            ref=item.ref,
            kind=item.kind,
            name=item.name,
            id=found.id,
            key=found.key,
            revision=found.mark.revision if found.mark else 0,
            fields=tuple(writes),
        )
    if holds:
        verdicts = sorted({change.verdict for change in holds}, key=list(Verdict).index)
        yield Hold(
            ref=item.ref,
            name=item.name,
            key=found.key,
            reason=", ".join(_reason(ruling) for ruling in verdicts),
            hint="; ".join(dict.fromkeys(_HINTS[ruling] for ruling in verdicts)),
            fields=tuple(holds),
        )


def _unmade_link(
    item: Item, found: Seen, seen: Observation, base: Mapping[str, str], agreed: list[Agreed]
) -> list[FieldChange]:
    """The link to the objective's epic, where the run that created the issue ended before it was made.

    A link that was made and that somebody has taken away since is theirs to take away.
    """
    other = seen.ours.get(item.link_to) if item.link and item.link_to else None
    if other is None or item.link is None or base.get(LINK) != digest(None):
        return []
    if any(key == other.key for _, key in found.links):
        agreed.append(Agreed(ref=item.ref, field=LINK, digest=digest(other.key)))
        return []
    return [
        FieldChange(
            id=LINK,
            name=item.link,
            type="link",
            old=None,
            new=other.key,
            verdict=Verdict.UPDATE,
            asked_by=item.ref,
        )
    ]


def _adoption(item: Item, candidate: Seen | None, card: str, blocked: set[str]) -> Change:
    key = item.existing or ""
    if candidate is None:
        blocked.add(item.ref)
        return Hold(
            ref=item.ref,
            name=item.name,
            key=key,
            reason=f"{key} is to be adopted and does not exist, or may not be seen by us",
            hint="correct existing: in mapping.yaml, or ask for permission to browse it",
        )
    mark = candidate.mark
    if mark is not None and (mark.scorecard, mark.ref) != (card, item.ref):
        raise NotOurs(
            f"{key} carries the mark of {mark.scorecard}/{mark.ref}: it cannot be {card}/{item.ref}",
            hint="name another issue under existing:, or retire it there first",
        )
    differs = tuple(
        FieldChange(
            id=asked.id,
            name=asked.name,
            type=asked.type,
            old=candidate.values.get(asked.id),
            new=asked.value,
            verdict=Verdict.BASE_UNKNOWN,
            asked_by=asked.asked_by,
        )
        for asked in item.fields
        if asked.owner == "scorecard" and candidate.values.get(asked.id) != asked.value
    )
    return Adopt(
        ref=item.ref,
        kind=item.kind,
        name=item.name,
        id=candidate.id,
        key=candidate.key,
        project=candidate.project,
        summary=candidate.summary,
        differs=differs,
    )


def _retirement(
    ref: str, name: str, found: Seen, rule: RetireRule, today: dt.date, reason: str
) -> Iterator[Change]:
    mark = found.mark
    if mark is None:
        return
    comment = None
    if rule.comment and not mark.retired:
        comment = _filled(
            rule.comment, {"scorecard": mark.scorecard, "date": today.isoformat(), "id": ref, "name": name}
        )
    transition = rule.transition if found.category != "done" else None
    if comment or transition or not mark.retired:
        yield Retire(
            ref=ref,
            name=name,
            id=found.id,
            key=found.key,
            revision=mark.revision,
            reason=reason,
            comment=comment,
            transition=transition,
        )


def _clone(clone: Seen) -> Hold:
    ref = clone.mark.ref if clone.mark else clone.key
    return Hold(
        ref=ref,
        name=clone.summary,
        key=clone.key,
        reason=f"{clone.key} carries the mark of {ref}, which another issue holds: a clone",
        hint="remove our label from the clone; it is not touched",
    )


def _reason(ruling: Verdict) -> str:
    return {
        Verdict.BLOCK_UNCLEAR: "our block is there twice, or has lost its first or last line",
        Verdict.BASE_UNKNOWN: "never agreed on",
        Verdict.DRIFT_HOLD: "drift: edited in Jira",
        Verdict.DRIFT_ADOPT: "edited in Jira, offered to the file",
        Verdict.CONFLICT: "conflict: edited on both sides",
    }[ruling]


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = template
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


def _order(change: Change) -> tuple[int, int]:
    rank = {"create": 0, "adopt": 1, "update": 2, "retire": 3, "hold": 4}[change.action]
    is_child = isinstance(change, Create) and change.kind == "key_result"
    return (rank, int(is_child))
