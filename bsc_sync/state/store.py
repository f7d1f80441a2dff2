"""What is remembered of one scorecard: which issue is which, what was agreed on, what was intended."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, select, update

from bsc_sync.plan.item import UNFOUND, Value, digest
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.past import Past, Rebuff
from bsc_sync.plan.plan import Agreed
from bsc_sync.state import dealings, journal, succession
from bsc_sync.state.columns import moment
from bsc_sync.state.lease import NO_WAIT, Lease, Wait, held_lease
from bsc_sync.state.schema import base, intents, links, meta, slots
from bsc_sync.state.transaction import reading
from bsc_sync.state.upsert import insert_new, upsert


@dataclass(frozen=True, slots=True)
class Link:
    """Which issue a ref is, as last known; `revision` counts our writes to it."""

    ref: str
    id: str
    key: str
    kind: str
    name: str
    revision: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that was about to happen: `after` holds the values after it, by field id.

    `floor` is the highest number that a key of the project was known to have: a creation whose
    reply was lost is found among the keys that follow.
    """

    id: str
    ref: str
    action: str
    project: str
    floor: int
    issue_id: str | None
    after: Mapping[str, Value]
    created: dt.datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an intended write ended; where it was applied, which issue it is and what was read back."""

    intent: str
    outcome: str
    link: Link | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    rebuffs: Mapping[str, Rebuff | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Memory:
    """The store of one scorecard; every method is one transaction."""

    engine: Engine
    card: str

    @property
    def store_id(self) -> str:
        """What tells this store from every other: written into each mark; made at first use."""
        known = select(meta.c.value).where(meta.c.key == "store")
        with reading(self.engine) as connection:
            found = connection.execute(known).scalar()
        if found is None:
            with self.engine.begin() as connection:
                mine = insert_new(connection, meta).values(key="store", value=str(uuid.uuid4()))
                connection.execute(mine.on_conflict_do_nothing())  # another process may be first
                found = connection.execute(known).scalar_one()
        return str(found)

    def lease(self, *, holder: str, wait: Wait = NO_WAIT) -> AbstractContextManager[Lease]:
        """Hold this scorecard for the length of a block; Leased when another run does, and goes on to."""
        return held_lease(self.engine, self.card, holder=holder, wait=wait)

    def links(self) -> Mapping[str, Link]:
        """The known issues, by ref."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(links).where(links.c.card == self.card).order_by(links.c.ref))
            return {
                row.ref: Link(row.ref, row.issue_id, row.issue_key, row.kind, row.name, row.revision)
                for row in rows
            }

    def keep_links(self, found: Iterable[Link]) -> None:
        """Remember which issue each ref is."""
        with self.engine.begin() as connection:
            _keep_links(connection, self.card, list(found))

    def rename(self, renames: Mapping[str, str], present: Collection[str] = ()) -> None:
        """Carry what is known of a ref over to its new id (`was: OLD`), unless the new id is known.

        So is what has got a former id again: one of those `present` in the file.
        """
        succession.rename(self.engine, self.card, renames, present)

    def former_ids(self) -> Mapping[str, str]:
        """Which ref is what had another id before, by that id."""
        return succession.read_former(self.engine, self.card)

    def was_called(self, former: Mapping[str, str]) -> None:
        """Remember former ids that marks tell, each with the ref that it has become."""
        succession.was_called(self.engine, self.card, former)

    def past(self) -> Past:
        """What decides the next plan, beside the digests last agreed on."""
        return dealings.read_past(self.engine, self.card)

    def link_notes(self) -> Mapping[str, tuple[LinkNote, dt.datetime | None]]:
        """How each link stood when it was last looked at, and since when."""
        return dealings.read_notes(self.engine, self.card)

    def keep_link_notes(self, notes: Iterable[LinkNote], *, now: dt.datetime) -> None:
        """Remember how each link stands."""
        dealings.keep_notes(self.engine, self.card, notes, now=now)

    def forget_links(self, refs: Collection[str], *, now: dt.datetime) -> None:
        """Wait for the vanished issues of these refs no more."""
        dealings.forget_links(self.engine, self.card, refs, now=now)

    def release_links(self, refs: Collection[str]) -> None:
        """Remember nothing more of the issues of these refs: they are none of ours."""
        dealings.release_links(self.engine, self.card, refs)

    def base(self) -> Mapping[str, Mapping[str, str]]:
        """The digest of the value last agreed on, by ref and field id."""
        agreed: dict[str, dict[str, str]] = {}
        with reading(self.engine) as connection:
            for row in connection.execute(select(base).where(base.c.card == self.card)):
                agreed.setdefault(row.ref, {})[row.field] = row.digest
        return agreed

    def agree(self, agreed: Sequence[Agreed]) -> None:
        """Remember fields on which both sides were seen to agree."""
        if not agreed:
            return
        with self.engine.begin() as connection:
            rows = [
                _Base(
                    part.ref,
                    part.field,
                    part.digest,
                    None if part.labels is None else json.dumps(part.labels),
                )
                for part in agreed
            ]
            _keep_base(connection, self.card, rows)

    def agreed_values(self, refs: Collection[str]) -> Mapping[str, Mapping[str, Value]]:
        """The values last read back after a write, by ref and field id.

        Refs of which more is remembered than that (fields that were only seen to agree) are left out.
        """
        values: dict[str, dict[str, Value]] = {ref: {} for ref in refs}
        if values:
            with reading(self.engine) as connection:
                for row in connection.execute(select(base).where(base.c.card == self.card)):
                    if row.value is None:
                        values.pop(row.ref, None)
                    elif row.ref in values:
                        values[row.ref][row.field] = _value(json.loads(row.value))
        return values

    def written_since(self, moment: dt.datetime) -> frozenset[str]:
        """The refs that were written to since then: an index may not show it yet."""
        return self._intended(intents.c.settled >= moment.astimezone(dt.UTC).isoformat())

    def perhaps_written(self) -> frozenset[str]:
        """The refs of writes whose end was never recorded."""
        return self._intended(intents.c.settled.is_(None))

    def _intended(self, when: ColumnElement[bool]) -> frozenset[str]:
        mine = (intents.c.card == self.card) & when
        with reading(self.engine) as connection:
            return frozenset(connection.execute(select(intents.c.ref).where(mine)).scalars())

    def note(self, name: str) -> str | None:
        """What was last noted under a name."""
        mine = (slots.c.card == self.card) & (slots.c.job == name)
        with reading(self.engine) as connection:
            return connection.execute(select(slots.c.slot).where(mine)).scalar()

    def keep_note(self, name: str, text: str) -> None:
        """Note something of at most forty letters under a name."""
        with self.engine.begin() as connection:
            upsert(connection, slots, [{"card": self.card, "job": name, "slot": text}])

    def intend(
        self, entries: Sequence[journal.Entry], *, now: dt.datetime, lease: Lease | None = None
    ) -> list[str]:
        """Commit, before any write, what is about to be written, if the lease is still ours."""
        return journal.intend(self.engine, self.card, entries, lease=lease, now=now)

    def meant_for(self, intent_ids: Collection[str]) -> Mapping[str, str]:
        """Which ref each of these writes was meant for; those that are not known are left out."""
        return journal.meant_for(self.engine, self.card, intent_ids)

    def open_intents(self) -> list[Intent]:
        """The writes whose end was never recorded, oldest first."""
        mine = (intents.c.card == self.card) & intents.c.settled.is_(None)
        with reading(self.engine) as connection:
            return [
                Intent(
                    row.id,
                    row.ref,
                    row.action,
                    row.project,
                    row.floor,
                    row.issue_id,
                    {key: _value(value) for key, value in json.loads(row.after).items()},
                    moment(row.created),
                )
                for row in connection.execute(select(intents).where(mine).order_by(intents.c.created))
            ]

    def doubt(self, ref: str, perhaps: Sequence[str]) -> None:
        """Remember that one of these issues, which we may not see, may be this ref's."""
        row = _Base(ref, UNFOUND, digest(None), json.dumps(list(perhaps)))
        with self.engine.begin() as connection:
            _keep_base(connection, self.card, [row])

    def settle(
        self,
        intent_id: str,
        outcome: str,
        *,
        now: dt.datetime,
        link: Link | None = None,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Record in one transaction how a write ended, which issue it is, and what was read back."""
        self.settle_all([Settlement(intent_id, outcome, link, values or {})], now=now)

    def settle_all(self, ended: Sequence[Settlement], *, now: dt.datetime) -> None:
        """The same for several writes, in one transaction."""
        if not ended:
            return
        with self.engine.begin() as connection:
            connection.execute(
                update(intents)
                .where(intents.c.id == bindparam("intent"))
                .values(settled=now.isoformat(), outcome=bindparam("ending")),
                [{"intent": end.intent, "ending": end.outcome} for end in ended],
            )
            linked = [(end.link, end.values) for end in ended if end.link is not None]
            _keep_links(connection, self.card, [link for link, _ in linked])
            dealings.keep_rebuffs(
                connection,
                self.card,
                [(e.link.ref, e.rebuffs) for e in ended if e.link is not None and e.rebuffs],
            )
            _keep_base(
                connection,
                self.card,
                [
                    _Base(link.ref, name, digest(value), json.dumps(value))
                    for link, values in linked
                    for name, value in values.items()
                ],
            )


@dataclass(frozen=True, slots=True)
class _Base:
    """What was agreed on for one field of an item."""

    ref: str
    field: str
    digest: str
    value: str | None


def _value(read: Any) -> Value:
    return tuple(read) if isinstance(read, list) else read


def _keep_links(connection: Connection, card: str, found: Sequence[Link]) -> None:
    """Remember which issue each ref is; with another issue than before, everything begins anew."""
    mine = (links.c.card == card) & links.c.ref.in_([link.ref for link in found])
    known = connection.execute(select(links.c.ref, links.c.issue_id, links.c.issue_key).where(mine))
    before = {row.ref: (row.issue_id, row.issue_key) for row in known}
    rows = [
        {
            "card": card,
            "ref": link.ref,
            "issue_id": link.id,
            "issue_key": link.key,
            "kind": link.kind,
            "name": link.name,
            "revision": link.revision,
            "first_key": link.key,
        }
        for link in found
    ]
    upsert(connection, links, rows, at_first=("first_key",))
    waited = (base.c.card == card) & base.c.ref.in_([link.ref for link in found])
    connection.execute(delete(base).where(waited & (base.c.field == UNFOUND)))
    for link in found:
        identifier, key = before.get(link.ref, (link.id, link.key))
        if identifier == link.id and key != link.key:
            succession.follow(connection, card, key, link.key)
        elif identifier != link.id:
            succession.start_anew(connection, card, link.ref, instead_of=key)
            anew = {"first_key": link.key, "state": str(LinkState.UNKNOWN), "note": ""}
            mine = (links.c.card == card) & (links.c.ref == link.ref)
            connection.execute(update(links).where(mine).values(**anew))


def _keep_base(connection: Connection, card: str, agreed: Iterable[_Base]) -> None:
    rows = [
        {"card": card, "ref": part.ref, "field": part.field, "digest": part.digest, "value": part.value}
        for part in agreed
    ]
    upsert(connection, base, rows)
