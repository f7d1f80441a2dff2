"""Which of the teams' issues the scopes reach, and whom each of them serves: identities, no values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.atlassian.identities import Identities
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.jql import wrapped
from bsc_sync.atlassian.session import chunks

_PARENTS_A_QUERY = 500


class Reach:
    """What the scopes' queries find, by id; each query is asked once and for ids alone.

    Whom an issue serves through its parent is not known before the issue itself has been read.
    """

    def __init__(self, issues: Issues, scopes: Sequence[WorkScope]) -> None:
        self._issues = issues
        self.in_scope = self._found(scope.jql for scope in scopes if scope.kind == "scope")
        self.running = self._found(scope.jql for scope in scopes if scope.kind == "run")
        self._linked: dict[str, set[str]] = {}  # key -> refs
        self._queried: list[tuple[Identities, tuple[str, ...]]] = []
        self._through: dict[str, set[str]] = {}  # parent's key -> refs
        self._below: list[Identities] = []
        self._moved: dict[str, str] | None = None  # a parent's key now -> the key that was asked for
        for scope in scopes:
            if scope.kind == "query":
                self._queried.append((self._found([wrapped(scope.jql)]), scope.refs))
            elif scope.kind == "issues":
                for key in scope.keys:
                    self._linked.setdefault(key, set()).update(scope.refs)
        self._descend(scopes)

    def __iter__(self) -> Iterator[str]:
        """What to read: the keys, then the ids of all other issues, each once.

        What is named by its key may be reached by its id as well.
        """
        yield from self._linked
        reached = [self.in_scope, *(found for found, _ in self._queried), *self._below]
        for place, found in enumerate(reached):
            yield from (name for name in found if not any(name in before for before in reached[:place]))

    def is_named(self, issue: Mapping[str, Any]) -> bool:
        """Whether the issue is reached by its key."""
        return issue["key"] in self._linked

    def serves(self, issue: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The refs that an issue serves, now that it has been read; None when nothing reaches it.

        Some servers leave out clauses that they do not know: what hangs elsewhere was not asked for.
        """
        identifier, key = str(issue["id"]), str(issue["key"])
        parent = self._issues.parent_of(issue) or ""
        if any(identifier in below for below in self._below):
            parent = self._asked_for(parent)
        refs = {*self._linked.get(key, ()), *self._through.get(parent, ())}
        for found, mine in self._queried:
            if identifier in found:
                refs.update(mine)
        return tuple(sorted(refs)) if refs or identifier in self.in_scope else None

    def _found(self, queries: Iterable[str]) -> Identities:
        return Identities(str(issue["id"]) for jql in queries for issue in self._issues.search(jql, ["id"]))

    def _descend(self, scopes: Sequence[WorkScope]) -> None:
        """Level by level; of an issue in between, the key is needed to ask for what is below it."""
        frontier: dict[str, dict[int, set[str]]] = {}  # parent's key -> levels still to go -> refs
        for scope in scopes:
            if scope.kind == "children":
                for key, refs in (scope.by_key or {}).items():
                    frontier.setdefault(key, {}).setdefault(scope.depth, set()).update(refs)
        while frontier:
            for key, levels in frontier.items():
                self._through.setdefault(key, set()).update(*levels.values())
            last = sorted(key for key, levels in frontier.items() if max(levels) == 1)
            for parents in chunks(last, _PARENTS_A_QUERY):
                self._below.append(self._found([self._issues.below(parents)]))
            inner = sorted(key for key, levels in frontier.items() if max(levels) > 1)
            frontier = self._next_level(inner, frontier)

    def _next_level(
        self, inner: Sequence[str], frontier: Mapping[str, Mapping[int, set[str]]]
    ) -> dict[str, dict[int, set[str]]]:
        below: dict[str, dict[int, set[str]]] = {}
        found: list[str] = []
        for parents in chunks(inner, _PARENTS_A_QUERY):
            for issue in self._issues.search(self._issues.below(parents), self._issues.epics.fields):
                found.append(str(issue["id"]))
                parent = self._asked_for(self._issues.parent_of(issue) or "")
                for levels, refs in frontier.get(parent, {}).items():
                    if levels > 1:
                        below.setdefault(str(issue["key"]), {}).setdefault(levels - 1, set()).update(refs)
        self._below.append(Identities(found))
        return below

    def _asked_for(self, parent: str) -> str:
        """The key by which a parent was asked for: one that was moved to another project has a new one."""
        if parent in self._through:
            return parent
        if self._moved is None:
            asked = list(self._through)
            current = {str(found["key"]) for found in self._issues.fetch(asked, ["created"], closely=False)}
            quiet = [key for key in asked if key not in current]
            there = self._issues.site.side_by_side(lambda key: self._issues.get(key, ["created"]), quiet)
            self._moved = {
                str(found["key"]): key for key, found in zip(quiet, there, strict=True) if found is not None
            }
        return self._moved.get(parent, parent)
