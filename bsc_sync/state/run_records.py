"""The record of every run: who and when, which version and files, what was asked, planned and done."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, insert, select, update

from bsc_sync.plan.change import Outcome
from bsc_sync.plan.link_state import LinkState
from bsc_sync.plan.plan import Plan
from bsc_sync.state.columns import moment
from bsc_sync.state.schema import runs
from bsc_sync.state.transaction import made_out, reading

# what a list of runs shows; plans and outcomes are read one run at a time
_LISTED = [column for column in runs.c if column.name not in {"plan", "outcomes"}]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a run when it begins: `asked` is what its command line decides and forces."""

    verb: str
    mode: str
    version: str
    who: str = ""
    scorecard_digest: str = ""
    mapping_digest: str = ""
    asked: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, as recorded; `ended` and `exit_code` are None when it did not end, or has not yet."""

    id: str
    verb: str
    mode: str
    started: dt.datetime
    ended: dt.datetime | None
    exit_code: int | None
    report: Mapping[str, object]
    version: str
    who: str
    scorecard_digest: str
    mapping_digest: str
    requests: int | None
    plan: Mapping[str, object] | None = None
    outcomes: Sequence[Mapping[str, object]] = ()

    @property
    def took(self) -> dt.timedelta | None:
        """How long it ran."""
        return None if self.ended is None else self.ended - self.started


def start_run(
    engine: Engine, card: str, begun: Beginning, *, now: dt.datetime
) -> tuple[str, list[RunRecord]]:
    """Record that a run has begun; gives its id, and the runs that have not ended and were not told of yet.

    Whoever begins holds the scorecard, so the process of such a run has died.
    """
    run_id = str(uuid.uuid4())
    row = {
        "id": run_id,
        "card": card,
        "verb": begun.verb,
        "mode": begun.mode,
        "started": now.astimezone(dt.UTC).isoformat(),
        "version": begun.version,
        "report": json.dumps({"asked": dict(begun.asked)} if begun.asked else {}, ensure_ascii=False),
        "who": begun.who,
        "scorecard_digest": begun.scorecard_digest,
        "mapping_digest": begun.mapping_digest,
    }
    with engine.begin() as connection:
        open_ones = select(*_LISTED).where(runs.c.card == card, runs.c.ended.is_(None))
        rows = connection.execute(open_ones.order_by(runs.c.started)).all()
        with made_out():
            dead = [_record(found) for found in rows]
        untold = [run for run in dead if "found_by" not in run.report]
        for run in untold:
            report = json.dumps({**run.report, "found_by": run_id}, ensure_ascii=False)
            connection.execute(update(runs).where(runs.c.id == run.id).values(report=report))
        connection.execute(insert(runs).values(**row))
    return run_id, untold


def keep_plan(engine: Engine, run_id: str, plan: Plan, report: Mapping[str, object]) -> None:
    """Record what a run is about to do, before it does it: changes, holds, and links that are not in sync.

    `report` is what is said of it already, should nothing be said of its end.
    """
    telling = tuple(note for note in plan.links if note.state is not LinkState.IN_SYNC)
    kept = plan.model_copy(update={"links": telling, "agreed": ()})
    mine = runs.c.id == run_id
    with engine.begin() as connection:
        told = json.dumps({**_report_of(connection, run_id), **report}, ensure_ascii=False)
        connection.execute(update(runs).where(mine).values(plan=kept.model_dump_json(), report=told))


def end_run(
    engine: Engine,
    run_id: str,
    *,
    exit_code: int,
    report: Mapping[str, object],
    outcomes: Sequence[Outcome],
    requests: int,
    now: dt.datetime,
) -> None:
    """Record how a run ended."""
    mine = runs.c.id == run_id
    with engine.begin() as connection:
        before = _report_of(connection, run_id)
        row = {
            "ended": now.astimezone(dt.UTC).isoformat(),
            "exit_code": exit_code,
            "report": json.dumps({**before, **report}, ensure_ascii=False),
            "outcomes": json.dumps([one.model_dump(mode="json") for one in outcomes], ensure_ascii=False),
            "requests": requests,
        }
        connection.execute(update(runs).where(mine).values(**row))


def last_runs(engine: Engine, card: str, *, limit: int) -> list[RunRecord]:
    """The last runs, newest first, without their plans and outcomes."""
    mine = select(*_LISTED).where(runs.c.card == card).order_by(runs.c.started.desc(), runs.c.id).limit(limit)
    with reading(engine) as connection:
        return [_record(row) for row in connection.execute(mine)]


def runs_named(engine: Engine, card: str, beginning: str, *, limit: int = 10) -> list[RunRecord]:
    """The runs whose ids begin so, newest first, with all that is known of each."""
    mine = runs.c.id.startswith(beginning, autoescape=True) & (runs.c.card == card)
    with reading(engine) as connection:
        found = connection.execute(select(runs).where(mine).order_by(runs.c.started.desc()).limit(limit))
        return [_record(row, row.plan, row.outcomes) for row in found]


def last_plan_report(engine: Engine, card: str) -> dict[str, object]:
    """The report of the last run that has made a plan."""
    mine = select(runs.c.report).where(runs.c.card == card, runs.c.plan.is_not(None))
    with reading(engine) as connection:
        found = connection.execute(mine.order_by(runs.c.started.desc()).limit(1)).scalar()
        return dict(json.loads(found or "{}"))


def _report_of(connection: Connection, run_id: str) -> dict[str, object]:
    found = connection.execute(select(runs.c.report).where(runs.c.id == run_id)).scalar()
    with made_out():
        return dict(json.loads(found or "{}"))


def last_holds(engine: Engine, card: str) -> list[dict[str, str]]:
    """What was on hold in the last plan: ref, key, reason."""
    mine = select(runs.c.plan).where(runs.c.card == card, runs.c.plan.is_not(None))
    with reading(engine) as connection:
        found = connection.execute(mine.order_by(runs.c.started.desc()).limit(1)).scalar()
        changes = json.loads(found)["changes"] if found else []
        return [
            {"ref": one["ref"], "key": one["key"] or "", "reason": one["reason"]}
            for one in changes
            if one["action"] == "hold"
        ]


def _record(row: Row[tuple[object, ...]], plan: str | None = None, outcomes: str | None = None) -> RunRecord:
    return RunRecord(
        row.id,
        row.verb,
        row.mode,
        moment(row.started),
        moment(row.ended) if row.ended else None,
        row.exit_code,
        dict(json.loads(row.report)),
        row.version,
        row.who,
        row.scorecard_digest,
        row.mapping_digest,
        row.requests,
        dict(json.loads(plan)) if plan else None,
        [dict(one) for one in json.loads(outcomes)] if outcomes else (),
    )
