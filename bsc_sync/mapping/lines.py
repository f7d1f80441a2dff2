"""Where the parts of a mapping stand in its file, so that what Jira says of one can name the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bsc_sync.errors import Problem
from bsc_sync.scorecard.wording import Path, path_text
from bsc_sync.scorecard.yaml_source import Document

Lines = Mapping[str, str]


def lines_of(document: Document) -> Lines:
    """file:line:column of every path of a document, by its text (`jira.rules[1].existing`).

    A part with parts of its own stands where its name is written, a single value where it is.
    """
    return {
        path_text(path): str(document.key_place(path) if has_parts else document.place(path))
        for path, has_parts in _paths(document.data, ())
    }


def located(problems: Iterable[Problem], lines: Lines) -> tuple[Problem, ...]:
    """The problems with the line of the part that they speak of, or of the nearest one around it."""
    return tuple(
        problem if problem.where else replace(problem, where=line_of(problem.path, lines))
        for problem in problems
    )


def line_of(path: str, lines: Lines) -> str:
    """Where the part of that path stands, or the nearest one around it; empty where nothing is known."""
    while path:
        if path in lines:
            return lines[path]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[: max(cut, 0)]
    return ""


def _paths(value: object, path: Path) -> Iterator[tuple[Path, bool]]:
    parts: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, Mapping):
        parts = ((str(key), part) for key, part in value.items())
    elif isinstance(value, list):
        parts = enumerate(value)
    for key, part in parts:
        here = (*path, key)
        yield here, isinstance(part, Mapping)
        yield from _paths(part, here)
