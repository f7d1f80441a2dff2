"""What a doctor works with, once the site has let him in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bsc_sync.errors import Problem
from bsc_sync.mapping.bind import Binding, attempt, unclear
from bsc_sync.mapping.catalog import Catalog, carrier
from bsc_sync.mapping.site_facts import IssueFacts
from bsc_sync.state.store import Link
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.checks.questions import Answer, JiraQuestions


@dataclass(frozen=True, slots=True)
class Desk:
    """The files, Jira, what is bound of the one to the other, and the issues that are known to be ours.

    `unfound` are the names in the mapping that no field of this Jira has; `present` are those of the
    issues that the mapping names or the store knows that exist and may be seen, by key.
    """

    strategy: Strategy
    jira: JiraQuestions
    catalog: Catalog
    binding: Binding
    links: Mapping[str, Link] = field(default_factory=dict)
    unfound: Collection[str] = ()
    present: Mapping[str, IssueFacts] = field(default_factory=dict)

    def issue_in(self, place: tuple[str, str], *, done: bool | None = None) -> str | None:
        """The key of an issue of ours, or one that is to become ours, of a type in a project; of one that
        is (or is not) `done`, where that matters."""
        for ref, home in self.binding.homes.items():
            if home.as_ == "issue" and home.place == place:
                key = self.links[ref].key if ref in self.links else home.existing
                facts = self.present.get(key or "")
                if facts is not None and done in {None, facts.done}:
                    return key
        return None


def open_desk(
    jira: JiraQuestions, strategy: Strategy, links: Mapping[str, Link]
) -> tuple[Desk, tuple[Problem, ...]]:
    """The mapping bound to this Jira as far as it goes, and what is missing or ambiguous."""
    known = jira.catalog()
    doubtful = unclear(strategy.mapping, strategy.card, known)
    if doubtful:
        more = Answer(lambda: jira.with_screens(known, doubtful))
        known = more.value if more.ok else known
    binding, problems = attempt(strategy.mapping, strategy.card, known)
    ids = {info.id for info in known.fields}
    unfound = {carrier(one.id) for home in binding.homes.values() for one in home.fields} - ids
    unfound |= {info.id for info in binding.local.values()} - ids
    unfound |= {info.id for info in binding.fields.values()} - ids
    return Desk(strategy, jira, known, binding, links, frozenset(unfound)), problems
