"""What was measured and done: readings (append-only), the teams' work, progress by day, runs, pages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from sqlalchemy import Engine, Row, delete, func, select

from bsc_sync.alignment.ledger import Progress
from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.plan.change import Outcome
from bsc_sync.plan.plan import Plan
from bsc_sync.state import readings, run_records, work_table
from bsc_sync.state.columns import moment
from bsc_sync.state.run_records import Beginning, RunRecord
from bsc_sync.state.schema import absences, progress, publications, slots
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
class History:
    """The history of one scorecard; every method is one transaction."""

    engine: Engine
    card: str

    def keep_readings(self, found: Iterable[Measurement]) -> int:
        """Append the readings that say something new; gives how many did.

        A reading is new when the latest one of the same subject, source and moment has another value.
        """
        return readings.keep_readings(self.engine, self.card, found)

    def readings(self, subjects: Collection[str] | None = None) -> Iterator[Measurement]:
        """Every reading ever recorded (of these KPIs and key results), oldest first, streamed."""
        return readings.each_reading(self.engine, self.card, subjects)

    def latest(self, source: str) -> Mapping[str, Fraction]:
        """The value last recorded from that kind of source, by subject."""
        return readings.latest_values(self.engine, self.card, source)

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

    def start_run(self, begun: Beginning, *, now: dt.datetime) -> tuple[str, list[RunRecord]]:
        """Record that a run has begun; gives its id, and the dead ones of which nobody was told yet."""
        return run_records.start_run(self.engine, self.card, begun, now=now)

    def keep_plan(self, run_id: str, plan: Plan, report: Mapping[str, object] | None = None) -> None:
        """Record what a run is about to do, and what its report says already."""
        run_records.keep_plan(self.engine, run_id, plan, report or {})

    def end_run(
        self,
        run_id: str,
        *,
        exit_code: int,
        report: Mapping[str, object],
        now: dt.datetime,
        outcomes: Sequence[Outcome] = (),
        requests: int = 0,
    ) -> None:
        """Record how a run ended."""
        run_records.end_run(
            self.engine,
            run_id,
            exit_code=exit_code,
            report=report,
            outcomes=outcomes,
            requests=requests,
            now=now,
        )

    def runs(self, *, limit: int) -> list[RunRecord]:
        """The last runs, newest first, without their plans and outcomes."""
        return run_records.last_runs(self.engine, self.card, limit=limit)

    def runs_named(self, beginning: str) -> list[RunRecord]:
        """The runs whose ids begin so, with all that is known of each."""
        return run_records.runs_named(self.engine, self.card, beginning)

    def last_holds(self) -> list[dict[str, str]]:
        """What was on hold in the last plan: ref, key, reason."""
        return run_records.last_holds(self.engine, self.card)

    def last_plan_report(self) -> Mapping[str, object]:
        """The report of the last run that has made a plan; empty where none has."""
        return run_records.last_plan_report(self.engine, self.card)

    def publications(self) -> Mapping[str, Publication]:
        """What stands published, by target."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(publications).where(publications.c.card == self.card))
            return {row.target: _publication(row) for row in rows}

    def publication(self, target: str) -> Publication | None:
        """What stands published at a target, if anything was."""
        return self.publications().get(target)

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
            return moment(found) if found else None

    def claim_slot(self, job: str, slot: dt.datetime) -> bool:
        """Remember that a slot of a job is begun; False when another process has begun it, or a later one."""
        begun = slot.astimezone(dt.UTC).isoformat()
        with self.engine.begin() as connection:
            added = insert_new(connection, slots).values(card=self.card, job=job, slot=begun)
            mine = added.on_conflict_do_update(
                index_elements=["card", "job"], set_={"slot": begun}, where=slots.c.slot < begun
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


def _publication(row: Row[tuple[object, ...]]) -> Publication:
    return Publication(
        row.page_id,
        row.url,
        row.version,
        row.digest,
        row.sent,
        moment(row.published),
        row.settled,
    )
