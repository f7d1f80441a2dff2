"""Whether what a field is to be set to is among what it offers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.catalog import Catalog
from bsc_sync.plan.change import Create
from bsc_sync.plan.item import ItemField

_LISTED = 12


def check_choices(creates: Iterable[Create], catalog: Catalog) -> None:
    """Before the first write: every value that is chosen from a list is on it, letter for letter.

    Raises MappingError with each value that the create screens do not offer.
    """
    problems: list[Problem] = []
    for change in creates:
        screen = catalog.screen(change.item.project, change.item.issue_type)
        for field in change.item.fields:
            info = (screen.fields or {}).get(field.id) if screen else None
            if info is not None and info.choices is not None:
                problems += _problems(change.ref, field, info.choices)
    if problems:
        raise MappingError("Jira does not offer all that is asked for", problems=problems)


def _problems(ref: str, field: ItemField, choices: tuple[str, ...]) -> Iterable[Problem]:
    for value in field.value if isinstance(field.value, tuple) else (field.value,):
        if value is None or value in choices:
            continue
        folded = {choice.casefold(): choice for choice in choices}
        near = difflib.get_close_matches(value.casefold(), folded, n=1, cutoff=0.6)
        more = f" and {len(choices) - _LISTED} more" if len(choices) > _LISTED else ""
        offered = f"there are {', '.join(choices[:_LISTED])}{more}" if choices else "it offers nothing yet"
        hint = f"did you mean {folded[near[0]]}?" if near else offered
        yield Problem(f'"{value}" cannot be chosen', hint, where=ref, path=f'field "{field.name}"')
