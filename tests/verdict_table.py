"""What may happen to one field, cell by cell, as a person would decide it: written down, not computed.

A row is what the scorecard wants and what both sides last agreed on; a column is what Jira shows. `-`
means: not named (wanted), not known (agreed on), empty (seen). The tests hold `verdict()` against
this table, and `docs/sync.md` shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bsc_sync.plan.item import Value
from bsc_sync.plan.verdict import UNSET, OnDrift, Owner, Unset, Verdict

#  wanted agreed | seen:  -  a  b  c
TABLE = """
   -      -               .  .  .  .
   -      a               .  .  .  .
   -      b               .  .  .  .
   -      c               .  .  .  .
   a      -               U  S  U  U
   a      a               D  S  D  D
   a      b               X  S  W  X
   a      c               X  S  X  W
   b      -               U  U  S  U
   b      a               X  W  S  X
   b      b               D  D  S  D
   b      c               X  X  S  W
   c      -               U  U  U  S
   c      a               X  W  X  S
   c      b               X  X  W  S
   c      c               D  D  D  S
"""

# Named and empty (`null`, here 0) is a wish like any other, and so is having agreed on nothing.
#  wanted agreed | seen:  0  a  b  c
EMPTY = """
   0      -               S  U  U  U
   0      0               S  D  D  D
   0      a               S  W  X  X
   0      b               S  X  W  X
   a      0               W  S  X  X
   b      0               W  X  S  X
   -      0               .  .  .  .
"""

WORDS = {
    ".": "left alone",
    "S": "in sync",
    "W": "**written**",
    "D": "drift",
    "X": "conflict",
    "U": "held: never agreed on",
}
_ALWAYS = {
    ".": Verdict.RELEASED,
    "S": Verdict.IN_SYNC,
    "W": Verdict.UPDATE,
    "X": Verdict.CONFLICT,
    "U": Verdict.BASE_UNKNOWN,
}
DRIFT: dict[OnDrift, Verdict] = {
    "hold": Verdict.DRIFT_HOLD,
    "restore": Verdict.DRIFT_RESTORE,
    "adopt": Verdict.DRIFT_ADOPT,
}
OWNERS: tuple[Owner, ...] = ("scorecard", "jira", "seed")
SEEN = {TABLE: ("-", "a", "b", "c"), EMPTY: ("0", "a", "b", "c")}


class Cell(NamedTuple):
    """One combination, by the letters of the table, and what is right."""

    wanted: str
    agreed: str
    seen: str
    owner: Owner
    on_drift: OnDrift
    right: Verdict

    @property
    def name(self) -> str:
        """For people: `wanted a, agreed b, seen c, scorecard, hold -> hold: conflict`."""
        return (
            f"wanted {self.wanted}, agreed {self.agreed}, seen {self.seen}, {self.owner}, "
            f"{self.on_drift} -> {self.right}"
        )

    @property
    def desired(self) -> Value | Unset:
        """The wish as a value; `-` is no wish at all."""
        return UNSET if self.wanted == "-" else _value(self.wanted)


def rows(table: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What is wanted, what was agreed on, and the letter for each value that Jira may show."""
    for line in table.strip().splitlines():
        wanted, agreed, *letters = line.split()
        yield wanted, agreed, tuple(letters)


def cells(table: str) -> Iterator[Cell]:
    """Every cell of a table, for each owner and each way of meeting drift."""
    for wanted, agreed, letters in rows(table):
        for seen, letter in zip(SEEN[table], letters, strict=True):
            for owner in OWNERS:
                for on_drift, drift in DRIFT.items():
                    right = _ALWAYS.get(letter, drift) if owner == "scorecard" else Verdict.RELEASED
                    yield Cell(wanted, agreed, seen, owner, on_drift, right)


def value_of(letter: str) -> Value:
    """What Jira shows, or what was agreed on."""
    return _value(letter)


def _value(letter: str) -> Value:
    return None if letter in {"-", "0"} else letter
