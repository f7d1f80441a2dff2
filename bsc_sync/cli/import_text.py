"""What an import found, for people and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from bsc_sync.cli.render import Line
from bsc_sync.plan.found import Found
from bsc_sync.scorecard.draft import UNSORTED
from bsc_sync.sync.importing.from_query import Imported

_LONGEST = 40
_NAMED = 4


def imported_lines(imported: Imported) -> Iterator[Line]:
    """The epics one by one, what hangs below them, and what is left to Jira."""
    survey = imported.survey
    work = _total(survey.work)
    yield Line(_headline(imported), "strong")
    if work:
        yield Line(f"Below them hang {work}: the teams' work, which counts for them without a rule.")
    if survey.left_out:
        yield Line(f"Left out, as they are no objectives: {_counted(survey.left_out)}.", "quiet")
    yield Line("")
    perspectives = {one.id: one.perspective for one in imported.proven.draft.card.objectives}
    width = max(len(found.key) for found in survey.issues)
    wide = max(len(name) for name in perspectives.values())
    for found in survey.epics:
        below = _counted(survey.work.get(found.key, {}))
        name = _short(imported.link(found).name)
        text = f"{found.key:<{width}}  {perspectives[found.key]:<{wide}}  {name:<{_LONGEST}}  {below}"
        yield Line(text.rstrip())
    for found in survey.key_results:
        name = _short(imported.link(found).name)
        yield Line(f"{found.key:<{width}}  {'key result':<{wide}}  {name:<{_LONGEST}}  of {found.epic}")
    left: dict[tuple[str, str], list[str]] = {}
    for found in survey.issues:
        for field, why in imported.left(found).items():
            left.setdefault((field, why), []).append(found.key)
    if left:
        yield Line("")
        yield Line("Left to Jira, and only read from there (owner: jira in the mapping):", "warn")
        for (field, why), keys in left.items():
            more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
            yield Line(f"  {field} of {', '.join(keys[:_NAMED])}{more}: {why}", "warn")
    unsorted = sum(name == UNSORTED.id for name in perspectives.values())
    if unsorted:
        yield Line("")
        yield Line(
            f"{_many(unsorted, 'objective')} to be sorted: look for `sort me` in scorecard.yaml.", "warn"
        )


def imported_data(imported: Imported) -> dict[str, object]:
    """The same in plain JSON, item by item."""
    survey, draft = imported.survey, imported.proven.draft
    objectives = {one.id: one for one in draft.card.objectives}
    perspectives = {one.id: one.perspective for one in draft.card.objectives}
    owners = {one.id: one.owner for one in draft.card.objectives}
    owners |= {one.id: one.owner for cycle in draft.card.cycles for one in cycle.key_results}

    def item(found: Found) -> dict[str, object]:
        return {
            "ref": found.key,
            "kind": imported.link(found).kind,
            "id": found.id,
            "key": found.key,
            "project": found.project,
            "issue_type": found.issue_type,
            "name": imported.link(found).name,
            "perspective": perspectives.get(found.key),
            "objective": None if found.key in objectives else found.epic,
            "owner": owners.get(found.key),
            "due": found.values.get("duedate"),
            "work": dict(survey.work.get(found.key, {})),
            "left_to_jira": imported.left(found),
        }

    return {
        "scorecard": imported.card,
        "items": [item(found) for found in survey.issues],
        "left_out": dict(survey.left_out),
    }


def _headline(imported: Imported) -> str:
    survey = imported.survey
    projects = ", ".join(dict.fromkeys(found.project for found in survey.epics))
    more = f" and {_many(len(survey.key_results), 'key result')}" if survey.key_results else ""
    return f"{_many(len(survey.epics), 'objective')}{more} for {imported.card}, from {projects}."


def _total(work: Mapping[str, Mapping[str, int]]) -> str:
    counts = Counter[str]()
    for types in work.values():
        counts.update(types)
    return _counted(counts)


def _counted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered)


def _many(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
