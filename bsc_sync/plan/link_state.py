"""How each linked issue stands to its objective or key result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bsc_sync.plan.change import Adopt, Change, Create, Forget, Hold, Outcome, Reinstate, Retire, Update
from bsc_sync.plan.item import OTHER_TYPE, Fact, Seen, lacks_label, type_note
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
    ARCHIVED = "archived"
    DRIFTED = "drifted"
    PENDING = "pending"
    MOVED = "moved"
    IN_SYNC = "in sync"


WORST_FIRST = (
    LinkState.GONE,
    LinkState.OUT_OF_SCOPE,
    LinkState.ARCHIVED,
    LinkState.DRIFTED,
    LinkState.UNKNOWN,
    LinkState.PENDING,
    LinkState.MOVED,
    LinkState.RETIRED,
    LinkState.FORGOTTEN,
    LinkState.IN_SYNC,
)


class LinkNote(Fact):
    """One link: whose it is, which issue (by its present key), how it stands, and what is to be said."""

    ref: str
    key: str
    state: LinkState
    note: str = ""


_EDITED = frozenset(
    {
        *(Verdict.DRIFT_HOLD, Verdict.DRIFT_RESTORE, Verdict.DRIFT_FOUGHT, Verdict.DRIFT_ADOPT),
        *(Verdict.CONFLICT, Verdict.BASE_UNKNOWN, Verdict.BLOCK_UNCLEAR, Verdict.IMMOVABLE),
    }
)


_ELSEWHERE = "to jira.projects in mapping.yaml, or move it back"
_MOVED = "it was "
_GIVEN_UP = "given up; it is followed again when it comes back"


def link_notes(
    seen: Observation,
    changes: Iterable[Change],
    *,
    past: Past,
    projects: frozenset[str] | None,
    kept: Mapping[str, Iterable[str]],
    left: Mapping[str, Iterable[str]],
    types: Mapping[str, str],
    existing: Mapping[str, str],
    asked_for: frozenset[str],
) -> tuple[LinkNote, ...]:
    """A note for each linked issue, by ref. `projects` are those that the mapping names (None: any);
    `kept` the names of fields where Jira keeps its own value, `left` of those that are left to it this
    time, though they differ; `types` the names or ids of the issue types that the mapping asks for,
    `existing` the keys of the issues that it says are there already;
    `asked_for` what is not retired."""
    by_ref: dict[str, list[Change]] = {}
    for change in changes:
        by_ref.setdefault(change.ref, []).append(change)
    notes = [
        _seen_note(
            ref,
            found,
            by_ref.get(ref, ()),
            past,
            projects,
            also=(type_note(found, types[ref]) if ref in types else "", _kept_note(kept.get(ref, ()))),
            existing=existing.get(ref, ""),
            asked=ref in asked_for,
            left=tuple(left.get(ref, ())),
        )
        for ref, found in seen.ours.items()
        if ref not in seen.undecided and not _let_go(by_ref.get(ref, ()))
    ]
    notes += [
        _missing_note(ref, key, by_ref.get(ref, ()), past, asked_for)
        for ref, key in seen.missing.items()
        if ref not in seen.undecided
    ]
    notes += [
        LinkNote(ref=ref, key=key, state=LinkState.UNKNOWN, note="a write is not settled yet")
        for ref, key in ({ref: one.key for ref, one in seen.ours.items()} | dict(seen.missing)).items()
        if ref in seen.undecided
    ]
    return tuple(sorted(notes, key=lambda one: one.ref))


def links_after(
    links: Iterable[LinkNote], changes: Iterable[Change], outcomes: Iterable[Outcome]
) -> tuple[LinkNote, ...]:
    """How the links stand once a plan was carried out: as the next look would find them."""
    notes = {note.ref: note for note in links}
    held = {change.ref: change for change in changes if isinstance(change, Hold) and change.fields}
    planned = {(change.action, change.ref): change for change in changes}
    for outcome in outcomes:
        change = planned.get((outcome.action, outcome.ref))
        if outcome.result == "applied" and change is not None and not isinstance(change, Hold):
            note = _after(change, outcome, notes.get(outcome.ref), held.get(outcome.ref))
            if note is not None:
                notes[note.ref] = note
            else:
                notes.pop(outcome.ref, None)
    return tuple(notes[ref] for ref in sorted(notes))


def _after(change: Change, outcome: Outcome, before: LinkNote | None, held: Hold | None) -> LinkNote | None:
    """How one link stands after its change; nothing where it has been let go."""
    moved = before.note.partition("; ")[0] if before and before.note.startswith(_MOVED) else ""
    fields = change.differs if isinstance(change, Adopt) else held.fields if held else ()
    edited = [part.name for part in fields if part.verdict in _EDITED]
    told = before.note.split("; ") if before and not isinstance(change, Create) else []
    other_type = next((text for text in told if text.startswith(OTHER_TYPE)), "")
    other_type = change.other_type if isinstance(change, Adopt) else other_type
    state, said = LinkState.MOVED if moved else LinkState.IN_SYNC, [moved, _differs(edited), other_type]
    if isinstance(change, Forget):
        if change.released:
            return None
        state, said = LinkState.FORGOTTEN, [_GIVEN_UP]
    elif isinstance(change, Retire):
        state, said = LinkState.RETIRED, [moved]
    elif edited or other_type:
        state = LinkState.DRIFTED
    elsewhere = next((text for text in told if text.endswith(_ELSEWHERE)), "")
    if elsewhere and state is not LinkState.FORGOTTEN:  # written to all the same, and still not named
        state = LinkState.OUT_OF_SCOPE
        said.insert(1, elsewhere)
    key = outcome.key or (before.key if before else "")
    return LinkNote(ref=outcome.ref, key=key, state=state, note="; ".join(filter(None, said)))


def _let_go(changes: Iterable[Change]) -> bool:
    return any(isinstance(change, Forget) and change.released for change in changes)


def _missing_note(
    ref: str, key: str, changes: Iterable[Change], past: Past, asked_for: frozenset[str]
) -> LinkNote:
    if any(isinstance(change, Create) for change in changes):
        return LinkNote(ref=ref, key=key, state=LinkState.PENDING, note="gone; it is created anew")
    if ref in past.forgotten:
        return LinkNote(ref=ref, key=key, state=LinkState.FORGOTTEN, note=_GIVEN_UP)
    ways = f"--recreate {ref} or --forget {ref}" if ref in asked_for else f"--forget {ref}"
    return LinkNote(ref=ref, key=key, state=LinkState.GONE, note=f"bring it back in Jira, or {ways}")


def _seen_note(
    ref: str,
    found: Seen,
    changes: Iterable[Change],
    past: Past,
    projects: frozenset[str] | None,
    *,
    also: tuple[str, str],
    existing: str,
    asked: bool,
    left: tuple[str, ...],
) -> LinkNote:
    """`also`: that its type is another one, and what Jira keeps of its own, where that is so."""
    first = past.first_keys.get(ref, found.key)
    moved = f"{_MOVED}{first}" if first != found.key else ""
    edited = [
        part.name
        for change in changes
        if isinstance(change, Update | Reinstate | Hold)
        for part in change.fields
        if part.verdict in _EDITED
    ]
    edited += left
    said = [moved, _differs(edited), *also]
    if existing and existing not in {first, found.key}:
        said.append(f"the mapping says existing: {existing}, and that is not followed any more")
    if found.mark is None and ref in past.marked:
        said.append("our mark is gone; the next edit puts it back")
    elif lacks_label(found) and ref in past.marked:
        said.append("our label is gone; the next edit puts it back")
    coming_back = any(isinstance(change, Reinstate) for change in changes)
    if projects is not None and found.project not in projects:
        state = LinkState.OUT_OF_SCOPE
        said.insert(1, f"add {found.project} {_ELSEWHERE}")
    elif found.mark is not None and found.mark.retired and not coming_back:
        state = LinkState.RETIRED
    elif found.archived:
        state = LinkState.ARCHIVED if asked else LinkState.RETIRED
        said.append("restore it in Jira, or take it out of the scorecard" if asked else "archived in Jira")
    elif edited or also[0]:
        state = LinkState.DRIFTED
    elif coming_back or any(isinstance(change, Update | Retire) for change in changes):
        state = LinkState.PENDING
    else:
        state = LinkState.MOVED if moved else LinkState.IN_SYNC
    return LinkNote(ref=ref, key=found.key, state=state, note="; ".join(filter(None, said)))


def _kept_note(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"Jira keeps its own {listed}" if listed else ""


def _differs(names: Iterable[str]) -> str:
    listed = ", ".join(dict.fromkeys(names))
    return f"differs: {listed}" if listed else ""
