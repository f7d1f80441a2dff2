"""What the marks in Jira tell of a store that is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.errors import NotOurs, Problem, UserError
from bsc_sync.mapping.bind import Binding
from bsc_sync.plan.claims import claim_on, label_alone, leftover, of_label
from bsc_sync.plan.item import PARENT, Item, Seen, digest
from bsc_sync.plan.labels import our_part
from bsc_sync.plan.plan import Agreed
from bsc_sync.state.store import Link
from bsc_sync.sync.importing.clones import original, perhaps_a_clone

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """The marked issues of one scorecard: who is who, and what stands aside.

    `ours` by ref; `clones` carry a mark whose ref another issue holds; `strangers` by the id of the other
    store that marked them; `undecided` by ref: issues of which nothing tells which it is, and none is taken;
    `perhaps` are those of `ours` that may be a clone of what is gone.
    """

    store: str
    ours: Mapping[str, Seen]
    clones: tuple[Seen, ...]
    strangers: Mapping[str, tuple[Seen, ...]]
    undecided: Mapping[str, tuple[Seen, ...]] = field(default_factory=dict)
    perhaps: tuple[Seen, ...] = ()


def refuse_claimed(
    seen: Iterable[Seen], items: Sequence[Item], card: str, *, links: Mapping[str, Link]
) -> None:
    """Raise NotOurs, naming both, when another scorecard holds an issue that the mapping names.

    What the store links already is ours, though its mark was lost and others' labels stand on it.
    """
    linked = {link.id for link in links.values()}
    named = {item.existing: item.ref for item in items if item.existing and not item.retired}
    for one in seen:
        if one.key not in named:
            continue
        claim = claim_on(one, card)
        other = label_alone(one.mark, one.labels, card) if one.id not in linked else None
        if claim is not None:
            raise NotOurs(
                f"{one.key} carries the mark of {claim.scorecard}/{claim.ref}: "
                f"it cannot be {card}/{named[one.key]}",
                hint="name another issue under existing:, or retire it there first",
            )
        if other is not None:
            raise NotOurs(
                f"{one.key} {of_label(other)}: it cannot be {card}/{named[one.key]}",
                hint=f"name another issue under existing:; {leftover(other)}",
            )


def weigh(
    marked: Sequence[Seen],
    links: Mapping[str, Link],
    *,
    wanted: str,
    renames: Mapping[str, str],
    us: str,
    existing: Mapping[str, str],
) -> Evidence:
    """Which store the marks name, and which issue each ref is: the linked one, else what `original` tells.

    `wanted` chooses one of several stores, `us` is our account, `existing` are the keys that the mapping
    names, by ref. Raises UserError when the marks name several stores and none is chosen, or when the store
    knows another issue than the marks do.
    """
    by_store: dict[str, list[Seen]] = {}
    for seen in marked:
        if seen.mark is not None and seen.mark.store:  # labels alone name no store
            by_store.setdefault(seen.mark.store, []).append(seen)
    store = _chosen(by_store, wanted)
    linked = {link.id for link in links.values()}
    by_ref: dict[str, list[Seen]] = {}
    for seen in sorted(marked, key=lambda one: (one.id not in linked, int(one.id))):
        if seen.mark is not None and seen.mark.store in {"", store}:
            by_ref.setdefault(renames.get(seen.mark.ref, seen.mark.ref), []).append(seen)
    ours: dict[str, Seen] = {}
    clones: list[Seen] = []
    undecided: dict[str, tuple[Seen, ...]] = {}
    for ref, several in by_ref.items():
        known = several[0] if several[0].id in linked else None
        found = known or original(several, us=us, existing=existing.get(ref))
        if found is None:
            undecided[ref] = tuple(several)
        else:
            ours[ref] = found
            clones += [seen for seen in several if seen is not found]
    _check_links(links, ours)
    strangers = {name: tuple(found) for name, found in by_store.items() if name != store}
    perhaps = tuple(
        seen
        for ref, seen in ours.items()
        if seen.id not in linked and seen.key != existing.get(ref) and perhaps_a_clone(seen, us=us)
    )
    return Evidence(store, ours, tuple(clones), strangers, undecided, perhaps)


def unmarked(
    items: Sequence[Item], binding: Binding, seen: Iterable[Seen], *, card: str, known: Iterable[str]
) -> Mapping[str, tuple[Seen, tuple[Agreed, ...]]]:
    """The issues that the mapping names as existing, that nobody has marked, and that say what the
    scorecard says: imported once, and never written to. With what is agreed on, by ref."""
    by_key = {one.key: one for one in seen}
    known = set(known)
    keys = {item.ref: item.existing for item in items}
    found: dict[str, tuple[Seen, tuple[Agreed, ...]]] = {}
    for item in items:
        one = by_key.get(item.existing or "")
        if one is None or item.ref in known or item.retired or one.mark or claim_on(one, card):
            continue
        owned = [field for field in item.fields if field.owner == "scorecard"]
        values = {field.id: our_part(field.type, one.values.get(field.id), field.value) for field in owned}
        if any(values[field.id] != field.value for field in owned):
            continue
        empty = [
            field.id
            for field in binding.homes[item.ref].fields
            if field.rule.owner == "scorecard" and field.id not in values and not one.values.get(field.id)
        ]
        agreed = {**values, **dict.fromkeys(empty)}
        if item.parent is not None and keys.get(item.parent) == one.parent:
            agreed[PARENT] = item.parent
        found[item.ref] = (
            one,
            tuple(Agreed(ref=item.ref, field=name, digest=digest(value)) for name, value in agreed.items()),
        )
    return found


def _chosen(by_store: Mapping[str, Sequence[Seen]], wanted: str) -> str:
    if wanted:
        if wanted not in by_store:
            named = ", ".join(by_store) or "none at all"
            raise UserError(f"no mark names the store {wanted}", hint=f"the marks name {named}")
        return wanted
    if len(by_store) > 1:
        raise UserError(
            f"the marks name {len(by_store)} stores: one of them is the lost one",
            hint="choose it with --store ID; what another one marked stays aside, and stops later runs "
            "until its label is taken off",
            problems=[Problem(f"marked {_listed(found)}", where=store) for store, found in by_store.items()],
        )
    return next(iter(by_store), "")


def _check_links(links: Mapping[str, Link], ours: Mapping[str, Seen]) -> None:
    odd = [(ref, link, ours[ref]) for ref, link in links.items() if ref in ours and ours[ref].id != link.id]
    if odd:
        raise NotOurs(
            "the store knows other issues than the marks do: nothing was changed",
            hint="set that store aside (BSC_SYNC_STATE_URL or .bsc-sync) and import into a new one",
            problems=[
                Problem(f"is {link.key} in the store, and {seen.key} by its mark", where=ref)
                for ref, link, seen in odd
            ],
        )


def _listed(found: Sequence[Seen]) -> str:
    keys = [seen.key for seen in found]
    more = f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else ""
    return f"{', '.join(keys[:_LISTED])}{more}"
