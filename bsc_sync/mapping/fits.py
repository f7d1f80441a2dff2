"""Which rules of a mapping fit what, and for what that changes when the scorecard does."""

from __future__ import annotations

from bsc_sync.mapping.bind import subjects
from bsc_sync.mapping.match import Match, Subject
from bsc_sync.mapping.model import Mapping
from bsc_sync.scorecard.model import Scorecard


def refit(mapping: Mapping, before: Scorecard, after: Scorecard) -> tuple[str, ...]:
    """The ids of what other rules fit after a change of the scorecard: it may live elsewhere then."""
    old = {subject.id: _fitting(mapping, subject) for subject in subjects(before)}
    new = {subject.id: _fitting(mapping, subject) for subject in subjects(after)}
    return tuple(ref for ref, rules in new.items() if ref in old and old[ref] != rules)


def _fitting(mapping: Mapping, subject: Subject) -> tuple[object, ...]:
    """The rules that count for a subject: the first that fits, and every one about work."""
    home = _first([rule.match for rule in mapping.jira.rules], subject)
    source = _first([rule.match for rule in mapping.measures], subject)
    work = tuple(n for n, rule in enumerate(mapping.work) if rule.match and rule.match.fits(subject))
    return home, source, work


def _first(matches: list[Match], subject: Subject) -> int | None:
    return next((number for number, match in enumerate(matches) if match.fits(subject)), None)
