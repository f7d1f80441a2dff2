"""Finding the epics that a query means, and what hangs below them."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bsc_sync.alignment.effort import natural_key
from bsc_sync.errors import NotOurs, Problem, UserError
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.plan.claims import label_alone, leftover, of_label, other_claim
from bsc_sync.plan.found import Child, Found
from bsc_sync.sync.importing.ask import Ask, LeftOut, Survey
from bsc_sync.sync.importing.explorer import Explorer, Step

SYSTEM = ("summary", "description", "duedate")
"""The fields that every import reads, under the ids that they have in every Jira."""

_MOST = 2_000
_LISTED = 20


def survey(ask: Ask, explorer: Explorer, catalog: Catalog, *, tell: Step) -> Survey:
    """Read the epics and what is to become of their children.

    Raises UserError when the query finds nothing that can be an objective or Jira cannot read it, and
    NotOurs when another scorecard holds some of it.
    """
    fields = dict(_fields(ask, catalog))
    fault = explorer.faults([ask.jql]).get(ask.jql)
    if fault:
        raise UserError(f"Jira cannot carry out the query: {fault}", hint="correct --jql")
    ids = explorer.find(ask.jql)
    if not ids:
        raise UserError(
            "the query finds nothing",
            hint="try it in Jira's own search; what the account may not browse is not found either",
        )
    infos = tuple(dict.fromkeys(info for found in fields.values() for info in found))
    read = _read(explorer, ids, infos, tell)
    if not re.search(r"\border\s+by\b", ask.jql, re.IGNORECASE):
        read.sort(key=lambda issue: natural_key(issue.key))
    wanted = {name.casefold() for name in ask.objectives}
    epics = [found for found in read if _is_objective(found, wanted)]
    if not epics:
        types = Counter(found.issue_type for found in read)
        raise UserError(
            f"the query finds {len(read)} issues and no epic among them: {_counted(types)}",
            hint="name what your objectives are: --objectives TYPE",
        )
    if len(epics) > _MOST:
        raise UserError(
            f"the query finds {len(epics)} epics, and a scorecard has a few dozen objectives",
            hint="narrow the query",
        )
    children = tuple(_children(explorer, epics, tell))
    kinds = {name.casefold() for name in ask.key_results}
    chosen = [child for child in children if child.issue_type.casefold() in kinds]
    key_results = _read(explorer, [child.id for child in chosen], infos, tell)
    missing = [name for name in ask.key_results if not any(_is_of(child, name) for child in children)]
    if missing:
        there = _counted(Counter(child.issue_type for child in children)) or "nothing at all"
        raise UserError(
            f"no child of the epics is of type {', '.join(missing)}",
            hint=f"below them hang {there}",
        )
    order = {epic.key: place for place, epic in enumerate(epics)}
    key_results.sort(key=lambda issue: (order.get(issue.epic or "", 0), natural_key(issue.key)))
    taken = {child.id for child in chosen}
    left_out = tuple(_left_out(read, {issue.id for issue in epics} | taken, children, kinds))
    work: dict[str, Counter[str]] = {}
    for child in children:
        if child.id not in taken:
            work.setdefault(child.epic, Counter())[child.issue_type] += 1
    return Survey(tuple(epics), tuple(key_results), work, left_out, fields)


def refuse_claimed(found: Iterable[Found], card: str) -> None:
    """Raise NotOurs, naming both sides, when a scorecard holds some of the issues already."""
    found = tuple(found)
    claims = [
        (issue, claim) for issue in found if (claim := other_claim(issue.mark, issue.labels, "")) is not None
    ]
    labels = [(issue, of) for issue in found if (of := label_alone(issue.mark, issue.labels, "")) is not None]
    if not claims and not labels:
        return
    own = all(of == card for of in (*(claim.scorecard for _, claim in claims), *(of for _, of in labels)))
    raise NotOurs(
        f"nothing was imported: {len(claims) + len(labels)} of the issues belong to a scorecard already",
        hint="if its database is lost, bsc-sync import --state brings it back"
        if own
        else "leave them out of the query, or retire them there first",
        problems=[
            Problem(
                f"carries the mark of {claim.scorecard}/{claim.ref}: it cannot be {card}/{issue.key}",
                where=issue.key,
            )
            for issue, claim in claims
        ]
        + [
            Problem(f"{of_label(of)}: it cannot be {card}/{issue.key}", leftover(of), where=issue.key)
            for issue, of in labels
        ],
    )


def _fields(ask: Ask, catalog: Catalog) -> Iterator[tuple[str, tuple[FieldInfo, ...]]]:
    """The fields to read by what they are for; UserError lists every name that is not found."""
    problems = []
    for name in SYSTEM:
        found = tuple(info for info in catalog.fields if info.id == name)
        if found:
            yield name, found
    for option, name in (
        ("perspective-from", ask.perspective_from),
        ("baseline-field", ask.baseline_field),
        ("target-field", ask.target_field),
        ("current-field", ask.current_field),
    ):
        found = catalog.named(name) if name else ()
        if found:
            yield option, found
        elif name:
            near = difflib.get_close_matches(name, [info.name for info in catalog.fields], n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "write it as in Jira, or its id"
            problems.append(Problem(f'no field "{name}" in this Jira', hint, where=f"--{option}"))
    if problems:
        raise UserError("some fields are not in this Jira", problems=problems)


def _read(explorer: Explorer, ids: Sequence[str], fields: Sequence[FieldInfo], tell: Step) -> list[Found]:
    found = []
    for issue in explorer.read(ids, fields):
        found.append(issue)
        tell(f"reading {issue.key}")
    return found


def _children(explorer: Explorer, epics: Sequence[Found], tell: Step) -> Iterator[Child]:
    """What hangs below the epics and is neither an epic nor one of the objectives."""
    objectives = {epic.id for epic in epics}
    for child in explorer.below([epic.key for epic in epics]):
        if child.level < 1 and child.id not in objectives:
            tell(f"looking below {child.epic}")
            yield child


def _left_out(
    read: Iterable[Found], drafted: set[str], children: Iterable[Child], kinds: set[str]
) -> Iterator[LeftOut]:
    """What was asked for by the query and is not in the draft: nobody should have to miss it to find out."""
    below = {child.id: child.epic for child in children}
    for found in read:
        if found.id in drafted:
            continue
        kind = found.issue_type
        if found.id in below:
            why = f"the teams' work, being below an objective; --key-results {kind!r} makes key results of it"
        elif kind.casefold() in kinds:
            why = "below none of the objectives, where a key result has to be"
        else:
            why = "no type that becomes an objective (--objectives names those)"
        yield LeftOut(found.key, kind, below.get(found.id), why)


def _is_objective(found: Found, wanted: set[str]) -> bool:
    return found.issue_type.casefold() in wanted if wanted else found.level >= 1


def _is_of(child: Child, name: str) -> bool:
    return child.issue_type.casefold() == name.casefold()


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_LISTED]
    return ", ".join(f"{count} {name}" for name, count in ordered)
