"""Every cell of base x desired x seen x owner x on_drift against a table that was written by hand."""

from __future__ import annotations

import pytest

from bsc_sync.plan.item import digest
from bsc_sync.plan.verdict import HOLDS, WRITES, decided, verdict
from tests.verdict_table import EMPTY, TABLE, Cell, cells, value_of

ALL = [*cells(TABLE), *cells(EMPTY)]


def ruled(cell: Cell) -> str:
    base = None if cell.agreed == "-" else digest(value_of(cell.agreed))
    return verdict(
        desired=cell.desired,
        seen=value_of(cell.seen),
        base=base,
        owner=cell.owner,
        on_drift=cell.on_drift,
    )


@pytest.mark.parametrize("cell", ALL, ids=[cell.name for cell in ALL])
def test_each_cell_has_the_verdict_of_the_table(cell: Cell) -> None:
    assert ruled(cell) is cell.right


def test_the_table_has_every_combination_once() -> None:
    first = {cell[:5] for cell in cells(TABLE)}
    assert len(first) == len([*cells(TABLE)]) == 4 * 4 * 4 * 3 * 3 == 576
    assert {cell.wanted for cell in cells(TABLE)} == set("-abc")


def test_unset_is_never_written_and_empty_is_a_wish_like_any_other() -> None:
    unset = [cell for cell in ALL if cell.wanted == "-"]
    assert not {ruled(cell) for cell in unset} & (WRITES | HOLDS)
    cleared = [cell for cell in ALL if cell.wanted == "0" and cell.owner == "scorecard"]
    assert {ruled(cell) for cell in cleared} & WRITES


def test_without_a_decision_only_what_nobody_edited_or_what_is_to_be_restored_is_written() -> None:
    for cell in ALL:
        if ruled(cell) in WRITES:
            untouched = cell.agreed == cell.seen or (cell.agreed == "0" and cell.seen == "-")
            assert untouched or (cell.on_drift == "restore" and cell.wanted == cell.agreed)


def test_a_decision_for_jira_writes_nothing_that_was_held() -> None:
    for cell in ALL:
        if cell.right in HOLDS:
            assert decided(cell.right, "jira") not in WRITES | HOLDS
