"""What a tracker offers, as far as a mapping has to know: fields, issue types, screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field; `type` is the kind of value: text, line, number, date, moment, option, options,
    priority, user, labels, url, or other."""

    id: str
    name: str
    type: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class IssueTypeInfo:
    id: str
    name: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """What can be set when an issue of one type is created in one project."""

    project: str
    issue_type: IssueTypeInfo
    fields: Mapping[str, FieldInfo]


@dataclass(frozen=True, slots=True)
class Catalog:
    """`fields` are all that the site shows us; `screens` those that were asked for, by project and type."""

    account: str
    fields: tuple[FieldInfo, ...]
    screens: tuple[Screen, ...] = ()
    types: Mapping[str, tuple[IssueTypeInfo, ...]] = field(default_factory=dict)

    def named(self, name: str) -> tuple[FieldInfo, ...]:
        """The fields of that id or name; ids win, names are compared without case."""
        by_id = tuple(info for info in self.fields if info.id == name)
        return by_id or tuple(info for info in self.fields if info.name.casefold() == name.casefold())

    def screen(self, project: str, issue_type: str) -> Screen | None:
        """The create screen of a project and an issue type (its name or id), if it was asked for."""
        for screen in self.screens:
            if screen.project == project and issue_type in {screen.issue_type.id, screen.issue_type.name}:
                return screen
        return None
