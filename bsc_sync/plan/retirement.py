"""Leaving the scorecard and coming back: a label, one comment, a transition; nothing is ever deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from bsc_sync.mapping.model import Retire as Rule
from bsc_sync.plan.change import Reinstate, Retire
from bsc_sync.plan.field_changes import Fields
from bsc_sync.plan.item import RETIRED, Item, Seen, digest

LABEL = "bsc-retired"


def retirement(
    ref: str, name: str, found: Seen, rule: Rule, base: Mapping[str, str], *, today: dt.date, reason: str
) -> Iterator[Retire]:
    """What is left to do for an issue that nothing asks for; nothing where it carries no mark of ours.

    Somebody who takes the label off again, or reopens the issue, has decided so: it stays.
    """
    mark = found.mark
    if mark is None:
        return
    cut_short = base.get(RETIRED) == digest(None)  # the run that retired it ended before the transition
    comment = label = transition = None
    if not mark.retired:
        label = rule.label if rule.label not in found.labels else None
        if rule.comment:
            comment = _filled(
                rule.comment,
                {"scorecard": mark.scorecard, "date": today.isoformat(), "id": ref, "name": name},
            )
    if found.category != "done" and (cut_short or not mark.retired):
        transition = rule.transition
    if transition or not mark.retired:
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
            status=mark.status or found.status,
        )


def reinstatement(item: Item, found: Seen, rule: Rule, fields: Fields) -> Reinstate:
    """What brings a retired issue back: open again where its retirement had closed it."""
    mark = found.mark
    before = mark.status if mark else None
    return Reinstate(
        ref=item.ref,
        kind=item.kind,
        name=item.name,
        id=found.id,
        key=found.key,
        revision=mark.revision if mark else 0,
        reason="back in the scorecard",
        label=rule.label if rule.label in found.labels else None,
        transition=(rule.reopen or before) if found.category == "done" else None,
        fields=tuple(fields.writes),
    )


def _filled(template: str, values: Mapping[str, str]) -> str:
    text = template
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text
