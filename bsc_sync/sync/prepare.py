"""The first half of every run: bind, settle, observe, plan. Nothing is written to Jira here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from bsc_sync.errors import MappingError, Problem
from bsc_sync.mapping.bind import Binding, Home
from bsc_sync.mapping.catalog import Catalog, carrier
from bsc_sync.mapping.lines import located
from bsc_sync.mapping.screens import gaps
from bsc_sync.plan.change import Create
from bsc_sync.plan.choices import unoffered
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.item import Item, Mark, mark_label
from bsc_sync.plan.levels import held_by_level
from bsc_sync.plan.link_state import LinkState
from bsc_sync.plan.make import make_plan
from bsc_sync.plan.new_ids import carried_over, known_as, unplaced
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.past import Past, Unplaced
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.targets import check_targets
from bsc_sync.plan.wishes import NO_WISH, Wishes
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.binding import bound
from bsc_sync.sync.check_queries import query_problems
from bsc_sync.sync.observe import observe
from bsc_sync.sync.ports import Tracker
from bsc_sync.sync.settle import settle_intents


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run knows before it writes anything; `renames` is which ref a mark means that says another id,
    `plan` what is to be done of the `whole`, `zone` where its days begin and end, `idle` are decisions that
    it was given and that have nothing to decide, a line each."""

    binding: Binding
    items: tuple[Item, ...]
    observation: Observation
    renames: Mapping[str, str]
    plan: Plan
    whole: Plan
    past: Past
    account: str = ""
    zone: dt.tzinfo = dt.UTC
    idle: tuple[str, ...] = ()

    @property
    def looked(self) -> dt.date:
        """The day on which Jira was looked at."""
        return dt.datetime.fromisoformat(self.whole.made).astimezone(self.zone).date()

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
    wishes: Wishes = NO_WISH,
    targets: Sequence[str] = (),
) -> Prepared:
    """Find out what would change. Without the lease (`may_settle` false) open writes stay open.

    Raises MappingError when a name is not found or Jira would refuse what is asked for,
    NotOurs when marks are another store's.
    """
    card = strategy.card
    catalog, binding, unbound = bound(strategy.mapping, card, tracker.catalog(), screens=tracker.with_screens)
    problems = (*unbound, *query_problems(strategy, tracker, memory, now=now))
    if problems:
        # whoever has to mend the mapping wants to hear of the screens now, and not in the next run
        known = memory.links()
        new = [home for home in binding.homes.values() if _is_new(home, known)]
        full = tracker.with_screens(catalog, {(home.project, home.issue_type) for home in new})
        problems += _gaps(binding, full, [home.ref for home in new], card.id)
        raise _unfit(strategy, "the mapping cannot be carried out in this Jira", problems)
    items = desired_items(card, binding, today=card.today(now))
    if may_settle:
        memory.rename(card.renames(), card.ids())
    renames = known_as(memory.former_ids(), card.renames(), {*card.ids(), *memory.links()})
    if may_settle:
        undecided = settle_intents(tracker, memory, binding, renames=renames, now=now)
    else:
        undecided = frozenset(intent.ref for intent in memory.open_intents())
        coming = carried_over(
            card.renames(), card.ids(), memory.former_ids(), {*memory.links(), *memory.perhaps_written()}
        )
        undecided |= {
            *coming,
            *coming.values(),
        }  # the run that is at it has another file, or carries them over
    observation = observe(tracker, memory, binding, items, undecided=undecided, renames=renames, now=now)
    if wishes.strict:
        check_targets(targets, card, observation)
    past = replace(memory.past(), unplaced=_unplaced(card, memory, items))
    whole = make_plan(
        items,
        observation,
        memory.base(),
        card=card.id,
        store=memory.store_id,
        digests=(strategy.scorecard_digest, strategy.mapping_digest),
        retire=strategy.mapping.jira.retire,
        now=now,
        today=card.today(now),
        past=past,
        wishes=replace(wishes, targets=frozenset(targets)),
        projects=strategy.mapping.named_projects,
        in_fields=frozenset(ref for ref, home in binding.homes.items() if home.as_ == "field"),
    )
    plan = whole.select(targets)
    if may_settle and not wishes.decides:  # what is only wished is not how a link stands
        memory.keep_link_notes(plan.links, now=now)
    creates = [change.item for change in plan.changes if isinstance(change, Create)]
    if creates:
        full = tracker.with_screens(catalog, {(item.project, item.issue_type) for item in creates})
        plan = held_by_level(plan, items, observation, full)
        creates = [change.item for change in plan.changes if isinstance(change, Create)]
        missing = (*_gaps(binding, full, [item.ref for item in creates], card.id), *unoffered(creates, full))
        if missing:
            raise _unfit(strategy, "Jira would refuse what the mapping asks for", missing)
    idle = _idle(wishes, past) if wishes.strict else ()
    return Prepared(binding, items, observation, renames, plan, whole, past, catalog.account, card.zone, idle)


def _idle(wishes: Wishes, past: Past) -> tuple[str, ...]:
    """The wishes that an earlier run has fulfilled for good."""
    again = sorted(wishes.forget & past.forgotten)
    return tuple(
        f"--forget {ref}: there is nothing to forget, it is not waited for any more" for ref in again
    )


def _unplaced(card: Scorecard, memory: Memory, items: Sequence[Item]) -> Mapping[str, Unplaced]:
    """What names an old id that nobody knows, and may be meant for what has left the file."""
    states = {ref: note.state for ref, (note, _) in memory.link_notes().items()}
    return unplaced(
        card.renames(),
        {item.ref: item.kind for item in items if not item.retired},
        {ref: link.kind for ref, link in memory.links().items() if states[ref] is not LinkState.FORGOTTEN},
        present=card.ids(),
        under_way=memory.perhaps_written(),
        retired={ref for ref, state in states.items() if state is LinkState.RETIRED},
    )


def _is_new(home: Home, known: Container[str]) -> bool:
    return home.as_ == "issue" and home.existing is None and home.ref not in known


def _gaps(binding: Binding, full: Catalog, refs: Sequence[str], card: str) -> tuple[Problem, ...]:
    """What the create screens lack, beside fields that are not found at all: those are told by themselves."""
    ids = {info.id for info in full.fields}
    unfound = {carrier(field.id) for home in binding.homes.values() for field in home.fields} - ids
    found = gaps(binding, full, refs, label=mark_label(card))
    return tuple(gap.problem for gap in found if gap.field not in unfound)


def _unfit(strategy: Strategy, message: str, problems: Sequence[Problem]) -> MappingError:
    return MappingError(message, problems=located(problems, strategy.lines))
