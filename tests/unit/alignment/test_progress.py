"""Work progress: the share of linked work that is done, by every declared way."""

import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import pytest

from bsc_sync.alignment.ledger import Progress
from bsc_sync.alignment.progress import progress
from bsc_sync.alignment.work import WorkItem
from tests.work_sample import item


def _of(
    *items: WorkItem,
    by: str = "count",
    unestimated: Literal["count", "ignore"] | Decimal = "ignore",
    excluded: tuple[str, ...] = (),
    **given: Any,
) -> Progress:
    return progress(items, by=by, unestimated=unestimated, excluded_resolutions=excluded, **given)


TODO = item("CRM-1", points=3)
DOING = item("CRM-2", "indeterminate", points=1)
DONE = item("CRM-10", "done", points=5)
BARE = item("CRM-3", "done")
DROPPED = item("CRM-4", "done", points=8, resolution="Won't Do")


def test_by_count_with_everything_that_a_reader_needs_to_recompute_it() -> None:
    found = _of(DONE, BARE, DOING, TODO, DROPPED, excluded=("won't do", "Duplicate"))
    assert found == Progress(
        share=Fraction(1, 2),
        done=Fraction(2),
        total=Fraction(4),
        by="count",
        items=4,
        estimated=4,
        why="",
        evidence=(
            ("counted", ["CRM-1", "CRM-2", "CRM-3", "CRM-10"]),
            ("done", ["CRM-3", "CRM-10"]),
            ("excluded", ["CRM-4"]),
            ("unestimated", []),
        ),
    )


@pytest.mark.parametrize(
    ("unestimated", "done", "total"),
    [("ignore", 5, 9), ("count", 6, 10), (Decimal("2.5"), Fraction(15, 2), Fraction(23, 2))],
)
def test_by_points(
    unestimated: Literal["count", "ignore"] | Decimal, done: Fraction, total: Fraction
) -> None:
    found = _of(TODO, DOING, DONE, BARE, by="points", unestimated=unestimated)
    assert (found.done, found.total, found.share) == (done, total, Fraction(done) / total)
    assert (found.items, found.estimated) == (4, 3)
    assert dict(found.evidence)["unestimated"] == ["CRM-3"]


def test_points_that_nobody_gave_are_undefined_and_not_nothing() -> None:
    found = _of(item("A-1"), item("A-2", "done"), by="points")
    assert (found.share, found.total, found.why) == (None, 0, "none of 2 linked issues has story points")
    assert _of(item("A-1"), item("A-2", "done"), by="points", unestimated="count").share == Fraction(1, 2)
    zero = _of(item("A-1", points=0), by="points")
    assert (zero.share, zero.why) == (None, "the story points of 1 linked issues add up to 0")


def test_all_accepted_is_everything() -> None:
    assert _of(DONE, item("A-9", "done", points=2), by="points").share == 1


def test_no_work_and_only_dropped_work_are_undefined() -> None:
    assert (_of().share, _of().why) == (None, "no linked work")
    dropped = _of(DROPPED, excluded=("Won't Do",))
    assert (dropped.share, dropped.items) == (None, 0)
    assert dropped.why == "all of its 1 linked issues are out of scope by their resolution"


def test_by_time_logged_on_what_is_done() -> None:
    items = (item("A-1", "done", seconds=5400), item("A-2", seconds=1800), item("A-3", "done"))
    for unestimated in ("ignore", "count"):
        found = _of(*items, by="time", unestimated=unestimated)
        assert (found.done, found.total, found.share) == (5400, 7200, Fraction(3, 4))
        assert (found.items, found.estimated) == (3, 2)


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        (None, Fraction(1, 2)),
        ({"indeterminate": Fraction(1, 4)}, Fraction(5, 12)),
        ({"In Progress": Fraction(9, 10), "indeterminate": Fraction(0)}, Fraction(19, 30)),
    ],
)
def test_by_status(weights: dict[str, Fraction] | None, share: Fraction) -> None:
    found = _of(item("A-1"), item("A-2", "indeterminate"), item("A-3", "done"), by="status", weights=weights)
    assert found.share == share


def test_a_status_of_no_category_has_not_begun() -> None:
    assert _of(item("A-1", "undefined"), item("A-3", "done"), by="status").share == Fraction(1, 2)


def test_by_a_number_field() -> None:
    items = (
        item("A-1", "done", numbers={"Effort": Decimal("0.1")}),
        item("A-2", numbers={"Effort": Decimal("0.2")}),
        item("A-3", numbers={"Other": Decimal(9)}),
        item("A-4", numbers={"Effort": Decimal(-5)}),
    )
    found = _of(*items, by="Effort")
    assert (found.share, found.items, found.estimated) == (Fraction(1, 3), 4, 2)
    assert _of(items[2], by="Effort").why == 'none of 1 linked issues has a number in "Effort"'


def test_containers_are_counted_through_their_children_and_nothing_twice() -> None:
    epic = item("CRM-9", "done", container=True)
    found = _of(epic, DONE, DONE, TODO)
    assert (found.share, found.items) == (Fraction(1, 2), 2)


def test_the_order_of_items_does_not_matter() -> None:
    every = {
        _of(*items, by="points").evidence.__repr__() for items in itertools.permutations((TODO, DONE, BARE))
    }
    assert len(every) == 1
