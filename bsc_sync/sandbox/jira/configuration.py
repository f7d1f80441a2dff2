"""The settings that a seed describes: fields, types, statuses, screens and projects, with ids given out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from bsc_sync.sandbox.catalog import (
    GLOBAL,
    PERMISSIONS,
    Catalog,
    Denial,
    FieldKind,
    IssueType,
    LinkType,
    Named,
    Option,
    Project,
    Screen,
    SecurityLevel,
    Status,
    Transition,
    find,
)
from bsc_sync.sandbox.jira.fields import (
    READ_ONLY_KINDS,
    agile_fields,
    custom_field,
    is_epic_name,
    system_fields,
)
from bsc_sync.sandbox.seed_parts import (
    DEFAULT_LINK_TYPES,
    DEFAULT_RESOLUTIONS,
    DEFAULT_STATUSES,
    PRIORITIES,
    TYPE_LEVELS,
)

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

DEFAULT_SCREEN_ID = 1
_DEFAULT_SCREEN = (
    "summary",
    "description",
    "labels",
    "duedate",
    "priority",
    "assignee",
    "components",
    "parent",
    "issuelinks",
)
_SETTABLE = frozenset({*_DEFAULT_SCREEN, "reporter", "security"})
_Plan = Mapping[str, Any]


@dataclass
class _Parts:
    """What is being put together; Cloud's team-managed projects get types, statuses, screens of their own."""

    cloud: bool
    types: list[IssueType]
    statuses: list[Status]
    transitions: list[Transition]
    fields: list[FieldKind] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(20_001))


def configure(site: Site, plan: _Plan) -> Catalog:
    """The settings that a checked seed describes; ValueError for a screen that names no field."""
    types = [
        IssueType(str(10_001 + place), name, level) for place, (name, level) in enumerate(TYPE_LEVELS.items())
    ]
    statuses = [
        Status(str(10_010 + place), item["name"], item["category"])
        for place, item in enumerate(plan.get("statuses") or DEFAULT_STATUSES)
    ]
    parts = _Parts(site.flavor == "cloud", types, statuses, _transitions(plan, statuses))
    _add_fields(plan, parts)
    _add_projects(site, plan, parts)
    links = [*DEFAULT_LINK_TYPES, *(plan.get("link_types") or ())]
    by_name = {item["name"]: item for item in links}
    return Catalog(
        fields=tuple(parts.fields),
        types=tuple(parts.types),
        statuses=tuple(parts.statuses),
        transitions=tuple(parts.transitions),
        priorities=_numbered(PRIORITIES, 1),
        resolutions=_numbered(plan.get("resolutions") or DEFAULT_RESOLUTIONS, 10_030),
        link_types=tuple(
            LinkType(str(10_040 + place), item["name"], item["inward"], item["outward"])
            for place, item in enumerate(by_name.values())
        ),
        projects=tuple(parts.projects),
        screens=tuple(parts.screens),
        denials=tuple(_denials(plan)),
        security_levels=tuple(
            SecurityLevel(str(10_060 + place), item["name"], tuple(item["users"]))
            for place, item in enumerate(plan.get("security_levels") or ())
        ),
        people={user.account_id: user.name for user in site.users.values()},
        flavor=site.flavor,
    )


def _transitions(plan: _Plan, statuses: Sequence[Status], project: str | None = None) -> list[Transition]:
    ids = {item.name: item.id for item in statuses}
    listed = plan.get("transitions") or [{"name": item.name, "to": item.name} for item in statuses]
    return [
        Transition(
            str(11 + 10 * place),
            item["name"],
            ids[item["to"]],
            tuple(ids[name] for name in item["from"]) if "from" in item else None,
            project,
        )
        for place, item in enumerate(listed)
    ]


def _add_fields(plan: _Plan, parts: _Parts) -> None:
    listed: list[tuple[_Plan, str | None]] = [(item, None) for item in plan.get("fields") or ()]
    for place, project in enumerate(plan["projects"]):
        listed += [(item, _project_id(place)) for item in project.get("fields") or ()]
    taken = {item["id"] for item, _ in listed if "id" in item}
    free = (f"customfield_{number}" for number in count(10_100))
    option_numbers = count(10_200)
    parts.fields += system_fields(cloud=parts.cloud)
    for item, project_id in listed:
        field_id = item.get("id") or next(candidate for candidate in free if candidate not in taken)
        taken.add(field_id)
        parts.fields.append(
            custom_field(
                field_id,
                item["name"],
                item["type"],
                _options(item.get("options") or (), option_numbers),
                item.get("custom"),
                project=project_id,
                description=item.get("description", ""),
            )
        )
    if not parts.cloud:
        names = (plan.get("site") or {}).get("names", {})
        parts.fields += agile_fields(names, taken, parts.types)


def _options(listed: Any, numbers: count[int]) -> list[Option]:
    if isinstance(listed, Mapping):
        return [
            Option(
                str(next(numbers)), name, tuple(Named(str(next(numbers)), child) for child in children or ())
            )
            for name, children in listed.items()
        ]
    return [Option(str(next(numbers)), name) for name in listed]


def _add_projects(site: Site, plan: _Plan, parts: _Parts) -> None:
    parts.screens.append(Screen(DEFAULT_SCREEN_ID, "Default Screen", _default_screen(parts, None)))
    component_number = 10_300
    for place, item in enumerate(plan["projects"]):
        project_id = _project_id(place)
        components = _numbered(item.get("components") or (), component_number)
        component_number += len(components)
        team_managed = parts.cloud and item.get("style") == "next-gen"
        types = [kind for kind in parts.types if kind.project is None]
        statuses = [status for status in parts.statuses if status.project is None]
        if team_managed:
            types, statuses = _own_workflow(plan, parts, project_id)
        offered = [kind for kind in types if kind.name in (item.get("issue_types") or TYPE_LEVELS)]
        screens = _Screens(parts, item, project_id if team_managed else None, project_id)
        parts.projects.append(
            Project(
                id=project_id,
                key=item["key"],
                name=item.get("name", item["key"]),
                style="next-gen" if team_managed else "classic",
                lead=item.get("lead", next(iter(site.users))),
                components=components,
                type_ids=tuple(kind.id for kind in offered),
                status_ids=tuple(status.id for status in statuses),
                create_screens={kind.id: screens.of(kind, "create") for kind in offered},
                edit_screens={kind.id: screens.of(kind, "edit") for kind in offered},
                required={kind.id: screens.required(kind) for kind in offered},
            )
        )


def _own_workflow(plan: _Plan, parts: _Parts, project_id: str) -> tuple[list[IssueType], list[Status]]:
    shared = [item for item in parts.types if item.project is None]
    types = [IssueType(str(next(parts.numbers)), item.name, item.level, project_id) for item in shared]
    steps = [item for item in parts.statuses if item.project is None]
    statuses = [Status(str(next(parts.numbers)), item.name, item.category, project_id) for item in steps]
    parts.types += types
    parts.statuses += statuses
    parts.transitions += _transitions(plan, statuses, project_id)
    return types, statuses


@dataclass
class _Screens:
    """The screens of one project: those it lists, else the site's default one."""

    parts: _Parts
    item: _Plan
    owner: str | None
    project_id: str
    made: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, kind: IssueType, purpose: str) -> int:
        """The id of a type's screen for `create` or `edit`."""
        listed, name = self._listed(kind)
        if isinstance(listed, Mapping):
            listed = listed.get(purpose)
        if listed is None and self.owner is None and not self.item.get("fields"):
            return DEFAULT_SCREEN_ID
        place = (name, purpose) if listed is not None else ("", "")
        if place not in self.made:
            if listed is None:
                field_ids = _default_screen(self.parts, self.project_id)
            else:
                field_ids = self._shown(self._named(kind, listed))
            title = " ".join(part for part in (self.item["key"], name, purpose, "Screen") if part)
            number = len(self.parts.screens) + 1
            self.parts.screens.append(Screen(number, title.replace(" *", ""), field_ids, self.owner))
            self.made[place] = number
        return self.made[place]

    def required(self, kind: IssueType) -> tuple[str, ...]:
        """The fields that a new issue of a type must have, beyond those that Jira itself demands."""
        listed, _ = self._listed(kind)
        wanted = listed.get("required") if isinstance(listed, Mapping) else None
        asked = set(self._named(kind, wanted or ()))
        if kind.level == 1:
            asked |= set(self._epic_names())
        return tuple(item.id for item in self.parts.fields if item.id in asked)

    def _listed(self, kind: IssueType) -> tuple[Any, str]:
        screens = self.item.get("screens") or {}
        name = kind.name if kind.name in screens else "*"
        return screens.get(name), name

    def _epic_names(self) -> list[str]:
        return [item.id for item in self.parts.fields if is_epic_name(item)]

    def _shown(self, ids: Sequence[str]) -> tuple[str, ...]:
        if self.parts.cloud:
            return tuple(ids)
        # Data Center asks for an epic by its own field, and every epic has a name.
        links = [item.id for item in self.parts.fields if item.kind == "epic-link"]
        shown = [key for name in ids for key in (links if name == "parent" else [name])]
        return (*shown, *(key for key in self._epic_names() if key not in shown))

    def _named(self, kind: IssueType, listed: Sequence[str]) -> list[str]:
        own = [item for item in self.parts.fields if item.project in {None, self.project_id}]
        known = sorted(own, key=lambda item: item.project is None)
        ids = []
        for name in listed:
            found = find(known, name)
            if found is None or not (found.custom or found.id in _SETTABLE):
                place = f"project {self.item['key']}: screens.{kind.name}"
                raise ValueError(f"{place}: {name!r} is not a field that can be set")
            ids.append(found.id)
        return ids


def _default_screen(parts: _Parts, project_id: str | None) -> tuple[str, ...]:
    custom = [
        item.id
        for item in parts.fields
        if item.custom and item.project in {None, project_id} and item.kind not in READ_ONLY_KINDS
    ]
    system = [name for name in _DEFAULT_SCREEN if parts.cloud or name != "parent"]
    return (*system, *custom)


def _denials(plan: _Plan) -> Iterator[Denial]:
    ids = {item["key"]: _project_id(place) for place, item in enumerate(plan["projects"])}
    for item in plan.get("permissions") or ():
        named = item.get("projects")
        scope = PERMISSIONS if named is None else [name for name in PERMISSIONS if name not in GLOBAL]
        denied = item.get("without") or [name for name in scope if name not in item["only"]]
        for key in named or [None]:
            yield Denial(item["user"], tuple(denied), None if key is None else ids[key])


def _project_id(place: int) -> str:
    return str(10_000 + place)


def _numbered(names: Sequence[str], first: int) -> tuple[Named, ...]:
    return tuple(Named(str(first + place), name) for place, name in enumerate(names))
