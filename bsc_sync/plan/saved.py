"""A plan as a file: one writing of each plan, and what is wrong with a file that is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from bsc_sync.errors import Problem, UserError
from bsc_sync.plan.plan import Plan
from bsc_sync.scorecard.wording import listed, path_text, shown

FORMAT = 1
LONGEST = 64_000_000
_MOST_FAULTS = 10
_HALF = re.compile("[\ud800-\udfff]")  # half of a letter: JSON can tell it, UTF-8 cannot
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_ANEW = "make the plan anew: bsc-sync plan -o"


def dump(plan: Plan) -> str:
    """The one writing of a plan: keys in order, two spaces, letters as they are, one newline at the end.

    The counts are told for whoever reads the file; they are not read.
    """
    document = {**plan.model_dump(mode="json"), "counts": plan.counts().model_dump()}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return _HALF.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def load(text: str, name: str = "the file") -> Plan:
    """The plan that such a text tells; `dump` gives the same text again. UserError says what is wrong."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        what = "ends in the middle" if error.pos >= len(text.rstrip()) else f"is no JSON ({error.msg})"
        raise UserError(f"{name}:{error.lineno}:{error.colno}: it {what}", hint=_ANEW) from None
    except (RecursionError, ValueError):
        raise UserError(f"{name} is no plan", hint=_ANEW) from None
    if not isinstance(document, dict) or not {"format", "changes", "scorecard"} <= document.keys():
        raise UserError(f"{name} is no plan of bsc-sync", hint=_ANEW)
    known = document["format"]
    if type(known) is not int or known != FORMAT:
        newer = type(known) is int and known > FORMAT
        hint = "apply it with the version of bsc-sync that made it, or " if newer else ""
        raise UserError(
            f"{name} has format {shown(known)}; this version of bsc-sync knows {FORMAT}", hint=hint + _ANEW
        )
    try:
        return Plan.model_validate({key: value for key, value in document.items() if key != "counts"})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        problems = [
            Problem(fault["msg"].lower(), where=name, path=_place(fault["loc"], document)) for fault in faults
        ]
        raise UserError(
            f"{name} is no plan of this version", hint=_ANEW, problems=_first(problems, name)
        ) from None


def _first(problems: list[Problem], name: str) -> list[Problem]:
    left = len(problems) - _MOST_FAULTS
    return [*problems[:_MOST_FAULTS], *([Problem(f"and {left} more", where=name)] if left > 0 else [])]


def _halves(document: Any) -> Iterator[tuple[int | str, ...]]:
    """Where a text, or a name, holds half of a letter."""
    waiting: list[tuple[tuple[int | str, ...], Any]] = [((), document)]
    while waiting:
        place, here = waiting.pop()
        if isinstance(here, str) and _HALF.search(here):
            yield place
        elif isinstance(here, list):
            waiting += reversed([((*place, at), part) for at, part in enumerate(here)])
        elif isinstance(here, dict):
            waiting += reversed([((*place, key), part) for key, part in here.items()])
            if any(_HALF.search(key) for key in here):
                yield place


def plan_of_bytes(data: bytes, name: str) -> Plan:
    """The plan in a file; UserError where it is far too long, or is or holds what is no text in UTF-8.

    A plan may tell half of a letter that Jira shows; no run could be recorded of it.
    """
    if len(data) > LONGEST:
        raise too_long(name, len(data))
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark before the text
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is no text in UTF-8 (byte {error.start})", hint=_ANEW) from None
    plan = load(text, name)
    halves = _halves(json.loads(text)) if _ESCAPED_HALF.search(text) else ()
    problems = [
        Problem("half of a letter, which is no text", where=name, path=path_text(place)) for place in halves
    ]
    if problems:
        raise UserError(f"{name} cannot be applied", hint=_ANEW, problems=_first(problems, name))
    return plan


def too_long(name: str, size: int) -> UserError:
    """The complaint about a file that is not even read."""
    return UserError(
        f"{name} has {size / 1e6:,.0f} MB: no plan is longer than {LONGEST / 1e6:.0f} MB", hint=_ANEW
    )


def _place(location: tuple[int | str, ...], document: Any) -> str:
    """The path in the file; what names a kind of change is no part of it."""
    kept: list[int | str] = []
    here = document
    for part in location:
        inside = isinstance(here, dict) and part in here
        if inside or (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            here = here[part]
            kept.append(part)
        elif part == location[-1]:
            kept.append(part)
    return path_text(tuple(kept)) or listed(["the plan"])
