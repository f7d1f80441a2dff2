"""Runs are recorded before they do anything, whole when they end, and told of when they did not."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from bsc_sync.plan.change import Hold, Outcome
from bsc_sync.plan.link_state import LinkNote, LinkState
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.state.history import History
from bsc_sync.state.run_records import Beginning

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
SYNC = Beginning("sync", "apply", "1.0", "mia@host (process 7)", "aaaa", "bbbb", {"force": ["creates"]})
PLAN = Plan(
    scorecard="acme",
    store="s",
    made=NOW.isoformat(),
    digests=Digests(scorecard="aaaa", mapping="bbbb", observation="cccc"),
    items=2,
    changes=(Hold(ref="P2", name="Open", key="OPS-1", reason="never agreed on", hint="decide"),),
    links=(
        LinkNote(ref="C1", key="S-1", state=LinkState.IN_SYNC),
        LinkNote(ref="P2", key="OPS-1", state=LinkState.DRIFTED, note="differs: Summary"),
    ),
)


@pytest.fixture
def history(engine: Engine) -> History:
    return History(engine, "acme")


def test_a_run_is_recorded_from_its_beginning_to_its_end(history: History) -> None:
    run_id, dead = history.start_run(SYNC, now=NOW)
    assert dead == []
    (begun,) = history.runs_named(run_id[:6])
    assert (begun.ended, begun.exit_code, begun.took, begun.plan, begun.requests) == (None,) * 5
    assert (begun.who, begun.scorecard_digest, begun.mapping_digest) == (SYNC.who, "aaaa", "bbbb")
    history.keep_plan(run_id, PLAN)
    done = Outcome(ref="C1", action="create", result="applied", key="S-1")
    history.end_run(
        run_id, exit_code=3, report={"stopped": ["why"]}, outcomes=[done], requests=12, now=NOW + 5 * SECOND
    )
    (ended,) = history.runs_named(run_id)
    assert (ended.exit_code, ended.requests, ended.took) == (3, 12, 5 * SECOND)
    assert ended.report == {"asked": {"force": ["creates"]}, "stopped": ["why"]}
    assert [Outcome.model_validate(one) for one in ended.outcomes] == [done]
    assert ended.plan is not None
    kept = Plan.model_validate(ended.plan)
    assert kept.changes == PLAN.changes
    assert kept.links == PLAN.links[1:]  # what is in sync needs no telling
    assert history.last_holds() == [{"ref": "P2", "key": "OPS-1", "reason": "never agreed on"}]


def test_who_did_not_end_is_told_once_and_stays_recorded_so(history: History) -> None:
    killed, _ = history.start_run(SYNC, now=NOW)
    other, _ = History(history.engine, "globex").start_run(SYNC, now=NOW)
    second, dead = history.start_run(SYNC, now=NOW + SECOND)
    assert [run.id for run in dead] == [killed]
    history.end_run(second, exit_code=0, report={}, now=NOW + 2 * SECOND)
    third, dead = history.start_run(SYNC, now=NOW + 3 * SECOND)
    assert dead == []
    (found,) = history.runs_named(killed)
    assert found.exit_code is None
    assert found.report["found_by"] == second
    assert [run.id for run in history.runs(limit=2)] == [third, second]
    assert other not in {run.id for run in history.runs(limit=9)}


def test_what_is_no_beginning_of_an_id_finds_nothing(history: History) -> None:
    history.start_run(SYNC, now=NOW)
    assert history.runs_named("%") == history.runs_named("_") == history.runs_named("zz") == []
    assert len(history.runs_named("")) == 1
