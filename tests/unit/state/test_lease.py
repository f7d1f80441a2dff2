"""One run at a time: who holds is named and waited for, a lease is kept alive, and never taken back."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bsc_sync.errors import Leased
from bsc_sync.state import lease as leases
from bsc_sync.state.database import open_database
from bsc_sync.state.lease import Wait, holder_of
from bsc_sync.state.store import Memory
from tests.postgres_server import PostgresServer

MINUTE = dt.timedelta(minutes=1)


def expire(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE leases SET expires = 0"))


def expires(engine: Engine) -> float:
    with engine.connect() as connection:
        return float(connection.execute(text("SELECT expires FROM leases")).scalar_one())


def test_one_run_at_a_time_and_the_holder_is_named(engine: Engine) -> None:
    memory = Memory(engine, "acme")
    assert holder_of(engine, "acme") is None
    with memory.lease(holder="mia@host") as lease:
        lease.renew()
        held = holder_of(engine, "acme")
        assert held is not None
        assert held.holder == "mia@host"
        assert held.since is not None
        assert dt.timedelta(seconds=119) < held.expires - held.since < dt.timedelta(seconds=121)
        with pytest.raises(Leased, match="mia@host"), memory.lease(holder="me"):
            pass
        with Memory(engine, "globex").lease(holder="me"):
            pass
    assert holder_of(engine, "acme") is None
    with memory.lease(holder="me"):
        pass


def test_who_has_lost_it_gives_back_nothing_of_the_next_holders(engine: Engine) -> None:
    memory = Memory(engine, "acme")
    with ExitStack() as second:
        with memory.lease(holder="mia@host"):
            expire(engine)
            second.enter_context(memory.lease(holder="me"))
        held = holder_of(engine, "acme")
        assert held is not None
        assert held.holder == "me"
    assert holder_of(engine, "acme") is None


def test_a_lost_lease_is_lost_for_good(engine: Engine) -> None:
    memory = Memory(engine, "acme")
    with memory.lease(holder="mia@host") as lease:
        expire(engine)
        with memory.lease(holder="me"), pytest.raises(Leased, match="lost"):
            lease.renew()
        with pytest.raises(Leased, match="lost"):  # though nobody holds it now
            lease.renew()


def test_while_the_block_runs_the_lease_is_renewed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.02)
    memory = Memory(engine, "acme")
    with memory.lease(holder="mia@host") as lease:
        first = expires(engine)
        while expires(engine) < first + 0.5:
            assert not lease.lost.wait(0.02)
            with pytest.raises(Leased, match="mia@host"), memory.lease(holder="me"):
                pass
    assert not [one for one in threading.enumerate() if one.name == "lease of acme"]


def test_the_renewing_thread_notices_a_loss(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.02)
    with Memory(engine, "acme").lease(holder="mia@host") as lease:
        with engine.begin() as connection:
            connection.execute(text("UPDATE leases SET token = 'another', expires = expires + 60"))
        assert lease.lost.wait(10)
        with pytest.raises(Leased, match="lost"):
            lease.renew()
    assert holder_of(engine, "acme") is not None  # theirs is not given back


def test_a_store_that_is_away_for_a_while_does_not_end_the_lease(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.02)
    monkeypatch.setattr(leases, "TRIED", 0.02)
    with postgres.database() as url:
        engine = open_database(url)
        with Memory(engine, "acme").lease(holder="mia@host") as lease:
            first = expires(engine)
            for _ in range(3):
                postgres.drop_connections()
            while expires(engine) <= first:
                assert not lease.lost.wait(0.05)
            lease.renew()
        engine.dispose()


def test_a_writer_that_takes_its_time_and_the_renewing_thread_do_not_wait_for_each_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.02)
    memory = Memory(engine, "acme")
    with memory.lease(holder="mia@host"):
        for number in range(20):
            with engine.begin() as connection:
                connection.execute(text("UPDATE leases SET holder = :name"), {"name": f"mia {number}"})
                threading.Event().wait(0.05)  # longer than between two renewals
    assert holder_of(engine, "acme") is None


def test_who_may_wait_takes_over_when_the_holder_has_ended(engine: Engine) -> None:
    memory = Memory(engine, "acme")
    told: list[str] = []
    naps: list[float] = []
    holding = memory.lease(holder="mia@host (process 7)")
    holding.__enter__()

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            holding.__exit__(None, None, None)

    with memory.lease(holder="me", wait=Wait(MINUTE, told.append, nap, lambda: 0.0)) as lease:
        lease.renew()
    (text,) = told
    assert re.fullmatch(
        r"acme is held by mia@host \(process 7\) since [-0-9]{10} [:0-9]{8} UTC; waiting up to 60 seconds",
        text,
    )
    assert naps == [1.0, 1.0, 1.0]


def test_who_has_waited_long_enough_or_is_told_to_stop_leaves(engine: Engine) -> None:
    memory = Memory(engine, "acme")
    now = [0.0]

    def nap(seconds: float) -> None:
        now[0] += seconds

    with memory.lease(holder="mia@host"):
        waiting = Wait(dt.timedelta(seconds=2.5), lambda _: None, nap, lambda: now[0])
        with pytest.raises(Leased, match="another run holds acme: mia@host"):
            memory.lease(holder="me", wait=waiting).__enter__()
        assert now == [2.5]
        stopping = Wait(MINUTE, lambda _: None, lambda _: True, lambda: 0.0)
        with pytest.raises(Leased, match="mia@host"):
            memory.lease(holder="me", wait=stopping).__enter__()


def test_a_holder_that_died_on_this_machine_holds_nothing_in_a_file(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/state.db")
    memory = Memory(engine, "acme")
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    me = "mia@here (process 1)"
    with memory.lease(holder=f"mia@here (process {gone.pid})"), memory.lease(holder=me):
        pass
    with memory.lease(holder=f"cron@here (process {gone.pid})"), memory.lease(holder=me):
        pass  # whoever ran it: processes are the machine's
    for other in (f"mia@here (process {os.getpid()})", f"mia@there (process {gone.pid})"):
        with memory.lease(holder=other), pytest.raises(Leased), memory.lease(holder=me):
            pass
        with memory.lease(holder=other):
            held = holder_of(engine, "acme", asker=me)
            assert held is not None
            assert held.holder == other
    with memory.lease(holder=f"mia@here (process {gone.pid})"):
        assert holder_of(engine, "acme", asker=me) is None
    engine.dispose()


HOLDING = """
import sys, threading
from bsc_sync.state import lease
from bsc_sync.state.database import open_database
from bsc_sync.state.store import Memory
lease.SECONDS, lease.RENEWED = 0.6, 0.1
with Memory(open_database(sys.argv[1]), "acme").lease(holder="mia@there (process 1)"):
    print("held", flush=True)
    threading.Event().wait()
"""


def test_the_lease_of_a_killed_process_expires(open_store: Callable[[], Engine], store_url: str) -> None:
    engine = open_store()
    holder = subprocess.Popen([sys.executable, "-c", HOLDING, store_url], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    first = expires(engine)
    while expires(engine) < first + 0.6:  # it lives, and renews
        pass
    holder.kill()
    holder.communicate()
    with Memory(engine, "acme").lease(holder="me", wait=Wait(MINUTE)) as lease:
        lease.renew()


def test_of_many_that_come_at_once_one_gets_it(open_store: Callable[[], Engine]) -> None:
    engines = [open_store() for _ in range(6)]
    begin, end = threading.Barrier(len(engines)), threading.Barrier(len(engines))

    def take(engine: Engine) -> bool:
        begin.wait(30)
        try:
            with Memory(engine, "acme").lease(holder="somebody"):
                end.wait(60)
        except Leased:
            end.wait(60)
            return False
        return True

    with ThreadPoolExecutor(len(engines)) as pool:
        assert sorted(pool.map(take, engines)) == [False] * 5 + [True]
