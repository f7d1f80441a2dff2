"""How each linked issue stands to its objective or key result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bsc_sync.plan.change import Change, Hold, Reinstate, Retire, Update
from bsc_sync.plan.item import Fact, Seen
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.past import Past
from bsc_sync.plan.verdict import Verdict


class LinkState(StrEnum):
    """The first that fits, from the top."""

    UNKNOWN = "unknown"
    FORGOTTEN = "forgotten"
    GONE = "gone or forbidden"
    OUT_OF_SCOPE = "out of scope"
    RETIRED = "retired"
    DRIFTED = "drifted"
    PENDING = "pending"
    MOVED = "moved"
    IN_SYNC = "in sync"


class LinkNote(Fact):
    """One link: whose it is, which issue (by its present key), how it stands, and what is to be said."""

    ref: str
    key: str
    state: LinkState
    note: str = ""


_EDITED = frozenset(
    {
        *(Verdict.DRIFT_HOLD, Verdict.DRIFT_RESTORE, Verdict.DRIFT_FOUGHT, Verdict.DRIFT_ADOPT),
        *(Verdict.CONFLICT, Verdict.BASE_UNKNOWN, Verdict.BLOCK_UNCLEAR),
    }
)


def link_notes(
    seen: Observation,
    changes: Iterable[Change],
    *,
    past: Past,
    projects: frozenset[str] | None,
    kept: Mapping[str, Iterable[str]],
) -> tuple[LinkNote, ...]:
    """A note for each linked issue, by ref. `projects` are those that the mapping names (None: any);
    `kept` the names of fields where Jira keeps its own value."""
    by_ref: dict[str, list[Change]] = {}
    for change in changes:
        by_ref.setdefault(change.ref, []).append(change)
    notes = [
        _seen_note(ref, found, by_ref.get(ref, ()), past, projects, tuple(kept.get(ref, ())))
        if ref not in seen.undecided
        else _unsettled(ref, found.key)
        for ref, found in seen.ours.items()
    ]
    for ref, key in seen.missing.items():
        if ref in seen.undecided:
            notes.append(
                LinkNote(ref=ref, key=key, state=LinkState.UNKNOWN, note="a write is not settled yet")
            )
        elif ref in past.forgotten:
            note = "given up; it is followed again when it comes back"
            notes.append(LinkNote(ref=ref, key=key, state=LinkState.FORGOTTEN, note=note))
        else:
            note = f"--recreate {ref} or --forget {ref}, unless it comes back"
            notes.append(LinkNote(ref=ref, key=key, state=LinkState.GONE, note=note))
    return tuple(sorted(notes, key=lambda one: one.ref))


def _unsettled(ref: str, key: str) -> LinkNote:
    return LinkNote(ref=ref, key=key, state=LinkState.UNKNOWN, note="a write is not settled yet")


def _seen_note(
    ref: str,
    found: Seen,
    changes: Iterable[Change],
    past: Past,
    projects: frozenset[str] | None,
    kept: tuple[str, ...],
) -> LinkNote:
    said: list[str] = []
    first = past.first_keys.get(ref, found.key)
    if first != found.key:
        said.append(f"it was {first}")
    edited = [
        part.name
        for change in changes
        if isinstance(change, Update | Reinstate | Hold)
        for part in change.fields
        if part.verdict in _EDITED
    ]
    if edited:
        said.append(f"differs: {', '.join(edited)}")
    if kept:
        said.append(f"Jira keeps its own {', '.join(kept)}")
    if projects is not None and found.project not in projects:
        state = LinkState.OUT_OF_SCOPE
        said.insert(0, f"{found.project} is no project of the mapping")
    elif found.mark is not None and found.mark.retired and not any(isinstance(c, Reinstate) for c in changes):
        state = LinkState.RETIRED
    elif edited:
        state = LinkState.DRIFTED
    elif any(isinstance(change, Update | Reinstate | Retire) for change in changes):
        state = LinkState.PENDING
    else:
        state = LinkState.IN_SYNC if first == found.key else LinkState.MOVED
    return LinkNote(ref=ref, key=found.key, state=state, note="; ".join(said))
