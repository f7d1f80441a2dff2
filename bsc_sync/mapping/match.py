"""Which items a rule speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, Self

from pydantic import model_validator

from bsc_sync.scorecard.measures import MeasureType
from bsc_sync.scorecard.quantity import Identifier, Part, Text, Unfit

_GLOB = re.compile(r"[*?\[]")

Kind = Literal["objective", "kpi", "key_result"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule can be matched against: an objective, a KPI or a key result."""

    id: str
    kind: Kind
    perspective: str
    themes: tuple[str, ...] = ()
    team: str | None = None
    cycle: str | None = None
    type: str | None = None


class Match(Part):
    """Every key that is given must hold; `id` is a glob such as `C1.*`."""

    id: Text | None = None
    kind: Kind | None = None
    perspective: Identifier | None = None
    theme: Identifier | None = None
    team: Identifier | None = None
    cycle: Identifier | None = None
    type: MeasureType | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(value is None for value in self.__dict__.values()):
            raise Unfit("an empty match would fit everything", "name an id, a kind, a team or the like")
        return self

    def fits(self, subject: Subject) -> bool:
        """Whether the rule speaks of this item."""
        return (
            (self.id is None or self.id == subject.id or self._fits_glob(subject.id))
            and (self.kind is None or self.kind == subject.kind)
            and (self.perspective is None or self.perspective == subject.perspective)
            and (self.theme is None or self.theme in subject.themes)
            and (self.team is None or self.team == subject.team)
            and (self.cycle is None or self.cycle == subject.cycle)
            and (self.type is None or self.type == subject.type)
        )

    def _fits_glob(self, ref: str) -> bool:
        """Whether an id fits a pattern; most ids in a large mapping are none, and patterns cost time."""
        return self.id is not None and _GLOB.search(self.id) is not None and fnmatchcase(ref, self.id)
