"""A saved plan is a contract: exactly what it showed is done, once, and it goes on where it ended."""

from __future__ import annotations

import datetime as dt

import pytest

from bsc_sync.errors import TooMuchChange
from bsc_sync.plan.change import Reinstate, Update
from bsc_sync.plan.verdict import Verdict
from bsc_sync.plan.wishes import Wishes
from tests.carriers import Killed, Meddling, is_bulk, kill
from tests.people_in_jira import move
from tests.runs_on_acme import Acme, apply, key_of, put
from tests.saved_plans import ARR, RETENTION, drop, fields_of, refusal, remove, saved


def test_what_is_shown_is_done_and_a_second_time_nothing_is_left(acme: Acme) -> None:
    plan = saved(acme)
    first = apply(acme, plan)
    assert [outcome.ref for outcome in first.outcomes] == [change.ref for change in plan.changes]
    assert {outcome.result for outcome in first.outcomes} == {"applied"}
    assert first.already == ()
    writes = acme.writes()
    again = apply(acme, plan)
    assert acme.writes() == writes
    assert (again.outcomes, again.stopped, again.failed) == ((), None, None)
    assert sorted(again.already) == sorted(change.ref for change in plan.changes)


def test_a_plan_that_was_done_in_part_goes_on_with_what_is_left(acme_here: Acme) -> None:
    plan = saved(acme_here)
    apply(acme_here, targets=("C1", "C1.retention.q4", "P2"))
    put(acme_here, "C1", summary="What a person made of it since")
    done = apply(acme_here, plan)
    assert sorted(done.already) == ["C1", "C1.retention.q4", "P2"]
    assert len(done.outcomes) == len(plan.changes) - 3
    assert {outcome.result for outcome in done.outcomes} == {"applied"}
    assert fields_of(acme_here, "C1")["summary"] == "What a person made of it since"


@pytest.mark.parametrize("arrives", [True, False])
def test_after_a_kill_the_same_plan_goes_on_and_nothing_is_twice(acme_here: Acme, arrives: bool) -> None:
    acme = acme_here
    plan = saved(acme)
    plain = acme.carrier
    acme.carrier = lambda: Meddling(plain(), is_bulk, kill, before=not arrives)
    with pytest.raises(Killed):
        apply(acme, plan)
    acme.carrier = plain
    if not arrives:
        said = refusal(acme, plan)
        assert said[0] == "F1: an earlier write is not settled yet; run again in two minutes"
        acme.site.clock.set(dt.datetime(2026, 11, 23, 9, 3, tzinfo=dt.UTC))
    done = apply(acme, plan)
    assert len(done.already) == (8 if arrives else 0)
    assert {outcome.result for outcome in done.outcomes} == {"applied"}
    assert len(acme.search("labels = bsc-acme")) == 14


def test_an_update_done_in_part_is_finished_field_by_field(acme_here: Acme) -> None:
    apply(acme_here)
    acme_here.edit(RETENTION, "name: Keep more customers\n")
    acme_here.edit(ARR, "name: Earn more")
    plan = saved(acme_here)
    apply(acme_here, targets=("C1",))
    put(acme_here, "C1", summary="Edited afterwards")
    done = apply(acme_here, plan)
    assert (done.already, [outcome.ref for outcome in done.outcomes]) == (("C1",), ["F2"])
    assert fields_of(acme_here, "C1")["summary"] == "Edited afterwards"
    assert fields_of(acme_here, "F2")["summary"] == "Earn more"


def test_movement_of_what_it_does_not_touch_is_fine(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    drop(acme, "C2.ttfv.q4")
    plan = saved(acme)
    retired = key_of(acme, "C2.ttfv.q4")
    assert [(change.action, change.ref) for change in plan.writes()] == [
        ("update", "C1"),
        ("retire", "C2.ttfv.q4"),
    ]
    put(acme, "C1", duedate="2027-03-03")
    put(acme, "F2", summary="Another issue, edited by a person")
    acme.ask(
        "POST", f"{acme.api}/issue/{key_of(acme, 'C1')}/comment", {"body": _words(acme, "A new comment")}
    )
    acme.edit("name: Stay audit-ready", "name: Stay ready")
    acme.edit("    labels: [key-result]\n", "    labels: [key-result, new]\n", "mapping.yaml")
    acme.site.clock.set(dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC))
    done = apply(acme, plan)
    assert [(outcome.ref, outcome.result) for outcome in done.outcomes] == [
        ("C1", "applied"),
        ("C2.ttfv.q4", "applied"),
    ]
    after = fields_of(acme, "C1")
    assert (after["summary"], after["duedate"]) == ("Keep more customers", "2027-03-03")
    assert fields_of(acme, "F2")["summary"] == "Another issue, edited by a person"
    assert fields_of(acme, "P3")["summary"] == "Stay audit-ready", "not in the plan, so not written"
    comments = acme.ask("GET", f"{acme.api}/issue/{retired}/comment")["comments"]
    assert "2026-11-24" in str([one["body"] for one in comments]), "the day on which it was done"


def _words(acme: Acme, text: str) -> object:
    if not acme.cloud:
        return text
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


def test_a_change_that_was_taken_out_of_the_file_is_not_done(acme_here: Acme) -> None:
    plan = saved(acme_here)
    kept = plan.model_copy(update={"changes": tuple(c for c in plan.changes if c.ref == "P2")})
    done = apply(acme_here, kept)
    assert [outcome.ref for outcome in done.outcomes] == ["P2"]
    assert [issue["key"] for issue in acme_here.search("labels = bsc-acme")] == ["OPS-1"]


def test_a_decision_travels_with_the_plan(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    put(acme, "F2", summary="Theirs")
    plan = saved(acme, Wishes(take="scorecard"), ["F2"])
    assert plan.decisions.take == "scorecard"
    assert plan.decisions.targets == ("F2",)
    done = apply(acme, plan)
    assert [outcome.ref for outcome in done.outcomes] == ["F2"]
    assert fields_of(acme, "F2")["summary"] == "Increase annual recurring revenue by 40 %"
    assert fields_of(acme, "P2")["summary"] != "Resolve incidents before customers notice", "no target"
    assert apply(acme, plan).already == ("F2",)


def test_what_is_created_anew_or_forgotten_travels_and_is_done_once(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    remove(acme, "F2")
    remove(acme, "P3")
    plan = saved(acme, Wishes(recreate=frozenset({"F2"}), forget=frozenset({"P3"})))
    done = apply(acme, plan)
    assert {(o.action, o.ref, o.result) for o in done.outcomes} == {
        ("create", "F2", "applied"),
        ("forget", "P3", "applied"),
    }
    writes = acme.writes()
    assert sorted(apply(acme, plan).already) == ["F2", "P3"]
    assert acme.writes() == writes


def test_what_was_decided_of_all_that_has_vanished_is_not_asked_again(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    gone = ("F1", "F2", "C1.retention.q4", "C1", "C2.ttfv.q4", "C2", "P1", "P3")
    for ref in gone:
        remove(acme, ref)
    forgotten = saved(acme, Wishes(forget=frozenset(gone[4:]), recreate=frozenset(gone[:4])))
    assert apply(acme, forgotten).stopped is None


def test_what_a_saved_plan_was_forced_to_is_told_when_it_is_done(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    move(acme, key_of(acme, "C1"), "CRM")
    acme.edit(RETENTION, "name: Keep our customers\n")
    done = apply(acme, saved(acme, Wishes(anywhere=True)))
    assert [outcome.result for outcome in done.outcomes if outcome.ref == "C1"] == ["applied"]
    assert [line.partition(":")[0] for line in done.overridden] == ["--force projects overrides"]


@pytest.mark.parametrize(("made", "done"), [((23, 12), (23, 23)), ((23, 23), (24, 9)), ((23, 23), (25, 23))])
def test_a_retirement_may_be_done_on_another_day_than_it_was_planned_on(
    acme_here: Acme, made: tuple[int, int], done: tuple[int, int]
) -> None:
    acme = acme_here
    apply(acme)
    drop(acme, "id: C2.ttfv.q4,")
    acme.site.clock.set(
        dt.datetime(2026, 11, *made, 30, tzinfo=dt.UTC)
    )  # at 23:30 it is the next day in Zurich
    plan = saved(acme)
    acme.site.clock.set(dt.datetime(2026, 11, *done, 30, tzinfo=dt.UTC))
    assert [outcome.result for outcome in apply(acme, plan).outcomes] == ["applied"]


def test_a_label_that_is_still_there_is_not_taken_for_removed(acme_here: Acme) -> None:
    acme = acme_here
    acme.edit("labels: [key-result]", "labels: [key-result, board]", "mapping.yaml")
    apply(acme)
    acme.edit("labels: [key-result, board]", "labels: [board]", "mapping.yaml")
    plan = saved(acme, targets=("C2.ttfv.q4",))
    move(acme, key_of(acme, "C2.ttfv.q4"), "CRM")
    assert "a project that the mapping does not name" in refusal(acme, plan)[0]
    assert set(fields_of(acme, "C2.ttfv.q4")["labels"]) >= {"key-result", "board"}


def take_our_mark_off(acme: Acme, ref: str) -> None:
    labels = [label for label in fields_of(acme, ref)["labels"] if not label.startswith("bsc-")]
    put(acme, ref, labels=labels)
    acme.ask("DELETE", f"{acme.api}/issue/{key_of(acme, ref)}/properties/bsc-sync")


def test_a_mark_that_was_taken_off_since_is_not_put_back_unseen(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit(RETENTION, "name: Keep our customers\n")
    plan = saved(acme)
    take_our_mark_off(acme, "C1")
    assert "Our mark and label would be written, too" in refusal(acme, plan)[0]
    apply(acme, saved(acme))
    assert "bsc-acme" in fields_of(acme, "C1")["labels"]


def test_a_mark_that_is_written_with_a_field_is_shown_also_where_only_that_is_the_target(
    acme_here: Acme,
) -> None:
    acme = acme_here
    apply(acme)
    take_our_mark_off(acme, "P1")
    acme.edit("baseline: 13, target: 15}", "baseline: 13, target: 16}")
    (update,) = saved(acme, targets=("P1.conversion.q4",)).writes()
    assert isinstance(update, Update)
    assert [part.name for part in update.fields] == ["KR target", "Our mark and label"]


def test_a_restore_that_was_done_and_undone_again_is_not_done_twice(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    due = fields_of(acme, "F2")["duedate"]
    put(acme, "F2", duedate="2028-01-01")
    plan = saved(acme)
    apply(acme, plan)
    assert fields_of(acme, "F2")["duedate"] == due
    put(acme, "F2", duedate="2028-02-02")
    (said,) = refusal(acme, plan)
    assert "Due date is 2028-02-02 in Jira now" in said


def test_what_is_restored_after_it_was_done_is_not_in_the_plan(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit("  - id: C1\n", "  - id: C1\n    due: 2027-06-30\n")
    plan = saved(acme)
    apply(acme, plan)
    put(acme, "C1", duedate="2027-09-09")
    (restore,) = saved(acme).writes()
    assert isinstance(restore, Update)
    assert restore.fields[0].verdict is Verdict.DRIFT_RESTORE
    writes = acme.writes()
    assert apply(acme, plan).already == ("C1",)
    assert acme.writes() == writes, "a new plan would restore it; this one does not"


def test_a_key_result_that_moves_below_another_objective_is_moved_once(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit("{id: C2.ttfv.q4, objective: C2,", "{id: C2.ttfv.q4, objective: C1,")
    plan = saved(acme)
    (move,) = plan.writes()
    assert isinstance(move, Update)
    assert [(part.name, part.old, part.new) for part in move.fields] == [("Parent", "C2", "C1")]
    assert [outcome.result for outcome in apply(acme, plan).outcomes] == ["applied"]
    assert acme.parent_of({"fields": fields_of(acme, "C2.ttfv.q4")}) == key_of(acme, "C1")
    writes = acme.writes()
    assert apply(acme, plan).already == ("C2.ttfv.q4",)
    acme.edit("{id: C2.ttfv.q4, objective: C1,", "{id: C2.ttfv.q4, objective: F1,")
    (said,) = refusal(acme, plan)
    assert 'scorecard.yaml wants Parent to be "F1" now; it was "C1" when the plan was made' in said
    assert acme.writes() == writes


def test_what_leaves_and_comes_back_is_done_once(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    key = key_of(acme, "C2.ttfv.q4")
    before = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    drop(acme, "C2.ttfv.q4")
    leaving = saved(acme)
    assert [outcome.action for outcome in apply(acme, leaving).outcomes] == ["retire"]
    assert apply(acme, leaving).already == ("C2.ttfv.q4",)
    renamed = before.replace("Bring time to first value from 48", "Bring the time to first value from 48")
    (acme.folder / "scorecard.yaml").write_text(renamed, encoding="utf-8")
    coming = saved(acme)
    (back,) = coming.writes()
    assert isinstance(back, Reinstate)
    assert [part.name for part in back.fields] == ["Summary"]
    (said,) = refusal(acme, leaving)
    assert said == f"C2.ttfv.q4 ({key}): scorecard.yaml asks for it again"
    (acme.folder / "scorecard.yaml").write_text(before, encoding="utf-8")
    (said,) = refusal(acme, coming)
    assert said.startswith(f'C2.ttfv.q4 ({key}): scorecard.yaml wants Summary to be "Bring time to')
    (acme.folder / "scorecard.yaml").write_text(renamed, encoding="utf-8")
    assert [(o.action, o.result) for o in apply(acme, coming).outcomes] == [("reinstate", "applied")]
    writes = acme.writes()
    assert apply(acme, coming).already == ("C2.ttfv.q4",)
    assert acme.writes() == writes


def test_the_limits_hold_for_what_the_saved_plan_does(acme_here: Acme) -> None:
    acme = acme_here
    plan = saved(acme)
    acme.edit("creates: {count: 100}", "creates: {count: 5}", "mapping.yaml")
    refused = apply(acme, plan)
    assert isinstance(refused.stopped, TooMuchChange)
    assert refused.outcomes == ()
    few = saved(acme, targets=["C1", "F2"])
    assert apply(acme, few).stopped is None
    assert apply(acme, plan, force=frozenset({"creates"})).stopped is None
