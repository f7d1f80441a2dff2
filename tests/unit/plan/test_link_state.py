"""How links stand: the first state that fits, what is said of it, and how that is after a run."""

from __future__ import annotations

import pytest

from bsc_sync.plan.change import Adopt, Change, Create, FieldChange, Forget, Hold, Outcome, Retire, Update
from bsc_sync.plan.item import Item, Mark, Seen
from bsc_sync.plan.link_state import LinkNote, LinkState, link_notes, links_after
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.past import Past
from bsc_sync.plan.verdict import Verdict


def seen(*, project: str = "S", retired: bool = False, archived: bool = False) -> Seen:
    return Seen(
        id="1",
        key=f"{project}-1",
        project=project,
        issue_type="Epic",
        type_id="10000",
        archived=archived,
        summary="N",
        category="new",
        values={},
        mark=Mark(scorecard="acme", ref="C1", store="s", retired="2026-10-05" if retired else None),
    )


def part(verdict: Verdict) -> FieldChange:
    return FieldChange(
        id="summary", name="Summary", type="line", old="a", new="b", verdict=verdict, asked_by="C1"
    )


HOLD = Hold(ref="C1", name="N", key="S-1", reason="", hint="", fields=(part(Verdict.DRIFT_HOLD),))
UPDATE = Update(
    ref="C1", kind="objective", name="N", id="1", key="S-1", revision=1, fields=(part(Verdict.UPDATE),)
)
RETIRE = Retire(ref="C1", name="N", id="1", key="S-1", revision=1, reason="")
FORGET = Forget(ref="C1", name="N", key="S-1", reason="")
ITEM = Item(ref="C1", kind="objective", name="N", project="S", issue_type="Epic")
CREATE = Create(ref="C1", kind="objective", name="N", item=ITEM, replaces="S-1")
ADOPT = Adopt(
    ref="C1",
    kind="objective",
    name="N",
    id="1",
    key="S-1",
    project="S",
    summary="N",
    differs=(part(Verdict.BASE_UNKNOWN),),
)


def note_of(
    observation: Observation,
    *changes: Change,
    past: Past | None = None,
    asked: bool = True,
    types: dict[str, str] | None = None,
) -> LinkNote:
    (note,) = link_notes(
        observation,
        changes,
        past=past or Past(),
        projects=frozenset({"S"}),
        kept={},
        types=types or {},
        existing={},
        left={},
        asked_for=frozenset({"C1"} if asked else ()),
    )
    return note


@pytest.mark.parametrize(
    ("found", "changes", "first", "state", "said"),
    [
        (seen(), (), "S-1", LinkState.IN_SYNC, ""),
        (seen(), (), "S-9", LinkState.MOVED, "it was S-9"),
        (seen(), (UPDATE,), "S-1", LinkState.PENDING, ""),
        (seen(), (RETIRE,), "S-1", LinkState.PENDING, ""),
        (seen(), (UPDATE, HOLD), "S-9", LinkState.DRIFTED, "it was S-9; differs: Summary"),
        (seen(retired=True), (), "S-1", LinkState.RETIRED, ""),
        (
            seen(project="OPS"),
            (HOLD,),
            "S-1",
            LinkState.OUT_OF_SCOPE,
            "it was S-1; add OPS to jira.projects in mapping.yaml, or move it back; differs: Summary",
        ),
    ],
)
def test_of_what_is_seen_the_first_state_that_fits(
    found: Seen, changes: tuple[Change, ...], first: str, state: LinkState, said: str
) -> None:
    note = note_of(Observation(ours={"C1": found}), *changes, past=Past(first_keys={"C1": first}))
    assert (note.key, note.state, note.note) == (found.key, state, said)


def test_an_issue_whose_type_is_not_the_mapping_s_is_told_also_beside_other_things() -> None:
    here = Observation(ours={"C1": seen()})
    for right in ("Epic", "10000"):
        assert note_of(here, types={"C1": right}).state is LinkState.IN_SYNC
    told = note_of(here, HOLD, types={"C1": "Initiative"})
    other = "its type is Epic in Jira, and Initiative in the mapping"
    assert (told.state, told.note) == (LinkState.DRIFTED, f"differs: Summary; {other}")
    done = Outcome(ref="C1", action="update", result="applied", key="S-1")
    (after,) = links_after([note_of(here, UPDATE, types={"C1": "Initiative"})], [UPDATE], [done])
    assert (after.state, after.note) == (LinkState.DRIFTED, other)


def test_what_is_archived_says_so_and_is_retired_where_nothing_asks_for_it() -> None:
    here = Observation(ours={"C1": seen(archived=True)})
    told = note_of(here)
    assert (told.state, told.note) == (
        LinkState.ARCHIVED,
        "restore it in Jira, or take it out of the scorecard",
    )
    told = note_of(here, asked=False)
    assert (told.state, told.note) == (LinkState.RETIRED, "archived in Jira")


def test_of_what_is_missing_it_says_what_can_be_decided() -> None:
    missing = Observation(ours={}, missing={"C1": "S-1"})
    gone = note_of(missing)
    assert (gone.state, gone.note) == (
        LinkState.GONE,
        "bring it back in Jira, or --recreate C1 or --forget C1",
    )
    assert note_of(missing, asked=False).note == "bring it back in Jira, or --forget C1"
    assert note_of(missing, CREATE).state is LinkState.PENDING
    assert note_of(missing, FORGET).state is LinkState.GONE, "not before it is done"
    assert note_of(missing, past=Past(forgotten=frozenset({"C1"}))).state is LinkState.FORGOTTEN
    undecided = Observation(ours={}, missing={"C1": "S-1"}, undecided=frozenset({"C1"}))
    assert note_of(undecided).state is LinkState.UNKNOWN


@pytest.mark.parametrize(
    ("before", "changes", "state", "said"),
    [
        (LinkState.PENDING, (UPDATE,), LinkState.IN_SYNC, ""),
        (LinkState.DRIFTED, (UPDATE, HOLD), LinkState.DRIFTED, "differs: Summary"),
        (LinkState.PENDING, (RETIRE,), LinkState.RETIRED, ""),
        (LinkState.GONE, (FORGET,), LinkState.FORGOTTEN, "given up; it is followed again when it comes back"),
        (LinkState.PENDING, (CREATE,), LinkState.IN_SYNC, ""),
        (LinkState.UNKNOWN, (ADOPT,), LinkState.DRIFTED, "differs: Summary"),
    ],
)
def test_after_a_run_they_stand_as_the_next_look_would_find_them(
    before: LinkState, changes: tuple[Change, ...], state: LinkState, said: str
) -> None:
    done = Outcome(ref="C1", action=changes[0].action, result="applied", key="S-1")
    (note,) = links_after([LinkNote(ref="C1", key="S-1", state=before)], changes, [done])
    assert (note.state, note.note) == (state, said)
    failed = done.model_copy(update={"result": "failed"})
    (same,) = links_after([LinkNote(ref="C1", key="S-1", state=before)], changes, [failed])
    assert same.state is before


def test_what_is_let_go_is_no_link_any_more() -> None:
    released = FORGET.model_copy(update={"released": True})
    done = Outcome(ref="C1", action="forget", result="applied", key="S-1")
    assert links_after([LinkNote(ref="C1", key="S-1", state=LinkState.GONE)], [released], [done]) == ()
    assert (
        link_notes(
            Observation(ours={"C1": seen()}),
            [released],
            past=Past(),
            projects=None,
            kept={},
            types={},
            existing={},
            left={},
            asked_for=frozenset(),
        )
        == ()
    )
