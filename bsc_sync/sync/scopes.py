"""Which work to ask for: what hangs below our issues, and what the mapping's `work:` rules name."""

from __future__ import annotations

from collections.abc import Mapping

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.mapping.bind import subjects
from bsc_sync.mapping.model import Mapping as MappingFile
from bsc_sync.mapping.model import WorkRule
from bsc_sync.plan.item import Seen
from bsc_sync.scorecard.model import Scorecard


def work_scopes(card: Scorecard, mapping: MappingFile, ours: Mapping[str, Seen]) -> tuple[WorkScope, ...]:
    """The children of our epics and key-result issues, then each `work:` rule, then the portfolio."""
    scopes = []
    children = {seen.key: (ref,) for ref, seen in ours.items()}
    if children:
        scopes.append(WorkScope("children", by_key=children))
    for rule in mapping.work:
        scopes.extend(_rule_scopes(card, rule, ours))
    if mapping.alignment is not None:
        portfolio = mapping.alignment.scope.strip()
        scopes.append(WorkScope("scope", jql=f"({portfolio})"))
        if mapping.alignment.run_the_business:
            running = mapping.alignment.run_the_business.strip()
            scopes.append(WorkScope("run", jql=f"({portfolio}) AND ({running})"))
    return tuple(scopes)


def _rule_scopes(card: Scorecard, rule: WorkRule, ours: Mapping[str, Seen]) -> list[WorkScope]:
    if rule.epic is not None:
        refs = tuple(rule.split)
        return [WorkScope("children", by_key={rule.epic: refs}, depth=rule.depth)]
    if rule.match is None:
        return []
    refs = tuple(
        subject.id for subject in subjects(card) if rule.match.fits(subject) and subject.kind != "kpi"
    )
    if not refs:
        return []
    found = []
    if rule.epics:
        found.append(WorkScope("children", by_key=dict.fromkeys(rule.epics, refs), depth=rule.depth))
    if rule.jql:
        found.append(WorkScope("query", refs=refs, jql=rule.jql))
    if rule.links:
        verb = rule.links.casefold()
        for ref in refs:
            seen = ours.get(ref)
            keys = tuple(key for name, key in seen.links if name.casefold() == verb) if seen else ()
            if keys:
                found.append(WorkScope("issues", refs=(ref,), keys=keys))
    return found
