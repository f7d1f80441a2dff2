"""A plan: what would change, in the order in which it would be done, with what it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
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
    Retire,
    Update,
    Write,
)
from bsc_sync.plan.item import Fact
from bsc_sync.plan.link_state import LinkNote
from bsc_sync.plan.verdict import Take


class Digests(Fact):
    """What a plan rests on; a saved plan is refused when what it touches has moved."""

    scorecard: str
    mapping: str
    observation: str


class Agreed(Fact):
    """A field on which both sides agree already: remembered, nothing is written."""

    ref: str
    field: str
    digest: str


class Plan(Fact):
    """Ordered changes: objectives before their key results, then adoptions, what comes back, updates,
    retirements, holds; and how every link stands."""

    format: Literal[1] = 1
    scorecard: str
    store: str
    made: str
    digests: Digests
    items: int
    take: Take | None = None
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
        """Only what concerns these refs: they, and for key results the objective that has to exist first."""
        wanted = set(targets)
        if not wanted:
            return self
        for change in self.changes:
            if (
                isinstance(change, Create)
                and change.ref in wanted
                and change.item.parent
                and not change.parent_key
            ):
                wanted.add(change.item.parent)
        return self.model_copy(
            update={
                "changes": tuple(change for change in self.changes if change.ref in wanted),
                "agreed": tuple(agreed for agreed in self.agreed if agreed.ref in wanted),
            }
        )

    def breaches(self, limits: Limits, *, existing: int) -> tuple[Problem, ...]:
        """Each guard that this plan would break, with the share, the limit and the counts."""
        counts = self.counts()
        found = []
        for what, count, limit, whole in (
            ("creates", counts.creates, limits.creates, self.items),
            ("updates", counts.updates + counts.reinstates, limits.updates, existing),
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


def fingerprint(changes: Sequence[Change]) -> Mapping[str, str]:
    """A digest of each change by ref and action, to tell whether a saved plan still fits."""
    return {
        f"{change.action} {change.ref}": hashlib.sha256(change.model_dump_json().encode()).hexdigest()[:16]
        for change in changes
    }


def touched(change: Change) -> str:
    """The issue that a change concerns, for messages: its key, else its ref."""
    if isinstance(change, Adopt | Update | Retire | Reinstate | Forget):
        return change.key
    return (change.key if isinstance(change, Hold) else None) or change.ref


def _breach(what: str, text: str) -> Problem:
    return Problem(
        f"this run would do more than limits.{what} allows: {text}",
        f"if it is meant, apply with --force {what}, or raise limits.{what} in mapping.yaml",
        path=f"limits.{what}",
    )
