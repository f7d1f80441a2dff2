"""How things stand with each linked issue, and how Jira met our writes: what decides the next plan."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, Engine, delete, select, update

from bsc_sync.plan.item import GIVEN_UP, PARENT, PUT, UNFOUND, digest
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.past import Past, Rebuff
from bsc_sync.state.columns import moment
from bsc_sync.state.schema import base, former_ids, links, rebuffs
from bsc_sync.state.transaction import reading
from bsc_sync.state.upsert import upsert


def read_past(engine: Engine, card: str) -> Past:
    """All of it, for one plan."""
    labels: dict[str, dict[str, tuple[str, ...]]] = {}
    put: dict[str, dict[str, tuple[str, ...]]] = {}
    forsaken: dict[str, str] = {}
    met: dict[str, dict[str, Rebuff]] = {}
    unseen: dict[str, tuple[str, ...]] = {}
    with reading(engine) as connection:
        known = connection.execute(select(links).where(links.c.card == card)).all()
        # labels are lists, and none of them is null; so are other choices, which nobody asks for here
        values = base.c.value.like("[%") | (base.c.value == "null") | (base.c.field == PARENT)
        for row in connection.execute(select(base).where(base.c.card == card, values)):
            value = json.loads(row.value) if row.value else None
            if row.field == PARENT:
                if isinstance(value, str) and row.digest == digest(None):
                    forsaken[row.ref] = value
                continue
            several = tuple(value) if isinstance(value, list) else ()
            if row.field == UNFOUND:
                unseen[row.ref] = several
                continue
            of = put if row.field.startswith(PUT) else labels
            of.setdefault(row.ref, {})[row.field.removeprefix(PUT)] = several
        given_up = (base.c.card == card) & (base.c.field == UNFOUND) & (base.c.digest == digest(GIVEN_UP))
        unfound = connection.execute(select(base.c.ref).where(given_up)).scalars().all()
        for row in connection.execute(select(rebuffs).where(rebuffs.c.card == card)):
            met.setdefault(row.ref, {})[row.field] = Rebuff(row.wanted, row.shown, row.restores)
    return Past(
        labels=labels,
        put=put,
        forsaken=forsaken,
        rebuffs=met,
        first_keys={row.ref: row.first_key for row in known if row.first_key},
        names={row.ref: row.name for row in known},
        marked=frozenset(row.ref for row in known if row.revision),
        unseen=unseen,
        forgotten=frozenset([*unfound, *(row.ref for row in known if row.state == LinkState.FORGOTTEN)]),
    )


def read_notes(engine: Engine, card: str) -> dict[str, tuple[LinkNote, dt.datetime | None]]:
    """How each link stood when it was last looked at, by ref, and since when it stands so."""
    mine = select(links).where(links.c.card == card).order_by(links.c.ref)
    with reading(engine) as connection:
        return {
            row.ref: (
                LinkNote(ref=row.ref, key=row.issue_key, state=LinkState(row.state), note=row.note),
                moment(row.since) if row.since else None,
            )
            for row in connection.execute(mine)
        }


def keep_notes(engine: Engine, card: str, notes: Iterable[LinkNote], *, now: dt.datetime) -> None:
    """Remember how each link stands; what stands as before keeps its since."""
    with engine.begin() as connection:
        known = connection.execute(
            select(links.c.ref, links.c.state, links.c.note).where(links.c.card == card)
        )
        before = {row.ref: (row.state, row.note) for row in known}
        for note in notes:
            if note.ref not in before or before[note.ref] == (note.state, note.note):
                continue
            mine = (links.c.card == card) & (links.c.ref == note.ref)
            row: dict[str, str] = {"state": str(note.state), "note": note.note}
            if before[note.ref][0] != note.state:
                row["since"] = now.astimezone(dt.UTC).isoformat()
            connection.execute(update(links).where(mine).values(**row))


def forget_links(engine: Engine, card: str, refs: Collection[str], *, now: dt.datetime) -> None:
    """Wait for these issues no more; should one come back, it is known again."""
    mine = (links.c.card == card) & links.c.ref.in_(refs)
    row = {"state": str(LinkState.FORGOTTEN), "note": "", "since": now.astimezone(dt.UTC).isoformat()}
    unfound = (base.c.card == card) & base.c.ref.in_(refs) & (base.c.field == UNFOUND)
    with engine.begin() as connection:
        connection.execute(update(links).where(mine).values(**row))
        connection.execute(update(base).where(unfound).values(digest=digest(GIVEN_UP)))


def release_links(engine: Engine, card: str, refs: Collection[str]) -> None:
    """Drop what is known of these issues: the links, what was agreed on, how writes were met, former ids."""
    with engine.begin() as connection:
        for table in (links, base, rebuffs, former_ids):
            connection.execute(delete(table).where(table.c.card == card, table.c.ref.in_(refs)))


def keep_rebuffs(
    connection: Connection, card: str, met: Iterable[tuple[str, Mapping[str, Rebuff | None]]]
) -> None:
    """Remember, by ref, how Jira met our writes of its fields; None where there is nothing to remember."""
    for ref, fields in met:
        mine = (rebuffs.c.card == card) & (rebuffs.c.ref == ref) & rebuffs.c.field.in_(fields)
        connection.execute(delete(rebuffs).where(mine))
        rows = [
            {
                "card": card,
                "ref": ref,
                "field": name,
                "wanted": rebuff.wanted,
                "shown": rebuff.shown,
                "restores": rebuff.restores,
            }
            for name, rebuff in fields.items()
            if rebuff is not None
        ]
        upsert(connection, rebuffs, rows)
