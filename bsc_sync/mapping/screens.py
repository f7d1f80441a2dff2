"""Whether what shall be created can be created, with everything that it must carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bsc_sync.errors import Problem
from bsc_sync.mapping.bind import Binding, Home
from bsc_sync.mapping.catalog import Catalog, Screen, carrier


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a create screen lacks, or asks for. `name` is the field's or the issue type's."""

    kind: Literal["issue type", "field", "label", "required"]
    project: str
    issue_type: str
    name: str
    field: str
    problem: Problem


def gaps(binding: Binding, catalog: Catalog, refs: Iterable[str], *, label: str) -> tuple[Gap, ...]:
    """Each issue type, field and label that the create screens lack, and each field that they require.

    The catalog holds the screens of the places where these items are created.
    """
    found: dict[tuple[str, str, str, str], Gap] = {}
    for ref in refs:
        home = binding.homes[ref]
        screen = catalog.screen(home.project, home.issue_type)
        if screen is None:
            here = [_no_type(home, catalog)]
        else:
            here = list(_on_screen(binding, home, catalog, screen, label))
        for gap in here:
            found.setdefault((gap.kind, gap.project, gap.issue_type, gap.field), gap)
    return tuple(found.values())


def _no_type(home: Home, catalog: Catalog) -> Gap:
    offered = ", ".join(kind.name for kind in catalog.types.get(home.project, ())) or "none that we may use"
    problem = Problem(
        f'cannot create "{home.issue_type}" in project {home.project}',
        f"check the project, the issue type (offered: {offered}) and the permission to create",
        path=home.path,
    )
    return Gap("issue type", home.project, home.issue_type, home.issue_type, "", problem)


def _on_screen(binding: Binding, home: Home, catalog: Catalog, screen: Screen, label: str) -> Iterator[Gap]:
    if screen.fields is None:
        return
    place = f"{home.project} / {home.issue_type}"
    wanted = {"labels": (f"labels (they carry our mark {label})", home.path)}
    if home.parent and catalog.parent_field and screen.issue_type.level >= 0:
        name = _name_of(catalog.parent_field, catalog)
        wanted[catalog.parent_field] = (f"{name} (it leads to the epic)", home.path)
    on_epic = [
        field
        for one in binding.homes.values()
        if one.as_ == "field" and one.serves == home.ref
        for field in one.fields
    ]
    for field in (*home.fields, *on_epic):
        if field.rule.owner != "jira":
            wanted[carrier(field.id)] = (field.name, field.path)
    for identifier, (name, path) in wanted.items():
        if identifier not in screen.fields:
            problem = Problem(
                f'the field "{name}" is not on the create screen of {place}',
                "ask the Jira admin to add it, or take it out of the mapping",
                path=path,
            )
            kind: Literal["label", "field"] = "label" if identifier == "labels" else "field"
            yield Gap(kind, home.project, home.issue_type, name, identifier, problem)
    given = {*wanted, *catalog.filled, "project", "issuetype", "parent", "reporter"}
    for info in screen.fields.values():
        if info.required and info.id not in given:
            problem = Problem(
                f'Jira requires the field "{info.name}" of {place} and the mapping does not fill it',
                f'add "{info.name}: {{value: ..., owner: seed}}" under fields',
                path=home.path,
            )
            yield Gap("required", home.project, home.issue_type, info.name, info.id, problem)


def _name_of(field_id: str, catalog: Catalog) -> str:
    return next((info.name for info in catalog.fields if info.id == field_id), field_id)
