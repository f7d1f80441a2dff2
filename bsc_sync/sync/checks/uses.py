"""The mapped fields, each where the issues live that bear it."""

from __future__ import annotations

from dataclasses import dataclass

from bsc_sync.mapping.bind import BoundField, Home, holder, subjects
from bsc_sync.mapping.catalog import carrier
from bsc_sync.mapping.model import FieldRule
from bsc_sync.mapping.sources import FieldSource
from bsc_sync.sync.checks.desk import Desk


@dataclass(frozen=True, slots=True)
class Use:
    """A mapped field where issues of one type live."""

    place: tuple[str, str]
    field: BoundField

    @property
    def id(self) -> str:
        """The id of the site's field that bears the value; of one that was not found, its name."""
        return carrier(self.field.id)


def uses_of(desk: Desk) -> list[Use]:
    """Every mapped field, where its issue lives: a key result's own, or its objective's epic.

    A field that only measures are read from counts as one that teams fill.
    """
    seen: dict[tuple[tuple[str, str], str], Use] = {}
    for home in desk.binding.homes.values():
        place = _bearer(desk, home).place
        for field in home.fields:
            use = Use(place, field)
            seen.setdefault((place, use.id), use)
    for use in _measured(desk):
        seen.setdefault((use.place, use.id), use)
    return list(seen.values())


def why(field: BoundField) -> str:
    """What a mapped field is for, in words that end a sentence."""
    if field.rule.owner == "jira":
        return "teams report their current value in it"
    if field.rule.from_ is None:
        return "the mapping gives it a fixed value"
    return f"it shows the {field.rule.from_} that the scorecard says"


def _bearer(desk: Desk, home: Home) -> Home:
    return desk.binding.homes.get(home.serves or "", home) if home.as_ == "field" else home


def _measured(desk: Desk) -> list[Use]:
    card, mapping, binding = desk.strategy.card, desk.strategy.mapping, desk.binding
    read_only = FieldRule(owner="jira")
    found = []
    for subject in subjects(card):
        index, source = next(
            ((index, rule.source) for index, rule in enumerate(mapping.measures) if rule.match.fits(subject)),
            (0, None),
        )
        if isinstance(source, FieldSource):
            info = binding.local[subject.id, source.field]
            home = binding.homes[holder(card, binding.homes, subject)]
            path = f"measures[{index}].source.field"
            found.append(Use(home.place, BoundField(info.id, info.name, info.type, read_only, path)))
    return found
