"""What becomes which id, by what the file says and by what is remembered of former ids."""

from __future__ import annotations

import pytest

from bsc_sync.plan.new_ids import carried_over, known_as, unplaced
from bsc_sync.plan.past import Unplaced


@pytest.mark.parametrize(
    ("told", "present", "former", "known", "steps"),
    [
        pytest.param({"A": "B"}, ["B"], {}, {"A"}, {"A": "B"}, id="was names what is known"),
        pytest.param({"A": "B"}, ["B"], {}, {"Z"}, {}, id="was names what nobody knows"),
        pytest.param({}, ["A"], {"A": "B"}, {"B"}, {"B": "A"}, id="renamed back"),
        pytest.param({}, ["A", "B"], {"A": "B"}, {"B"}, {}, id="a former id is used for something new"),
        pytest.param({"A": "C"}, ["C"], {"A": "B"}, {"B"}, {"B": "C"}, id="an older generation"),
        pytest.param({"A": "B"}, ["B"], {"A": "B"}, {"B"}, {}, id="was is long done"),
        pytest.param({"B": "C"}, ["A", "C"], {"A": "B"}, {"B"}, {"B": "C"}, id="was wins over a former id"),
        pytest.param({"A": "C"}, ["C"], {"A": "B"}, {"B", "C"}, {}, id="the new id is known"),
        pytest.param({"A": "C"}, ["B", "C"], {"A": "B"}, {"B"}, {}, id="what it became is still there"),
        pytest.param({"X": "A"}, ["A"], {"A": "B"}, {"B"}, {"B": "A"}, id="back, with a was of no meaning"),
        pytest.param(
            {}, ["C", "A"], {"A": "B", "C": "B"}, {"B"}, {"B": "C"}, id="of two former ids the file's first"
        ),
    ],
)
def test_what_becomes_which_id(
    told: dict[str, str],
    present: list[str],
    former: dict[str, str],
    known: set[str],
    steps: dict[str, str],
) -> None:
    assert carried_over(told, present, former, known) == steps


def test_a_new_id_is_unplaced_only_where_something_of_its_kind_has_left_the_file() -> None:
    kinds = {"C8": "objective", "K8": "key_result", "C9": "objective"}
    told = {"C7": "C8", "K7": "K8", "C1": "C9", "P": "not asked for"}
    linked = {"C9": "objective", "C2": "objective", "C3": "objective", "K2": "key_result"}

    def found(present: list[str], **also: set[str]) -> dict[str, Unplaced]:
        return unplaced(
            told, kinds, linked, **{"under_way": (), "retired": (), "present": [*kinds, *present], **also}
        )

    assert found(["C2", "C3", "K2"]) == {}
    assert found(["C3", "K2"]) == {"C8": Unplaced("C7", ("C2",))}
    assert found(["K2"], retired={"C3"}) == {"C8": Unplaced("C7", ("C2",))}
    assert found(["K2"], retired={"C2", "C3"}) == {"C8": Unplaced("C7", ("C2", "C3"))}
    assert found(["K2"], under_way={"C8"}) == {}


def test_a_mark_that_says_a_former_id_means_what_became_of_it_unless_that_is_taken() -> None:
    former = {"A": "B", "C": "D"}
    assert known_as(former, {"X": "Y"}, {"C"}) == {"A": "B", "X": "Y"}
