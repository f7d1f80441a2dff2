"""What is pruned, and what never is."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from sqlalchemy import Engine

from bsc_sync.alignment.ledger import Progress
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.plan.change import Create
from bsc_sync.plan.item import Item
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.state.history import History
from bsc_sync.state.retention import Pruned, prune
from bsc_sync.state.run_records import Beginning
from bsc_sync.state.store import Link, Memory

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BEFORE = NOW - 400 * DAY
SYNC = Beginning("sync", "apply", "1.0")
PLAN = Plan(
    scorecard="acme",
    store="s",
    made=NOW.isoformat(),
    digests=Digests(scorecard="", mapping="", observation=""),
    items=0,
)
CREATE = Create(
    ref="C1",
    kind="objective",
    name="N",
    item=Item(ref="C1", kind="objective", name="N", project="STRAT", issue_type="Epic"),
)


@pytest.fixture
def history(engine: Engine) -> History:
    """Two years of one run a day, of work progress, and of readings; writes at the beginning."""
    history, memory = History(engine, "acme"), Memory(engine, "acme")
    for back in range(700, -1, -100):
        run_id, _ = history.start_run(SYNC, now=NOW - back * DAY)
        if back == 600:
            history.keep_plan(run_id, PLAN)
        history.end_run(run_id, exit_code=0, report={}, now=NOW - back * DAY)
    for back in range(429, 389, -1):
        day = (NOW - back * DAY).date()
        history.keep_progress(
            day, {"C1": Progress(Fraction(back, 1000), Fraction(1), Fraction(2), "count", 1, 1, "")}
        )
    readings = [
        Measurement("C1.r", Fraction(back), (NOW - back * DAY).date(), NOW - back * DAY, source)
        for back in (700, 600, 500, 100)
        for source in ("jql", "csv")
    ]
    history.keep_readings([*readings, Measurement("C2.r", Fraction(9), dt.date(2020, 1, 1), NOW, "csv")])
    done, _ = memory.intend([(CREATE, "STRAT", 7, {})] * 2, now=NOW - 700 * DAY)
    memory.settle(done, "applied", now=NOW - 700 * DAY, link=Link("C1", "1", "S-1", "objective", "N", 1))
    return history


def test_old_runs_writes_and_days_go_and_what_is_needed_stays(history: History) -> None:
    memory = Memory(history.engine, "acme")
    before = list(history.readings())
    counted = prune(history.engine, "acme", BEFORE, readings=False, only_count=True)
    assert len(history.runs(limit=99)) == 8
    assert counted == prune(history.engine, "acme", BEFORE, readings=False, only_count=False)
    # of 700, 600, 500, 400 days: 600 has the last plan; exactly 400 is not older
    assert counted == Pruned(runs=2, settled_writes=1, progress_days=counted.progress_days, readings=0)
    assert [run.started for run in history.runs(limit=99)] == [
        NOW - back * DAY for back in (0, 100, 200, 300, 400, 600)
    ]
    assert len(memory.open_intents()) == 1
    assert list(memory.links()) == ["C1"]
    assert list(history.readings()) == before
    assert prune(history.engine, "acme", BEFORE, readings=False, only_count=False).together == 0


def test_of_old_weeks_the_last_day_stays(history: History) -> None:
    days = [(NOW - back * DAY).date() for back in range(429, 389, -1)]
    old = [day for day in days if day < BEFORE.date()]
    weeks = {day.isocalendar()[:2]: day for day in old}
    found = prune(history.engine, "acme", BEFORE, readings=False, only_count=False)
    assert found.progress_days == len(old) - len(weeks)
    for week, last in weeks.items():
        assert history.progress(last)[0]["C1"] == Fraction((NOW.date() - last).days, 1000), week
    for day in days:
        if day >= BEFORE.date():
            assert history.progress(day)[0]["C1"] == Fraction((NOW.date() - day).days, 1000)


def test_old_readings_go_only_when_asked_for_and_the_last_of_each_stays(history: History) -> None:
    assert prune(history.engine, "acme", BEFORE, readings=True, only_count=False).readings == 4
    kept = [(one.subject, one.source, one.value) for one in history.readings()]
    assert sorted(kept) == [
        ("C1.r", "csv", 100),
        ("C1.r", "csv", 500),
        ("C1.r", "jql", 100),
        ("C1.r", "jql", 500),
        ("C2.r", "csv", 9),
    ]


def test_another_scorecard_s_history_is_left_alone(history: History) -> None:
    found = prune(history.engine, "globex", NOW + DAY, readings=True, only_count=False)
    assert found == Pruned(0, 0, 0, 0)


def test_the_run_that_prunes_is_not_the_last_one(history: History) -> None:
    now = NOW + 500 * DAY
    counted = prune(history.engine, "acme", now - 400 * DAY, readings=False, only_count=True)
    mine, _ = history.start_run(Beginning("prune", "", "1.0"), now=now)
    assert counted == prune(
        history.engine, "acme", now - 400 * DAY, readings=False, only_count=False, beside=mine
    )
    # the last one before it, and the one with the last plan
    assert [run.started for run in history.runs(limit=99)] == [now, NOW, NOW - 600 * DAY]
