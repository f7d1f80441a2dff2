"""What was measured and done: readings (append-only), the teams' work, progress by day, runs, pages."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from sqlalchemy import Engine, delete, func, insert, select, update

from bsc_sync.alignment.ledger import Progress
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.state import work_table
from bsc_sync.state.schema import absences, measurements, progress, publications, runs, slots
from bsc_sync.state.transaction import reading
from bsc_sync.state.upsert import insert_new, inserted, upsert


def _nothing() -> None:
    """What happens between batches where nothing has to."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What stands published: the page, its version there, the digest of its content and of what was sent."""

    page_id: str
    url: str
    version: int
    digest: str
    sent: str
    published: dt.datetime
    settled: bool = True  # False: it was begun, and how it ended is not known


@dataclass(frozen=True, slots=True)
class RunRecord:
    id: str
    verb: str
    mode: str
    started: dt.datetime
    ended: dt.datetime | None
    exit_code: int | None
    report: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class History:
    """The history of one scorecard; every method is one transaction."""

    engine: Engine
    card: str

    def keep_readings(self, readings: Iterable[Measurement]) -> int:
        """Append the readings that say something new; gives how many did.

        A reading is new when the latest one of the same subject, source and moment has another value.
        """
        kept = 0
        with self.engine.begin() as connection:
            told = measurements.c
            known = select(told.subject, told.source, told.effective, told.at, told.value)
            rows = connection.execute(known.where(told.card == self.card).order_by(told.number))
            latest = {(row.subject, row.source, row.effective, row.at): row.value for row in rows}
            for reading in readings:
                at = reading.at.astimezone(dt.UTC).isoformat() if reading.at else None
                key = (reading.subject, reading.source, reading.effective.isoformat(), at)
                if latest.get(key) == str(reading.value):
                    continue
                latest[key] = str(reading.value)
                kept += 1
                connection.execute(
                    insert(measurements).values(
                        card=self.card,
                        subject=reading.subject,
                        value=str(reading.value),
                        effective=key[2],
                        at=at,
                        recorded=reading.recorded.astimezone(dt.UTC).isoformat(),
                        source=reading.source,
                        note=reading.note,
                        evidence=json.dumps(dict(reading.evidence), ensure_ascii=False),
                    )
                )
        return kept

    def readings(self) -> list[Measurement]:
        """Every reading ever recorded, oldest first."""
        mine = select(measurements).where(measurements.c.card == self.card).order_by(measurements.c.number)
        with reading(self.engine) as connection:
            return [
                Measurement(
                    subject=row.subject,
                    value=Fraction(row.value),
                    effective=dt.date.fromisoformat(row.effective),
                    recorded=dt.datetime.fromisoformat(row.recorded),
                    source=row.source,
                    at=dt.datetime.fromisoformat(row.at) if row.at else None,
                    note=row.note,
                    evidence=json.loads(row.evidence),
                )
                for row in connection.execute(mine)
            ]

    def latest(self, source: str) -> Mapping[str, Fraction]:
        """The value last recorded from that kind of source, by subject."""
        told = measurements.c
        mine = select(told.subject, told.value).where(told.card == self.card, told.source == source)
        with reading(self.engine) as connection:
            rows = connection.execute(mine.order_by(told.number))
            return {row.subject: Fraction(row.value) for row in rows}

    def keep_absences(self, reasons: Mapping[str, str]) -> None:
        """Remember why the last pull found nothing for these subjects."""
        with self.engine.begin() as connection:
            connection.execute(delete(absences).where(absences.c.card == self.card))
            rows = [
                {"card": self.card, "subject": subject, "reason": why} for subject, why in reasons.items()
            ]
            upsert(connection, absences, rows)

    def absences(self) -> Mapping[str, str]:
        """Why the last pull found nothing, by subject."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(absences).where(absences.c.card == self.card))
            return {row.subject: row.reason for row in rows}

    def keep_work(self, items: Iterable[WorkItem], *, after_batch: Callable[[], None] = _nothing) -> int:
        """Replace what is known of the teams' work by this stream; gives how many items it had.

        An item that comes again replaces what it was. `after_batch` is called now and then while
        it streams; the work of before is shown until the stream has ended.
        """
        return work_table.keep_work(self.engine, self.card, items, after_batch=after_batch)

    def each_work(self) -> Iterator[WorkItem]:
        """The teams' work as last pulled, streamed."""
        return work_table.each_work(self.engine, self.card)

    def in_scope(self, most: int) -> list[str]:
        """The ids of some issues that the alignment's scope held when the work was last pulled."""
        return list(islice((item.id for item in self.each_work() if item.in_scope), most))

    def work(self) -> list[WorkItem]:
        """The teams' work as last pulled, all of it at once."""
        return list(self.each_work())

    def keep_progress(self, day: dt.date, shares: Mapping[str, Progress]) -> None:
        """Remember how much of each item's linked work was done on a day."""
        with self.engine.begin() as connection:
            today = (progress.c.card == self.card) & (progress.c.day == day.isoformat())
            connection.execute(delete(progress).where(today))
            rows = [
                {
                    "card": self.card,
                    "ref": ref,
                    "day": day.isoformat(),
                    "share": None if found.share is None else str(found.share),
                    "why": found.why,
                    "evidence": json.dumps(_evidence(found)),
                }
                for ref, found in shares.items()
            ]
            upsert(connection, progress, rows)

    def progress(self, as_of: dt.date) -> tuple[Mapping[str, Fraction], Mapping[str, str]]:
        """Work progress by ref as last known on a day, and why there is none for others."""
        shares: dict[str, Fraction] = {}
        why: dict[str, str] = {}
        told = progress.c
        last = (
            select(told.ref, func.max(told.day).label("day"))
            .where(told.card == self.card, told.day <= as_of.isoformat())
            .group_by(told.ref)
            .subquery()
        )
        query = (
            select(told.ref, told.share, told.why)
            .join(last, (told.ref == last.c.ref) & (told.day == last.c.day))
            .where(told.card == self.card)
        )
        with reading(self.engine) as connection:
            for row in connection.execute(query):
                if row.share is None:
                    why[row.ref] = row.why
                else:
                    shares[row.ref] = Fraction(row.share)
        return shares, why

    def start_run(self, *, verb: str, mode: str, version: str, now: dt.datetime) -> str:
        """Record that a run has begun; gives its id."""
        run_id = str(uuid.uuid4())
        with self.engine.begin() as connection:
            connection.execute(
                insert(runs).values(
                    id=run_id,
                    card=self.card,
                    verb=verb,
                    mode=mode,
                    started=now.astimezone(dt.UTC).isoformat(),
                    version=version,
                    report="{}",
                )
            )
        return run_id

    def end_run(self, run_id: str, *, exit_code: int, report: Mapping[str, object], now: dt.datetime) -> None:
        """Record how a run ended."""
        row = {
            "ended": now.astimezone(dt.UTC).isoformat(),
            "exit_code": exit_code,
            "report": json.dumps(dict(report), ensure_ascii=False),
        }
        with self.engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(**row))

    def runs(self, *, limit: int) -> list[RunRecord]:
        """The last runs, newest first."""
        query = select(runs).where(runs.c.card == self.card).order_by(runs.c.started.desc()).limit(limit)
        with reading(self.engine) as connection:
            return [
                RunRecord(
                    row.id,
                    row.verb,
                    row.mode,
                    dt.datetime.fromisoformat(row.started),
                    dt.datetime.fromisoformat(row.ended) if row.ended else None,
                    row.exit_code,
                    json.loads(row.report),
                )
                for row in connection.execute(query)
            ]

    def publication(self, target: str) -> Publication | None:
        """What stands published at a target, if anything was."""
        mine = (publications.c.card == self.card) & (publications.c.target == target)
        with reading(self.engine) as connection:
            row = connection.execute(select(publications).where(mine)).first()
        if row is None:
            return None
        return Publication(
            row.page_id,
            row.url,
            row.version,
            row.digest,
            row.sent,
            dt.datetime.fromisoformat(row.published),
            row.settled,
        )

    def keep_publication(self, target: str, found: Publication) -> None:
        """Remember what stands published at a target."""
        row = {
            "card": self.card,
            "target": target,
            "page_id": found.page_id,
            "url": found.url,
            "version": found.version,
            "digest": found.digest,
            "sent": found.sent,
            "published": found.published.astimezone(dt.UTC).isoformat(),
            "settled": found.settled,
        }
        with self.engine.begin() as connection:
            upsert(connection, publications, [row])

    def last_slot(self, job: str) -> dt.datetime | None:
        """The last slot of a job that was begun."""
        mine = (slots.c.card == self.card) & (slots.c.job == job)
        with reading(self.engine) as connection:
            found = connection.execute(select(slots.c.slot).where(mine)).scalar()
        return dt.datetime.fromisoformat(found) if found else None

    def claim_slot(self, job: str, slot: dt.datetime) -> bool:
        """Remember that a slot of a job is begun; False when another process has begun it, or a later one."""
        moment = slot.astimezone(dt.UTC).isoformat()
        with self.engine.begin() as connection:
            added = insert_new(connection, slots).values(card=self.card, job=job, slot=moment)
            mine = added.on_conflict_do_update(
                index_elements=["card", "job"], set_={"slot": moment}, where=slots.c.slot < moment
            )
            return inserted(connection, mine)


def _evidence(found: Progress) -> dict[str, object]:
    return {
        **dict(found.evidence),
        "by": found.by,
        "amount done": str(found.done),
        "of": str(found.total),
        "items": found.items,
        "estimated": found.estimated,
    }
