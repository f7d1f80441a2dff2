"""From a file to a scorecard that means something, or to everything that is wrong with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Generic

from pydantic import BaseModel

from bsc_sync.errors import Problem, ScorecardError, UserError
from bsc_sync.scorecard.advice import Advice
from bsc_sync.scorecard.check import check, items
from bsc_sync.scorecard.faults import Fit, ModelT, fit
from bsc_sync.scorecard.findings import Finding
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.review import review
from bsc_sync.scorecard.secrets import secrets
from bsc_sync.scorecard.wording import Path, path_text
from bsc_sync.scorecard.yaml_nodes import Node
from bsc_sync.scorecard.yaml_source import AnyPath, Document, heading, read_what_can_be

MOST_PROBLEMS = 200

UNREAD = "unread"
"""The id of a scorecard whose own could not be read."""

_STAND_INS = {"format": 1, "id": UNREAD, "name": UNREAD}


@dataclass(frozen=True, slots=True)
class LoadedScorecard:
    """A sound scorecard with where it came from.

    `digest` is the SHA-256 in hex over what the file says: the same for other comments, order
    of keys, quotes, anchors and includes. `places` tells where each objective, KPI and key
    result stands, as file:line:column. `advice` is that of the review without a mapping.
    """

    card: Scorecard
    digest: str
    advice: tuple[Advice, ...]
    places: Mapping[str, str]
    document: Document = field(repr=False, compare=False)

    def place(self, path: Path) -> str:
        """file:line:column of a path in the file, or of the nearest thing above it."""
        return str(self.document.place(path))


@dataclass(frozen=True, slots=True)
class Reading(Generic[ModelT]):
    """What could be read of a file: all of it if there are no problems, else a part to check others by.

    `unread` are the ids in what could not be read.
    """

    fit: Fit[ModelT] | None
    document: Document | None
    problems: tuple[Problem, ...]
    unread: frozenset[str] = frozenset()


def load_scorecard(path: AnyPath) -> LoadedScorecard:
    """The scorecard in a file; ScorecardError lists all that is wrong with it, at once."""
    reading = read_scorecard(path)
    if reading.problems:
        raise_problems([str(path)], reading.problems, ScorecardError)
    return loaded_scorecard(reading)


def read_scorecard(path: AnyPath) -> Reading[Scorecard]:
    """As much of a scorecard as can be read, with all of its problems; raises nothing."""
    return read_model(
        Scorecard,
        path,
        stand_ins=_STAND_INS,
        error=ScorecardError,
        check=lambda card, unread: check(card, also=unread),
    )


def loaded_scorecard(reading: Reading[Scorecard]) -> LoadedScorecard:
    """The scorecard of a reading without problems."""
    if reading.fit is None or reading.fit.value is None or reading.document is None or reading.problems:
        raise ScorecardError("the scorecard has problems", problems=reading.problems)
    card, document = reading.fit.value, reading.document
    places = {ref: str(document.place((*path, "id"))) for path, ref, _ in items(card)}
    return LoadedScorecard(card, digest_of(card), review(card), places, document)


def read_model(
    model: type[ModelT],
    path: AnyPath,
    *,
    stand_ins: Mapping[str, object],
    error: type[UserError],
    check: Callable[[ModelT, frozenset[str]], Iterable[Finding]],
) -> Reading[ModelT]:
    """A file as a model and all of its problems: of YAML, of single values, of the whole, of secrets."""
    try:
        document = read_what_can_be(path, error=error)
    except UserError as unreadable:
        return Reading(None, None, unreadable.problems)
    fitted = fit(model, document, stand_ins=stand_ins)
    hidden = secrets(document)
    gone = (document.node(path) for path in fitted.lost if document.holds(path))
    unread = frozenset(ref for node in gone for ref in _ids(node))
    slips = _slips(document)
    told = list(fitted.problems)
    if fitted.value is not None:
        for finding in check(fitted.value, unread):
            at = fitted.original(finding.path)
            if not fitted.doubtful(at):
                other = None if finding.other is None else fitted.original(finding.other)
                located = Finding(at, finding.what, finding.hint, other)
                told.append(located.problem(document.place))
    values = {problem.where for _, problem in hidden} | {str(document.key_place(path)) for path, _ in hidden}
    values |= {problem.where for problem in slips}
    told = [problem for problem in told if problem.where not in values and not _follows(problem, slips)]
    told += [*slips, *(problem for _, problem in hidden)]
    return Reading(fitted, document, _in_order(told, document), unread)


def raise_problems(names: Iterable[str], problems: Iterable[Problem], error: type[UserError]) -> None:
    """Raise one error with all problems, the first 200 of them in words."""
    every = tuple(problems)
    told = every[:MOST_PROBLEMS]
    if len(every) > MOST_PROBLEMS:
        rest = len(every) - MOST_PROBLEMS
        told += (Problem(f"and {rest} more", "mend these first"),)
    raise error(heading(tuple(names), len(every)), problems=told)


def digest_of(part: BaseModel) -> str:
    """SHA-256 in hex over what a part of a file says, whatever way it is written."""
    return hashlib.sha256(_canonical(part).encode()).hexdigest()


def _follows(problem: Problem, slips: Iterable[Problem]) -> bool:
    """Whether something is only said to be missing because a slip just below it could not be read."""
    return bool(problem.path) and any(slip.path.startswith(f"{problem.path}.") for slip in slips)


def _slips(document: Document) -> list[Problem]:
    """The slips of writing, each with the path of the value that it concerns, where there is one."""
    paths = document.paths() if document.slips else {}
    return [
        replace(slip, path=path_text(paths[slip.where])) if slip.where in paths else slip
        for slip in document.slips
    ]


def _canonical(value: object) -> str:
    """JSON with sorted keys, only of what was given; numbers in their shortest form."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        given = {fields[name].alias or name: getattr(value, name) for name in value.model_fields_set}
        return _canonical(given)
    if isinstance(value, Mapping):
        inner = (f"{json.dumps(str(key))}:{_canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_canonical(one) for one in value) + "]"
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, dt.date):
        return json.dumps(value.isoformat())
    if isinstance(value, dt.timedelta):
        return json.dumps(int(value.total_seconds()))
    return json.dumps(value)


def _ids(node: Node) -> Iterable[str]:
    """Every id inside a node, or the node itself where it is one."""
    if isinstance(node.value, dict):
        for key, entry in node.value.items():
            if key == "id" and isinstance(entry.node.value, str):
                yield str(entry.node.value)
            yield from _ids(entry.node)
    elif isinstance(node.value, list):
        for item in node.value:
            yield from _ids(item)


def _in_order(problems: Iterable[Problem], document: Document) -> tuple[Problem, ...]:
    order = {name: number for number, name in enumerate(document.files)}

    def key(problem: Problem) -> tuple[int, int, int, str]:
        file, _, rest = problem.where.rpartition(":")
        file, _, line = file.rpartition(":")
        is_placed = line.isdigit() and rest.isdigit()
        return (order.get(file, 0), *((int(line), int(rest)) if is_placed else (0, 0)), problem.what)

    return tuple(sorted(problems, key=key))
