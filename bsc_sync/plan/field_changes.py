"""What becomes of the fields of one issue: what is written, what is held, what is agreed on already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bsc_sync.plan.change import FieldChange, Hold
from bsc_sync.plan.hierarchy import Hierarchy, place_of
from bsc_sync.plan.item import LINK, NAMED, PUT, Item, ItemField, Seen, Value, digest, lacks_label
from bsc_sync.plan.labels import OWNED_ONE_BY_ONE, compared, each, recalled
from bsc_sync.plan.past import Past, Rebuff
from bsc_sync.plan.plan import Agreed
from bsc_sync.plan.unheld import unheld
from bsc_sync.plan.verdict import HOLDS, WRITES, Verdict, decided, verdict
from bsc_sync.plan.wishes import Wishes

_HINTS = {
    Verdict.BLOCK_UNCLEAR: "leave one block between its two lines in Jira, or apply with --take scorecard",
    Verdict.BASE_UNKNOWN: "decide: --take scorecard writes the scorecard's, bsc-sync adopt ID takes Jira's",
    Verdict.DRIFT_HOLD: "edited in Jira: bsc-sync adopt ID takes it over, --take scorecard undoes it",
    Verdict.DRIFT_FOUGHT: "find out who or what edits it (an automation rule?), then --take scorecard",
    Verdict.DRIFT_ADOPT: "bsc-sync adopt writes Jira's value into the scorecard; or --take scorecard",
    Verdict.CONFLICT: "both moved: --take scorecard writes the scorecard's, bsc-sync adopt ID takes Jira's",
    Verdict.IMMOVABLE: "move it in Jira by hand (More > Move), or give it its old objective in the file",
}
_UNHELD = "what is only in Jira cannot be adopted: take it out there, or leave the field to it (owner: jira)"
_REASONS = {
    Verdict.BLOCK_UNCLEAR: "our block is there twice, or has lost its first or last line",
    Verdict.BASE_UNKNOWN: "never agreed on",
    Verdict.DRIFT_HOLD: "drift: edited in Jira",
    Verdict.DRIFT_FOUGHT: "restored twice, and edited in Jira again",
    Verdict.DRIFT_ADOPT: "edited in Jira, offered to the file",
    Verdict.CONFLICT: "conflict: edited on both sides",
    Verdict.IMMOVABLE: "it is a sub-task, which Jira Data Center lets no program move below another issue",
    Verdict.UPDATE: "the scorecard moved",
    Verdict.DRIFT_RESTORE: "edited in Jira, and the mapping says restore",
}


@dataclass(slots=True)
class Fields:
    """The rulings on all fields of one issue; `kept` are names of fields where Jira keeps its own value,
    `left` of those that somebody has decided to leave to it this time, `waits` is the ref that it is to
    hang below as soon as that has an issue."""

    writes: list[FieldChange] = field(default_factory=list)
    holds: list[FieldChange] = field(default_factory=list)
    agreed: list[Agreed] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    waits: str | None = None

    @property
    def why_written(self) -> str:
        """The reasons for what is written, each once."""
        if all(change.id == NAMED for change in self.writes):
            return "its mark still says the old id"
        return reasons(change.verdict for change in self.writes)

    def hold(self, item: Item, key: str) -> Iterator[Hold]:
        """What is held, as one change; nothing where nothing is."""
        if self.waits is not None:
            reason = f"it is to hang below {self.waits}, which has no issue that it could hang below"
            hint = f"see what is said of {self.waits}"
            yield Hold(ref=item.ref, name=item.name, key=key, reason=reason, hint=hint)
        if self.holds:
            verdicts = sorted({change.verdict for change in self.holds}, key=list(Verdict).index)
            hints = [_HINTS[ruling] for ruling in verdicts]
            if any(unheld(change.type, change.old) for change in self.holds):
                hints.append(_UNHELD)
            yield Hold(
                ref=item.ref,
                name=item.name,
                key=key,
                reason=reasons(verdicts),
                hint="; ".join(dict.fromkeys(hints)),
                fields=tuple(self.holds),
            )


def reasons(verdicts: Iterable[Verdict]) -> str:
    """The reasons for some verdicts, in one line."""
    return ", ".join(dict.fromkeys(_REASONS[ruling] for ruling in verdicts))


def rule_on_fields(
    item: Item,
    found: Seen,
    base: Mapping[str, str],
    *,
    past: Past,
    wishes: Wishes,
    above: Hierarchy,
    epic: Seen | None,
) -> Fields:
    """A ruling on each field that the item asks for, and on what it hangs below.

    `epic` is the issue that it is to be linked to.
    """
    ruling = _Ruling(item, found, base, past.rebuffs.get(item.ref, {}), wishes)
    agreed, put = past.labels.get(item.ref, {}), past.put.get(item.ref, {})
    for asked in item.fields:
        value, reference = found.values.get(asked.id), base.get(asked.id)
        if asked.type in OWNED_ONE_BY_ONE:
            known, mine = agreed.get(asked.id), put.get(asked.id)
            seal = base.get(PUT + asked.id)
            if mine is None and seal is not None:
                mine = each(recalled(value, seal))
                told = Agreed(ref=item.ref, field=PUT + asked.id, digest=digest(mine or None), labels=mine)
                ruling.ruled.agreed.append(told)
            value, reference = compared(value, asked.value, put=mine or (), agreed=known, base=reference)
            ruling.on(asked, value, reference, news=known is None or known != each(value))
        else:
            ruling.on(asked, value, reference)
    place = place_of(item, found, base, above, forsaken=past.forsaken.get(item.ref))
    if place is not None and place.waits:
        moved = place.base is not None and place.base != digest(item.parent)
        ruling.ruled.waits = item.parent if moved else None
    elif place is not None:
        ruling.on(place.asked, place.seen, place.base, stays=place.stays)
    ruled = ruling.ruled
    ruled.writes += _unmade_link(item, found, epic, base, ruled.agreed, anew=item.link_to in above.anew)
    ruled.writes += _renamed(item, found, base, ruled.agreed)
    if ruled.writes and item.ref in past.marked:
        ruled.writes += _marked_again(item, found, base)
    return ruled


@dataclass(slots=True)
class _Ruling:
    """The rulings on one issue's fields, as they are made."""

    item: Item
    found: Seen
    base: Mapping[str, str]
    rebuffs: Mapping[str, Rebuff]
    wishes: Wishes
    ruled: Fields = field(default_factory=Fields)

    def on(
        self,
        asked: ItemField,
        value: Value,
        reference: str | None,
        *,
        news: bool = False,
        stays: bool = False,
    ) -> None:
        """Rule on one field, with `reference` for a base; `news`: what is agreed on is to be kept anyway;
        `stays`: Jira lets nobody but people write it."""
        ruled, ref = self.ruled, self.item.ref
        found = verdict(
            desired=asked.value,
            seen=value,
            base=reference,
            owner=asked.owner,
            on_drift=asked.on_drift,
            unclear=asked.id in self.found.unclear,
            rebuff=self.rebuffs.get(asked.id),
        )
        ruling = decided(found, self.wishes.side(ref, asked.asked_by))
        if stays and ruling in WRITES:
            ruling = Verdict.IMMOVABLE
        if ruling is Verdict.IN_SYNC:
            if news or self.base.get(asked.id) != digest(value):
                labels = each(value) if asked.type in OWNED_ONE_BY_ONE else None
                ruled.agreed.append(Agreed(ref=ref, field=asked.id, digest=digest(value), labels=labels))
        elif ruling is Verdict.KEPT:
            ruled.kept.append(asked.name)
        elif ruling in WRITES:
            ruled.writes.append(_change(asked, value, self.base, ruling))
        elif found in HOLDS and ruling is Verdict.RELEASED:
            ruled.left.append(asked.name)
        elif ruling in HOLDS:
            ruled.holds.append(_change(asked, value, self.base, ruling))


def _change(asked: ItemField, old: Value, base: Mapping[str, str], ruling: Verdict) -> FieldChange:
    return FieldChange(
        id=asked.id,
        name=asked.name,
        type=asked.type,
        old=old,
        new=asked.value,
        base=base.get(asked.id),
        verdict=ruling,
        asked_by=asked.asked_by,
    )


def _unmade_link(
    item: Item,
    found: Seen,
    epic: Seen | None,
    base: Mapping[str, str],
    agreed: list[Agreed],
    *,
    anew: bool,
) -> list[FieldChange]:
    """The link to the objective's epic: where it was never made, or is to be made to another epic.

    A link that was made and that somebody has taken away since is theirs to take away.
    """
    made = base.get(LINK)
    if item.link is None or made is None or (epic is None and not anew):
        return []
    if epic is not None:
        if made == digest(epic.key):
            return []
        if any(key == epic.key for _, key in found.links):
            agreed.append(Agreed(ref=item.ref, field=LINK, digest=digest(epic.key)))
            return []
    return [
        FieldChange(
            id=LINK,
            name=item.link,
            type="link",
            old=None,
            new=item.link_to,
            base=made,
            verdict=Verdict.UPDATE,
            asked_by=item.ref,
        )
    ]


def _renamed(item: Item, found: Seen, base: Mapping[str, str], agreed: list[Agreed]) -> list[FieldChange]:
    """The id in the mark, where that is still the one of before: by it a lost store is found again."""
    mark = found.mark
    if mark is None:
        return []
    if mark.ref == item.ref:
        if NAMED in base and base[NAMED] != digest(item.ref):
            agreed.append(Agreed(ref=item.ref, field=NAMED, digest=digest(item.ref)))
        return []
    return [
        FieldChange(
            id=NAMED,
            name="Id in the mark",
            type="mark",
            old=mark.ref,
            new=item.ref,
            base=base.get(NAMED),
            verdict=Verdict.UPDATE,
            asked_by=item.ref,
        )
    ]


def _marked_again(item: Item, found: Seen, base: Mapping[str, str]) -> list[FieldChange]:
    """What somebody took off of our mark and label: it comes back with the edit, and the plan says so."""
    renamed = found.mark is not None and found.mark.ref != item.ref  # the label goes along with the new id
    if renamed or (found.mark is not None and not lacks_label(found)):
        return []
    return [
        FieldChange(
            id=NAMED,
            name="Our mark and label" if found.mark is None else "Our label",
            type="mark",
            old=None,
            new=item.ref,
            base=base.get(NAMED),
            verdict=Verdict.UPDATE,
            asked_by=item.ref,
        )
    ]
