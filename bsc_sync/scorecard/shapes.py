"""Where a validation error belongs: its path in the file, and which keys the models know there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import Tag

from bsc_sync.scorecard.quantity import Part
from bsc_sync.scorecard.wording import Path
from bsc_sync.scorecard.yaml_source import Document


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that both the document and the models know; `keys` are those that may stand there."""

    path: Path
    keys: tuple[str, ...]


def spot(
    model: type[Part],
    location: Sequence[str | int],
    document: Document,
    origins: Mapping[Path, tuple[int, ...]],
) -> Spot:
    """The spot of a pydantic location, without the steps that are in no file (tags, wrapped values).

    `origins` tells, for lists that lost items before validation, which are left.
    """
    path: Path = ()
    shapes: list[Any] = [model]
    for step in location:
        tagged = [shape for shape, tag in _flat(shapes) if tag == step]
        if tagged:
            shapes = tagged
            continue
        shapes = [inner for shape, _ in _flat(shapes) for inner in _inside(shape, step)] or shapes
        kept = origins.get(path)
        part = kept[step] if kept and isinstance(step, int) and step < len(kept) else step
        if document.holds((*path, part)):
            path = (*path, part)
    return Spot(path, tuple(dict.fromkeys(key for shape, _ in _flat(shapes) for key in keys_of(shape))))


def keys_of(shape: Any) -> tuple[str, ...]:
    """The keys of a part as a file writes them; none of anything that is not a part."""
    if isinstance(shape, type) and issubclass(shape, Part):
        return tuple(field.alias or name for name, field in shape.model_fields.items())
    return ()


def _flat(annotations: Sequence[Any], tag: str | None = None) -> Iterator[tuple[Any, str | None]]:
    for annotation in annotations:
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *notes = get_args(annotation)
            own = next((note.tag for note in notes if isinstance(note, Tag)), tag)
            yield from _flat([inner], own)
        elif origin in {Union, UnionType}:
            yield from _flat(get_args(annotation), tag)
        else:
            yield annotation, tag


def _inside(shape: Any, step: str | int) -> Iterator[Any]:
    origin, given = get_origin(shape), get_args(shape)
    if isinstance(shape, type) and issubclass(shape, Part):
        for name, field in shape.model_fields.items():
            if step == (field.alias or name):
                yield field.annotation
    elif origin is tuple and isinstance(step, int):
        yield given[0]
    elif origin is dict and isinstance(step, str):
        yield given[1]
