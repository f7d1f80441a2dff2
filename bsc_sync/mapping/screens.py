"""Whether what shall be created can be created, with everything that it must carry."""

from __future__ import annotations

from collections.abc import Iterable

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.catalog import Catalog, carrier


def check_screens(binding: Binding, catalog: Catalog, refs: Iterable[str], *, label: str) -> None:
    """Before the first write: what shall be created can be created, with everything it must carry.

    Raises MappingError with each issue type, field and label that the create screens lack.
    """
    problems: dict[str, Problem] = {}
    for ref in refs:
        home = binding.homes[ref]
        place = f"{home.project} / {home.issue_type}"
        screen = catalog.screen(home.project, home.issue_type)
        if screen is None:
            offered = (
                ", ".join(kind.name for kind in catalog.types.get(home.project, ())) or "none that we may use"
            )
            problems[place] = Problem(
                f'cannot create "{home.issue_type}" in project {home.project}',
                f"check the project, the issue type (offered: {offered}) and the permission to create",
                where=place,
            )
            continue
        if screen.fields is None:
            continue
        wanted = {carrier(field.id): field.name for field in home.fields if field.rule.owner != "jira"}
        wanted["labels"] = f"labels (they carry our mark {label})"
        if home.parent and catalog.parent_field and screen.issue_type.level >= 0:
            wanted[catalog.parent_field] = f"{_name_of(catalog.parent_field, catalog)} (it leads to the epic)"
        for field_id, name in wanted.items():
            if field_id not in screen.fields:
                problems[f"{place} {field_id}"] = Problem(
                    f'the field "{name}" is not on the create screen',
                    "ask the Jira admin to add it, or take it out of the mapping",
                    where=place,
                )
        given = {*wanted, *catalog.filled, "project", "issuetype", "parent", "reporter"}
        for info in screen.fields.values():
            if info.required and info.id not in given:
                problems[f"{place} {info.id}"] = Problem(
                    f'Jira requires the field "{info.name}" and the mapping does not fill it',
                    f'add "{info.name}: {{value: ..., owner: seed}}" under fields',
                    where=place,
                )
    if problems:
        raise MappingError("Jira would refuse what the mapping asks for", problems=problems.values())


def _name_of(field_id: str, catalog: Catalog) -> str:
    return next((info.name for info in catalog.fields if info.id == field_id), field_id)
