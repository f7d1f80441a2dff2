"""What an import found, for people and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bsc_sync.cli.render import WIDTH, Line, wrapped
from bsc_sync.plan.found import Found
from bsc_sync.scorecard.draft import UNSORTED
from bsc_sync.sync.importing.ask import LeftOut
from bsc_sync.sync.importing.from_query import Imported

_LONGEST = 40
_SHORTEST = 16  # of a name, where much hangs below
_KEY_RESULT = "key result"
_NAMED = 4


def imported_lines(imported: Imported) -> Iterator[Line]:
    """The epics one by one, what hangs below them, and what is left to Jira."""
    survey = imported.survey
    work = _total(survey.work)
    yield Line(_headline(imported), "strong")
    if work:
        told = f"Below them hang {work}: the teams' work, which counts for them without a rule."
        yield from map(Line, wrapped(told, below=""))
    yield Line("")
    perspectives = {one.id: one.perspective for one in imported.proven.draft.card.objectives}
    width = max(len(found.key) for found in survey.issues)
    wide = max(len(name) for name in perspectives.values())
    if survey.key_results:
        wide = max(wide, len(_KEY_RESULT))
    below = {found.key: _counted(survey.work.get(found.key, {})) for found in survey.epics}
    below |= {found.key: f"of {found.epic}" for found in survey.key_results}
    left_over = WIDTH - width - wide - max(map(len, below.values())) - 6
    room = max(_SHORTEST, min(_LONGEST, left_over))
    for found in survey.issues:
        what = perspectives.get(found.key, _KEY_RESULT)
        name = _short(imported.link(found).name, room)
        text = f"{found.key:<{width}}  {what:<{wide}}  {name:<{room}}  {below[found.key]}"
        yield Line(text.rstrip())
    left: dict[tuple[str, str], list[str]] = {}
    for found in survey.issues:
        for field, why in imported.left(found).items():
            left.setdefault((field, why), []).append(found.key)
    if left:
        yield Line("")
        yield Line("Left to Jira, and only read from there (owner: jira in the mapping):", "warn")
        for (field, why), keys in left.items():
            more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
            told = f"  {field} of {', '.join(keys[:_NAMED])}{more}: {why}"
            yield from (Line(part, "warn") for part in wrapped(told, below="    "))
    yield from _left_out(survey.left_out)
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
        "left_out": [
            {"key": one.key, "issue_type": one.issue_type, "below": one.below, "reason": one.why}
            for one in survey.left_out
        ],
    }


def _left_out(left_out: Iterable[LeftOut]) -> Iterator[Line]:
    """What the query finds and the draft does not have, by type and reason; data names each."""
    groups: dict[tuple[str, str], list[LeftOut]] = {}
    for one in left_out:
        groups.setdefault((one.issue_type, one.why), []).append(one)
    if groups:
        yield Line("")
        yield Line("Found by the query, and not in the draft:", "warn")
    for (issue_type, why), found in groups.items():
        names = [f"{one.key} (below {one.below})" if one.below else one.key for one in found[:_NAMED]]
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        told = f"  {issue_type} {', '.join(names)}{more}: {why}"
        yield from (Line(part, "warn") for part in wrapped(told, below="    "))


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


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
