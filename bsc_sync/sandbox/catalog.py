"""What a Jira site is set up with: fields, types, statuses, projects. Fixed once the site is sown."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import TypeAdapter

Kind = Literal[
    "system",
    "number",
    "text",
    "textarea",
    "date",
    "datetime",
    "select",
    "multiselect",
    "user",
    "labels",
    "url",
]

CATEGORIES: Mapping[str, tuple[int, str, str]] = {
    "undefined": (1, "No Category", "medium-gray"),
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}


@dataclass(frozen=True)
class Named:
    """Something with an id and a name: a priority, a resolution, an option, a component."""

    id: str
    name: str


@dataclass(frozen=True)
class FieldKind:
    """A field of issues. `schema` is what `GET /field` shows of its type."""

    id: str
    name: str
    kind: Kind
    schema: dict[str, Any] | None = None
    clauses: tuple[str, ...] = ()
    options: tuple[Named, ...] = ()

    @property
    def custom(self) -> bool:
        """Whether the site added it."""
        return self.id.startswith("customfield_")


@dataclass(frozen=True)
class IssueType:
    """A type; level 1 is an epic, 0 a story, task or bug, -1 a sub-task."""

    id: str
    name: str
    level: int

    @property
    def subtask(self) -> bool:
        """Whether it lives below another issue of its project."""
        return self.level < 0


@dataclass(frozen=True)
class Status:
    """A step of the workflow."""

    id: str
    name: str
    category: str


@dataclass(frozen=True)
class Transition:
    """A way into a status; `origins` None: from every status."""

    id: str
    name: str
    to: str
    origins: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LinkType:
    """A kind of link, with its two readings."""

    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True)
class Project:
    """A project; screens map a type id to the field ids that may be set, for create and edit."""

    id: str
    key: str
    name: str
    style: str
    lead: str
    components: tuple[Named, ...]
    type_ids: tuple[str, ...]
    create_screens: dict[str, tuple[str, ...]]
    edit_screens: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Catalog:
    """All of a site's settings, with the look-ups everyone needs."""

    fields: tuple[FieldKind, ...]
    types: tuple[IssueType, ...]
    statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...]
    priorities: tuple[Named, ...]
    resolutions: tuple[Named, ...]
    link_types: tuple[LinkType, ...]
    projects: tuple[Project, ...]
    people: dict[str, str] = field(default_factory=dict)

    @cached_property
    def field_by_id(self) -> dict[str, FieldKind]:
        """Fields by id."""
        return {item.id: item for item in self.fields}

    @cached_property
    def type_by_id(self) -> dict[str, IssueType]:
        """Issue types by id."""
        return {item.id: item for item in self.types}

    @cached_property
    def status_by_id(self) -> dict[str, Status]:
        """Statuses by id."""
        return {item.id: item for item in self.statuses}

    @cached_property
    def project_by_id(self) -> dict[str, Project]:
        """Projects by id."""
        return {item.id: item for item in self.projects}

    @cached_property
    def link_type_by_id(self) -> dict[str, LinkType]:
        """Link types by id."""
        return {item.id: item for item in self.link_types}

    @cached_property
    def priority_by_id(self) -> dict[str, Named]:
        """Priorities by id."""
        return {item.id: item for item in self.priorities}

    @cached_property
    def resolution_by_id(self) -> dict[str, Named]:
        """Resolutions by id."""
        return {item.id: item for item in self.resolutions}

    @cached_property
    def component_by_id(self) -> dict[str, Named]:
        """Components of all projects by id."""
        return {item.id: item for project in self.projects for item in project.components}

    def project(self, id_or_key: str) -> Project | None:
        """A project by id or key, the key in any case."""
        for item in self.projects:
            if id_or_key == item.id or id_or_key.upper() == item.key:
                return item
        return None


def find(items: Iterable[Any], text: str) -> Any | None:
    """The item whose id is this text, or whose name is, in any case; None if there is none."""
    listed = list(items)
    lowered = text.lower()
    return next((item for item in listed if item.id == text), None) or next(
        (item for item in listed if item.name.lower() == lowered), None
    )


def keep_catalog(connection: sqlite3.Connection, catalog: Catalog) -> None:
    """Store the settings."""
    connection.execute("INSERT INTO jira_catalog VALUES (?)", (_adapter.dump_json(catalog).decode(),))


def read_catalog(connection: sqlite3.Connection) -> Catalog:
    """The settings of the site in this store."""
    row = connection.execute("SELECT document FROM jira_catalog").fetchone()
    return _adapter.validate_json(row["document"])


_adapter = TypeAdapter(Catalog)
