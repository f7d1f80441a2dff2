"""What can hang below what: a creation that Jira is known to refuse is held, and not tried in every run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bsc_sync.mapping.catalog import Catalog
from bsc_sync.plan.change import Change, Create, Hold, wave_of
from bsc_sync.plan.item import Item, type_note
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.plan import Plan


def held_by_level(plan: Plan, items: Iterable[Item], seen: Observation, catalog: Catalog) -> Plan:
    """The plan with a hold in place of each creation below an issue whose type cannot have it below.

    The catalog holds the screens of the places where something is created.
    """
    new = {change.ref: change.item for change in plan.changes if isinstance(change, Create)}
    levels = _Levels({item.ref: item for item in items}, new, seen, catalog)
    changes = [levels.ruled(change) if isinstance(change, Create) else change for change in plan.changes]
    return plan.model_copy(update={"changes": tuple(sorted(changes, key=wave_of))})


@dataclass(frozen=True, slots=True)
class _Above:
    """What something is to hang below: what is said of it, its level, and how it can be mended."""

    said: str
    level: int
    hint: str


@dataclass(frozen=True, slots=True)
class _Levels:
    items: Mapping[str, Item]
    new: Mapping[str, Item]
    seen: Observation
    catalog: Catalog

    def ruled(self, change: Create) -> Change:
        """The creation, or the hold in its place."""
        level = self._level_of_new(change.item)
        above = self._above(change.item)
        if level is None or above is None or _holds(above.level, level):
            return change
        return Hold(
            ref=change.ref,
            name=change.name,
            key=change.replaces,
            reason=f"{above.said}, and Jira lets no {change.item.issue_type} hang below such an issue",
            hint=f"{above.hint}, or write parent: none for {change.ref} under jira.rules in mapping.yaml",
        )

    def _above(self, item: Item) -> _Above | None:
        """What an item is to hang below, where the level of that is known for certain."""
        parent = self.items.get(item.parent or "")
        if parent is None:
            return None
        if parent.ref in self.new:
            return self._above_to_come(parent)
        found = self.seen.ours.get(parent.ref) or self.seen.candidates.get(parent.existing or "")
        if found is None or found.level is None:
            return None
        if self._told_by_epics and not type_note(found, parent.issue_type):
            return None  # an epic whose name is hidden looks like none: the mapping knows better
        return _Above(
            f"{found.key} is of the type {found.issue_type}",
            found.level,
            f"change the type of {found.key} in Jira (the mapping says {parent.issue_type})",
        )

    def _above_to_come(self, parent: Item) -> _Above | None:
        told = any(kind.level > 0 for kind in self.catalog.types.get(parent.project, ()))
        level = self._level_of_new(parent) if told and not self._told_by_epics else None
        if level is None:
            return None
        said = f"{parent.ref} is to be of the type {parent.issue_type}"
        return _Above(said, level, "give one of the two another issue_type in mapping.yaml")

    @property
    def _told_by_epics(self) -> bool:
        """Whether this Jira tells no levels, and only epics show themselves as such."""
        return self.catalog.parent_field is not None

    def _level_of_new(self, item: Item) -> int | None:
        screen = self.catalog.screen(item.project, item.issue_type)
        return screen.issue_type.level if screen is not None else None


def _holds(above: int, below: int) -> bool:
    """Whether an issue of one level can hang below one of another: what is a sub-task's parent differs from
    site to site, and is never a sub-task."""
    return above >= 0 if below < 0 else above == below + 1
