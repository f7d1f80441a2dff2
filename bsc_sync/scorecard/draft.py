"""A scorecard as somebody would have begun to write it: what is known is there, what is not is marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bsc_sync.scorecard.model import Perspective
from bsc_sync.scorecard.yaml_text import block, remark, scalar

UNSORTED = Perspective(id="unsorted", name="To be sorted")
"""Where an objective stands as long as nobody has said in which perspective it belongs."""


@dataclass(frozen=True, slots=True)
class DraftObjective:
    """An objective to be; `note` says behind its perspective where that comes from, or what to decide."""

    id: str
    perspective: str
    name: str
    note: str = ""
    description: str | None = None
    owner: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class DraftKeyResult:
    """A key result to be; numbers as exact text, `note` is what is still to be said about measuring it."""

    id: str
    objective: str
    name: str
    description: str | None = None
    owner: str | None = None
    due: str | None = None
    type: str | None = None
    baseline: str | None = None
    target: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DraftCycle:
    id: str
    begins: dt.date
    ends: dt.date
    key_results: tuple[DraftKeyResult, ...]


@dataclass(frozen=True, slots=True)
class DraftCard:
    """The whole file. `heading` are its first lines of comment; `perspectives` stand bottom first."""

    id: str
    name: str
    heading: tuple[str, ...]
    perspectives: Sequence[Perspective]
    objectives: tuple[DraftObjective, ...]
    cycles: tuple[DraftCycle, ...] = ()


def scorecard_text(draft: DraftCard) -> str:
    """The draft as `scorecard.yaml`: it can be loaded as it is, and read by whoever has to finish it."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: DraftCard) -> Iterator[str]:
    yield from (f"# {remark(line)}" for line in draft.heading)
    yield from ("format: 1", f"id: {draft.id}", f"name: {scalar(draft.name)}")
    yield from ("timezone: UTC  # whose days count: Europe/Zurich, for example", "", "perspectives:")
    for perspective in draft.perspectives:
        apex = ", apex: true" if perspective.apex else ""
        note = "  # goes away when its last objective is sorted" if perspective.id == UNSORTED.id else ""
        yield f"  - {{id: {scalar(perspective.id)}, name: {_flow(perspective.name)}{apex}}}{note}"
    yield from ("", "objectives:")
    for objective in draft.objectives:
        note = f"  # {remark(objective.note)}" if objective.note else ""
        yield f"  - id: {scalar(objective.id)}"
        yield f"    perspective: {scalar(objective.perspective)}{note}"
        yield f"    name: {scalar(objective.name)}"
        yield from _common(objective, "    ")
    if draft.cycles:
        yield from ("", "cycles:")
    for cycle in draft.cycles:
        yield from (f"  - id: {scalar(cycle.id)}", f"    from: {cycle.begins}", f"    to: {cycle.ends}")
        yield "    key_results:"
        for key_result in cycle.key_results:
            yield from _key_result(key_result)


def _key_result(key_result: DraftKeyResult) -> Iterator[str]:
    yield f"      - id: {scalar(key_result.id)}"
    yield f"        objective: {scalar(key_result.objective)}"
    yield f"        name: {scalar(key_result.name)}"
    note = f"  # {remark(key_result.note)}" if key_result.note else ""
    for name in ("type", "baseline", "target"):
        value = getattr(key_result, name)
        if value is not None:
            yield f"        {name}: {value}{note}"
            note = ""
    yield from _common(key_result, "        ")


def _common(part: DraftObjective | DraftKeyResult, pad: str) -> Iterator[str]:
    if part.owner is not None:
        yield f"{pad}owner: {scalar(part.owner)}"
    if part.due is not None:
        yield f"{pad}due: {part.due}"
    if part.description is not None:
        yield f"{pad}description: {block(part.description, len(pad))}"


def _flow(text: str) -> str:
    """A text among others in braces, where a comma would end it."""
    bare = scalar(text)
    return f'"{bare}"' if not bare.startswith('"') and "," in bare else bare
