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
from bsc_sync.plan.item import NAMED, Item, Seen, digest
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.order import Look
from bsc_sync.plan.plan import Agreed
from bsc_sync.report.publication import Published
from bsc_sync.state.lease import Lease
from bsc_sync.state.store import Link
from bsc_sync.state.taking_over import take_over
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.binding import bound
from bsc_sync.sync.importing.evidence import Evidence, refuse_claimed, unmarked, weigh
from bsc_sync.sync.importing.explorer import Step
from bsc_sync.sync.observe import bound_fields
from bsc_sync.sync.record import recorded
from bsc_sync.sync.world import World


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was found of a lost store.

    `links` are all that are known now, `baseless` the refs of which nobody knows what was agreed on,
    `by_key` those that were never marked and are known by the mapping's `existing:`; `unfound` are refs
    that no issue was found for, `missed` says why a page could not be looked for.
    """

    evidence: Evidence
    links: tuple[Link, ...]
    new: frozenset[str]
    retired: tuple[str, ...]
    baseless: tuple[str, ...]
    by_key: tuple[str, ...]
    unfound: tuple[str, ...]
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
    binding, items = _asked(strategy, world)
    memory_links = memory.links()
    seen = tuple(_look(strategy, world, binding, items, memory_links, tell))
    marked = [one for one in seen if one.mark is not None and one.mark.scorecard == card.id]
    refuse_claimed(seen, items, card.id)
    evidence = weigh(marked, memory_links, wanted=store, renames=card.renames())
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
    agreed += _left_empty(agreed, evidence, items, bound_fields(binding))
    agreed += [part for _, parts in by_key.values() for part in parts]
    retired = tuple(
        LinkNote(ref=ref, key=one.key, state=LinkState.RETIRED)
        for ref, one in evidence.ours.items()
        if one.mark is not None and one.mark.retired
    )
    pages: tuple[Published, ...] = ()
    missed: list[str] = []
    if not dry_run:
        lease.renew()
        if evidence.store:
            take_over(memory, evidence.store)
        memory.agree(agreed)
        memory.keep_links(links.values())
        memory.keep_link_notes(retired, now=world.clock())
        tell("looking for the page")
        pages = tuple(_pages(world, now=world.clock(), missed=missed))
    every = {**memory_links, **links}
    known = {part.ref for part in agreed} | set(base)
    return Rebuilt(
        evidence=evidence,
        links=tuple(every.values()),
        new=frozenset(links) - frozenset(memory_links),
        retired=tuple(note.ref for note in retired),
        baseless=tuple(ref for ref in evidence.ours if ref not in known),
        by_key=tuple(by_key),
        unfound=tuple(item.ref for item in items if item.ref not in every and not item.retired),
        pages=pages,
        missed=tuple(missed),
        lost=tuple(_lost(strategy)),
    )


def _asked(strategy: Strategy, world: World) -> tuple[Binding, tuple[Item, ...]]:
    """What the files ask for on this site."""
    tracker, card = world.tracker, strategy.card
    _, binding, problems = bound(strategy.mapping, card, tracker.catalog(), screens=tracker.with_screens)
    if problems:
        raise MappingError("the mapping cannot be carried out in this Jira", problems=problems)
    return binding, desired_items(card, binding, today=card.today(world.clock()))


def _look(
    strategy: Strategy,
    world: World,
    binding: Binding,
    items: Sequence[Item],
    links: Mapping[str, Link],
    tell: Step,
) -> Iterator[Seen]:
    """Every issue with our label, those that the mapping names, and (where some are missing still) those
    that are newer than what the index shows."""
    card, fields = strategy.card.id, bound_fields(binding)
    named = tuple(item.existing for item in items if item.existing and item.ref not in links)
    look = Look(card=card, known={}, candidates=named, fields=fields)
    told: dict[str, Seen] = {}
    for seen in world.tracker.observe(look):
        told[seen.id] = seen
        tell(f"reading {seen.key}")
    yield from told.values()
    refs = {seen.mark.ref for seen in told.values() if seen.mark is not None}
    absent = {
        binding.homes[item.ref].project
        for item in items
        if not item.existing and not item.retired and item.ref not in refs and item.ref not in links
    }
    for seen in _newer(world, card, absent, fields):
        if seen.id not in told and seen.mark is not None:
            tell(f"reading {seen.key}")
            yield seen


def _newer(world: World, card: str, projects: set[str], fields: Sequence[FieldInfo]) -> Iterator[Seen]:
    """What an index that lags does not show yet, read by key."""
    for project in sorted(projects):
        yield from world.tracker.following(card, project, world.tracker.floor(project), fields)


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
