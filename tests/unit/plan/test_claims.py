"""Whose an issue is, by its property or by the labels that stand in for one."""

from __future__ import annotations

import pytest

from bsc_sync.plan.claims import label_alone, label_claims, other_claim
from bsc_sync.plan.item import Mark

OURS = Mark(scorecard="acme", ref="P2", store="s")
THEIRS = Mark(scorecard="corp", ref="X1", store="t")


@pytest.mark.parametrize(
    ("mark", "labels", "claim"),
    [
        (None, (), None),
        (None, ("bsc-corp", "bsc-retired", "anything/else"), None),  # told apart: label_alone
        (OURS, ("bsc-acme", "bsc-acme/P2"), None),
        (THEIRS, (), "corp/X1"),
        (OURS, ("bsc-corp/X1",), "corp/X1"),
        (None, ("bsc-corp/X1",), "corp/X1"),
        (None, ("bsc-corp/X1", "bsc-corp/X1/retired"), None),
        (THEIRS.model_copy(update={"retired": "2026-11-20"}), (), None),
    ],
)
def test_another_scorecard_holds_it(mark: Mark | None, labels: tuple[str, ...], claim: str | None) -> None:
    found = other_claim(mark, labels, "acme")
    assert (f"{found.scorecard}/{found.ref}" if found else None) == claim


@pytest.mark.parametrize(
    ("mark", "labels", "card"),
    [
        (None, (), None),
        (None, ("bsc-corp", "strategy"), "corp"),
        (None, ("bsc-acme", "bsc-corp"), "corp"),
        (None, ("bsc-acme",), None),
        (None, ("bsc-retired",), None),  # what is put on the retired, by default
        (None, ("bsc-", "bsc--x", "bsc-Corp", "bsc-a b", "bsc-" + "x" * 41, "xbsc-corp", "bsc-a_b"), None),
        (OURS, ("bsc-acme", "bsc-corp"), None),
        (THEIRS.model_copy(update={"retired": "2026-11-20"}), ("bsc-corp",), None),
        (None, ("bsc-corp", "bsc-corp/X1", "bsc-corp/X1/retired"), None),
    ],
)
def test_the_label_alone_tells_of_a_scorecard_where_nothing_else_does(
    mark: Mark | None, labels: tuple[str, ...], card: str | None
) -> None:
    assert label_alone(mark, labels, "acme") == card


def test_labels_name_scorecard_and_ref_of_anybody() -> None:
    told = label_claims(("x", "bsc-a-b/C1.retention.q4", "bsc-c/D", "bsc-c/D/retired", "bsc-/E", "bsc-f/"))
    assert [(mark.scorecard, mark.ref, bool(mark.retired)) for mark in told] == [
        ("a-b", "C1.retention.q4", False),
        ("c", "D", True),
    ]
