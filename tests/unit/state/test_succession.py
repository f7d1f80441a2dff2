"""New ids for old ones, new issues for vanished ones, new keys after moves: what is remembered follows."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from sqlalchemy import Engine, select

from bsc_sync.alignment.ledger import Progress
from bsc_sync.plan.item import LINK, NAMED, PARENT, digest
from bsc_sync.plan.plan import Agreed
from bsc_sync.state.history import History
from bsc_sync.state.schema import base
from bsc_sync.state.store import Link, Memory


@pytest.fixture
def memory(engine: Engine) -> Memory:
    return Memory(engine, "acme")


def link(ref: str, number: int, key: str = "") -> Link:
    return Link(ref, str(number), key or f"S-{number}", "objective", ref, 1)


def test_ids_that_are_passed_on_are_carried_over_from_the_end(memory: Memory) -> None:
    memory.keep_links([link("A", 1), link("B", 2)])
    memory.rename({"A": "B", "B": "C"})
    assert {ref: known.id for ref, known in memory.links().items()} == {"B": "1", "C": "2"}
    memory.rename({"A": "B", "B": "C"})
    assert {ref: known.id for ref, known in memory.links().items()} == {"B": "1", "C": "2"}


def test_two_ids_that_are_exchanged_stay_as_they_are(memory: Memory) -> None:
    memory.keep_links([link("A", 1), link("B", 2)])
    memory.rename({"A": "B", "B": "A"})
    assert {ref: known.id for ref, known in memory.links().items()} == {"A": "1", "B": "2"}


def test_what_hangs_below_a_renamed_objective_hangs_below_its_new_id(memory: Memory) -> None:
    memory.keep_links([link("C1", 1), link("C1.kr", 2)])
    memory.agree([Agreed(ref="C1.kr", field=PARENT, digest=digest("C1"))])
    memory.rename({"C1": "C9"})
    assert memory.base()["C1.kr"][PARENT] == digest("C9")
    assert memory.base()["C9"][NAMED] == digest("C1"), "its mark says so until it is written"


def test_with_another_issue_its_key_results_are_to_follow_and_know_from_where(memory: Memory) -> None:
    memory.keep_links([link("C1", 1), link("C1.kr", 2)])
    memory.agree(
        [
            Agreed(ref="C1", field="summary", digest=digest("N")),
            Agreed(ref="C1.kr", field=PARENT, digest=digest("C1")),
            Agreed(ref="L1.kr", field=LINK, digest=digest("S-1")),
        ]
    )
    memory.keep_links([link("C1", 7)])
    assert "C1" not in memory.base()
    assert memory.base()["C1.kr"][PARENT] == digest(None)
    assert memory.past().forsaken == {"C1.kr": "S-1"}
    assert memory.base()["L1.kr"][LINK] == digest(None)


def test_after_a_move_what_is_linked_is_linked_to_the_new_key(memory: Memory) -> None:
    memory.keep_links([link("C1", 1)])
    memory.agree([Agreed(ref="L1.kr", field=LINK, digest=digest("S-1"))])
    memory.keep_links([link("C1", 1, "CRM-5")])
    assert memory.base()["L1.kr"][LINK] == digest("CRM-5")


def test_labels_that_were_agreed_on_are_remembered_by_name(memory: Memory) -> None:
    memory.agree([Agreed(ref="C1", field="labels", digest=digest(("a",)), labels=("a",))])
    memory.agree([Agreed(ref="C2", field="labels", digest=digest(None), labels=())])
    memory.agree([Agreed(ref="C3", field="labels", digest=digest(None))])
    assert memory.past().labels == {"C1": {"labels": ("a",)}, "C2": {"labels": ()}}
    with memory.engine.connect() as connection:
        assert set(connection.execute(select(base.c.ref)).scalars()) == {"C1", "C2", "C3"}


def test_of_a_day_of_which_both_ids_tell_the_one_with_the_issue_counts(memory: Memory) -> None:
    history = History(memory.engine, "acme")
    days = [dt.date(2026, 10, 5), dt.date(2026, 10, 6)]

    def done(share: Fraction | None) -> Progress:
        return Progress(share, Fraction(1), Fraction(2), "count", 1, 1, "" if share else "no issue yet")

    memory.keep_links([link("A", 1)])
    memory.agree([Agreed(ref="B", field="summary", digest=digest("never written"))])
    history.keep_progress(days[0], {"A": done(Fraction(1, 2)), "B": done(None)})
    history.keep_progress(days[1], {"B": done(Fraction(3, 4))})
    memory.rename({"A": "B"})
    assert {ref: known.id for ref, known in memory.links().items()} == {"B": "1"}
    assert [history.progress(day)[0] for day in days] == [{"B": Fraction(1, 2)}, {"B": Fraction(3, 4)}]
    assert set(memory.base()["B"]) == {NAMED}


def test_former_ids_lead_to_what_became_of_them(memory: Memory) -> None:
    memory.keep_links([link("A", 1), link("B", 2)])
    memory.rename({"A": "C"}, ["C", "B"])
    memory.rename({"C": "D"}, ["D", "B"])
    assert memory.former_ids() == {"A": "D", "C": "D"}
    memory.rename({"B": "A"}, ["D", "A"])
    assert memory.former_ids() == {"B": "A", "C": "D"}, "an id that is given away is nobody's former one"
    memory.rename({}, ["C", "A"])
    assert {ref: known.id for ref, known in memory.links().items()} == {"C": "1", "A": "2"}
    assert memory.former_ids() == {"B": "A", "D": "C"}
    memory.release_links(["A", "C"])
    assert memory.former_ids() == {}


def test_of_two_former_ids_in_the_file_the_first_one_is_it(memory: Memory) -> None:
    memory.keep_links([link("A", 1)])
    memory.rename({"A": "B"}, ["B"])
    memory.rename({"B": "C"}, ["C"])
    memory.rename({}, ["B", "A"])
    assert {ref: known.id for ref, known in memory.links().items()} == {"B": "1"}


def test_former_ids_are_each_scorecards_own(memory: Memory) -> None:
    other = Memory(memory.engine, "corp")
    for one in (memory, other):
        one.keep_links([link("A", 1)])
    memory.rename({"A": "B"}, ["B"])
    other.rename({}, ["B"])
    assert (other.former_ids(), sorted(other.links()), sorted(memory.links())) == ({}, ["A"], ["B"])
