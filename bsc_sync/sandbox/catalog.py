"""What a Jira site is set up with: fields, types, statuses, projects."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

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
    "cascading",
    "radio",
    "checkboxes",
    "epic-link",
    "sprint",
    "rank",
]
Flavor = Literal["cloud", "data-center"]

Permission = Literal[
    "ADMINISTER",
    "BULK_CHANGE",
    "BROWSE_PROJECTS",
    "ADMINISTER_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "RESOLVE_ISSUES",
    "ADD_COMMENTS",
    "DELETE_ISSUES",
    "CREATE_ATTACHMENTS",
    "LINK_ISSUES",
    "SCHEDULE_ISSUES",
    "MODIFY_REPORTER",
    "TRANSITION_ISSUES",
]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
GLOBAL = frozenset({"ADMINISTER", "BULK_CHANGE"})

CATEGORIES: Mapping[str, tuple[int, str, str]] = {
    "undefined": (1, "No Category", "medium-gray"),
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}


@dataclass(frozen=True)
class Named:
    """Something with an id and a name: a priority, a resolution, a component."""

    id: str
    name: str


@dataclass(frozen=True)
class Option(Named):
    """A choice of a field; a cascading field has choices below choices."""

    children: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Context:
    """Where a field applies; no projects and no types mean all of them."""

    id: str
    name: str
    projects: tuple[str, ...] = ()
    type_ids: tuple[str, ...] = ()
    description: str = ""

    def covers(self, project_id: str, type_id: str) -> bool:
        """Whether issues of this type in this project are in it."""
        here = not self.projects or project_id in self.projects
        return here and (not self.type_ids or type_id in self.type_ids)


@dataclass(frozen=True)
class FieldKind:
    """A field of issues. `schema` is what `GET /field` shows of its type.

    `project` is the only one that has it, where a team keeps it to itself. Fields without a context apply
    everywhere; without a `searchable` index they are unknown to JQL.
    """

    id: str
    name: str
    kind: Kind
    schema: dict[str, Any] | None = None
    clauses: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    project: str | None = None
    contexts: tuple[Context, ...] = ()
    description: str = ""
    searchable: bool = True

    @property
    def custom(self) -> bool:
        """Whether the site added it."""
        return self.id.startswith("customfield_")

    def applies(self, project_id: str, type_id: str) -> bool:
        """Whether issues of this type in this project have the field."""
        return not self.contexts or any(item.covers(project_id, type_id) for item in self.contexts)


@dataclass(frozen=True)
class IssueType:
    """A type; level 1 is an epic, 0 a story, task or bug, -1 a sub-task. `project`: the only one with it."""

    id: str
    name: str
    level: int
    project: str | None = None

    @property
    def subtask(self) -> bool:
        """Whether it lives below another issue of its project."""
        return self.level < 0


@dataclass(frozen=True)
class Status:
    """A step of the workflow. `project`: the only one it is for."""

    id: str
    name: str
    category: str
    project: str | None = None


@dataclass(frozen=True)
class Transition:
    """A way into a status; `origins` None: from every status. `project`: the only one it is for."""

    id: str
    name: str
    to: str
    origins: tuple[str, ...] | None = None
    project: str | None = None


@dataclass(frozen=True)
class LinkType:
    """A kind of link, with its two readings."""

    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True)
class Screen:
    """What may be set in one place. Team-managed projects keep theirs to themselves: `project`."""

    id: int
    name: str
    field_ids: tuple[str, ...]
    project: str | None = None

    @property
    def tab(self) -> int:
        """The id of its only tab."""
        return 10_000 + self.id


@dataclass(frozen=True)
class Denial:
    """What an account may not do, in one project or (None) everywhere."""

    account_id: str
    permissions: tuple[Permission, ...]
    project: str | None = None


@dataclass(frozen=True)
class SecurityLevel(Named):
    """A level of secrecy: only these accounts see the issues that have it."""

    account_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """A project; screens map a type id to a screen's id, `required` to the fields a new issue must have."""

    id: str
    key: str
    name: str
    style: str
    lead: str
    components: tuple[Named, ...]
    type_ids: tuple[str, ...]
    status_ids: tuple[str, ...]
    create_screens: dict[str, int]
    edit_screens: dict[str, int]
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def team_managed(self) -> bool:
        """Whether its team set it up for itself."""
        return self.style == "next-gen"


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
    screens: tuple[Screen, ...] = ()
    denials: tuple[Denial, ...] = ()
    security_levels: tuple[SecurityLevel, ...] = ()
    people: dict[str, str] = field(default_factory=dict)
    flavor: Flavor = "cloud"

    @property
    def cloud(self) -> bool:
        """Whether the site is Jira Cloud rather than Data Center."""
        return self.flavor == "cloud"

    @cached_property
    def epic_link(self) -> FieldKind | None:
        """Data Center's field from a story to its epic; Cloud uses `parent` for it."""
        return next((item for item in self.fields if item.kind == "epic-link"), None)

    def settable(self, project: Project, type_id: str, purpose: Literal["create", "edit"]) -> tuple[str, ...]:
        """The fields on a screen that issues of this type have."""
        screens = project.create_screens if purpose == "create" else project.edit_screens
        listed = self.screen_by_id[screens[type_id]].field_ids
        return tuple(key for key in listed if self.field_by_id[key].applies(project.id, type_id))

    @cached_property
    def screen_by_id(self) -> dict[int, Screen]:
        """Screens by id."""
        return {item.id: item for item in self.screens}

    @cached_property
    def subtask_type_ids(self) -> frozenset[str]:
        """The types below stories."""
        return frozenset(item.id for item in self.types if item.subtask)

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

    def with_field(self, changed: FieldKind) -> Catalog:
        """The same settings with a field added, or changed if its id is known."""
        known = changed.id in self.field_by_id
        kept = [changed if item.id == changed.id else item for item in self.fields]
        return replace(self, fields=tuple(kept if known else [*kept, changed]))

    def with_screen(self, changed: Screen) -> Catalog:
        """The same settings with a screen changed."""
        return replace(
            self, screens=tuple(changed if item.id == changed.id else item for item in self.screens)
        )

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
