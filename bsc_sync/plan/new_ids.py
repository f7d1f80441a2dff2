"""New ids for old ones: what becomes which id, and what is held because nobody knows its old one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bsc_sync.plan.change import Hold, Retire
from bsc_sync.plan.item import Item
from bsc_sync.plan.past import Unplaced

_NAMED = 3


def carried_over(
    told: Mapping[str, str], present: Collection[str], former: Mapping[str, str], known: Collection[str]
) -> dict[str, str]:
    """Known ref -> new id: what the file says (`told`, old -> new), and what its former ids tell.

    `present` are the ids of the file, `former` the ids of before with what became of them. What stands in
    the file under a former id of something that has left it has been renamed back; and a `was:` may name any
    former id.
    """
    steps = {old: new for old, new in told.items() if old in known}
    for old, new in [*told.items(), *((ref, ref) for ref in present)]:
        now = former.get(old, "")
        gone = now in known and now not in present and now not in steps
        if gone and old not in known and new not in known and new not in steps.values():
            steps[now] = new
    return steps


def unplaced(
    told: Mapping[str, str],
    kinds: Mapping[str, str],
    linked: Mapping[str, str],
    *,
    present: Collection[str],
    under_way: Collection[str],
    retired: Collection[str],
) -> dict[str, Unplaced]:
    """What would be made a second time, if its `was:` names the wrong one of several old ids.

    `kinds` by ref of what the file asks for, `linked` of what has an issue; `under_way` has got one, as far
    as is known. It may be meant for what is linked and not in the file any more: what is `retired` already
    only where there is nothing else.
    """
    found: dict[str, Unplaced] = {}
    for was, ref in told.items():
        if ref not in kinds or ref in linked or ref in under_way:
            continue
        left = [one for one, kind in linked.items() if kind == kinds[ref] and one not in present]
        perhaps = [one for one in left if one not in retired] or left
        if perhaps:
            found[ref] = Unplaced(was, tuple(perhaps))
    return found


def name_unknown(item: Item, one: Unplaced) -> Hold:
    """Nothing is created for an item whose `was:` nobody knows."""
    named = ", ".join(one.perhaps[:_NAMED])
    more = f" or {len(one.perhaps) - _NAMED} more" if len(one.perhaps) > _NAMED else ""
    several = len(one.perhaps) > 1
    return Hold(
        ref=item.ref,
        name=item.name,
        key=None,
        reason=f"was: {one.was} names an id that nobody knows",
        hint=f"if it was {'one of ' if several else ''}{named}{more} (linked, and not in the file any more), "
        f"write was: {'that id' if several else named}; else take was: out, and it is created",
    )


def perhaps_renamed(change: Retire, waiting: Mapping[str, Unplaced]) -> Hold | None:
    """Nothing is retired while it may be what one of those was."""
    by = [ref for ref, one in waiting.items() if change.ref in one.perhaps]
    if not by:
        return None
    return Hold(
        ref=change.ref,
        name=change.name,
        key=change.key,
        reason=f"{change.reason}, and perhaps it is {' or '.join(by[:_NAMED])} now",
        hint=f"see what is said of {by[0]}",
    )


def known_as(former: Mapping[str, str], told: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Which ref a mark means that says another id: a former one, unless that is `taken` anew; or what the
    file says."""
    return {**{old: ref for old, ref in former.items() if old not in taken}, **told}
