"""The teams' work in the store: streamed in batches, shown whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import Engine, text

from bsc_sync.alignment.work import WorkItem
from bsc_sync.state.history import History
from bsc_sync.state.run_records import Beginning
from tests.work_sample import item


def many(count: int) -> Iterator[WorkItem]:
    return (item(f"A-{number}") for number in range(1, count + 1))


def test_every_value_of_an_item_comes_back(engine: Engine) -> None:
    full = item(
        "A-1",
        "done",
        points="0.1",
        seconds=90,
        numbers={"Value": Decimal("1e-20")},
        labels=("a", "b"),
        parent="A-9",
        restricted=True,
        container=True,
        serves=("C1", "C1.q4"),
        shares={"C1": Fraction(1, 3)},
        run_the_business=True,
        resolution="Done",
    )
    history = History(engine, "acme")
    assert history.keep_work([full]) == 1
    assert history.work() == [full]


def test_the_order_is_kept_over_many_batches_and_one_scorecard_does_not_see_another(engine: Engine) -> None:
    history = History(engine, "acme")
    assert history.keep_work(many(1203)) == 1203
    assert History(engine, "globex").keep_work(many(2)) == 2
    assert next(history.each_work()).key == "A-1"  # and the rest is never read
    assert [one.key for one in history.each_work()] == [f"A-{number}" for number in range(1, 1204)]
    assert history.keep_work(many(1)) == 1
    assert [one.key for one in history.work()] == ["A-1"]
    assert len(History(engine, "globex").work()) == 2
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM work_items")).scalar() == 3


@pytest.mark.parametrize("between", [1, 600])
def test_an_item_that_comes_again_replaces_what_it_was(engine: Engine, between: int) -> None:
    history = History(engine, "acme")
    stream = [item("B-1"), *many(between), item("B-1", serves=("C1",)), item("B-2")]
    assert history.keep_work(stream) == between + 2
    kept = history.work()
    assert len(kept) == between + 2
    assert [one.serves for one in kept if one.key == "B-1"] == [("C1",)]


def test_the_work_of_before_is_shown_until_the_stream_has_ended_and_stays_when_it_breaks(
    engine: Engine,
) -> None:
    history = History(engine, "acme")
    history.keep_work([item("OLD-1")])
    seen: list[list[str]] = []

    def broken() -> Iterator[WorkItem]:
        yield from many(700)
        raise ConnectionError

    def look() -> None:
        seen.append([one.key for one in history.each_work()])

    with pytest.raises(ConnectionError):
        history.keep_work(broken(), after_batch=look)
    assert seen == [["OLD-1"]]
    assert [one.key for one in history.work()] == ["OLD-1"]
    assert history.keep_work(many(2)) == 2
    assert [one.key for one in history.work()] == ["A-1", "A-2"]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM work_items")).scalar() == 2


def test_others_can_write_while_it_streams(engine: Engine) -> None:
    history = History(engine, "acme")
    runs: list[str] = []

    def writing() -> Iterator[WorkItem]:
        for one in many(1100):
            if one.key in {"A-1", "A-501", "A-1100"}:
                begun = Beginning(verb="sync", mode="apply", version="1")
                runs.append(History(engine, "globex").start_run(begun, now=one.created)[0])
            yield one

    assert history.keep_work(writing()) == 1100
    assert len(runs) == 3
    assert len(History(engine, "globex").runs(limit=9)) == 3
