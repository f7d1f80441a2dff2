"""The store: intents outlive the process that made them, readings only grow, one run at a time."""

import datetime as dt
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from bsc_sync.attainment.measurement import Measurement
from bsc_sync.errors import Leased, SettingsError
from bsc_sync.plan.change import Create
from bsc_sync.plan.item import Item, digest
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from bsc_sync.state.store import Link, Memory
from bsc_sync.state.whole_file import write_whole

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
CREATE = Create(
    ref="C1",
    kind="objective",
    name="N",
    item=Item(ref="C1", kind="objective", name="N", project="STRAT", issue_type="Epic"),
)


def test_an_intent_outlives_the_process_and_is_settled_with_link_and_base(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/state.db"
    (intent,) = Memory(open_database(url), "acme").intend([(CREATE, "STRAT", 7, {"summary": "N"})], now=NOW)
    memory = Memory(open_database(url), "acme")
    (found,) = memory.open_intents()
    assert (found.id, found.ref, found.floor, found.after, found.created) == (
        intent,
        "C1",
        7,
        {"summary": "N"},
        NOW,
    )
    memory.settle(
        intent,
        "applied",
        now=NOW,
        link=Link("C1", "10", "STRAT-8", "objective", "N", 1),
        values={"summary": "N"},
    )
    assert memory.open_intents() == []
    assert memory.links()["C1"].key == "STRAT-8"
    assert memory.base() == {"C1": {"summary": digest("N")}}
    assert Memory(open_database(url), "other").links() == {}


def test_the_store_keeps_its_own_name(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    assert Memory(open_database(url), "acme").store_id == Memory(open_database(url), "globex").store_id


def test_a_reading_is_appended_only_when_it_says_something_new(tmp_path: Path) -> None:
    history = History(open_database(f"sqlite:///{tmp_path}/state.db"), "acme")
    day = dt.date(2026, 10, 5)
    first = Measurement("C1.r", Fraction(1, 3), day, NOW, "jql", evidence={"keys": ["A-1"]})
    assert history.keep_readings([first]) == 1
    assert history.keep_readings([first]) == 0
    later = Measurement("C1.r", Fraction(2, 3), day, NOW + dt.timedelta(hours=1), "jql")
    assert history.keep_readings([later]) == 1
    assert history.readings() == [first, later]


def test_one_run_at_a_time_and_the_holder_is_named(tmp_path: Path) -> None:
    memory = Memory(open_database(f"sqlite:///{tmp_path}/state.db"), "acme")
    with memory.lease(holder="mia@host") as lease:
        lease.renew()
        with pytest.raises(Leased, match="mia@host"), memory.lease(holder="me"):
            pass
        with memory.engine.begin() as connection:
            connection.execute(text("UPDATE leases SET expires = 0"))
        with memory.lease(holder="me"), pytest.raises(Leased, match="lost"):
            lease.renew()
    with memory.lease(holder="me"):
        pass


def test_a_holder_that_died_on_this_machine_holds_nothing(tmp_path: Path) -> None:
    memory = Memory(open_database(f"sqlite:///{tmp_path}/state.db"), "acme")
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    me = "mia@here (process 1)"
    with memory.lease(holder=f"mia@here (process {gone.pid})"), memory.lease(holder=me):
        pass
    for other in (f"mia@here (process {os.getpid()})", f"mia@there (process {gone.pid})"):
        with memory.lease(holder=other), pytest.raises(Leased), memory.lease(holder=me):
            pass


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    open_database(url).dispose()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SettingsError, match="newer bsc-sync"):
        open_database(url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite:////proc/nowhere/state.db"])
def test_an_unusable_store_is_said(url: str) -> None:
    with pytest.raises(SettingsError):
        open_database(url)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("hello " * 1000)
    with pytest.raises(SettingsError, match="cannot be used"):
        open_database(f"sqlite:///{tmp_path}/state.db")


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "out" / "page.html"
    write_whole(target, "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "half \ud800")
    assert target.read_text() == "one"
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]


def test_processes_that_begin_at_once_agree_on_the_store_s_id(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    engines = [open_database(url) for _ in range(6)]
    begin = threading.Barrier(len(engines))

    def ask(engine: Engine) -> str:
        begin.wait(10)
        return Memory(engine, "acme").store_id

    with ThreadPoolExecutor(len(engines)) as pool:
        found = set(pool.map(ask, engines))
    for engine in engines:
        engine.dispose()
    assert len(found) == 1
