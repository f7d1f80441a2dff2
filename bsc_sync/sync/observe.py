"""Looking at Jira: which issue is which ref, what it shows, and what is odd about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from bsc_sync.errors import NotOurs, Problem
from bsc_sync.mapping.bind import Binding
from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.claims import claim_on
from bsc_sync.plan.item import NAMED, RETIRED, UNFOUND, Item, Mark, Seen, Value, digest, remembered_only
from bsc_sync.plan.labels import LABELS
from bsc_sync.plan.link_state import LinkState
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.order import Look
from bsc_sync.plan.plan import Agreed
from bsc_sync.plan.retirement import BACK, OPEN
from bsc_sync.state.store import Link, Memory
from bsc_sync.sync.marking import in_mark
from bsc_sync.sync.ports import Tracker
from bsc_sync.sync.read_back import shown

RECENT = dt.timedelta(minutes=15)  # how long an index may lag behind what was written


def bound_fields(binding: Binding) -> tuple[FieldInfo, ...]:
    """Every field that some item of ours has, once each."""
    homes = binding.homes.values()
    found = {field.id: FieldInfo(field.id, field.name, field.type) for home in homes for field in home.fields}
    if any(home.labels is not None for home in homes):
        found.setdefault(LABELS, FieldInfo(LABELS, "Labels", LABELS))
    return tuple(found.values())


def observe(
    tracker: Tracker,
    memory: Memory,
    binding: Binding,
    items: Sequence[Item],
    *,
    undecided: frozenset[str],
    renames: Mapping[str, str],
    now: dt.datetime,
) -> Observation:
    """Everything that is ours in Jira, and the issues that are to be adopted.

    Raises NotOurs when this scorecard's marks were written by another store.
    """
    links = memory.links()
    candidates = tuple(item.existing for item in items if item.existing and item.ref not in links)
    known = {ref: link.id for ref, link in links.items()}
    wanted = {item.ref for item in items if not item.retired}
    wanted -= {ref for ref, (note, _) in memory.link_notes().items() if note.state is LinkState.RETIRED}
    base = memory.base()
    renamed = {ref for ref in known if base.get(ref, {}).get(NAMED, digest(ref)) != digest(ref)}
    back = {digest(OPEN), digest(BACK)}
    wanted -= {ref for ref in known if base.get(ref, {}).get(RETIRED, digest(OPEN)) not in back}
    fields = bound_fields(binding)
    just_written = memory.written_since(now - RECENT)
    look = Look(
        card=memory.card,
        known=known,
        candidates=candidates,
        fields=fields,
        keys={link.id: link.key for link in links.values()},
        marks=remembered_marks(memory, items),
        closely=_ids(known, memory.perhaps_written() | renamed | known.keys() - wanted),
        recent=_ids(known, just_written),
        doubts=_doubts(memory.agreed_values(just_written), links, fields),
    )
    found = tracker.observe(look)
    if not links and not any(one.mark and one.mark.scorecard == memory.card for one in found):
        found += _not_in_the_index(tracker, memory.card, items, look.fields)
    asked = {item.ref for item in items if not item.retired}
    let_go = {one.id for one in found if _is_let_go(one, links, asked, memory.card, renames)}
    found = tuple(one for one in found if one.id not in let_go)
    unfound = frozenset(ref for ref, known in base.items() if UNFOUND in known and ref not in links)
    strays = [one for one in found if one.id not in known.values()]
    writes = {one.id: one.mark.intent for one in strays if one.mark and one.mark.intent}
    meant = memory.meant_for(set(writes.values()))
    origins = {number: meant[write] for number, write in writes.items() if write in meant}
    observation = sort_out(
        found, links, candidates, memory.card, undecided, renames, origins=origins, unfound=unfound
    )
    _check_claims(observation, items, memory.card)
    ours = memory.store_id
    strangers = {
        seen.mark.store: seen.key
        for seen in (*observation.ours.values(), *observation.clones)
        if seen.mark and seen.mark.scorecard == memory.card
        if seen.mark.store not in {"", ours}  # labels alone name no store
    }
    if strangers:
        store, key = next(iter(strangers.items()))
        raise NotOurs(
            f"{key} carries the mark of {memory.card} from another store ({store}); this store is {ours}",
            hint="point BSC_SYNC_STATE_URL to the store that wrote it; if that database is lost, "
            "bsc-sync import --state rebuilds it from the marks",
        )
    memory.agree(_marked(observation, links))
    memory.was_called(_renamed(observation, links))
    memory.keep_links(_moved(observation, links, items))
    return observation


def _ids(known: Mapping[str, str], refs: Collection[str]) -> frozenset[str]:
    return frozenset(known[ref] for ref in refs if ref in known)


def _doubts(
    agreed: Mapping[str, Mapping[str, Value]], links: Mapping[str, Link], fields: Sequence[FieldInfo]
) -> Callable[[Seen], bool]:
    """Whether what the index shows of an issue that was just written is not what was read back then.

    Where it is, the index has learned of the write; else it may lag, or somebody has edited the issue.
    """
    refs = {link.id: ref for ref, link in links.items()}
    keys = {ref: link.key for ref, link in links.items()}

    def doubts(seen: Seen) -> bool:
        values = agreed.get(refs.get(seen.id, ""))
        return values is None or shown(seen, values, fields, keys) != values

    return doubts


def _not_in_the_index(
    tracker: Tracker, card: str, items: Sequence[Item], fields: Sequence[FieldInfo]
) -> tuple[Seen, ...]:
    """What carries our mark though no search shows it and the store knows nothing: it is too new.

    Where the store is lost and the index lags, everything would be created a second time.
    """
    projects = sorted({item.project for item in items if not item.retired and not item.existing})
    return tuple(
        seen
        for project in projects
        for seen in tracker.following(card, project, tracker.floor(project), fields)
        if seen.mark is not None and seen.mark.scorecard == card
    )


def remembered_marks(memory: Memory, items: Sequence[Item]) -> Mapping[str, Mark]:
    """The marks of the known issues as the store would write them, by the issues' ids.

    A mark holds the digests of what the scorecard owns; the store remembers seeds, too.
    """
    base, store = memory.base(), memory.store_id
    owned = {item.ref: in_mark(item) for item in items}
    return {
        link.id: Mark(
            scorecard=memory.card,
            ref=ref,
            store=store,
            revision=link.revision,
            digests={
                field: fingerprint
                for field, fingerprint in base.get(ref, {}).items()
                if not remembered_only(field) and (ref not in owned or field in owned[ref])
            },
        )
        for ref, link in memory.links().items()
        if link.revision  # imported and never written to: it has no mark yet
    }


def sort_out(
    found: Iterable[Seen],
    links: Mapping[str, Link],
    candidates: Sequence[str],
    card: str,
    undecided: frozenset[str],
    renames: Mapping[str, str],
    *,
    origins: Mapping[str, str] = {},
    unfound: frozenset[str] = frozenset(),
) -> Observation:
    """Who is who: the linked id wins, else the lowest; what carries a ref that is taken is a clone.

    Which ref a mark means is told by the write that it names, where the store knows that write (`origins`
    by issue: ids may have changed since, or have been given to something else), else by its id.

    Of several that carry a ref which is `unfound` none is taken: a person has to say which it is.
    """

    def meant(seen: Seen, mark: Mark) -> str:
        return origins.get(seen.id) or renames.get(mark.ref, mark.ref)

    by_id = {link.id: ref for ref, link in links.items()}
    ours: dict[str, Seen] = {}
    wanted: dict[str, Seen] = {}
    clones: list[Seen] = []
    listed = sorted(found, key=lambda seen: int(seen.id))
    carriers: dict[str, list[str]] = {ref: [] for ref in unfound}
    for seen in listed:
        if seen.mark is not None and seen.mark.scorecard == card:
            carriers.get(meant(seen, seen.mark), []).append(seen.key)
    for seen in listed:
        if seen.id in by_id:
            ours[by_id[seen.id]] = seen
    for seen in listed:
        if seen.id in by_id:
            continue
        if seen.mark is not None and seen.mark.scorecard == card:
            ref = meant(seen, seen.mark)
            taken = ref in ours or ref in links or seen.mark.ref in links
            if taken or len(carriers.get(ref, ())) > 1:
                clones.append(seen)
            else:
                ours[ref] = seen
        elif seen.key in candidates:
            wanted[seen.key] = seen
    missing = {ref: link.key for ref, link in links.items() if ref not in ours}
    return Observation(
        ours=ours,
        candidates=wanted,
        clones=tuple(clones),
        missing=missing,
        undecided=undecided,
        unfound={ref: tuple(keys) for ref, keys in sorted(carriers.items()) if ref not in ours},
    )


def _is_let_go(
    seen: Seen, links: Mapping[str, Link], asked: Collection[str], card: str, renames: Mapping[str, str]
) -> bool:
    """Whether an issue still has our label, and is another scorecard's since it was let go here."""
    if seen.mark is None or seen.mark.scorecard != card or claim_on(seen, card) is None:
        return False
    ref = renames.get(seen.mark.ref, seen.mark.ref)
    return ref not in asked and ref not in links


def _check_claims(observation: Observation, items: Iterable[Item], card: str) -> None:
    """Raise NotOurs, naming both, when another scorecard has taken an issue that is still asked for here."""
    wanted = {item.ref for item in items if not item.retired}
    claims = [
        (ref, seen.key, claim)
        for ref, seen in observation.ours.items()
        if ref in wanted and (claim := claim_on(seen, card)) is not None
    ]
    if claims:
        raise NotOurs(
            "two scorecards claim the same issue: nothing is written until one lets it go",
            hint="take it out of one of the two files",
            problems=[
                Problem(
                    f"is {card}/{ref} here, and carries the mark of {claim.scorecard}/{claim.ref}", where=key
                )
                for ref, key, claim in claims
            ],
        )


def _marked(observation: Observation, links: Mapping[str, Link]) -> list[Agreed]:
    """What the issues remember better than the store: the higher revision wins."""
    marks = {ref: seen.mark for ref, seen in observation.ours.items() if seen.mark}
    told = [
        Agreed(ref=ref, field=field, digest=fingerprint)
        for ref, mark in marks.items()
        if ref not in links or mark.revision > links[ref].revision
        for field, fingerprint in mark.digests.items()
    ]
    renamed = _renamed(observation, links)
    return told + [Agreed(ref=ref, field=NAMED, digest=digest(former)) for former, ref in renamed.items()]


def _renamed(observation: Observation, links: Mapping[str, Link]) -> dict[str, str]:
    """What was found by its mark, and is called otherwise there: by the id in the mark."""
    ours = observation.ours.items()
    new = {ref: seen.mark for ref, seen in ours if ref not in links and seen.mark is not None}
    return {mark.ref: ref for ref, mark in new.items() if mark.ref != ref}


def _moved(observation: Observation, links: Mapping[str, Link], items: Sequence[Item]) -> list[Link]:
    named = {item.ref: item for item in items}
    changed = []
    for ref, seen in observation.ours.items():
        item = named.get(ref)
        revision = seen.mark.revision if seen.mark else 0
        before = links.get(ref)
        kind = item.kind if item else (before.kind if before else "objective")
        name = item.name if item else (before.name if before else seen.summary)
        link = Link(ref, seen.id, seen.key, kind, name, max(revision, before.revision if before else 0))
        if link != before:
            changed.append(link)
    return changed
