"""Leaving the scorecard and coming back: a label, one comment, a transition; nothing is ever deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from bsc_sync.mapping.model import Retire as Rule
from bsc_sync.plan.change import Reinstate, Retire
from bsc_sync.plan.field_changes import Fields
from bsc_sync.plan.item import RETIRED, Item, Seen, Value, digest
from bsc_sync.plan.past import Rebuff

# What is remembered under RETIRED, beside the transition by which an issue was closed:
TO_CLOSE: Value = None  # retired, and not seen to be closed yet
LEFT_OPEN: Value = ("left as it is",)  # retired, and no transition is asked for
TO_REOPEN: Value = ("to be opened again",)  # back, and not seen to be open yet
OPEN: Value = ("opened again",)  # back, and open again
BACK: Value = ("back",)  # back, and nothing is to be opened


def retirement(
    ref: str,
    name: str,
    found: Seen,
    rule: Rule,
    base: Mapping[str, str],
    *,
    met: Mapping[str, Rebuff],
    today: dt.date,
    reason: str,
) -> Iterator[Retire]:
    """What is left to do for an issue that nothing asks for; nothing where it carries no mark of ours.

    Somebody who takes the label off again, or reopens the issue, has decided so: it stays. A
    transition that the issue does not offer is not asked for again.
    """
    mark = found.mark
    if mark is None:
        return
    retired = is_retired(found, base)
    comment = label = transition = None
    if not retired:
        label = rule.label if rule.label not in found.labels else None
        if rule.comment:
            comment = _filled(
                rule.comment,
                {"scorecard": mark.scorecard, "date": today.isoformat(), "id": ref, "name": name},
            )
    half_back = base.get(RETIRED) == digest(TO_REOPEN)  # closed still: its status is not its team's
    cut_short = base.get(RETIRED) == digest(TO_CLOSE) and not _in_vain(rule.transition, met)
    if found.category != "done" and (cut_short or not retired):
        transition = rule.transition
    if transition or not retired:
        yield Retire(
            ref=ref,
            name=name,
            id=found.id,
            key=found.key,
            revision=mark.revision,
            reason=reason,
            label=label,
            comment=comment,
            transition=transition,
            status=(mark.status if retired or half_back else None) or found.status,
            status_now=found.status,
        )


def reinstatement(item: Item, found: Seen, rule: Rule, fields: Fields, base: Mapping[str, str]) -> Reinstate:
    """What brings a retired issue back: open again where its retirement had closed it."""
    mark = found.mark
    return Reinstate(
        ref=item.ref,
        kind=item.kind,
        name=item.name,
        id=found.id,
        key=found.key,
        revision=mark.revision if mark else 0,
        reason="back in the scorecard",
        label=rule.label if rule.label in found.labels else None,
        transition=_way_back(found, rule, base),
        status_now=found.status,
        fields=tuple(fields.writes),
    )


def is_retired(found: Seen, base: Mapping[str, str]) -> bool:
    """Whether an issue has been retired: its mark says so; of labels alone, somebody may have taken
    the one that says it, and the store still knows."""
    mark = found.mark
    if mark is None or mark.retired or mark.store:
        return mark is not None and bool(mark.retired)
    told = base.get(RETIRED)
    return told is not None and told not in map(digest, (TO_CLOSE, TO_REOPEN, OPEN, BACK))


def is_coming_back(found: Seen, base: Mapping[str, str], rule: Rule, met: Mapping[str, Rebuff]) -> bool:
    """Whether the run that brought an issue back ended before that was open again."""
    if base.get(RETIRED) != digest(TO_REOPEN) or _in_vain(OPEN, met):
        return False
    return _way_back(found, rule, base) is not None


def _way_back(found: Seen, rule: Rule, base: Mapping[str, str]) -> str | None:
    """The status to go back to; None where the issue is open, or its team had closed it before it was
    retired: that is not ours to undo."""
    before = found.mark.status if found.mark else None
    wanted = rule.reopen or before
    if found.category != "done" or wanted is None:
        return None
    there = found.status.casefold() in {(before or wanted).casefold(), wanted.casefold()}
    return None if there or base.get(RETIRED) == digest(LEFT_OPEN) else wanted


def stage(wanted: Value, found: Seen, named: str | None = None) -> Value:
    """What an issue shows of a retirement, or of coming back; `wanted` is what was to be reached.

    `named` is the status by whose name it was asked for: who has that status has reached it.
    """
    there = named is not None and found.status.casefold() == named.casefold()
    if wanted == OPEN:
        return OPEN if there or found.category != "done" else TO_REOPEN
    if isinstance(wanted, str):
        there = there or found.status.casefold() == wanted.casefold()
        return wanted if there or found.category == "done" else TO_CLOSE
    return wanted


def before(wanted: Value) -> Value:
    """What is remembered from before the request that begins it, until it is seen to be reached."""
    return TO_REOPEN if wanted == OPEN else TO_CLOSE


def _in_vain(wanted: Value, met: Mapping[str, Rebuff]) -> bool:
    """Whether this very thing was tried, and was not reached."""
    return RETIRED in met and met[RETIRED].wanted == digest(wanted)


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = template
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text
