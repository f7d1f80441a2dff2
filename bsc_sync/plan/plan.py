"""A plan: what would change, in the order in which it would be done, with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from bsc_sync.errors import Problem
from bsc_sync.mapping.model import Limits
from bsc_sync.plan.change import (
    Adopt,
    Change,
    Counts,
    Create,
    Forget,
    Hold,
    Reinstate,
    Update,
    Write,
)
from bsc_sync.plan.item import LINK, NAMED, PARENT, Fact
from bsc_sync.plan.link_state import LinkNote
from bsc_sync.plan.verdict import Take


class Digests(Fact):
    """What a plan rests on; a saved plan is refused when what it touches has moved."""

    scorecard: str
    mapping: str
    observation: str


class Agreed(Fact):
    """A field on which both sides agree already: remembered, nothing is written.

    `labels` are those agreed on, where the field consists of labels.
    """

    ref: str
    field: str
    digest: str
    labels: tuple[str, ...] | None = None


class Decisions(Fact):
    """What a person had decided when the plan was made: it travels with a saved plan."""

    take: Take | None = None
    targets: tuple[str, ...] = ()
    recreate: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()
    anywhere: bool = False  # issues are written to in projects that the mapping does not name, too


class Plan(Fact):
    """Ordered changes: new objectives, adoptions, new key results, what comes back, updates, retirements,
    what is forgotten, holds; and how every link stands. `site` is the address of the Jira that was looked
    at."""

    format: Literal[1] = 1
    scorecard: str
    store: str
    site: str = ""
    made: str
    digests: Digests
    items: int
    decisions: Decisions = Decisions()
    changes: tuple[Change, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    links: tuple[LinkNote, ...] = ()

    def counts(self) -> Counts:
        """How many changes of each kind there are."""
        kinds = [change.action for change in self.changes]
        return Counts(
            creates=kinds.count("create"),
            adopts=kinds.count("adopt"),
            updates=kinds.count("update"),
            retires=kinds.count("retire"),
            reinstates=kinds.count("reinstate"),
            forgets=kinds.count("forget"),
            holds=kinds.count("hold"),
        )

    def writes(self) -> tuple[Write, ...]:
        """The changes that would write to Jira."""
        return tuple(change for change in self.changes if not isinstance(change, Hold | Forget))

    def forgets(self) -> tuple[Forget, ...]:
        """What is given up; only the store is touched."""
        return tuple(change for change in self.changes if isinstance(change, Forget))

    def holds(self) -> tuple[Hold, ...]:
        """What waits for a decision."""
        return tuple(change for change in self.changes if isinstance(change, Hold))

    def select(self, targets: Iterable[str]) -> Plan:
        """Only what concerns these refs: they, and for key results the objective that has to exist first.

        Of a key result that lives in fields of its objective's issue, only these fields.
        """
        wanted = set(targets)
        if not wanted:
            return self
        whole = set(wanted)
        for change in self.changes:
            if isinstance(change, Create) and change.ref in wanted:
                whole |= {ref for ref in (change.item.parent, change.item.link_to) if ref}
            elif isinstance(change, Update | Reinstate) and change.ref in wanted:
                whole |= {str(part.new) for part in change.fields if part.id in {PARENT, LINK}}
        needed = {change.ref for change in self.changes if isinstance(change, Create | Adopt)} & whole
        kept = (_part_of(change, wanted, needed) for change in self.changes)
        return self.model_copy(
            update={
                "changes": tuple(change for change in kept if change is not None),
                "agreed": tuple(agreed for agreed in self.agreed if agreed.ref in wanted),
                "decisions": self.decisions.model_copy(update={"targets": tuple(sorted(wanted))}),
            }
        )

    def breaches(self, limits: Limits, *, existing: int) -> tuple[Problem, ...]:
        """Each guard that this plan would break, with the share, the limit and the counts.

        An update that gives an issue nothing but its new id does not count: nobody sees it there.
        """
        counts = self.counts()
        renamed = sum(
            isinstance(one, Update) and {part.id for part in one.fields} == {NAMED} for one in self.changes
        )
        found = []
        for what, count, limit, whole in (
            ("creates", counts.creates, limits.creates, self.items),
            ("updates", counts.updates - renamed + counts.reinstates, limits.updates, existing),
            ("retires", counts.retires, limits.retires, existing),
        ):
            if limit.count is not None and count > limit.count:
                found.append(_breach(what, f"{count} {what}, the limit is {limit.count}"))
            elif limit.share is not None and count > limit.floor and whole:
                share = Fraction(count, whole)
                if share > Fraction(limit.share):
                    percent = f"{float(share):.0%}"
                    text = f"{count} of {whole} is {percent}, the limit is {float(limit.share):.0%}"
                    found.append(_breach(what, f"{text} above {limit.floor}"))
        return tuple(found)


def _part_of(change: Change, wanted: set[str], needed: set[str]) -> Change | None:
    """What of a change concerns the targets; `needed` has to be there before they can be created."""
    if change.ref in wanted or (change.ref in needed and isinstance(change, Create | Adopt)):
        return change
    if isinstance(change, Create):
        return change if any(part.asked_by in wanted for part in change.item.fields) else None
    if isinstance(change, Update | Hold):
        if all(part.asked_by not in wanted for part in change.fields):
            return None
        fields = tuple(part for part in change.fields if part.asked_by in wanted or part.type == "mark")
        return change.model_copy(update={"fields": fields})  # a mark is written with any edit
    return None


def _breach(what: str, text: str) -> Problem:
    return Problem(
        f"this run would do more than limits.{what} allows: {text}",
        f"if it is meant, apply with --force {what}, or raise limits.{what} in mapping.yaml",
        path=f"limits.{what}",
    )
