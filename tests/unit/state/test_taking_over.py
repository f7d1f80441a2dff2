"""A new store in the place of a lost one: it answers to the name that the marks know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from bsc_sync.errors import UserError
from bsc_sync.plan.item import digest
from bsc_sync.plan.plan import Agreed
from bsc_sync.state.store import Link, Memory
from bsc_sync.state.taking_over import take_over

LINK = Link("X", "1", "CORP-1", "objective", "X", 1)


def test_a_new_store_takes_the_name_of_the_lost_one(open_store: Callable[[], Engine]) -> None:
    memory = Memory(open_store(), "acme")
    assert memory.store_id != "the lost one"
    take_over(memory, "the lost one")
    take_over(memory, "the lost one")
    assert Memory(open_store(), "acme").store_id == "the lost one"


def test_the_store_of_another_scorecard_keeps_its_name(engine: Engine) -> None:
    memory = Memory(engine, "acme")
    name = memory.store_id
    Memory(engine, "corp").keep_links([LINK])
    with pytest.raises(UserError, match="the store of corp too"):
        take_over(memory, "the lost one")
    take_over(memory, name)
    assert memory.store_id == name


def test_what_is_let_go_is_not_remembered(engine: Engine) -> None:
    memory, other = Memory(engine, "acme"), Memory(engine, "corp")
    for one in (memory, other):
        one.keep_links([LINK, Link("Y", "2", "CORP-2", "objective", "Y", 1)])
        one.agree([Agreed(ref=ref, field="summary", digest=digest(ref)) for ref in ("X", "Y")])
    memory.release_links(["X"])
    assert set(memory.links()) == set(memory.base()) == {"Y"}
    assert set(other.links()) == set(other.base()) == {"X", "Y"}
