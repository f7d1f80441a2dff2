"""Taking an issue that a team already has: it is marked, and its own texts stay."""

from __future__ import annotations

from bsc_sync.errors import NotOurs
from bsc_sync.plan.change import Adopt, Change, FieldChange, Hold
from bsc_sync.plan.claims import claim_on, label_alone, leftover, of_label
from bsc_sync.plan.hierarchy import Hierarchy, place_of
from bsc_sync.plan.item import Item, ItemField, Seen, Value, type_note
from bsc_sync.plan.labels import our_part
from bsc_sync.plan.verdict import Verdict


def adoption(item: Item, candidate: Seen | None, card: str, above: Hierarchy) -> Change:
    """The change that adopts it, or the hold that says why not.

    Raises NotOurs, naming both, when it carries the mark of another objective or scorecard,
    or no mark and another scorecard's label.
    """
    key = item.existing or ""
    if candidate is None:
        return Hold(
            ref=item.ref,
            name=item.name,
            key=key,
            reason=f"{key} is to be adopted and does not exist, or may not be seen by us",
            hint="correct existing: in mapping.yaml, or ask for permission to browse it",
        )
    if candidate.archived:
        return Hold(
            ref=item.ref,
            name=item.name,
            key=key,
            reason=f"{key} is to be adopted, and is archived in Jira: it cannot be marked",
            hint="restore it in Jira, or name another issue under existing: in mapping.yaml",
        )
    mark = claim_on(candidate, card) or candidate.mark
    if mark is not None and not mark.retired and (mark.scorecard, mark.ref) != (card, item.ref):
        raise NotOurs(
            f"{key} carries the mark of {mark.scorecard}/{mark.ref}: it cannot be {card}/{item.ref}",
            hint="name another issue under existing:, or retire it there first",
        )
    other = label_alone(candidate.mark, candidate.labels, card)
    if other is not None:
        raise NotOurs(
            f"{key} {of_label(other)}: it cannot be {card}/{item.ref}",
            hint=f"name another issue under existing:; {leftover(other)}",
        )
    differs: list[FieldChange] = []
    for asked in item.fields:
        value = our_part(asked.type, candidate.values.get(asked.id), asked.value)
        if asked.owner == "scorecard" and value != asked.value:
            differs.append(_differs(asked, value))
    place = place_of(item, candidate, {}, above, forsaken=None)
    if place is not None and not place.waits and place.seen != place.asked.value:
        differs.append(_differs(place.asked, place.seen))
    return Adopt(
        ref=item.ref,
        kind=item.kind,
        name=item.name,
        id=candidate.id,
        key=candidate.key,
        project=candidate.project,
        summary=candidate.summary,
        other_type=type_note(candidate, item.issue_type),
        differs=tuple(differs),
    )


def _differs(asked: ItemField, value: Value) -> FieldChange:
    return FieldChange(
        id=asked.id,
        name=asked.name,
        type=asked.type,
        old=value,
        new=asked.value,
        verdict=Verdict.BASE_UNKNOWN,
        asked_by=asked.asked_by,
    )
