"""From what was found to a first draft of both files; what the scorecard cannot hold stays Jira's."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bsc_sync.errors import UserError
from bsc_sync.mapping.draft import DraftKind, DraftMapping, DraftRule
from bsc_sync.plan.found import Found
from bsc_sync.scorecard.draft import DraftCard, DraftCycle, DraftKeyResult, DraftObjective
from bsc_sync.scorecard.wording import neutral
from bsc_sync.sync.importing.ask import Ask, Survey
from bsc_sync.sync.importing.owners import aliases
from bsc_sync.sync.importing.perspectives import slug, sort_epics

Left = Mapping[tuple[str, str], str]
"""(ref, field of the mapping) -> why its value is left to Jira."""

NAME = ("", "name")
"""What stands among the values that are left for the scorecard's own name, where no project's will do."""

_FROM = {"summary": "name", "description": "description", "duedate": "due"}
_PURPOSES = {"target-field": "target", "baseline-field": "baseline"}
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_DONE_NOTE = "done or not: give it baseline: and target: where it has numbers"
_LEVEL_NOTE = "to be held, as there is no baseline: give baseline: and take type: out"


@dataclass(frozen=True, slots=True)
class Draft:
    """Both files to be; their items in the order of the scorecard, and the mapped fields of each."""

    card: DraftCard
    mapping: DraftMapping
    objectives: tuple[str, ...]
    key_results: tuple[tuple[str, ...], ...]
    fields: Mapping[str, tuple[str, ...]]


def card_id_of(ask: Ask, survey: Survey) -> str:
    """The id that was asked for, else one after the project; UserError if it cannot be one."""
    if ask.card and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", ask.card):
        raise UserError(
            f'"{ask.card}" is not the id of a scorecard',
            hint="use lower-case letters, digits and -, at most 40 (it becomes a Jira label)",
        )
    return ask.card or slug(_commonest(epic.project for epic in survey.epics))[:40].strip("-") or "strategy"


def draft(
    ask: Ask, survey: Survey, *, left: Left, nameless: frozenset[str] = frozenset(), today: dt.date
) -> Draft:
    """Both files of what was found. `left` stays Jira's; of the `nameless` not even the name can be shown."""
    maker = _Maker(ask, survey, left, nameless, today, aliases(survey.issues))
    cycles = tuple(maker.cycles())
    objectives = tuple(maker.objectives())
    card = DraftCard(
        id=card_id_of(ask, survey),
        name=ask.name or (card_id_of(ask, survey) if NAME in left else _name_of(survey)),
        heading=tuple(_heading(ask, today, "Everything here agrees with Jira as of that day.")),
        perspectives=sort_epics(survey, ask.perspective_from).perspectives,
        objectives=objectives,
        cycles=cycles,
    )
    key_results = tuple(tuple(one.id for one in cycle.key_results) for cycle in cycles)
    return Draft(
        card=card,
        mapping=maker.mapping(card.id),
        objectives=tuple(one.id for one in objectives),
        key_results=key_results,
        fields={issue.key: tuple(maker.fields(issue)) for issue in survey.issues},
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    ask: Ask
    survey: Survey
    left: Left
    nameless: frozenset[str]
    today: dt.date
    aliases: Mapping[str, str]

    def objectives(self) -> Iterator[DraftObjective]:
        placed = sort_epics(self.survey, self.ask.perspective_from).of
        for epic in self.survey.epics:
            perspective, note = placed[epic.id]
            yield DraftObjective(
                id=epic.key,
                perspective=perspective,
                note=note,
                name=self._name(epic),
                description=self._text(epic, "description"),
                owner=self.aliases.get(epic.person.account) if epic.person else None,
                due=self._text(epic, "duedate"),
            )

    def cycles(self) -> Iterator[DraftCycle]:
        """A key result belongs to the quarter in which it is due, else to the current one."""
        by_quarter: dict[tuple[int, int], list[Found]] = {}
        for issue in self.survey.key_results:
            day = self.today
            due = self._text(issue, "duedate")
            if due is not None and "1900" <= due <= "2200":
                day = dt.date.fromisoformat(due)
            by_quarter.setdefault((day.year, (day.month - 1) // 3), []).append(issue)
        for (year, quarter), issues in sorted(by_quarter.items()):
            begins = dt.date(year, quarter * 3 + 1, 1)
            following = dt.date(year + (quarter == 3), (quarter * 3 + 3) % 12 + 1, 1)
            ends = following - dt.timedelta(days=1)
            yield DraftCycle(
                f"{year}-Q{quarter + 1}", begins, ends, tuple(self._key_result(issue) for issue in issues)
            )

    def mapping(self, card: str) -> DraftMapping:
        survey = self.survey
        project = _commonest(issue.project for issue in survey.epics)
        kinds = {
            "objectives": self._kind(survey.epics),
            "key_results": self._kind(survey.key_results) if survey.key_results else None,
        }
        objectives, key_results = kinds["objectives"], kinds["key_results"]
        if objectives is None:
            raise ValueError("a draft has objectives")
        rules = [self._rule(epic, objectives, project) for epic in survey.epics]
        if key_results is not None:
            rules += [self._rule(issue, key_results, project) for issue in survey.key_results]
        return DraftMapping(
            scorecard=card,
            heading=tuple(_heading(self.ask, self.today, "")),
            project=project,
            objectives=objectives,
            key_results=key_results,
            rules=rules,
            people={alias: account for account, alias in self.aliases.items()},
            work=tuple(_work(survey)),
            current=self._named("current-field") if self.ask.current_field and key_results else None,
        )

    def fields(self, issue: Found) -> Iterator[str]:
        """The fields that the mapping names for an issue."""
        mapped = [name for name in _FROM if name in self.survey.fields]
        if issue.id not in self.survey.key_result_ids:
            yield from mapped
        else:
            dated = any(one.values.get("duedate") for one in self.survey.key_results)
            yield from (name for name in mapped if dated or name != "duedate")
            yield from (self._named(p) for p in (*_PURPOSES, "current-field") if p in self.survey.fields)

    def _kind(self, issues: Sequence[Found]) -> DraftKind:
        return DraftKind(_commonest(issue.issue_type for issue in issues), self._origins(issues[0]))

    def _origins(self, issue: Found) -> dict[str, str | None]:
        by_name = {self._named(p): key for p, key in _PURPOSES.items() if p in self.survey.fields}
        return {name: _FROM.get(name) or by_name.get(name) for name in self.fields(issue)}

    def _rule(self, issue: Found, kind: DraftKind, project: str) -> DraftRule:
        reasons = {name: self.left[issue.key, name] for name in kind.fields if (issue.key, name) in self.left}
        own = {name: None if name in reasons else origin for name, origin in kind.fields.items()}
        return DraftRule(
            ref=issue.key,
            existing=issue.key,
            project=issue.project if issue.project != project else None,
            issue_type=issue.issue_type if issue.issue_type != kind.issue_type else None,
            fields=own if reasons else None,
            reasons=reasons,
        )

    def _key_result(self, issue: Found) -> DraftKeyResult:
        target, baseline = self._number(issue, "target-field"), self._number(issue, "baseline-field")
        kind, note = None, ""
        if target is None:
            kind, note, baseline = "done", _DONE_NOTE, None
        elif baseline is None or baseline == target:
            kind, note = "at_least", _LEVEL_NOTE
        return DraftKeyResult(
            id=issue.key,
            objective=str(issue.epic),
            name=self._name(issue),
            description=self._text(issue, "description"),
            owner=self.aliases.get(issue.person.account) if issue.person else None,
            due=self._text(issue, "duedate"),
            type=kind,
            baseline=baseline,
            target=target,
            note=note,
        )

    def _name(self, issue: Found) -> str:
        """The summary; where it cannot be shown as it is, as much of it as can, else the key."""
        if issue.key in self.nameless:
            return issue.key
        text = str(issue.values.get("summary") or "")
        if (issue.key, "summary") in self.left:
            text = " ".join(_UNWANTED.sub("", text).split())[:255].strip()
        return text or issue.key

    def _text(self, issue: Found, name: str) -> str | None:
        value = issue.values.get(name)
        return None if value is None or (issue.key, name) in self.left else str(value)

    def _number(self, issue: Found, purpose: str) -> str | None:
        if purpose not in self.survey.fields or (issue.key, self._named(purpose)) in self.left:
            return None
        value = self.survey.value(issue, purpose)
        return None if value is None else str(value)

    def _named(self, purpose: str) -> str:
        """How the mapping names the field for a purpose: as it was asked for."""
        return str(getattr(self.ask, purpose.replace("-", "_")))


def _heading(ask: Ask, today: dt.date, more: str) -> Iterator[str]:
    yield f"Drafted by bsc-sync import on {today}, from what this query finds in Jira:"
    yield from (f"  {line}" for line in textwrap.wrap(neutral(ask.jql), 96))
    if more:
        yield f"{more} Write what you want; bsc-sync plan shows what"
        yield "that would change there. See: bsc-sync validate."


def _work(survey: Survey) -> Iterator[str]:
    """In words, what counts as work of its own accord."""
    counts = Counter[str]()
    for types in survey.work.values():
        counts.update(types)
    told = ", ".join(
        f"{count} {name}" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one))
    )
    yield "work: what hangs below these issues counts as the work for them without a word here."
    yield from textwrap.wrap(f"As of the import that is {told or 'nothing yet'}.", 96)


def _commonest(names: Iterable[str]) -> str:
    return Counter(names).most_common(1)[0][0]


def _name_of(survey: Survey) -> str:
    """The names of the projects that the epics are in."""
    names = dict.fromkeys(epic.project_name or epic.project for epic in survey.epics)
    return " ".join(_UNWANTED.sub("", ", ".join(names)).split())[:255].strip() or survey.epics[0].project
