"""The first half of every run: bind, settle, observe, plan. Nothing is written to Jira here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bsc_sync.mapping.bind import Binding, bind, unclear
from bsc_sync.mapping.screens import check_screens
from bsc_sync.plan.change import Create
from bsc_sync.plan.choices import check_choices
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.item import Item, Mark, mark_label
from bsc_sync.plan.make import make_plan
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import Take
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.check_queries import check_queries
from bsc_sync.sync.observe import observe
from bsc_sync.sync.ports import Tracker
from bsc_sync.sync.settle import settle_intents


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run knows before it writes anything."""

    binding: Binding
    items: tuple[Item, ...]
    observation: Observation
    plan: Plan

    @property
    def marks(self) -> Mapping[str, Mark]:
        """The marks as they stand on the issues, by ref."""
        return {ref: seen.mark for ref, seen in self.observation.ours.items() if seen.mark is not None}


def prepare(
    strategy: Strategy,
    *,
    tracker: Tracker,
    memory: Memory,
    now: dt.datetime,
    may_settle: bool,
    take: Take | None = None,
    targets: Sequence[str] = (),
) -> Prepared:
    """Find out what would change. Without the lease (`may_settle` false) open writes stay open.

    Raises MappingError when a name is not found or Jira would refuse what is asked for,
    NotOurs when marks are another store's.
    """
    card = strategy.card
    catalog = tracker.catalog()
    doubtful = unclear(strategy.mapping, card, catalog)
    if doubtful:
        catalog = tracker.with_screens(catalog, doubtful)
    binding = bind(strategy.mapping, card, catalog)
    check_queries(strategy, tracker, memory, now=now)
    items = desired_items(card, binding, today=card.today(now))
    if may_settle:
        memory.rename(card.renames())
        undecided = settle_intents(tracker, memory, binding, now=now)
    else:
        undecided = frozenset(intent.ref for intent in memory.open_intents())
    observation = observe(
        tracker, memory, binding, items, undecided=undecided, renames=card.renames(), now=now
    )
    plan = make_plan(
        items,
        observation,
        memory.base(),
        card=card.id,
        store=memory.store_id,
        digests=(strategy.scorecard_digest, strategy.mapping_digest),
        retire=strategy.mapping.jira.retire,
        names={ref: link.name for ref, link in memory.links().items()},
        now=now,
        take=take,
    ).select(targets)
    creates = [change for change in plan.changes if isinstance(change, Create)]
    if creates:
        places = {(change.item.project, change.item.issue_type) for change in creates}
        full = tracker.with_screens(catalog, places)
        check_screens(binding, full, [change.ref for change in creates], label=mark_label(card.id))
        check_choices(creates, full)
    return Prepared(binding, items, observation, plan)
