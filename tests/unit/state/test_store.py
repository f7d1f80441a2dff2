"""The store: intents outlive the process that made them, readings only grow, one run at a time."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bsc_sync.attainment.measurement import Measurement
from bsc_sync.plan.change import Create
from bsc_sync.plan.item import Item, digest
from bsc_sync.plan.plan import Agreed
from bsc_sync.state.history import History, Publication
from bsc_sync.state.store import Link, Memory
from bsc_sync.state.whole_file import write_whole

Opened = Callable[[], Engine]

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
CREATE = Create(
    ref="C1",
    kind="objective",
    name="N",
    item=Item(ref="C1", kind="objective", name="N", project="STRAT", issue_type="Epic"),
)


def test_an_intent_outlives_the_process_and_is_settled_with_link_and_base(open_store: Opened) -> None:
    (intent,) = Memory(open_store(), "acme").intend([(CREATE, "STRAT", 7, {"summary": "N"})], now=NOW)
    memory = Memory(open_store(), "acme")
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
    assert Memory(open_store(), "other").links() == {}


def test_the_store_keeps_its_own_name(open_store: Opened) -> None:
    assert Memory(open_store(), "acme").store_id == Memory(open_store(), "globex").store_id


def test_a_reading_is_appended_only_when_it_says_something_new(engine: Engine) -> None:
    history = History(engine, "acme")
    day = dt.date(2026, 10, 5)
    first = Measurement("C1.r", Fraction(1, 3), day, NOW, "jql", evidence={"keys": ["A-1"]})
    assert history.keep_readings([first]) == 1
    assert history.keep_readings([first]) == 0
    later = Measurement("C1.r", Fraction(2, 3), day, NOW + dt.timedelta(hours=1), "jql")
    assert history.keep_readings([later]) == 1
    assert list(history.readings()) == [first, later]


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "out" / "page.html"
    write_whole(target, "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "half \ud800")
    assert target.read_text() == "one"
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]


def test_processes_that_begin_at_once_agree_on_the_store_s_id(open_store: Opened) -> None:
    engines = [open_store() for _ in range(6)]
    begin = threading.Barrier(len(engines))

    def ask(engine: Engine) -> str:
        begin.wait(10)
        return Memory(engine, "acme").store_id

    with ThreadPoolExecutor(len(engines)) as pool:
        found = set(pool.map(ask, engines))
    assert len(found) == 1


def test_what_several_write_at_once_is_written_without_a_collision(open_store: Opened) -> None:
    engines = [open_store() for _ in range(6)]
    begin = threading.Barrier(len(engines))
    refs = [f"C{number}" for number in range(40)]

    def write(number: int) -> None:
        memory, history = Memory(engines[number], "acme"), History(engines[number], "acme")
        mine = refs if number % 2 else refs[::-1]  # in two orders: nobody may wait in a circle
        begin.wait(30)
        for turn in range(5):
            memory.keep_links(
                [Link(ref, ref, f"S-{ref}", "objective", f"{number}.{turn}", turn) for ref in mine]
            )
            memory.agree([Agreed(ref=ref, field="summary", digest=f"{number}{turn}") for ref in mine])
            memory.keep_note("page", f"{number}.{turn}")
            history.keep_publication(
                "page",
                Publication("1", "http://x", turn, "d" * 64, "s" * 64, NOW + dt.timedelta(seconds=turn)),
            )
            history.keep_absences(dict.fromkeys(mine, f"{number}"))
            history.keep_progress(NOW.date(), {})

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(write, range(len(engines))))
    memory = Memory(engines[0], "acme")
    assert sorted(memory.links()) == sorted(refs)
    assert {ref: len(fields) for ref, fields in memory.base().items()} == dict.fromkeys(refs, 1)
    assert len(History(engines[0], "acme").absences()) == len(refs)


def test_a_slot_is_claimed_by_one(open_store: Opened) -> None:
    engines = [open_store() for _ in range(6)]
    begin = threading.Barrier(len(engines))

    def claim(engine: Engine) -> list[bool]:
        history = History(engine, "acme")
        begin.wait(30)
        return [history.claim_slot("serve", NOW + dt.timedelta(minutes=turn)) for turn in (1, 2, 3)]

    with ThreadPoolExecutor(len(engines)) as pool:
        claimed = list(pool.map(claim, engines))
    for slots in zip(*claimed, strict=True):
        assert sum(slots) <= 1  # where a later one was claimed first, an earlier one is past
    assert sum(slots[-1] for slots in claimed) == 1
    assert History(engines[0], "acme").last_slot("serve") == NOW + dt.timedelta(minutes=3)
