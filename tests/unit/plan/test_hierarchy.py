"""Where an issue is to hang, where it hangs, and when that waits."""

from __future__ import annotations

from bsc_sync.plan.hierarchy import Hierarchy, place_of, placed
from bsc_sync.plan.item import PARENT, Item, Seen, digest

ABOVE = Hierarchy(refs={"S-1": "C1", "S-2": "C2"}, there=frozenset({"C1", "C2"}))


def item(parent: str | None = "C1") -> Item:
    return Item(ref="C1.kr", kind="key_result", name="N", project="S", issue_type="Task", parent=parent)


def seen(parent: str | None) -> Seen:
    return Seen(
        id="9",
        key="S-9",
        project="S",
        issue_type="Task",
        summary="N",
        category="new",
        values={},
        parent=parent,
    )


def test_what_hangs_below_one_of_ours_is_told_by_its_id_and_else_by_its_key() -> None:
    for parent, told in (("S-1", "C1"), ("S-2", "C2"), ("CRM-1", "CRM-1"), (None, None)):
        place = place_of(item(), seen(parent), {PARENT: digest("C1")}, ABOVE, forsaken=None)
        assert place is not None
        assert (place.asked.value, place.seen, place.base, place.waits) == (
            "C1",
            told,
            digest("C1"),
            False,
        )


def test_what_is_to_hang_below_nothing_in_particular_is_left_where_it_is() -> None:
    assert place_of(item(None), seen("S-1"), {}, ABOVE, forsaken=None) is None


def test_below_an_objective_without_an_issue_it_waits() -> None:
    place = place_of(item("C9"), seen("S-1"), {PARENT: digest("C1")}, ABOVE, forsaken=None)
    assert place is not None
    assert place.waits


def test_an_epic_that_is_created_anew_counts_as_nothing_whether_it_is_gone_or_hidden() -> None:
    above = Hierarchy(refs={"S-1": "C1"}, anew=frozenset({"C1"}))
    for parent in (None, "S-1"):
        place = place_of(item(), seen(parent), {PARENT: digest("C1")}, above, forsaken=None)
        assert place is not None
        assert (place.seen, place.base) == (parent, digest(parent))
    moved = place_of(item(), seen("CRM-1"), {PARENT: digest("C1")}, above, forsaken=None)
    assert moved is not None
    assert (moved.seen, moved.base) == ("CRM-1", digest("C1")), "a person has moved it: that is drift"


def test_it_still_does_when_the_run_ended_before_the_key_results_followed() -> None:
    above = Hierarchy(refs={"S-7": "C1"}, there=frozenset({"C1"}))
    base = {PARENT: digest(None)}
    hidden = place_of(item(), seen("S-1"), base, above, forsaken="S-1")
    assert hidden is not None
    assert (hidden.seen, hidden.base) == ("S-1", digest("S-1"))
    gone = place_of(item(), seen(None), base, above, forsaken="S-1")
    assert gone is not None
    assert (gone.seen, gone.base) == (None, digest(None))


def test_what_was_read_back_is_told_as_it_was_wanted() -> None:
    assert placed("S-1", "C1", {"C1": "S-1"}) == "C1"
    assert placed("S-2", "C1", {"C1": "S-1"}) == "S-2"
    assert placed(None, "C1", {}) is None
