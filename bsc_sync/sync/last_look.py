"""What the page says of Jira: what the last run that looked has found and done. It is kept with the run."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from bsc_sync.plan.change import Action, Adopt, Change, FieldChange, Outcome
from bsc_sync.plan.field_changes import reasons
from bsc_sync.plan.link_state import WORST_FIRST, LinkState, links_after
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import HOLDS, Verdict
from bsc_sync.report.page import HoldNote, LinkRow, PlanNote, StateCount
from bsc_sync.state.history import History

PAGE = "page"  # in the report of a run
_TO_LOOK_AT = frozenset(
    {
        *(LinkState.OUT_OF_SCOPE, LinkState.GONE, LinkState.ARCHIVED, LinkState.FORGOTTEN),
        *(LinkState.UNKNOWN, LinkState.DRIFTED, LinkState.MOVED),
    }
)
_NOTE = TypeAdapter(PlanNote)


def plan_note(whole: Plan, chosen: Plan, outcomes: Sequence[Outcome], *, looked: dt.date) -> PlanNote:
    """What the page says of a run: what is pending, what is held, what has failed, how the links stand.

    `whole` is all that would change, `chosen` what of it the run was to do, `looked` the day of the look.
    Where an epic has just been adopted, its own texts are on hold from now on.
    """
    planned = {(change.action, change.ref): change for change in chosen.changes}
    done = {(one.action, one.ref) for one in outcomes if one.result == "applied"}
    # of an update only some fields may have been chosen: the others are pending still
    pending = [
        change for change in whole.writes() if _key(change) not in done or planned[_key(change)] != change
    ]
    held = [(hold.ref, part, hold.reason) for hold in whole.holds() for part in hold.fields]
    held += [
        (change.ref, part, "")
        for change in chosen.changes
        if isinstance(change, Adopt) and _key(change) in done
        for part in change.differs
    ]
    notes: dict[bool, list[HoldNote]] = {False: [], True: []}
    for ref, part, reason in held:
        drifted = part.verdict in {Verdict.DRIFT_HOLD, Verdict.DRIFT_ADOPT}
        why = _why(part, reason)
        notes[drifted].append(HoldNote(ref, part.name, _shown(part.new), _shown(part.old), why))
    links = sorted(
        links_after(whole.links, chosen.changes, outcomes), key=lambda one: WORST_FIRST.index(one.state)
    )
    odd = [one for one in links if one.state in _TO_LOOK_AT]
    rows = tuple(LinkRow(one.ref, one.key, str(one.state), one.note) for one in odd)
    counts = Counter(one.state for one in links)
    told = {one.ref for one in odd}
    notes[False] += [
        HoldNote(hold.ref, "", "", "", hold.reason)
        for hold in whole.holds()
        if not hold.fields and hold.ref not in told
    ]
    return PlanNote(
        looked=looked,
        pending=len(pending),
        holds=tuple(notes[False]),
        drift=tuple(notes[True]),
        failures=tuple(f"{one.ref}: {one.reason}" for one in outcomes if one.result == "failed"),
        states=tuple(
            StateCount(str(state), counts[state]) for state in reversed(WORST_FIRST) if counts[state]
        ),
        links=rows,
    )


def as_kept(note: PlanNote) -> Mapping[str, object]:
    """What a run's report keeps for the pages that are made without another look."""
    return {PAGE: _NOTE.dump_python(note, mode="json")}


def last_look(history: History) -> PlanNote:
    """What the last run that looked had to say; where none has, or another version: that it is not known."""
    kept = history.last_plan_report().get(PAGE)
    try:
        return PlanNote() if kept is None else _NOTE.validate_python(kept)
    except ValidationError:
        return PlanNote()


def _key(change: Change) -> tuple[Action, str]:
    return change.action, change.ref


def _why(part: FieldChange, reason: str) -> str:
    """In the words of `plan`; a field that a guard holds would be written otherwise."""
    return reasons([part.verdict]) if part.verdict in HOLDS else reason


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
