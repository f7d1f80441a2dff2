"""Data to models: what does not fit is said in plain sentences, and the rest is read all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bsc_sync.errors import Problem
from bsc_sync.scorecard.quantity import Part, Unfit
from bsc_sync.scorecard.shapes import Spot, spot
from bsc_sync.scorecard.wording import (
    Path,
    listed,
    meant,
    neutral,
    path_text,
    quoted,
    shown,
    suggestion,
)
from bsc_sync.scorecard.yaml_source import Document

ModelT = TypeVar("ModelT", bound=Part)
MAX_ROUNDS = 50

_BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


@dataclass(frozen=True, slots=True)
class Fit(Generic[ModelT]):
    """A document as a model: exact if there are no problems, else what could be read of it.

    `lost` are the paths that were left out to get there, `origins` the items left of lists that
    lost some; `value` is None where nothing could be read.
    """

    value: ModelT | None
    problems: tuple[Problem, ...]
    lost: frozenset[Path]
    origins: Mapping[Path, tuple[int, ...]]

    def original(self, path: Path) -> Path:
        """The path in the file of a path in `value`."""
        result: Path = ()
        for part in path:
            kept = self.origins.get(result)
            found = kept[part] if kept and isinstance(part, int) and part < len(kept) else part
            result = (*result, found)
        return result

    def doubtful(self, path: Path) -> bool:
        """Whether what is said of this path may only follow from something that was left out."""
        return any(gone[: len(path)] == path or path[: len(gone)] == gone for gone in self.lost)


def fit(model: type[ModelT], document: Document, *, stand_ins: Mapping[str, object]) -> Fit[ModelT]:
    """The document as a model. What does not fit is told once, then left out until the rest fits.

    `stand_ins` are values for top-level keys that are missing or wrong, so that reading can go on.
    """
    problems: tuple[Problem, ...] = ()
    lost: set[Path] = set()
    for number in range(MAX_ROUNDS):
        data, origins = document.without(lost)
        try:
            value = model.model_validate(
                {**stand_ins, **data} if number else data, by_alias=True, by_name=False
            )
        except ValidationError as error:
            details = error.errors(include_url=False)
            spots = [_spot(model, detail, document, origins) for detail in details]
            if not number:
                problems = _problems(details, spots, document)
            lost |= {path for place in spots for path in _casualties(place)}
        else:
            return Fit(value, problems, frozenset(lost), origins)
    return Fit(None, problems, frozenset(lost), {})


def _problems(
    details: Sequence[ErrorDetails], spots: Sequence[Spot], document: Document
) -> tuple[Problem, ...]:
    """All of them, save the keys that are missing only because they are mistyped."""
    mistyped = {path for place in spots for path in _casualties(place) if path != place.path}
    return tuple(
        _problem(detail, place, document)
        for detail, place in zip(details, spots, strict=True)
        if detail["type"] != "missing" or (*place.path, detail["loc"][-1]) not in mistyped
    )


def _spot(
    model: type[Part], detail: ErrorDetails, document: Document, origins: Mapping[Path, tuple[int, ...]]
) -> Spot:
    location = detail["loc"]
    if detail["type"] in {"missing", "extra_forbidden"}:
        parent = spot(model, location[:-1], document, origins)
        if detail["type"] == "extra_forbidden":
            return Spot((*parent.path, location[-1]), parent.keys)
        return parent
    return spot(model, location, document, origins)


def _casualties(place: Spot) -> Iterator[Path]:
    """What is left out for one error, and the key that a mistyped one was probably meant to be."""
    if place.path:
        yield place.path
        *parent, last = place.path
        near = meant(last, place.keys) if isinstance(last, str) and last not in place.keys else None
        if near:
            yield (*parent, near)


def _problem(detail: ErrorDetails, place: Spot, document: Document) -> Problem:
    what, hint = _sentence(detail, place)
    is_key = detail["type"] == "extra_forbidden" or detail["loc"][-1:] == ("[key]",)
    where = document.key_place(place.path) if is_key else document.place(place.path)
    path = place.path[:-1] if detail["type"] == "extra_forbidden" else place.path
    return Problem(neutral(what), neutral(hint), where=str(where), path=path_text(path))


def _sentence(detail: ErrorDetails, place: Spot) -> tuple[str, str]:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if place.path == ("format",):
        number = shown(given).removeprefix("the text ")
        return f"format {number} is unknown to this version", "write format: 1, or update bsc-sync"
    match kind:
        case "value_error":
            error = context["error"]
            return (error.what, error.hint) if isinstance(error, Unfit) else (str(error), "")
        case "extra_forbidden":
            key = str(detail["loc"][-1])
            return f"unknown key {quoted(key)}", suggestion(key, place.keys, what="known keys")
        case "missing":
            return _missing(detail["loc"][-1], place)
        case "literal_error":
            return _choice(given, context)
        case "string_too_long" | "too_long" | "too_short":
            return _size(kind, given, context)
        case "tuple_type" | "list_type":
            hint = "leave the key out, or write a list" if given is None else "put it in brackets: [...]"
            return f"expected a list, got {shown(given)}", hint
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"expected a mapping, got {shown(given)}", _keys_hint(place)
        case "union_tag_invalid":
            return _no_kind(given, context)
        case _ if kind in _BOUNDS:
            key, words = _BOUNDS[kind]
            return f"expected a number {words} {context[key]}, got {given}", "correct the number"
        case _:
            return f"{shown(given)} does not fit here", "compare it with the format's description"


def _missing(name: str | int, place: Spot) -> tuple[str, str]:
    if isinstance(name, int):
        return "the list is too short", "write both values: [0, 1]"
    if name == "format" and not place.path:
        return 'the key "format" is missing', "begin the file with format: 1"
    return f'the key "{name}" is missing', f"add {name}: ..."


def _size(kind: str, given: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "too_short":
        return "the list is empty", "leave the key out, or give at least one"
    most = context["max_length"]
    if isinstance(given, str):
        return f"the text has {len(given)} characters, at most {most} are allowed", "shorten it"
    return f"the list has {len(given)} values, at most {most} fit", "shorten it"


def _choice(given: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    choices = re.findall(r"'([^']*)'", str(context["expected"]))
    near = meant(given, choices) if isinstance(given, str) else None
    offered = listed(choices, most=20, last="or")
    hint = f"did you mean {quoted(near)}?" if near else "write one of them"
    return f"expected {offered}, got {shown(given)}", hint


def _no_kind(given: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    kinds = re.findall(r"'([^']*)'", str(context["expected_tags"]))
    if not isinstance(given, Mapping):
        return (
            f"expected a mapping, got {shown(given)}",
            f"give it one of the keys {listed(kinds, last='or')}",
        )
    near = next((pair for pair in ((key, meant(key, kinds)) for key in given) if pair[1]), None)
    if near:
        return f"unknown key {quoted(near[0])}", f"did you mean {quoted(str(near[1]))}?"
    return "nothing says where the value comes from", f"add one of the keys {listed(kinds, last='or')}"


def _keys_hint(place: Spot) -> str:
    return f"write its keys: {listed(place.keys, most=5)}" if place.keys else "write key: value"
