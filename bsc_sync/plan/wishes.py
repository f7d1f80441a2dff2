"""What a person has decided for one run: whose value holds, what is created anew, what is given up."""

from __future__ import annotations

from dataclasses import dataclass

from bsc_sync.plan.verdict import Take


@dataclass(frozen=True, slots=True)
class Wishes:
    """`take` decides every hold (of the targets) for one side; `recreate` and `forget` are refs whose
    issues have vanished; `anywhere` lets us write in projects that the mapping does not name. A wish
    that cannot be fulfilled is an error where they are `strict`, and no wish where they are not: those of
    a saved plan may have been fulfilled already."""

    take: Take | None = None
    recreate: frozenset[str] = frozenset()
    forget: frozenset[str] = frozenset()
    anywhere: bool = False
    strict: bool = True


NO_WISH = Wishes()
