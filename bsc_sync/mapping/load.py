"""From files to a mapping that fits its scorecard, or to everything that is wrong with either."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from bsc_sync.errors import MappingError, Problem, ScorecardError, UserError
from bsc_sync.mapping.check import check, check_alone, readable
from bsc_sync.mapping.model import Mapping
from bsc_sync.mapping.review import review
from bsc_sync.scorecard.advice import Advice
from bsc_sync.scorecard.load import (
    UNREAD,
    LoadedScorecard,
    Reading,
    digest_of,
    loaded_scorecard,
    raise_problems,
    read_model,
    read_scorecard,
)
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.wording import Path, path_text
from bsc_sync.scorecard.yaml_source import AnyPath, Document

_STAND_INS = {"format": 1, "scorecard": UNREAD, "jira": {"project": "UNREAD"}}


@dataclass(frozen=True, slots=True)
class LoadedMapping:
    """A mapping that fits its scorecard.

    `digest` is as the scorecard's. `places` tells where each rule stands (`jira.rules[0]`,
    `work[1]`, `measures[2]`), as file:line:column. `advice` is the whole review's.
    """

    mapping: Mapping
    digest: str
    advice: tuple[Advice, ...]
    places: Map[str, str]
    document: Document = field(repr=False, compare=False)

    def place(self, path: Path) -> str:
        """file:line:column of a path in the file, or of the nearest thing above it."""
        return str(self.document.place(path))


def load_mapping(path: AnyPath, scorecard: LoadedScorecard) -> LoadedMapping:
    """The mapping in a file; MappingError lists all that is wrong with it, at once."""
    reading = _read(path, scorecard.card, frozenset())
    if reading.problems:
        raise_problems([str(path)], reading.problems, MappingError)
    return _loaded(reading, scorecard.card)


def load_both(scorecard_path: AnyPath, mapping_path: AnyPath) -> tuple[LoadedScorecard, LoadedMapping]:
    """Both files. One error lists all that is wrong with either, the scorecard's problems first.

    Raises ScorecardError or MappingError where only one has problems, UserError where both have.
    """
    card = read_scorecard(scorecard_path)
    mapping = _read(mapping_path, card.fit.value if card.fit else None, card.unread)
    if card.problems and mapping.problems:
        names = [str(scorecard_path), str(mapping_path)]
        raise_problems(names, (*card.problems, *mapping.problems), UserError)
    if card.problems:
        raise_problems([str(scorecard_path)], card.problems, ScorecardError)
    loaded = loaded_scorecard(card)
    if mapping.problems:
        raise_problems([str(mapping_path)], mapping.problems, MappingError)
    return loaded, _loaded(mapping, loaded.card)


def _read(path: AnyPath, card: Scorecard | None, unread: frozenset[str]) -> Reading[Mapping]:
    if card is None:
        return read_model(
            Mapping, path, stand_ins=_STAND_INS, error=MappingError, check=lambda one, _: check_alone(one)
        )
    stand_ins = {**_STAND_INS, "scorecard": card.id}
    return read_model(
        Mapping,
        path,
        stand_ins=stand_ins,
        error=MappingError,
        check=lambda one, _: (
            finding
            for finding in check(one, card, also=unread)
            if card.id != UNREAD or finding.path != ("scorecard",)
        ),
    )


def _loaded(reading: Reading[Mapping], card: Scorecard) -> LoadedMapping:
    if reading.fit is None or reading.fit.value is None or reading.document is None:
        raise MappingError("the mapping has problems", problems=reading.problems)
    mapping, document = reading.fit.value, reading.document
    paths: list[Path] = [("jira", "rules", index) for index in range(len(mapping.jira.rules))]
    paths += [("work", index) for index in range(len(mapping.work))]
    paths += [("measures", index) for index in range(len(mapping.measures))]
    places = {path_text(path): str(document.place(path)) for path in paths}
    return LoadedMapping(mapping, digest_of(mapping), review(card, mapping), places, document)


@dataclass(frozen=True, slots=True)
class Partly:
    """As much of both files as can be used, and all that is wrong with either."""

    card: Scorecard | None
    mapping: Mapping | None
    digests: tuple[str, str]
    problems: tuple[Problem, ...]
    document: Document | None = field(repr=False, compare=False)


def read_partly(scorecard_path: AnyPath, mapping_path: AnyPath) -> Partly:
    """Both files as far as they can be read; raises nothing. What stands in for a missing id is no part."""
    card = read_scorecard(scorecard_path)
    mapping = _read(mapping_path, card.fit.value if card.fit else None, card.unread)
    read_card = card.fit.value if card.fit else None
    read_mapping = mapping.fit.value if mapping.fit else None
    if read_mapping is not None and read_mapping.jira.project == UNREAD.upper():
        read_mapping = None
    whole = readable(read_card)[0] if read_card is not None and read_card.id != UNREAD else None
    return Partly(
        whole,
        read_mapping,
        (digest_of(whole) if whole else "", digest_of(read_mapping) if read_mapping else ""),
        (*card.problems, *mapping.problems),
        mapping.document,
    )
