"""Binding a mapping on a real site: the screens are asked for where only they can tell fields apart."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bsc_sync.errors import Problem
from bsc_sync.mapping.bind import Binding, attempt, unclear
from bsc_sync.mapping.catalog import Catalog
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.scorecard.model import Scorecard

Screens = Callable[[Catalog, Collection[tuple[str, str]]], Catalog]


def bound(
    mapping: MappingFile, card: Scorecard, catalog: Catalog, *, screens: Screens
) -> tuple[Catalog, Binding, tuple[Problem, ...]]:
    """The catalog with what was asked for, as much of a binding as there is, and all that is missing."""
    doubtful = unclear(mapping, card, catalog)
    if doubtful:
        catalog = screens(catalog, doubtful)
    binding, problems = attempt(mapping, card, catalog)
    return catalog, binding, problems
