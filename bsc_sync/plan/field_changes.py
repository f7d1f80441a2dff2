"""What becomes of the fields of one issue: what is written, what is held, what is agreed on already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bsc_sync.plan.change import FieldChange, Hold
from bsc_sync.plan.item import LINK, Item, ItemField, Seen, Value, digest
from bsc_sync.plan.labels import our_part, recalled
from bsc_sync.plan.past import Past
from bsc_sync.plan.plan import Agreed
from bsc_sync.plan.verdict import HOLDS, WRITES, Take, Verdict, decided, verdict

_HINTS = {
    Verdict.BLOCK_UNCLEAR: "leave one block between its two lines in Jira, or apply with --take scorecard",
    Verdict.BASE_UNKNOWN: "decide: --take scorecard writes the scorecard's, bsc-sync adopt ID takes Jira's",
    Verdict.DRIFT_HOLD: "edited in Jira: bsc-sync adopt ID takes it over, --take scorecard undoes it",
    Verdict.DRIFT_FOUGHT: "find out who or what edits it (an automation rule?), then --take scorecard",
    Verdict.DRIFT_ADOPT: "bsc-sync adopt writes Jira's value into the scorecard; or --take scorecard",
    Verdict.CONFLICT: "both moved: --take scorecard writes the scorecard's, bsc-sync adopt ID takes Jira's",
}
_REASONS = {
    Verdict.BLOCK_UNCLEAR: "our block is there twice, or has lost its first or last line",
    Verdict.BASE_UNKNOWN: "never agreed on",
    Verdict.DRIFT_HOLD: "drift: edited in Jira",
    Verdict.DRIFT_FOUGHT: "restored twice, and edited in Jira again",
    Verdict.DRIFT_ADOPT: "edited in Jira, offered to the file",
    Verdict.CONFLICT: "conflict: edited on both sides",
    Verdict.UPDATE: "the scorecard moved",
    Verdict.DRIFT_RESTORE: "edited in Jira, and the mapping says restore",
}


@dataclass(slots=True)
class Fields:
    """The rulings on all fields of one issue; `kept` are names of fields where Jira keeps its own value."""

    writes: list[FieldChange] = field(default_factory=list)
    holds: list[FieldChange] = field(default_factory=list)
    agreed: list[Agreed] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def why_written(self) -> str:
        """The reasons for what is written, each once."""
        return reasons(change.verdict for change in self.writes)

    def hold(self, item: Item, key: str) -> Iterator[Hold]:
        """What is held, as one change; nothing where nothing is."""
        if self.holds:
            verdicts = sorted({change.verdict for change in self.holds}, key=list(Verdict).index)
            yield Hold(
                ref=item.ref,
                name=item.name,
                key=key,
                reason=reasons(verdicts),
                hint="; ".join(dict.fromkeys(_HINTS[ruling] for ruling in verdicts)),
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
    take: Take | None,
    epic: Seen | None,
) -> Fields:
    """A ruling on each field that the item asks for; `epic` is the issue that it is to be linked to."""
    ruled = Fields()
    labels = past.labels.get(item.ref, {})
    rebuffs = past.rebuffs.get(item.ref, {})
    for asked in item.fields:
        shown, last = found.values.get(asked.id), labels.get(asked.id)
        if last is None:
            last = recalled(asked.type, shown, base.get(asked.id))
        value = our_part(asked.type, shown, asked.value, last)
        ruling = verdict(
            desired=asked.value,
            seen=value,
            base=base.get(asked.id),
            owner=asked.owner,
            on_drift=asked.on_drift,
            unclear=asked.id in found.unclear,
            rebuff=rebuffs.get(asked.id),
        )
        ruling = decided(ruling, take)
        if ruling is Verdict.IN_SYNC:
            if base.get(asked.id) != digest(value):
                ruled.agreed.append(Agreed(ref=item.ref, field=asked.id, digest=digest(value)))
        elif ruling is Verdict.KEPT:
            ruled.kept.append(asked.name)
        elif ruling in WRITES:
            ruled.writes.append(_change(asked, value, base, ruling))
        elif ruling in HOLDS:
            ruled.holds.append(_change(asked, value, base, ruling))
    ruled.writes += _unmade_link(item, found, epic, base, ruled.agreed)
    return ruled


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
    item: Item, found: Seen, epic: Seen | None, base: Mapping[str, str], agreed: list[Agreed]
) -> list[FieldChange]:
    """The link to the objective's epic, where the run that created the issue ended before it was made.

    A link that was made and that somebody has taken away since is theirs to take away.
    """
    if epic is None or item.link is None or base.get(LINK) != digest(None):
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
            new=epic.key,
            base=base[LINK],
            verdict=Verdict.UPDATE,
            asked_by=item.ref,
        )
    ]
