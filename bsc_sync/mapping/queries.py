"""The JQL that people write into a mapping: where it stands, and whether it can be put into another query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bsc_sync.mapping.model import Mapping
from bsc_sync.mapping.sources import JqlSource
from bsc_sync.scorecard.wording import Path

_TOKEN = re.compile(
    r"""
      "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*'   # quoted, with escapes
    | (?P<open_quote>["'])                        # a quotation mark that nothing closes
    | (?P<paren>[()])
    | (?P<word>[^\s"'()]+)
    | \s+
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Written:
    """One query of the mapping: its place in the file, as path and in words."""

    at: Path
    path: str
    text: str


def queries_of(mapping: Mapping) -> tuple[Written, ...]:
    """Every query that the mapping holds, in the order of the file."""
    return tuple(_written(mapping))


def query_fault(jql: str) -> str | None:
    """Why a query cannot stand in parentheses as it is; None when it can.

    Its parentheses have to close what they open, its quotation marks too, and it may not sort:
    otherwise it could reach outside of the parentheses that it is put into.
    """
    depth = 0
    words: list[str] = []
    for token in _TOKEN.finditer(jql):
        if token["open_quote"]:
            return "a quotation mark is not closed"
        if token["paren"] == "(":
            depth += 1
        elif token["paren"] == ")":
            depth -= 1
            if depth < 0:
                return "a parenthesis closes that was never opened"
        words.append((token["word"] or "").casefold() if not token.group().isspace() else "")
    if depth:
        return "a parenthesis is not closed"
    spoken = [word for word in words if word]
    if any(one == "order" and other.startswith("by") for one, other in pairwise(spoken)):
        return "a query here may not sort (ORDER BY)"
    if not jql.strip():
        return "the query is empty"
    return None


def _written(mapping: Mapping) -> Iterator[Written]:
    for index, rule in enumerate(mapping.work):
        if rule.jql:
            yield Written(("work", index, "jql"), f"work[{index}].jql", rule.jql)
    for index, measure in enumerate(mapping.measures):
        if isinstance(measure.source, JqlSource):
            at: Path = ("measures", index, "source")
            yield Written((*at, "jql"), f"measures[{index}].source.jql", measure.source.jql)
            if measure.source.to:
                yield Written((*at, "to"), f"measures[{index}].source.to", measure.source.to)
    if mapping.alignment is not None:
        yield Written(("alignment", "scope"), "alignment.scope", mapping.alignment.scope)
        if mapping.alignment.run_the_business:
            path = "alignment.run_the_business"
            yield Written(("alignment", "run_the_business"), path, mapping.alignment.run_the_business)
