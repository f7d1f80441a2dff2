"""What a mapping needs of a Jira: permissions, links, transitions, people - each with what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bsc_sync.mapping.bind import Binding, Home
from bsc_sync.mapping.model import Mapping
from bsc_sync.mapping.sources import FlowSource

# Jira's keys, and the names that an admin finds in a permission scheme
PERMISSIONS = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "SCHEDULE_ISSUES": "Schedule Issues",
    "ASSIGN_ISSUES": "Assign Issues",
    "MODIFY_REPORTER": "Modify Reporter",
    "TRANSITION_ISSUES": "Transition Issues",
    "LINK_ISSUES": "Link Issues",
    "ADD_COMMENTS": "Add Comments",
}
OF_FIELDS = {
    "duedate": ("SCHEDULE_ISSUES", "to write due dates"),
    "assignee": ("ASSIGN_ISSUES", "to assign issues"),
    "reporter": ("MODIFY_REPORTER", "to write reporters"),
}


@dataclass(frozen=True, slots=True)
class PermissionNeed:
    """A permission that the account needs in a project, and what for."""

    project: str
    permission: str
    why: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name that the mapping uses for something in Jira, and where."""

    name: str
    path: str


def permission_needs(mapping: Mapping, binding: Binding) -> tuple[PermissionNeed, ...]:
    """Every permission that the mapping needs, each once a project; its first reason stands."""
    first: dict[tuple[str, str], PermissionNeed] = {}
    for need in (*_of_homes(mapping, binding), *_of_moves(mapping), *_of_work(mapping)):
        first.setdefault((need.project, need.permission), need)
    order = list(PERMISSIONS)
    return tuple(sorted(first.values(), key=lambda need: order.index(need.permission)))


def create_places(binding: Binding) -> tuple[tuple[str, str], ...]:
    """The (project, issue type) places in which issues of ours are created, in the order of the file."""
    return tuple(dict.fromkeys((home.project, home.issue_type) for home in created(binding)))


def created(binding: Binding) -> tuple[Home, ...]:
    """What becomes an issue of its own: neither a field nor an issue that is there already."""
    return tuple(home for home in binding.homes.values() if home.as_ == "issue" and home.existing is None)


def existing_issues(binding: Binding) -> tuple[Named, ...]:
    """The issues that are to be adopted."""
    return tuple(
        Named(home.existing, f"{home.path}.existing") for home in binding.homes.values() if home.existing
    )


def work_epics(mapping: Mapping) -> tuple[Named, ...]:
    """The teams' epics that `work:` names."""
    found = []
    for index, rule in enumerate(mapping.work):
        if rule.epic is not None:
            found.append(Named(rule.epic, f"work[{index}].epic"))
        found += [Named(key, f"work[{index}].epics[{nth}]") for nth, key in enumerate(rule.epics)]
    return tuple(found)


def link_names(mapping: Mapping, binding: Binding) -> tuple[Named, ...]:
    """The link types (or one of their readings) that are written or followed, each once."""
    used = {home.path for home in binding.homes.values() if home.link and home.parent is None}
    found = [
        Named(home.link, f"{home.path}.link")
        for home in binding.homes.values()
        if home.link and home.path in used
    ]
    found += [
        Named(rule.links, f"work[{index}].links") for index, rule in enumerate(mapping.work) if rule.links
    ]
    return _once(found)


def flow_statuses(mapping: Mapping) -> tuple[Named, ...]:
    """The statuses between which a flow is measured."""
    found = []
    for index, rule in enumerate(mapping.measures):
        if isinstance(rule.source, FlowSource):
            for key, name in (("from", rule.source.from_), ("to", rule.source.to)):
                if name:
                    found.append(Named(name, f"measures[{index}].source.{key}"))
    return _once(found)


def _of_homes(mapping: Mapping, binding: Binding) -> Iterator[PermissionNeed]:
    retire = mapping.jira.retire
    for home in binding.homes.values():
        project = home.place[0]
        if home.as_ == "field":
            epic = binding.homes.get(home.serves or "")
            project = epic.place[0] if epic else project
        elif home.existing is None:
            yield PermissionNeed(project, "CREATE_ISSUES", "to create objectives and key results", home.path)
        yield PermissionNeed(project, "BROWSE_PROJECTS", "to see the issues of the scorecard", home.path)
        yield PermissionNeed(project, "EDIT_ISSUES", "to keep them in step with the scorecard", home.path)
        for field in home.fields:
            if field.rule.owner != "jira" and field.id in OF_FIELDS:
                permission, why = OF_FIELDS[field.id]
                yield PermissionNeed(project, permission, why, field.path)
        if home.link and home.parent is None and home.kind == "key_result":
            yield PermissionNeed(
                project, "LINK_ISSUES", "to link key results to their objective", f"{home.path}.link"
            )
        if home.as_ == "issue" and retire.transition:
            yield PermissionNeed(
                project, "TRANSITION_ISSUES", "to close what left the scorecard", "jira.retire.transition"
            )
        if home.as_ == "issue" and retire.reopen:
            yield PermissionNeed(
                project, "TRANSITION_ISSUES", "to open again what comes back", "jira.retire.reopen"
            )
        if home.as_ == "issue" and retire.comment:
            yield PermissionNeed(
                project, "ADD_COMMENTS", "to say why an issue was closed", "jira.retire.comment"
            )


def _of_moves(mapping: Mapping) -> Iterator[PermissionNeed]:
    """What is needed in the other projects in which issues of ours may stand."""
    retire = mapping.jira.retire
    for index, project in enumerate(mapping.jira.projects):
        path = f"jira.projects[{index}]"
        yield PermissionNeed(project, "BROWSE_PROJECTS", "to see issues that were moved there", path)
        yield PermissionNeed(project, "EDIT_ISSUES", "to keep issues in step that were moved there", path)
        if retire.transition or retire.reopen:
            yield PermissionNeed(project, "TRANSITION_ISSUES", "to close and reopen them", path)
        if retire.comment:
            yield PermissionNeed(project, "ADD_COMMENTS", "to say why they were closed", path)


def _of_work(mapping: Mapping) -> Iterator[PermissionNeed]:
    for epic in work_epics(mapping):
        yield PermissionNeed(
            epic.name.rpartition("-")[0], "BROWSE_PROJECTS", "to count the teams' work", epic.path
        )


def _once(found: Iterable[Named]) -> tuple[Named, ...]:
    first: dict[str, Named] = {}
    for named in found:
        first.setdefault(named.name.casefold(), named)
    return tuple(first.values())
