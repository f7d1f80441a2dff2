"""Plans, from what is wanted, seen and agreed to the changes in order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bsc_sync.errors import NotOurs
from bsc_sync.mapping.model import Limits, Retire
from bsc_sync.plan.change import Adopt, Create, Hold, Update
from bsc_sync.plan.change import Retire as RetireChange
from bsc_sync.plan.item import Item, ItemField, Mark, Seen, Value, digest
from bsc_sync.plan.make import make_plan
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.verdict import Take, Verdict
from bsc_sync.plan.wishes import Wishes

NOW = dt.datetime(2026, 10, 5, 8, tzinfo=dt.UTC)
RETIRE = Retire(transition="Closed", comment="Retired from {scorecard} on {date}.")


def wanted(ref: str, name: str = "Name", *, parent: str | None = None, existing: str | None = None) -> Item:
    field = ItemField(id="summary", name="Summary", type="line", value=name, owner="scorecard", asked_by=ref)
    return Item(
        ref=ref,
        kind="key_result" if parent else "objective",
        name=name,
        project="STRAT",
        issue_type="Epic",
        parent=parent,
        existing=existing,
        fields=(field,),
    )


def seen(
    ref: str, summary: str = "Name", *, number: int = 1, category: str = "new", card: str = "acme"
) -> Seen:
    values: dict[str, Value] = {"summary": summary}
    return Seen(
        id=str(number),
        key=f"STRAT-{number}",
        project="STRAT",
        issue_type="Epic",
        summary=summary,
        category=category,
        values=values,
        mark=Mark(scorecard=card, ref=ref, store="s", revision=1),
    )


def plan_of(
    items: Sequence[Item],
    observation: Observation,
    base: Mapping[str, Mapping[str, str]] | None = None,
    take: Take | None = None,
) -> Plan:
    return make_plan(
        items,
        observation,
        base or {},
        card="acme",
        store="s",
        digests=("1", "2"),
        retire=RETIRE,
        now=NOW,
        today=NOW.date(),
        wishes=Wishes(take=take),
    )


def test_what_is_not_there_is_created_parents_first() -> None:
    plan = plan_of([wanted("C1.kr", parent="C1"), wanted("C1")], Observation(ours={}))
    assert [change.ref for change in plan.changes] == ["C1", "C1.kr"]
    assert all(isinstance(change, Create) for change in plan.changes)


def test_what_is_retired_and_never_had_an_issue_gets_none() -> None:
    gone = wanted("C1").model_copy(update={"retired": dt.date(2026, 10, 1)})
    assert plan_of([gone], Observation(ours={})).changes == ()


def test_what_is_in_step_is_remembered_and_not_written() -> None:
    plan = plan_of([wanted("C1")], Observation(ours={"C1": seen("C1")}))
    assert plan.changes == ()
    assert [(part.ref, part.field, part.digest) for part in plan.agreed] == [
        ("C1", "summary", digest("Name"))
    ]


def test_a_renamed_objective_is_one_update_with_old_and_new() -> None:
    base = {"C1": {"summary": digest("Name")}}
    plan = plan_of([wanted("C1", "New name")], Observation(ours={"C1": seen("C1")}), base)
    (update,) = plan.changes
    assert isinstance(update, Update)
    assert [(part.old, part.new) for part in update.fields] == [("Name", "New name")]


def test_an_edit_in_jira_is_held_and_a_decision_writes_it() -> None:
    base = {"C1": {"summary": digest("Name")}}
    observed = Observation(ours={"C1": seen("C1", "Edited")})
    (hold,) = plan_of([wanted("C1")], observed, base).changes
    assert isinstance(hold, Hold)
    assert hold.fields[0].verdict is Verdict.DRIFT_HOLD
    (update,) = plan_of([wanted("C1")], observed, base, take="scorecard").changes
    assert isinstance(update, Update)
    assert plan_of([wanted("C1")], observed, base, take="jira").changes == ()


def test_an_epic_that_a_team_has_is_adopted_with_its_texts() -> None:
    team = seen("x", "Team's title").model_copy(update={"mark": None, "key": "OPS-1"})
    (adopt,) = plan_of(
        [wanted("P2", existing="OPS-1")], Observation(ours={}, candidates={"OPS-1": team})
    ).changes
    assert isinstance(adopt, Adopt)
    assert [part.name for part in adopt.differs] == ["Summary"]


def test_an_epic_that_is_not_there_is_not_created_in_its_stead() -> None:
    items = [wanted("P2", existing="OPS-1"), wanted("P2.kr", parent="P2")]
    plan = plan_of(items, Observation(ours={}))
    assert [type(change) for change in plan.changes] == [Hold, Hold]


def test_another_scorecards_issue_is_not_adopted() -> None:
    other = seen("X9", card="globex").model_copy(update={"key": "OPS-1"})
    with pytest.raises(NotOurs, match="globex/X9"):
        plan_of([wanted("P2", existing="OPS-1")], Observation(ours={}, candidates={"OPS-1": other}))


def test_a_vanished_issue_is_held_with_what_hangs_below_it() -> None:
    items = [wanted("C1"), wanted("C1.kr", parent="C1")]
    plan = plan_of(items, Observation(ours={}, missing={"C1": "STRAT-1"}))
    assert [(type(change), change.ref) for change in plan.changes] == [(Hold, "C1"), (Hold, "C1.kr")]
    assert plan.counts().writes == 0


def test_an_unsettled_write_is_held_with_what_hangs_below_it() -> None:
    items = [wanted("C1"), wanted("C1.kr", parent="C1")]
    plan = plan_of(items, Observation(ours={}, undecided=frozenset({"C1"})))
    assert [change.action for change in plan.changes] == ["hold", "hold"]


def test_what_left_the_scorecard_is_retired_once() -> None:
    (retire,) = plan_of([], Observation(ours={"C1": seen("C1")})).changes
    assert isinstance(retire, RetireChange)
    assert (retire.transition, retire.comment) == ("Closed", "Retired from acme on 2026-10-05.")
    mark = Mark(scorecard="acme", ref="C1", store="s", revision=2, retired="2026-10-05")
    gone = seen("C1", category="done").model_copy(update={"mark": mark})
    assert plan_of([], Observation(ours={"C1": gone})).changes == ()


def test_a_clone_is_told_and_left_alone() -> None:
    observed = Observation(ours={"C1": seen("C1")}, clones=(seen("C1", number=9),))
    (hold,) = plan_of([wanted("C1")], observed).changes
    assert isinstance(hold, Hold)
    assert hold.key == "STRAT-9"


def test_a_target_takes_along_the_parent_that_it_needs() -> None:
    items = [wanted("C1"), wanted("C2"), wanted("C1.kr", parent="C1")]
    plan = plan_of(items, Observation(ours={})).select(["C1.kr"])
    assert [change.ref for change in plan.changes] == ["C1", "C1.kr"]


def test_guards_name_the_counts_and_the_share() -> None:
    base = {f"C{n}": {"summary": digest("Name")} for n in range(10)}
    ours = {f"C{n}": seen(f"C{n}", number=n + 1) for n in range(10)}
    items = [wanted(f"C{n}", "New" if n < 6 else "Name") for n in range(10)]
    plan = plan_of(items, Observation(ours=ours), base)
    (breach,) = plan.breaches(Limits(), existing=10)
    assert breach.path == "limits.updates"
    assert "6 of 10 is 60%, the limit is 50% above 5" in breach.what
    (vanishing,) = plan_of([], Observation(ours=ours)).breaches(Limits(), existing=10)
    assert vanishing.what.endswith("10 retires, the limit is 5")


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    items = [wanted("C1", "New"), wanted("C2"), wanted("P2", existing="OPS-1")]
    team = seen("x").model_copy(update={"mark": None, "key": "OPS-1"})
    base = {"C1": {"summary": digest("Name")}}
    plan = plan_of(items, Observation(ours={"C1": seen("C1")}, candidates={"OPS-1": team}), base)
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_the_fingerprint_of_what_was_seen_knows_all_of_it_and_no_order() -> None:
    c1, c2, other = seen("C1"), seen("C2", number=2), seen("C1", number=9)
    whole = Observation(
        {"C1": c1, "C2": c2}, {"OPS-1": other}, (other,), {"F1": "STRAT-7"}, frozenset({"F1"})
    )
    assert whole.digest() == replace(whole, ours={"C2": c2, "C1": c1}).digest()
    parts = (
        replace(whole, ours={"C1": c2, "C2": c1}),
        replace(whole, candidates={}),
        replace(whole, clones=()),
        replace(whole, missing={}),
        replace(whole, undecided=frozenset()),
        whole,
    )
    assert len({part.digest() for part in parts}) == len(parts)


def test_the_order_is_that_in_which_it_is_done() -> None:
    items = [
        wanted("C1.kr", parent="C1"),
        wanted("C2", existing="OPS-7"),
        wanted("C1"),
        wanted("F1", "New name"),
    ]
    observation = Observation(
        {"F1": seen("F1", number=3)},
        {"OPS-7": seen("", number=9).model_copy(update={"key": "OPS-7", "mark": None})},
    )
    changes = plan_of(items, observation, {"F1": {"summary": digest("Name")}}).changes
    assert [(change.action, change.ref) for change in changes] == [
        ("create", "C1"),
        ("adopt", "C2"),
        ("create", "C1.kr"),
        ("update", "F1"),
    ]
