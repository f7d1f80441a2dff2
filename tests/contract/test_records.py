"""What is remembered of runs, on either database: who, what, how it ended - and what is told of it."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from sqlalchemy import text

from bsc_sync.cli.frame import run_command
from bsc_sync.cli.main import cli
from bsc_sync.errors import Leased, RemoteError, StoreFailed, Terminated
from bsc_sync.state.database import REVISION, open_database
from bsc_sync.state.history import History
from bsc_sync.state.run_records import Beginning, RunRecord
from bsc_sync.sync.run import RunReport, pull_only, run
from bsc_sync.sync.world import Policy
from tests.postgres_server import PostgresServer

Acme = Any  # the fixture's class lives in conftest, which is not imported
NEVER = Policy(publish="never")
UNDER_WAY = "one that was under way is settled by the next run"


class Broken(BaseAdapter):
    """Carries requests; a reply to a wanted one is lost, or the process ends there."""

    def __init__(self, inner: BaseAdapter, wanted: str, end: BaseException) -> None:
        super().__init__()
        self.inner, self.wanted, self.end = inner, wanted, end

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        response = self.inner.send(request, **how)
        if str(request.url).endswith(self.wanted):
            response.close()
            raise self.end
        return response

    def close(self) -> None:
        self.inner.close()


class Cutting(Broken):
    """Does something once the issues are made, and carries on."""

    def __init__(self, inner: BaseAdapter, then: Callable[[], None]) -> None:
        super().__init__(inner, "/issue/bulk", StoreFailed("unused"))
        self.then = then

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        response = self.inner.send(request, **how)
        if str(request.url).endswith(self.wanted):
            self.then()
        return response


@pytest.fixture
def acme(begin: Callable[..., Acme], store_url: str, monkeypatch: pytest.MonkeyPatch) -> Acme:
    """The example on Jira Cloud, with a store of either kind, also for commands."""
    here = begin("cloud")
    here.state_url = store_url
    monkeypatch.setenv("BSC_SYNC_STATE_URL", store_url)
    return here


def sync(acme: Acme, policy: Policy = NEVER, *, tell: Callable[[str], None] = print) -> RunReport:
    office = acme.office()
    return run(office.strategy, replace(acme.world(office), tell=tell), policy)


def breaking(acme: Acme, wanted: str, end: BaseException) -> None:
    inner = acme.carrier
    acme.carrier = lambda: Broken(inner(), wanted, end)
    try:
        sync(acme)
    finally:
        acme.carrier = inner


def recorded(acme: Acme) -> list[RunRecord]:
    history = acme.office().history
    return [history.runs_named(one.id)[0] for one in history.runs(limit=99)]


def later(acme: Acme, **passed: int) -> None:
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(**passed))


def command(acme: Acme, *arguments: str) -> int:
    return run_command(cli, [*arguments, "--project", str(acme.folder)])


def test_a_sync_is_recorded_with_all_that_explains_it(acme: Acme) -> None:
    report = sync(acme, Policy(publish="never", force=frozenset({"creates"})))
    (found,) = recorded(acme)
    strategy = acme.office().strategy
    assert found.id == report.run_id
    assert (found.verb, found.mode, found.exit_code, found.requests) == ("sync", "apply", 0, report.requests)
    assert re.fullmatch(r".+@.+ \(process \d+\)", found.who)
    assert (found.scorecard_digest, found.mapping_digest) == (
        strategy.scorecard_digest,
        strategy.mapping_digest,
    )
    assert found.plan is not None
    assert len(found.plan["changes"]) == len(report.plan.changes)  # type: ignore[arg-type]  # plain JSON
    assert len(found.outcomes) == len(report.outcomes)
    assert found.report["asked"] == {"force": ["creates"]}
    assert found.report["applied"] == 14


def test_a_second_sync_writes_nothing_and_a_renamed_ref_keeps_its_history(acme: Acme) -> None:
    sync(acme)
    writes = acme.writes()
    acme.edit("{id: C2.ttfv.q4, ", "{id: C2.ttfv.fast, was: C2.ttfv.q4, ")
    assert sync(acme).plan.counts().creates == 0
    links = acme.office().memory.links()
    assert "C2.ttfv.fast" in links
    assert "C2.ttfv.q4" not in links
    sync(acme)
    after = acme.writes()
    assert sync(acme).exit_code == 0
    assert acme.writes() == after
    assert after - writes <= 1  # the mark of the renamed one


def test_what_ends_badly_is_recorded_with_its_reason(acme: Acme) -> None:
    with pytest.raises(KeyboardInterrupt):
        breaking(acme, "/issue/bulk", KeyboardInterrupt())
    later(acme, hours=1)
    with pytest.raises(RemoteError):
        breaking(acme, "/rest/api/3/field", requests.ConnectionError("cut"))
    later(acme, hours=1)
    office = acme.office()
    pull_only(office.strategy, acme.world(office))
    pulled, cut, stopped = recorded(acme)
    assert (pulled.verb, pulled.exit_code) == ("pull", 0)
    assert "work_items" in pulled.report
    assert (cut.exit_code, cut.plan) == (4, None)
    assert cut.report["error"]
    assert (stopped.exit_code, stopped.report["error"]) == (
        130,
        ["stopped by Ctrl-C", f"0 of 14 changes were made; {UNDER_WAY}"],
    )
    assert stopped.plan is not None  # it is recorded before the first write


def test_a_run_that_is_told_to_end_says_how_far_it_came_and_the_next_one_heals_it(acme: Acme) -> None:
    told: list[str] = []
    inner = acme.carrier
    acme.carrier = lambda: Broken(inner(), "/issue/bulk", Terminated())
    with pytest.raises(Terminated):
        sync(acme, tell=told.append)
    acme.carrier = inner
    assert told == [f"0 of 14 changes were made; {UNDER_WAY}"]
    (stopped,) = recorded(acme)
    assert stopped.exit_code == 143
    assert stopped.report["error"] == ["stopped by SIGTERM", *told]
    assert command(acme, "history") == 0
    told.clear()
    later(acme, minutes=3)
    assert sync(acme, tell=told.append).exit_code == 0
    assert told == [], "it did end"
    assert len(acme.search("labels = bsc-acme")) == 14


def test_a_run_whose_process_was_killed_is_told_of_by_the_next_and_settled(acme: Acme) -> None:
    with pytest.raises(KeyboardInterrupt):
        breaking(acme, "/issue/bulk", KeyboardInterrupt())
    office = acme.office()
    with office.engine.begin() as connection:  # as if nothing could be said any more
        connection.execute(text("UPDATE runs SET ended = NULL, exit_code = NULL"))
    later(acme, hours=1)
    told: list[str] = []
    sync(acme, tell=told.append)
    (text_,) = told
    assert re.fullmatch(
        r"the sync of .+@.+ \(process \d+\) that began at 2026-11-23 09:00:00 UTC did not end "
        r"\(run [0-9a-f]{8}\): what it left open is settled first",
        text_,
    )
    told.clear()
    sync(acme, tell=told.append)
    assert told == []
    assert len(acme.search("labels = bsc-acme")) == 14


def test_while_another_run_holds_the_scorecard_nothing_is_begun_or_recorded(acme: Acme) -> None:
    with acme.office().memory.lease(holder="mia@there (process 7)"):
        with pytest.raises(Leased, match=r"mia@there \(process 7\) since"):
            sync(acme)
        assert command(acme, "status") == 0
    assert recorded(acme) == []


def test_a_database_that_goes_away_in_the_middle_ends_the_run_with_a_word_and_the_next_heals(
    begin: Callable[..., Acme], postgres: PostgresServer
) -> None:
    with postgres.database() as url:
        here = begin("cloud")
        here.state_url = url

        inner, gone = here.carrier, [True]
        here.carrier = lambda: Cutting(inner(), lambda: postgres.take_away(url) if gone else None)
        with pytest.raises(StoreFailed, match="the store failed"):
            sync(here)
        gone.clear()
        postgres.give_back(url)
        with open_database(url).begin() as connection:  # what could not be given back ends by itself
            connection.execute(text("UPDATE leases SET expires = 0"))
        later(here, hours=1)
        assert sync(here).exit_code == 0
        assert len(here.search("labels = bsc-acme")) == 14
        assert here.office().memory.open_intents() == []


def test_history_lists_and_shows(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(acme, "history") == 0
    assert capsys.readouterr().out == "No run is recorded yet.\n"
    first = sync(acme)
    later(acme, minutes=15)
    acme.edit("name: Increase customer retention\n", "name: Keep our customers\n")
    sync(acme)
    assert command(acme, "history") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub(r"^[0-9a-f]{8}", "RUN", line).rstrip() for line in lines] == [
        "run      began               took verb  written req. result",
        f"RUN 2026-11-23 10:15:00 0.0s sync   1 of 1   {recorded(acme)[0].requests} done",
        f"RUN 2026-11-23 10:00:00 0.0s sync 14 of 14   {first.requests} done",
    ]
    assert command(acme, "history", first.run_id[:8]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Run {first.run_id}\n  what      sync, mode apply, bsc-sync ")
    assert "(changed since)" in shown
    assert "Plan: 13 to create, 1 to adopt, 0 to update, 0 to retire, 0 on hold.\n" in shown
    assert command(acme, "history", first.run_id, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["result"], len(data["plan"]["changes"]), len(data["outcomes"])) == ("done", 14, 14)
    assert (data["seconds"], data["report"]["writes"]) == (0.0, first.writes)
    assert command(acme, "history", "--limit", "1", "--json") == 0
    assert [(one["exit_code"], one["seconds"]) for one in json.loads(capsys.readouterr().out)] == [(0, 0.0)]
    wrong = ("0" if first.run_id[0] != "0" else "1") + first.run_id[1:8]
    assert command(acme, "history", wrong) == 1
    assert f"did you mean {first.run_id[:8]}" in capsys.readouterr().err
    assert command(acme, "history", "") == 64
    assert "the id of the run is empty" in capsys.readouterr().err


def test_what_another_version_has_recorded_is_told_as_far_as_it_goes(
    acme: Acme, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = sync(acme).run_id
    with acme.office().engine.begin() as connection:
        other = {"plan": '{"changes": [], "steps": 3}', "outcomes": '[{"did": "create", "ref": "C1"}]'}
        connection.execute(text("UPDATE runs SET plan = :plan, outcomes = :outcomes"), other)
    assert command(acme, "history", run_id) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-3:] == [
        "Its plan is of another version; --json shows it.",
        "",
        "What became of it is told by another version; --json shows it.",
    ]


def test_a_dead_process_of_this_machine_is_not_at_it(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    office = acme.office()
    dead = f"mia@{socket.gethostname()} (process {gone.pid})"
    with office.memory.lease(holder=dead):  # nobody gave it back
        office.history.start_run(Beginning("sync", "apply", "1", who=dead), now=acme.site.clock.now())
        assert command(acme, "status") == 0
        told = capsys.readouterr().out.splitlines()
        assert command(acme, "history") == 0
        listed = capsys.readouterr().out
    at_once = office.engine.dialect.name == "sqlite"  # a server cannot know; the lease runs out there
    assert ("did not end" in told[1], "no run is at it" in told[2]) == (at_once, at_once)
    assert ("did not end" in listed) == at_once


def test_status_tells_how_things_stand(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(acme, "status") == 0
    assert "Last run:  none is recorded yet\nNow:       no run is at it\n" in capsys.readouterr().out
    sync(acme, Policy())
    later(acme, minutes=15)
    key = acme.office().memory.links()["C1"].key
    acme.ask("PUT", f"/rest/api/3/issue/{key}", {"fields": {"summary": "Something else"}})
    sync(acme, Policy())
    office = acme.office()
    begun = Beginning("sync", "apply", "1", who="mia@there (process 7)")
    with office.memory.lease(holder=begun.who):
        assert command(acme, "status") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Acme CRM, strategy 2026-2028 (acme); times are Europe/Zurich"
    assert lines[1].startswith("Last run:  sync of 2026-11-23 10:15:00: done (run ")
    assert lines[2].startswith("Now:       mia@there (process 7) is at it since 20")
    assert [line.partition("): ")[0] for line in lines[3:5]] == [
        f"On hold:   C1 ({key}",
        "On hold:   P2 (OPS-1",
    ]
    assert lines[5] == "Page:      version 2 of 2026-11-23 10:15:00"
    assert lines[6].startswith("           http")
    assert lines[7] == f"Store:     revision {REVISION}"
    assert lines[8].startswith("           ")
    assert lines[9:12] == [
        "Links:     12 in sync, 2 drifted",
        "",
        "id              issue    state   since      note",
    ]
    assert lines[12] == f"C1              {key:8} drifted 2026-11-23 differs: Summary"
    assert lines[13].split()[:3] == ["P2", "OPS-1", "drifted"]
    assert len(lines) == 12 + 14
    assert [line for line in lines if line != line.rstrip()] == []
    assert command(acme, "status", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["states"] == {"drifted": 2, "in sync": 12}
    assert data["without_issue"] == []
    assert data["lease"] is None
    assert data["store"]["revision"] == REVISION
    assert {one["ref"] for one in data["holds"]} == {"C1", "P2"}
    assert data["published"]


def test_status_names_what_has_no_issue_yet(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    sync(acme)
    path = acme.folder / "scorecard.yaml"
    old = next(line for line in path.read_text("utf-8").splitlines() if "id: L1.trained.q4" in line)
    new = [old.replace("L1.trained.q4", f"N{number}") for number in (1, 2)]
    acme.edit(old, "\n".join([old, *new]))
    assert command(acme, "status") == 0
    assert "No issue:  not created yet: 2 (N1, N2)\n" in capsys.readouterr().out
    later(acme, minutes=15)
    with pytest.raises(KeyboardInterrupt):
        breaking(acme, "/issue/bulk", KeyboardInterrupt())
    assert command(acme, "status") == 0
    shown = capsys.readouterr().out
    assert "Links:     13 in sync, 2 unknown, 1 drifted\n" in shown
    rows = [line.split() for line in shown.splitlines() if line.startswith(("N1 ", "N2 "))]
    assert [row[:2] for row in rows] == [["N1", "unknown"], ["N2", "unknown"]]
    assert "No issue:" not in shown
    assert max(len(line) for line in shown.splitlines() if "://" not in line) <= 80
    assert command(acme, "status", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["states"]["unknown"], data["without_issue"]) == (2, [])
    assert [(one["ref"], one["key"]) for one in data["links"] if one["state"] == "unknown"] == [
        ("N1", ""),
        ("N2", ""),
    ]


def test_prune_asks_and_says_what_it_removed(acme: Acme, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        sync(acme)
        later(acme, days=1)
    # the sandbox's days are to come: to be older than a second, they have to be long past
    with acme.office().engine.begin() as connection:
        connection.execute(text("UPDATE runs SET started = '2020' || substr(started, 5)"))
        connection.execute(text("UPDATE intents SET settled = '2020' || substr(settled, 5)"))
    assert command(acme, "prune") == 64
    assert "add --yes" in capsys.readouterr().err
    assert command(acme, "prune", "--dry-run") == 0
    told = "2 runs, 14 settled writes, 0 days of work progress, 0 readings.\n"
    assert capsys.readouterr().out.endswith(told)
    assert command(acme, "prune", "--yes", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["runs"], data["settled_writes"], data["removed"]) == (2, 14, True)
    pruned, kept = recorded(acme)
    assert (pruned.verb, pruned.report["removed"], kept.verb) == (
        "prune",
        {"runs": 2, "settled_writes": 14, "progress_days": 0, "readings": 0},
        "sync",
    )
    assert sync(acme).plan.counts().writes == 0


def test_another_scorecard_in_the_same_store_has_its_own_history(acme: Acme) -> None:
    sync(acme)
    engine = open_database(acme.state_url)
    assert History(engine, "globex").runs(limit=9) == []
    engine.dispose()


def test_a_run_that_has_lost_its_lease_writes_nothing_more(acme: Acme) -> None:
    engine = open_database(acme.state_url)

    def steal() -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE leases SET token = 'another', holder = 'mia@there (process 7)'"))

    inner = acme.carrier
    acme.carrier = lambda: Cutting(inner(), steal)
    with pytest.raises(Leased, match="was lost to another run"):
        sync(acme)
    acme.carrier = inner
    made = acme.writes()
    (found,) = recorded(acme)
    assert (found.exit_code, len(found.outcomes)) == (3, 8)  # the objectives; nothing below them
    assert len(acme.search("labels = bsc-acme")) == 8
    with engine.begin() as connection:
        assert connection.execute(text("SELECT holder FROM leases")).scalar() == "mia@there (process 7)"
        connection.execute(text("DELETE FROM leases"))
    assert acme.writes() == made
    assert sync(acme).exit_code == 0
    assert len(acme.search("labels = bsc-acme")) == 14
    engine.dispose()
