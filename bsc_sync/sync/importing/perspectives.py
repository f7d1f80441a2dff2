"""Which perspective an objective belongs in, as far as its issue says."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bsc_sync.plan.found import Found
from bsc_sync.plan.values import SETS
from bsc_sync.scorecard.draft import UNSORTED
from bsc_sync.scorecard.model import PERSPECTIVES, Perspective
from bsc_sync.sync.importing.ask import Survey

_KNOWN_AS = {
    "learning": "learning learning-and-growth learning-growth growth people potential",
    "internal": "internal internal-processes internal-process internal-business-processes process processes",
    "customer": "customer customers",
    "financial": "financial finance finances financials",
}
_LEADS = ("bsc-", "perspective-")
_SORT_ME = "sort me: which perspective?"


@dataclass(frozen=True, slots=True)
class Sorted:
    """The perspectives of a scorecard, and by issue id the one that it belongs in, with a note for people."""

    perspectives: tuple[Perspective, ...]
    of: Mapping[str, tuple[str, str]]


def sort_epics(survey: Survey, field: str) -> Sorted:
    """Each epic in the perspective that its `field` names; who names none, or two, is still to be sorted.

    A field with one value holds the company's own perspectives where they are not the usual four.
    """
    single = all(info.type not in SETS for info in survey.fields.get("perspective-from", ()))
    perspectives = list(PERSPECTIVES)
    of: dict[str, tuple[str, str]] = {}
    for epic in survey.epics:
        values = _values(survey, epic) if field else ()
        named = {one.id: value for value in values if (one := _named(value, perspectives)) is not None}
        if single and values and not named:
            own = Perspective(id=_free(slug(values[0]) or "own", perspectives), name=values[0][:255])
            perspectives.insert(len(perspectives) - len(PERSPECTIVES), own)
            named = {own.id: values[0]}
        if len(named) == 1:
            identifier, value = next(iter(named.items()))
            of[epic.id] = (identifier, f'as its {field} say: "{value}"' if not single else "")
        elif named:
            of[epic.id] = (UNSORTED.id, f"sort me: {' or '.join(named)}?")
        else:
            of[epic.id] = (UNSORTED.id, _SORT_ME)
    if len(perspectives) > len(PERSPECTIVES):
        used = {identifier for identifier, _ in of.values()}
        perspectives = [one for one in perspectives if one.id in used]
    if any(identifier == UNSORTED.id for identifier, _ in of.values()):
        perspectives.insert(0, UNSORTED)
    return Sorted(tuple(perspectives), of)


def slug(text: str, *, ascii_only: bool = True) -> str:
    """The text in small letters and digits, joined by hyphens."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    kept = (char if char.isalnum() and (char.isascii() or not ascii_only) else " " for char in plain)
    return "-".join("".join(kept).split())


def _values(survey: Survey, epic: Found) -> Sequence[str]:
    value = survey.value(epic, "perspective-from")
    given = value if isinstance(value, tuple) else (str(value),) if value is not None else ()
    return tuple(clean for one in given if (clean := _printing(str(one))))


def _named(value: str, perspectives: Iterable[Perspective]) -> Perspective | None:
    """The perspective that a value names, by its id, its name, or another usual word for it."""
    wanted = slug(value)
    for lead in _LEADS:
        wanted = wanted.removeprefix(lead)
    if not wanted:
        return next((one for one in perspectives if one.name == value), None)
    return next(
        (
            one
            for one in perspectives
            if wanted in {one.id, slug(one.name), *_KNOWN_AS.get(one.id, "").split()}
        ),
        None,
    )


def _free(wanted: str, perspectives: Iterable[Perspective]) -> str:
    taken = {one.id for one in perspectives} | {UNSORTED.id}
    number, free = 1, wanted[:80]
    while free in taken:
        number += 1
        free = f"{wanted[:80]}-{number}"
    return free


def _printing(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
