"""Proving a draft before anything of it is kept: it loads, it binds, and it asks Jira for nothing."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bsc_sync.errors import MappingError, Problem, UserError
from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.catalog import Catalog
from bsc_sync.mapping.draft import mapping_text
from bsc_sync.mapping.load import LoadedMapping, load_both
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.found import Found
from bsc_sync.plan.item import PARENT, Item, digest
from bsc_sync.plan.plan import Agreed
from bsc_sync.scorecard.draft import scorecard_text
from bsc_sync.scorecard.load import LoadedScorecard
from bsc_sync.scorecard.yaml_text import block
from bsc_sync.sync.binding import bound
from bsc_sync.sync.importing.ask import Ask, Survey
from bsc_sync.sync.importing.drafting import NAME, Draft, draft
from bsc_sync.sync.importing.explorer import Explorer

_MOST_BYTES = 4_000_000  # a file may have five million with all that is written into it later
_MOST_OF_ONE = 150_000  # as long a line as is read, with all that has to be escaped
_OBJECTIVE = re.compile(r"objectives\[(\d+)\](?:\.(\w+))?")
_KEY_RESULT = re.compile(r"cycles\[(\d+)\]\.key_results\[(\d+)\](?:\.(\w+))?")
_FIELDS = {"name": "summary", "description": "description", "due": "duedate"}


@dataclass(frozen=True, slots=True)
class Proven:
    """A draft of which nothing would be written: its files as texts, what both sides agree on.

    `left` says which fields of which item stay Jira's, and why.
    """

    scorecard: str
    mapping: str
    draft: Draft
    items: tuple[Item, ...]
    agreed: tuple[Agreed, ...]
    left: Mapping[tuple[str, str], str]


def prove(ask: Ask, survey: Survey, catalog: Catalog, explorer: Explorer, *, today: dt.date) -> Proven:
    """Draft both files, and leave to Jira whatever they could not hold or would not say again.

    Raises UserError when the draft does not become sound, and MappingError when a field is ambiguous.
    """
    left: dict[tuple[str, str], str] = dict(_unkept(survey))
    left |= _too_much(survey, left)
    nameless: set[str] = set()
    while True:
        binding: Binding | None = None
        made = draft(ask, survey, left=left, nameless=frozenset(nameless), today=today)
        texts = scorecard_text(made.card), mapping_text(made.mapping)
        try:
            card, mapping = _loaded(*texts)
            catalog, binding = _bound(card, mapping, catalog, explorer)
            items = desired_items(card.card, binding, today=today)
        except UserError as error:
            told = dict(_told(error.problems, made, ask, binding))
            if not any(_is_new(one, left, nameless) for one in told):
                raise
        else:
            told = dict(_odd(items, binding, made, survey))
            if not told:
                agreed = tuple(_agreed(binding, survey, items))
                return Proven(*texts, draft=made, items=items, agreed=agreed, left=left)
        for (ref, name), reason in told.items():
            if name == "summary" and (ref, name) in left:
                nameless.add(ref)
            left.setdefault((ref, name), reason)


def _is_new(value: tuple[str, str], left: Collection[tuple[str, str]], nameless: Collection[str]) -> bool:
    """Whether leaving a value to Jira would change the draft; a name is tried twice."""
    return value not in left or (value[1] == "summary" and value[0] not in nameless)


def _loaded(scorecard: str, mapping: str) -> tuple[LoadedScorecard, LoadedMapping]:
    """Both texts, read as the files that they will be."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "scorecard.yaml"), Path(folder, "mapping.yaml")
        for path, text in zip(paths, (scorecard, mapping), strict=True):
            path.write_text(text, encoding="utf-8", newline="\n")
        try:
            return load_both(*paths)
        except UserError as error:
            told = [replace(one, where=one.where.removeprefix(f"{folder}/")) for one in error.problems]
            raise UserError("no sound draft comes of this", problems=told) from None


def _bound(
    card: LoadedScorecard, mapping: LoadedMapping, catalog: Catalog, explorer: Explorer
) -> tuple[Catalog, Binding]:
    catalog, binding, problems = bound(mapping.mapping, card.card, catalog, screens=explorer.with_screens)
    if problems:
        raise MappingError("not every field can be told from others: name it by its id", problems=problems)
    return catalog, binding


def _unkept(survey: Survey) -> Iterator[tuple[tuple[str, str], str]]:
    """Texts of which something would be lost, were they ever written back."""
    for issue in survey.issues:
        for name, lost in issue.unkept.items():
            yield (issue.key, name), f"it holds {lost}, which a scorecard cannot"


def _too_much(survey: Survey, left: Mapping[tuple[str, str], str]) -> Mapping[tuple[str, str], str]:
    """Texts that are too long as they would be written, and the longest of those that are so together."""
    sizes = {
        issue.key: len(block(text, 4).encode())
        for issue in survey.issues
        if (issue.key, "description") not in left and (text := str(issue.values.get("description") or ""))
    }
    more = {
        (key, "description"): "it is too long with all that has to be escaped"
        for key, size in sizes.items()
        if size > _MOST_OF_ONE
    }
    total = sum(size for size in sizes.values() if size <= _MOST_OF_ONE)
    for key in sorted(sizes, key=lambda one: -sizes[one]):
        if total <= _MOST_BYTES:
            break
        if (key, "description") in more:
            continue
        total -= sizes[key]
        more[key, "description"] = "all texts together are more than one file holds"
    return more


def _told(
    problems: Iterable[Problem], made: Draft, ask: Ask, binding: Binding | None
) -> Iterator[tuple[tuple[str, str], str]]:
    """Which values the files' own checks complain of, and those of the fields they were to go to."""
    names = {**_FIELDS, "target": ask.target_field, "baseline": ask.baseline_field}
    fields = {} if binding is None else _fields(binding, made)
    for problem in problems:
        if problem.path == "name" and not ask.name:
            yield NAME, problem.what
            continue
        if found := _OBJECTIVE.match(problem.path):
            ref, part = made.objectives[int(found[1])], found[2]
        elif found := _KEY_RESULT.match(problem.path):
            ref, part = made.key_results[int(found[1])][int(found[2])], found[3] or "target"
        elif (name := fields.get((problem.where, problem.path))) is not None:
            yield (problem.where, name), problem.what
            continue
        else:
            continue
        if names.get(part or ""):
            yield (ref, names[part]), problem.what


def _fields(binding: Binding, made: Draft) -> Mapping[tuple[str, str], str]:
    """(ref, the field as complaints call it) -> the field as the mapping does."""
    return {
        (ref, f'field "{part.name}"'): name
        for ref, home in binding.homes.items()
        for part, name in zip(home.fields, made.fields[ref], strict=True)
    }


def _odd(
    items: Iterable[Item], binding: Binding, made: Draft, survey: Survey
) -> Iterator[tuple[tuple[str, str], str]]:
    """Values that the scorecard would say otherwise than Jira shows them."""
    found = {issue.key: issue for issue in survey.issues}
    for item in items:
        home = binding.homes[item.ref]
        names = {part.id: name for part, name in zip(home.fields, made.fields[item.ref], strict=True)}
        for asked in item.fields:
            seen = found[item.ref].values.get(asked.id)
            if asked.owner == "scorecard" and asked.value != seen:
                why = "it is empty" if seen is None else "it does not read back as it is written"
                yield (item.ref, names[asked.id]), why


def _agreed(binding: Binding, survey: Survey, items: Iterable[Item]) -> Iterator[Agreed]:
    """What both sides agree on: every field that is the scorecard's, also those that are empty, and what
    each key result hangs below."""
    for item in items:
        if item.parent is not None:
            yield Agreed(ref=item.ref, field=PARENT, digest=digest(item.parent))
    found: Mapping[str, Found] = {issue.key: issue for issue in survey.issues}
    for ref, home in binding.homes.items():
        for part in home.fields:
            if part.rule.owner == "scorecard":
                yield Agreed(ref=ref, field=part.id, digest=digest(found[ref].values.get(part.id)))
