"""Whose an issue is, whichever scorecard asks: by its property, or by the labels that stand in for one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bsc_sync.mapping.model import Retire
from bsc_sync.plan.item import Mark, Seen, mark_label

LABELS = mark_label("")
"""What every label of any scorecard begins with."""

_RETIRED = "/retired"
_CARD = re.compile(rf"{LABELS}([a-z0-9][a-z0-9-]{{0,39}})")
_NO_CARD = Retire().label  # begins like a scorecard's, and says something else
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


def label_alone(mark: Mark | None, labels: Iterable[str], card: str) -> str | None:
    """Another scorecard whose label stands on an issue that nothing else tells of: its mark has been lost.

    That is enough not to take the issue. Where there is a mark, whosesoever, the mark alone counts: such a
    label may be what is left of an earlier owner, or be put there by anybody.
    """
    named = sorted(labels)
    if mark is not None or label_claims(named):
        return None
    cards = (found[1] for label in named if label != _NO_CARD and (found := _CARD.fullmatch(label)))
    return next((other for other in cards if other != card), None)


def of_label(card: str) -> str:
    """What is said of an issue that the label alone gives to a scorecard."""
    return f"carries {mark_label(card)}, the label of the scorecard {card}, and no mark"


def leftover(card: str) -> str:
    """How to get at such an issue."""
    return f"if {mark_label(card)} is only left over, take that label off it in Jira"


def claim_on(seen: Seen, card: str) -> Mark | None:
    """The mark of another scorecard that holds what is seen."""
    return other_claim(seen.mark, seen.labels, card)


def claimed(seen: Seen, card: str, *, adopting: bool) -> str:
    """What is said of an issue that another scorecard holds; nothing where none does.

    Only what is to be adopted, and is not linked yet, does a label alone keep us from.
    """
    other = claim_on(seen, card)
    if other is not None:
        return f"carries the mark of {other.scorecard}/{other.ref}"
    alone = label_alone(seen.mark, seen.labels, card) if adopting else None
    return of_label(alone) if alone else ""
