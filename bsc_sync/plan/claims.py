"""Whose an issue is, whichever scorecard asks: by its property, or by the labels that stand in for one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bsc_sync.plan.item import Mark, Seen, mark_label

LABELS = mark_label("")
"""What every label of any scorecard begins with."""

_RETIRED = "/retired"
_CLAIM = re.compile(rf"{LABELS}([a-z0-9][a-z0-9-]{{0,39}})/([A-Za-z0-9][A-Za-z0-9._-]*)")


def label_claims(labels: Iterable[str]) -> tuple[Mark, ...]:
    """The marks that labels alone give, of any scorecard; they know no store and no digests."""
    named = sorted(labels)
    return tuple(
        Mark(
            scorecard=found[1],
            ref=found[2],
            store="",
            retired="by its label" if f"{label}{_RETIRED}" in named else None,
        )
        for label in named
        if (found := _CLAIM.fullmatch(label))
    )


def other_claim(mark: Mark | None, labels: Iterable[str], card: str) -> Mark | None:
    """The mark of another scorecard that holds an issue; one that has retired it holds it no more."""
    marks = (*([mark] if mark is not None else []), *label_claims(labels))
    return next((one for one in marks if one.scorecard != card and not one.retired), None)


def claim_on(seen: Seen, card: str) -> Mark | None:
    """The mark of another scorecard that holds what is seen."""
    return other_claim(seen.mark, seen.labels, card)
