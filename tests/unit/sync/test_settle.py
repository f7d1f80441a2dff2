"""Which of the keys that follow show nothing, though something was made under them."""

from __future__ import annotations

import pytest

from bsc_sync.plan.item import Seen
from bsc_sync.sync.settle import unseen_numbers


@pytest.mark.parametrize(
    ("keys", "unseen"),
    [
        pytest.param([], [], id="nothing follows"),
        pytest.param(["S-5", "S-6"], [], id="all answer"),
        pytest.param(["S-6"], [5], id="the first one is hidden"),
        pytest.param(["S-5", "S-8"], [6, 7], id="two in between"),
        pytest.param(["S-6", "OTHER-3"], [], id="the first one was moved, and answers by its new key"),
        pytest.param(
            ["S-7", "OTHER-3"], [5, 6], id="one was moved, and one is hidden: it is not known which"
        ),
    ],
)
def test_numbers_above_the_floor_that_show_nothing(keys: list[str], unseen: list[int]) -> None:
    followed = [
        Seen(
            id=str(i),
            key=key,
            project=key[0],
            issue_type="Task",
            summary="",
            category="To Do",
            values={},
        )
        for i, key in enumerate(keys)
    ]
    assert list(unseen_numbers("S", 4, followed)) == unseen
