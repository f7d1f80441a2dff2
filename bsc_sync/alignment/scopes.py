"""Which of the teams' work to ask for, and whom it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkScope:
    """One question about the teams' work, and the refs that what it finds serves.

    `kind`: children (of the issues `keys`, `depth` levels down), query (`jql`), issues (`keys`
    themselves), scope (the alignment's own query), run (its run-the-business part).
    """

    kind: str
    refs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    by_key: Mapping[str, tuple[str, ...]] | None = None  # for children: which refs each parent serves
    depth: int = 1
    jql: str = ""
