"""Whether what a field is to be set to is among what it offers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bsc_sync.errors import Problem
from bsc_sync.mapping.catalog import Catalog
from bsc_sync.plan.item import Item, ItemField

_LISTED = 12


def unoffered(items: Iterable[Item], catalog: Catalog) -> tuple[Problem, ...]:
    """Each value of an item that is chosen from a list, and that the create screen does not offer, letter
    for letter."""
    problems: list[Problem] = []
    for item in items:
        screen = catalog.screen(item.project, item.issue_type)
        for field in item.fields:
            info = (screen.fields or {}).get(field.id) if screen else None
            if info is not None and info.choices is not None:
                problems += _problems(item.ref, field, info.choices)
    return tuple(problems)


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
