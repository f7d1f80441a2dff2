"""Rebuilding a lost store from the marks in Jira, and from the page in Confluence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bsc_sync.errors import MappingError, RemoteError, UserError
from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.mapping.sources import CsvSource, FieldSource, HttpSource, SqlSource
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.item import NAMED, UNFOUND, Item, Seen, digest
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.plan import Agreed
from bsc_sync.report.publication import Published
from bsc_sync.state.lease import Lease
from bsc_sync.state.store import Link
from bsc_sync.state.taking_over import take_over
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.binding import bound
from bsc_sync.sync.importing.evidence import Evidence, refuse_claimed, unmarked, weigh
from bsc_sync.sync.importing.explorer import Step
from bsc_sync.sync.importing.search import Search
from bsc_sync.sync.observe import bound_fields
from bsc_sync.sync.record import recorded
from bsc_sync.sync.world import World


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was found of a lost store.

    `links` are all that are known now, `baseless` the refs of which nobody knows what was agreed on,
    `by_key` those that were never marked and are known by the mapping's `existing:`; `unfound` are refs
    that no issue was found for, `held` those of them that are not created by themselves; `missed` says why
    a page could not be looked for.
    """

    evidence: Evidence
    links: tuple[Link, ...]
    new: frozenset[str]
    retired: tuple[str, ...]
    baseless: tuple[str, ...]
    by_key: tuple[str, ...]
    unfound: tuple[str, ...]
    held: tuple[str, ...]
    pages: tuple[Published, ...]
    missed: tuple[str, ...]
    lost: tuple[str, ...]


def rebuild(
    strategy: Strategy, world: World, *, store: str = "", dry_run: bool = False, tell: Step
) -> Rebuilt:
    """Bring back what the marks tell: which issue each ref is, what was agreed on, what is retired, where
    the page stands. Run again, it completes what the index did not show before.

    Raises UserError when nothing is marked, when the marks name several stores and `store` chooses none of
    them, or when the database is other scorecards' store; NotOurs when it knows other issues.
    """
    if dry_run:
        with world.lease() as lease:
            return _rebuild(strategy, world, lease, store=store, dry_run=True, tell=tell)
    with recorded(strategy, world, verb="import", mode="state") as running:
        found = _rebuild(strategy, world, running.lease, store=store, dry_run=False, tell=tell)
        running.story = {"store": found.evidence.store, "known again": sorted(found.new)}
        return found


def _rebuild(
    strategy: Strategy, world: World, lease: Lease, *, store: str, dry_run: bool, tell: Step
) -> Rebuilt:
    memory, card = world.memory, strategy.card
    binding, items, us = _asked(strategy, world)
    memory_links = memory.links()
    seen = Search(strategy, world, binding, items, memory_links, us, tell).everything()
    marked = [one for one in seen if one.mark is not None and one.mark.scorecard == card.id]
    refuse_claimed(seen, items, card.id, links=memory_links)
    existing = {item.ref: item.existing for item in items if item.existing}
    evidence = weigh(marked, memory_links, wanted=store, renames=card.renames(), us=us, existing=existing)
    by_key = unmarked(items, binding, seen, card=card.id, known={*evidence.ours, *memory_links})
    if not evidence.ours and not by_key and not memory_links:
        raise UserError(
            f"no issue carries the mark of {card.id}: there is nothing to rebuild from",
            hint="check the account's permissions; a search index that lags shows it later",
        )
    if memory_links and evidence.store and memory.store_id != evidence.store:
        raise UserError(
            f"the store knows {len(memory_links)} issues already, and the marks name another store",
            hint="set it aside (BSC_SYNC_STATE_URL or .bsc-sync) and import into a new one",
        )
    links = {link.ref: link for link in _links(evidence, by_key, items, memory_links)}
    base = memory.base()
    agreed = [part for ref, one in evidence.ours.items() for part in _agreed(ref, one, memory_links, base)]
    marks = {ref: one.mark for ref, one in evidence.ours.items() if one.mark is not None}
    agreed += _left_empty(agreed, evidence, items, bound_fields(binding))
    agreed += [part for _, parts in by_key.values() for part in parts]
    retired = tuple(
        LinkNote(ref=ref, key=one.key, state=LinkState.RETIRED)
        for ref, one in evidence.ours.items()
        if ref in marks and marks[ref].retired
    )
    every = {**memory_links, **links}
    lacking = [item for item in items if item.ref not in every and not item.existing]
    held = {ref for ref, known in base.items() if UNFOUND in known and ref not in every}
    fresh = [
        item.ref
        for item in lacking  # what a store that knows its issues does not know is new
        if item.ref not in held and (not memory_links or item.ref in evidence.undecided)
    ]
    agreed += [Agreed(ref=ref, field=UNFOUND, digest=digest(None)) for ref in fresh]
    pages: tuple[Published, ...] = ()
    missed: list[str] = []
    if not dry_run:
        lease.renew()
        if evidence.store:
            take_over(memory, evidence.store)
        memory.agree(agreed)
        memory.keep_links(links.values())
        memory.was_called({mark.ref: ref for ref, mark in marks.items() if mark.ref != ref})
        memory.keep_link_notes(retired, now=world.clock())
        tell("looking for the page")
        pages = tuple(_pages(world, now=world.clock(), missed=missed))
    known = {part.ref for part in agreed} | {ref for ref, fields in base.items() if set(fields) != {UNFOUND}}
    return Rebuilt(
        evidence=evidence,
        links=tuple(every.values()),
        new=frozenset(links) - frozenset(memory_links),
        retired=tuple(note.ref for note in retired),
        baseless=tuple(ref for ref in evidence.ours if ref not in known),
        by_key=tuple(by_key),
        unfound=tuple(item.ref for item in lacking if not item.retired),
        held=tuple(item.ref for item in lacking if not item.retired and item.ref in {*held, *fresh}),
        pages=pages,
        missed=tuple(missed),
        lost=tuple(_lost(strategy)),
    )


def _asked(strategy: Strategy, world: World) -> tuple[Binding, tuple[Item, ...], str]:
    """What the files ask for on this site, and our account there."""
    tracker, card = world.tracker, strategy.card
    catalog = tracker.catalog()
    _, binding, problems = bound(strategy.mapping, card, catalog, screens=tracker.with_screens)
    if problems:
        raise MappingError("the mapping cannot be carried out in this Jira", problems=problems)
    return binding, desired_items(card, binding, today=card.today(world.clock())), catalog.account


def _links(
    evidence: Evidence,
    by_key: Mapping[str, tuple[Seen, tuple[Agreed, ...]]],
    items: Sequence[Item],
    known: Mapping[str, Link],
) -> Iterator[Link]:
    named = {item.ref: item for item in items}
    seen = {**{ref: one for ref, (one, _) in by_key.items()}, **evidence.ours}
    for ref, one in seen.items():
        item, before = named.get(ref), known.get(ref)
        kind = item.kind if item else before.kind if before else "objective"
        written = max(one.mark.revision, 1) if one.mark else 0  # labels do not count
        revision = max(written, before.revision if before else 0)
        yield Link(ref, one.id, one.key, kind, item.name if item else one.summary, revision)


def _agreed(
    ref: str, seen: Seen, links: Mapping[str, Link], base: Mapping[str, Mapping[str, str]]
) -> Iterator[Agreed]:
    """What the mark says was agreed on, where the store does not know better."""
    mark, before = seen.mark, links.get(ref)
    if mark is None or (before is not None and ref in base and before.revision >= mark.revision):
        return
    for name, fingerprint in mark.digests.items():
        yield Agreed(ref=ref, field=name, digest=fingerprint)
    if mark.ref != ref:
        yield Agreed(ref=ref, field=NAMED, digest=digest(mark.ref))


def _left_empty(
    agreed: Sequence[Agreed], evidence: Evidence, items: Sequence[Item], fields: Sequence[FieldInfo]
) -> list[Agreed]:
    """What nobody has asked for and nobody has filled: it may be named later, as if it had been agreed on."""
    told = {(part.ref, part.field) for part in agreed}
    asked = {(item.ref, part.id) for item in items for part in item.fields}
    return [
        Agreed(ref=ref, field=info.id, digest=digest(None))
        for ref in {part.ref: None for part in agreed}
        for info in fields
        if (ref, info.id) not in told | asked and _is_empty(evidence.ours[ref], info)
    ]


def _is_empty(seen: Seen, info: FieldInfo) -> bool:
    return info.id not in seen.unclear and seen.values.get(info.id) is None


def _pages(world: World, *, now: dt.datetime, missed: list[str]) -> Iterator[Published]:
    """The pages that are ours; where a place cannot be asked, that is kept in words, and no harm is done:
    whoever publishes next finds the page by its mark."""
    for publisher in world.publishers():
        try:
            found = publisher.recall(now=now)
        except RemoteError as error:
            missed.append(error.lines()[0])
            continue
        if found is not None:
            yield found


def _lost(strategy: Strategy) -> Iterator[str]:
    """What no mark tells, and what of it comes back by itself."""
    yield "the runs that were: who wrote what, and when, is in Jira's own history only"
    kinds = {type(rule.source) for rule in strategy.mapping.measures}
    if FieldSource in kinds:
        yield "readings from fields: the next pull brings every change back from Jira's changelogs"
    if CsvSource in kinds:
        yield "readings from CSV files: the next pull brings back the rows that are still in them"
    if kinds & {HttpSource, SqlSource}:
        yield "readings from web services and databases: only what those still tell"
    if kinds - {FieldSource, CsvSource, HttpSource, SqlSource}:
        yield "readings from queries and roll-ups: there are none before the next pull"
    yield "check-ins that stand in scorecard.yaml were never lost"
