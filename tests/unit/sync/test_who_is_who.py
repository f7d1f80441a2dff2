"""Which issue is which ref, where several say that they are it."""

from __future__ import annotations

import pytest

from bsc_sync.plan.item import Mark, Seen
from bsc_sync.state.store import Link
from bsc_sync.sync.observe import sort_out


def seen(number: int, *, ref: str = "C1", card: str = "acme", marked: bool = True) -> Seen:
    """An issue with a mark."""
    return Seen(
        id=str(number),
        key=f"X-{number}",
        project="X",
        issue_type="Epic",
        summary="Name",
        category="new",
        values={},
        mark=Mark(scorecard=card, ref=ref, store="s", revision=1) if marked else None,
    )


@pytest.mark.parametrize(("linked", "ours"), [(None, "X-2"), ("2", "X-2"), ("10", "X-10")])
def test_the_linked_id_wins_and_else_the_lowest_number_and_the_others_are_clones(
    linked: str | None, ours: str
) -> None:
    links = {"C1": Link("C1", linked, f"X-{linked}", "objective", "Name", 1)} if linked else {}
    found = sort_out([seen(10), seen(2), seen(11)], links, (), "acme", frozenset(), {})
    assert {ref: one.key for ref, one in found.ours.items()} == {"C1": ours}
    assert {one.key for one in found.clones} == {"X-2", "X-10", "X-11"} - {ours}


def test_what_carries_the_ref_of_a_link_that_does_not_answer_is_a_clone_and_not_its_successor() -> None:
    links = {"C1": Link("C1", "1", "X-1", "objective", "Name", 1)}
    found = sort_out([seen(2)], links, (), "acme", frozenset(), {})
    assert (dict(found.ours), dict(found.missing)) == ({}, {"C1": "X-1"})
    assert [one.key for one in found.clones] == ["X-2"]


def test_without_our_mark_or_with_another_scorecards_it_is_nobody_s() -> None:
    found = sort_out([seen(1, card="corp"), seen(2, marked=False)], {}, (), "acme", frozenset(), {})
    assert (dict(found.ours), found.clones, dict(found.candidates)) == ({}, (), {})
