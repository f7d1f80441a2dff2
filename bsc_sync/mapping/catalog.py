"""What a tracker offers, as far as a mapping has to know: fields, issue types, screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_BLOCK = "#block"


def block_id(field_id: str) -> str:
    """The id by which the part of a text field that is ours is known: it has a value of its own."""
    return field_id + _BLOCK


def carrier(field_id: str) -> str:
    """The id of the site's field that bears a value: its own, or that of the text it is a part of."""
    return field_id.removesuffix(_BLOCK)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field; `type` is the kind of value: text, line, number, date, moment, option, options,
    cascade, priority, user, labels, components, versions, url, epic-link, epic-name, sprint, rank,
    parent-link, epic-status, epic-color, or other; or block: the part of a text that is ours."""

    id: str
    name: str
    type: str
    required: bool = False
    project: str | None = None  # the id of the only project that has it (team-managed projects)
    custom: str = ""  # what kind of field it is to the site, whatever its name
    choices: tuple[str, ...] | None = None  # what a create screen offers; None where any value goes


@dataclass(frozen=True, slots=True)
class IssueTypeInfo:
    id: str
    name: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """What can be set when an issue of one type is created in one project; `fields` is None
    where the site does not tell."""

    project: str
    issue_type: IssueTypeInfo
    fields: Mapping[str, FieldInfo] | None


@dataclass(frozen=True, slots=True)
class Catalog:
    """`fields` are all that the site shows us; `screens` those that were asked for, by project and type.

    `projects` gives the id of each project by key; `filled` are fields that the tracker fills itself;
    `parent_field` holds what an issue hangs below, where that is a field like others.
    """

    account: str
    fields: tuple[FieldInfo, ...]
    screens: tuple[Screen, ...] = ()
    types: Mapping[str, tuple[IssueTypeInfo, ...]] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    parent_field: str | None = None

    def named(self, name: str) -> tuple[FieldInfo, ...]:
        """The fields of that id or name; ids win, names are compared without case."""
        by_id = tuple(info for info in self.fields if info.id == name)
        return by_id or tuple(info for info in self.fields if info.name.casefold() == name.casefold())

    def named_in(self, name: str, project: str, issue_type: str) -> tuple[FieldInfo, ...]:
        """The fields of that id or name that an issue of the type in the project can have.

        Of several, the project's own go first, then the ones on its create screen.
        """
        found = self.named(name)
        place = self.projects.get(project)
        if place is not None:
            own = tuple(info for info in found if info.project == place)
            found = own or tuple(info for info in found if info.project is None)
        screen = self.screen(project, issue_type) if len(found) > 1 else None
        if screen is None or screen.fields is None:
            return found
        shown = screen.fields
        return tuple(info for info in found if info.id in shown) or found

    def screen(self, project: str, issue_type: str) -> Screen | None:
        """The create screen of a project and an issue type (its name or id), if it was asked for."""
        for screen in self.screens:
            if screen.project == project and issue_type in {screen.issue_type.id, screen.issue_type.name}:
                return screen
        return None
