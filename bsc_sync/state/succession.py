"""What takes the place of what: a new id of an old one, an issue of a vanished one; and keys after moves."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, Engine, delete, select, union, update

from bsc_sync.plan.item import LINK, NAMED, PARENT, UNFOUND, digest
from bsc_sync.plan.new_ids import carried_over
from bsc_sync.state.schema import base, former_ids, intents, links, measurements, progress, rebuffs
from bsc_sync.state.transaction import reading
from bsc_sync.state.upsert import insert_new, upsert


def rename(engine: Engine, card: str, renames: Mapping[str, str], present: Collection[str]) -> None:
    """Carry what is known of a ref over to its new id; nothing, where the new id is known.

    The link, what was agreed on (also that others hang below it), open intents (also of what has no
    link yet), readings and progress go along. Ids that are passed on (A to B, and B to C) are taken from
    the end. The former id is remembered: should it be `present` in the file again, and the new one not, it
    is carried back.
    """
    if not renames and not read_former(engine, card):
        return
    with engine.begin() as connection:
        former = _former(connection, card)
        open_here = (intents.c.card == card) & intents.c.settled.is_(None)
        unfound_here = (base.c.card == card) & (base.c.field == UNFOUND)
        refs = union(
            select(links.c.ref).where(links.c.card == card),
            select(intents.c.ref).where(open_here),
            select(base.c.ref).where(unfound_here),
        )
        known = set(connection.execute(refs).scalars())
        for old, new in _steps(carried_over(renames, present, former, known), known):
            _make_room(connection, card, old, new)
            for table in (links, base, intents, progress, rebuffs):
                mine = (table.c.card == card) & (table.c.ref == old)
                connection.execute(update(table).where(mine).values(ref=new))
            _hang_below(connection, card, old, digest(new), json.dumps(new))
            row = {"card": card, "ref": new, "field": NAMED, "digest": digest(old), "value": json.dumps(old)}
            # one that is there already is what the mark says: it has not learned of the rename before
            connection.execute(insert_new(connection, base).values(row).on_conflict_do_nothing())
            _remember(connection, card, old, new)
        subjects = select(measurements.c.subject).where(measurements.c.card == card).distinct()
        known = set(connection.execute(subjects).scalars())
        for old, new in _steps(carried_over(renames, present, former, known), known):
            mine = (measurements.c.card == card) & (measurements.c.subject == old)
            connection.execute(update(measurements).where(mine).values(subject=new))
            _remember(connection, card, old, new)


def read_former(engine: Engine, card: str) -> dict[str, str]:
    """Which ref is what had another id before, by that id."""
    with reading(engine) as connection:
        return _former(connection, card)


def was_called(engine: Engine, card: str, former: Mapping[str, str]) -> None:
    """Remember former ids (former -> ref) as if we had carried them over ourselves."""
    if not former:
        return
    with engine.begin() as connection:
        upsert(connection, former_ids, [{"card": card, "former": f, "ref": r} for f, r in former.items()])


def start_anew(connection: Connection, card: str, ref: str, *, instead_of: str) -> None:
    """Nothing is agreed on yet with the issue that has taken the place of another, known by its key.

    What hung below that one, or was linked to it, is to be hung below the new one.
    """
    connection.execute(delete(base).where(base.c.card == card, base.c.ref == ref))
    connection.execute(delete(rebuffs).where(rebuffs.c.card == card, rebuffs.c.ref == ref))
    _hang_below(connection, card, ref, digest(None), json.dumps(instead_of))
    linked = (base.c.card == card) & (base.c.field == LINK) & (base.c.digest == digest(instead_of))
    connection.execute(update(base).where(linked).values(digest=digest(None), value=None))


def follow(connection: Connection, card: str, old: str, new: str) -> None:
    """An issue has another key: what is linked to it is linked to that."""
    linked = (base.c.card == card) & (base.c.field == LINK) & (base.c.digest == digest(old))
    connection.execute(update(base).where(linked).values(digest=digest(new), value=json.dumps(new)))


def _former(connection: Connection, card: str) -> dict[str, str]:
    mine = select(former_ids).where(former_ids.c.card == card).order_by(former_ids.c.former)
    return {row.former: row.ref for row in connection.execute(mine)}


def _remember(connection: Connection, card: str, old: str, new: str) -> None:
    """What had been the old one's former ids are the new one's, with the old one's own."""
    mine = former_ids.c.card == card
    connection.execute(delete(former_ids).where(mine, former_ids.c.former == new))
    connection.execute(update(former_ids).where(mine, former_ids.c.ref == old).values(ref=new))
    upsert(connection, former_ids, [{"card": card, "former": old, "ref": new}])


def _make_room(connection: Connection, card: str, old: str, new: str) -> None:
    """What was noted of the new id while it had no issue gives way to what is known of the old one's."""
    for table in (base, rebuffs):
        connection.execute(delete(table).where(table.c.card == card, table.c.ref == new))
    days = select(progress.c.day).where(progress.c.card == card, progress.c.ref == old)
    twice = (progress.c.card == card) & (progress.c.ref == new) & progress.c.day.in_(days)
    connection.execute(delete(progress).where(twice))


def _hang_below(connection: Connection, card: str, ref: str, seal: str, value: str) -> None:
    """What was agreed to hang below a ref is agreed to hang elsewhere."""
    below = (base.c.card == card) & (base.c.field == PARENT) & (base.c.digest == digest(ref))
    connection.execute(update(base).where(below).values(digest=seal, value=value))


def _steps(renames: Mapping[str, str], known: set[str]) -> Iterator[tuple[str, str]]:
    """The renames that there is something to carry over for, each when its new id is free."""
    left = {old: new for old, new in renames.items() if old in known}
    while True:
        free = next((old for old, new in left.items() if new not in known), None)
        if free is None:
            return
        new = left.pop(free)
        known = (known - {free}) | {new}
        yield free, new
