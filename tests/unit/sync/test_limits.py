"""More than the limit is too much, and as much as the limit is not; each guard is overridden by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bsc_sync.errors import TooMuchChange
from bsc_sync.mapping.model import Limit, Limits
from bsc_sync.mapping.model import Retire as Rule
from bsc_sync.plan.item import Item, ItemField, Mark, Seen, digest
from bsc_sync.plan.make import make_plan
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.plan import Plan
from bsc_sync.sync.guards import Guard, guard

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
NOBODY: frozenset[str] = frozenset()


def item(number: int) -> Item:
    """An objective whose name has moved."""
    ref = f"C{number}"
    name = ItemField(id="summary", name="Summary", type="line", value="New", owner="scorecard", asked_by=ref)
    return Item(ref=ref, kind="objective", name="New", project="X", issue_type="Epic", fields=(name,))


def seen(number: int) -> Seen:
    """Its issue, as it was agreed on."""
    return Seen(
        id=str(number),
        key=f"X-{number}",
        project="X",
        issue_type="Epic",
        summary="Old",
        category="new",
        values={"summary": "Old"},
        mark=Mark(scorecard="acme", ref=f"C{number}", store="s", revision=1),
    )


def plan_of(*, updates: int, creates: int, there: int, missing: int) -> tuple[Plan, Observation]:
    """A plan with so many changes; so many issues are there, and so many have vanished."""
    look = Observation(
        ours={f"C{n}": seen(n) for n in range(1, there + 1)},
        missing={f"C{n}": f"X-{n}" for n in range(101, missing + 101)},
    )
    items = [item(n) for n in (*range(1, updates + 1), *range(201, creates + 201))]
    still = [item(n).model_copy(update={"fields": (), "name": "Old"}) for n in range(updates + 1, there + 1)]
    plan = make_plan(
        [*items, *still],
        look,
        {f"C{n}": {"summary": digest("Old")} for n in range(1, there + 1)},
        card="acme",
        store="s",
        digests=("1", "2"),
        retire=Rule(),
        now=NOW,
        today=NOW.date(),
    )
    counts = plan.counts()
    assert (counts.updates, counts.creates) == (updates, creates)
    return plan, look


def stopped(limits: Limits, *, updates: int = 0, creates: int = 0, there: int = 10, missing: int = 0) -> bool:
    """Whether the run is stopped."""
    plan, look = plan_of(updates=updates, creates=creates, there=there, missing=missing)
    why = guard(plan, look, limits, force=frozenset(), forgotten=NOBODY)
    assert why is None or isinstance(why, TooMuchChange)
    return why is not None


@pytest.mark.parametrize(
    ("limit", "updates", "expected"),
    [
        (Limit(count=3), 3, False),
        (Limit(count=3), 4, True),
        (Limit(count=0), 1, True),
        (Limit(share=Decimal("0.4"), floor=0), 4, False),
        (Limit(share=Decimal("0.4"), floor=0), 5, True),
        (Limit(share=Decimal("0.1"), floor=3), 3, False),
        (Limit(share=Decimal("0.1"), floor=3), 4, True),
        (Limit(), 10, False),
    ],
)
def test_only_more_than_the_limit_is_too_much(limit: Limit, updates: int, *, expected: bool) -> None:
    assert stopped(Limits(updates=limit), updates=updates) is expected


@pytest.mark.parametrize(
    ("limit", "missing", "there", "expected"),
    [
        (Limit(count=3), 3, 10, False),
        (Limit(count=3), 4, 10, True),
        (Limit(share=Decimal("0.5"), floor=0), 5, 5, False),
        (Limit(share=Decimal("0.5"), floor=0), 6, 5, True),
        (Limit(share=Decimal("0.5"), floor=3), 3, 1, False),
        (Limit(share=Decimal("0.5"), floor=3), 4, 1, True),
        (Limit(count=100), 1, 0, True),
        (Limit(), 1, 0, True),
        (Limit(), 50, 1, False),
    ],
)
def test_only_more_than_the_limit_has_vanished_too_many(
    limit: Limit, missing: int, there: int, *, expected: bool
) -> None:
    assert stopped(Limits(vanished=limit), missing=missing, there=there) is expected


def test_what_is_forgotten_has_not_vanished() -> None:
    plan, look = plan_of(updates=0, creates=0, there=10, missing=4)
    limits = Limits(vanished=Limit(count=3))
    assert guard(plan, look, limits, force=frozenset(), forgotten=frozenset({"C101"})) is None


def test_force_overrides_only_the_guard_that_it_names() -> None:
    plan, look = plan_of(updates=2, creates=2, there=10, missing=2)
    limits = Limits(updates=Limit(count=1), creates=Limit(count=1), vanished=Limit(count=1))

    def said(*force: Guard) -> tuple[str, ...]:
        why = guard(
            plan,
            look,
            limits,
            force=frozenset(force),
            forgotten=NOBODY,
        )
        return why.lines() if why is not None else ()

    assert "2 of 12 issues" in said()[0]
    assert "2 of 12 issues" in said("updates", "creates", "retires", "projects")[0]
    paths: dict[str, tuple[Guard, ...]] = {
        "limits.updates": ("vanished", "creates"),
        "limits.creates": ("vanished", "updates"),
    }
    for path, force in paths.items():
        (told,) = said(*force)[1:]
        assert told.startswith(path)
    assert len(said("vanished")) == 3
    assert said("vanished", "updates", "creates") == ()
