"""A saved plan is a contract: done as it was shown, or refused with all that has moved of what it touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.errors import NotOurs, StalePlan, TooMuchChange, UserError
from bsc_sync.plan.change import Create, FieldChange, Reinstate, Retire, Update
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.saved import dump, load
from bsc_sync.plan.verdict import Verdict
from bsc_sync.plan.wishes import NO_WISH, Wishes
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.apply_only import Applied, apply_only
from bsc_sync.sync.prepare import prepare
from bsc_sync.sync.world import Policy
from tests.people_in_jira import move

Acme = Any  # the fixture's class lives in conftest, which is not imported

RETENTION = "name: Increase customer retention\n"
ARR = "name: Increase annual recurring revenue by 40 %"


@contextmanager
def unwatched(_total: int) -> Iterator[Tell]:
    yield lambda _outcome: None


def saved(acme: Acme, wishes: Wishes = NO_WISH, targets: Sequence[str] = ()) -> Plan:
    """A plan that went through a file."""
    office = acme.office()
    world = acme.world(office)
    with office.memory.lease(holder="test"):
        plan = prepare(
            office.strategy,
            tracker=world.tracker,
            memory=office.memory,
            now=world.clock(),
            may_settle=True,
            wishes=wishes,
            targets=targets,
        ).plan
    return load(dump(plan.model_copy(update={"site": world.browse_url})))


def apply(acme: Acme, plan: Plan | None = None, policy: Policy | None = None) -> Applied:
    office = acme.office()
    done = apply_only(
        office.strategy,
        acme.world(office),
        policy or Policy(),
        saved=plan,
        approve=lambda _plan: True,
        watch=unwatched,
    )
    assert done is not None
    return done


def key_of(acme: Acme, ref: str) -> str:
    return str(acme.office().memory.links()[ref].key)


def fields_of(acme: Acme, ref: str) -> Any:
    return acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}")["fields"]


def put(acme: Acme, ref: str, **fields: object) -> None:
    acme.ask("PUT", f"{acme.api}/issue/{key_of(acme, ref)}", {"fields": fields})


def remove(acme: Acme, ref: str) -> None:
    acme.ask("DELETE", f"{acme.api}/issue/{key_of(acme, ref)}?deleteSubtasks=true")


def drop(acme: Acme, word: str) -> None:
    """Take the lines with a word out of the scorecard."""
    path = acme.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if word not in line), encoding="utf-8")


def refusal(acme: Acme, plan: Plan) -> list[str]:
    """What is said when the plan is refused; nothing may have been written."""
    writes = acme.writes()
    with pytest.raises(StalePlan) as stale:
        apply(acme, plan)
    assert acme.writes() == writes
    assert stale.value.exit_code == 3
    return [str(problem) for problem in stale.value.problems]


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
    apply(acme_here, policy=Policy(targets=("C1", "C1.retention.q4", "P2")))
    put(acme_here, "C1", summary="What a person made of it since")
    done = apply(acme_here, plan)
    assert sorted(done.already) == ["C1", "C1.retention.q4", "P2"]
    assert len(done.outcomes) == len(plan.changes) - 3
    assert {outcome.result for outcome in done.outcomes} == {"applied"}
    assert fields_of(acme_here, "C1")["summary"] == "What a person made of it since"


class Killed(BaseException):
    """The process ends here."""


class Killing(BaseAdapter):
    """Carries requests until a bulk creation has been answered, and then the process is gone."""

    def __init__(self, inner: BaseAdapter, arrives: bool) -> None:
        super().__init__()
        self.inner, self.arrives = inner, arrives

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        last = str(request.url).endswith("/issue/bulk")
        if last and not self.arrives:
            raise Killed
        response = self.inner.send(request, **how)
        if last:
            response.close()
            raise Killed
        return response

    def close(self) -> None:
        self.inner.close()


@pytest.mark.parametrize("arrives", [True, False])
def test_after_a_kill_the_same_plan_goes_on_and_nothing_is_twice(acme_here: Acme, arrives: bool) -> None:
    acme = acme_here
    plan = saved(acme)
    plain = acme.carrier
    acme.carrier = lambda: Killing(plain(), arrives)
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
    apply(acme_here, policy=Policy(targets=("C1",)))
    put(acme_here, "C1", summary="Edited afterwards")
    done = apply(acme_here, plan)
    assert (done.already, [outcome.ref for outcome in done.outcomes]) == (("C1",), ["F2"])
    assert fields_of(acme_here, "C1")["summary"] == "Edited afterwards"
    assert fields_of(acme_here, "F2")["summary"] == "Earn more"


def test_everything_that_moved_is_named_at_once_and_nothing_is_written(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    acme.edit(ARR, "name: Earn more")
    acme.edit("name: Stay audit-ready", "name: Stay ready")
    put(acme, "F1", duedate="2027-01-01")
    drop(acme, "C2.ttfv.q4")
    plan = saved(acme)
    assert {change.ref for change in plan.writes()} == {"C1", "F2", "P3", "F1", "C2.ttfv.q4"}
    keys = {ref: key_of(acme, ref) for ref in ("C1", "F1", "F2", "P3", "C2.ttfv.q4")}
    put(acme, "C1", summary="Customers stay")
    put(acme, "F1", duedate="2027-02-02")
    acme.edit("name: Earn more", "name: Earn much more")
    remove(acme, "P3")
    said = refusal(acme, plan)
    told = "now; it was"
    assert set(said) == {
        (
            f'C1 ({keys["C1"]}): Summary is "Customers stay" in Jira {told} "Increase customer retention"'
            f" when the plan was made"
        ),
        f"F1 ({keys['F1']}): Due date is 2027-02-02 in Jira {told} 2027-01-01 when the plan was made",
        (
            f'F2 ({keys["F2"]}): scorecard.yaml wants Summary to be "Earn much more" {told} "Earn more"'
            f" when the plan was made"
        ),
        f"P3 ({keys['P3']}): {keys['P3']} is gone, or may not be seen by us any more",
    }


def test_what_was_to_be_created_and_is_there_otherwise_is_named(acme_here: Acme) -> None:
    acme = acme_here
    plan = saved(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    apply(acme, policy=Policy(targets=("C1",)))
    said = refusal(acme, plan)
    assert said == [
        (
            'C1: scorecard.yaml wants Summary to be "Keep more customers" now; '
            'it was "Increase customer retention" when the plan was made'
        ),
        f"C1: it is not to be created any more: {key_of(acme, 'C1')} is it now",
    ]


def test_what_has_left_or_come_back_is_named(acme_here: Acme) -> None:
    acme = acme_here
    before = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    plan = saved(acme)
    drop(acme, "C2.ttfv.q4")
    assert refusal(acme, plan) == ["C2.ttfv.q4: scorecard.yaml does not ask for it any more"]
    (acme.folder / "scorecard.yaml").write_text(before, encoding="utf-8")
    apply(acme)
    drop(acme, "C2.ttfv.q4")
    plan = saved(acme)
    (acme.folder / "scorecard.yaml").write_text(before, encoding="utf-8")
    key = key_of(acme, "C2.ttfv.q4")
    assert refusal(acme, plan) == [f"C2.ttfv.q4 ({key}): scorecard.yaml asks for it again"]


def test_a_mapping_that_asks_for_something_else_is_named(acme_here: Acme) -> None:
    acme = acme_here
    plan = saved(acme)
    acme.edit("    labels: [strategy]\n", "    labels: [strategy, q4]\n", "mapping.yaml")
    said = refusal(acme, plan)
    assert said[-1] == (
        'L2: mapping.yaml wants Labels to be "q4, strategy" now; it was "strategy" when the plan was made'
    )
    assert len(said) == 8, "each objective that is to be created, and nothing else"


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


def _with_field(plan: Plan, ref: str, **changed: object) -> Plan:
    """The plan as somebody edited it: the first field of an update is another."""

    def edited(change: Any) -> Any:
        if change.ref != ref or not isinstance(change, Update):
            return change
        first: FieldChange = change.fields[0].model_copy(update=changed)
        return change.model_copy(update={"fields": (first, *change.fields[1:])})

    return plan.model_copy(update={"changes": tuple(map(edited, plan.changes))})


def test_a_plan_that_was_edited_is_not_done(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    plan = saved(acme)
    key = key_of(acme, "C1")
    assert refusal(acme, _with_field(plan, "C1", new="Fire everybody")) == [
        (
            f'C1 ({key}): the plan says "Fire everybody" for Summary, '
            'the files ask for "Keep more customers": it was edited'
        )
    ]
    assert refusal(acme, _with_field(plan, "C1", old="Something else")) == [
        (
            f'C1 ({key}): Summary is "Increase customer retention" in Jira now; '
            'it was "Something else" when the plan was made'
        )
    ]
    due = plan.changes[0].model_copy(
        update={
            "fields": (
                FieldChange.model_validate(
                    {
                        **plan.changes[0].fields[0].model_dump(),  # type: ignore[union-attr]  # it is the update
                        "id": "duedate",
                        "name": "Due date",
                        "old": "2026-12-31",
                        "new": "2030-01-01",
                    }
                ),
            )
        }
    )
    (said,) = refusal(acme, plan.model_copy(update={"changes": (due,)}))
    assert "the plan says 2030-01-01 for Due date" in said


def test_a_new_issue_that_was_edited_in_the_file_is_not_created(acme_here: Acme) -> None:
    plan = saved(acme_here)
    first = plan.changes[0]
    assert isinstance(first, Create)
    fields = (first.item.fields[0].model_copy(update={"value": "Edited"}), *first.item.fields[1:])
    edited = first.model_copy(update={"item": first.item.model_copy(update={"fields": fields})})
    (said,) = refusal(acme_here, plan.model_copy(update={"changes": (edited, *plan.changes[1:])}))
    assert 'the plan says "Edited" for Summary' in said
    assert said.endswith("it was edited")
    elsewhere = first.model_copy(update={"item": first.item.model_copy(update={"project": "OPS"})})
    (said,) = refusal(acme_here, plan.model_copy(update={"changes": (elsewhere, *plan.changes[1:])}))
    assert 'the plan says "OPS" for project' in said


def test_a_change_that_was_taken_out_of_the_file_is_not_done(acme_here: Acme) -> None:
    plan = saved(acme_here)
    kept = plan.model_copy(update={"changes": tuple(c for c in plan.changes if c.ref == "P2")})
    done = apply(acme_here, kept)
    assert [outcome.ref for outcome in done.outcomes] == ["P2"]
    assert [issue["key"] for issue in acme_here.search("labels = bsc-acme")] == ["OPS-1"]


def test_an_edited_comment_of_a_retirement_is_not_written(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    drop(acme, "C2.ttfv.q4")
    plan = saved(acme)
    (retire,) = plan.writes()
    assert isinstance(retire, Retire)
    rude = plan.model_copy(update={"changes": (retire.model_copy(update={"comment": "Rubbish."}),)})
    (said,) = refusal(acme, rude)
    assert "asks for another comment now" in said


def test_a_plan_of_another_scorecard_store_or_site_is_refused(acme_here: Acme) -> None:
    plan = saved(acme_here)
    with pytest.raises(UserError, match="the plan is for globex, not for acme"):
        apply(acme_here, plan.model_copy(update={"scorecard": "globex"}))
    with pytest.raises(NotOurs, match="made with another store"):
        apply(acme_here, plan.model_copy(update={"store": "ffff"}))
    with pytest.raises(NotOurs, match="made for https://other"):
        apply(acme_here, plan.model_copy(update={"site": "https://other.atlassian.net"}))
    assert acme_here.search("labels = bsc-acme") == []


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
    assert apply(acme, plan, Policy(force=frozenset({"creates"}))).stopped is None


def test_targets_bring_what_has_to_be_there_first(acme_here: Acme) -> None:
    acme = acme_here
    assert [c.ref for c in saved(acme, targets=["C1.retention.q4"]).changes] == ["C1", "C1.retention.q4"]
    assert [(c.action, c.ref) for c in saved(acme, targets=["P2.open.q4"]).changes] == [
        ("create", "P2.open.q4"),
        ("adopt", "P2"),
    ]
    assert [c.ref for c in saved(acme, targets=["P1.conversion.q4"]).changes] == ["P1"]
    apply(acme)
    drop(acme, "C2.ttfv.q4")
    assert [(c.action, c.ref) for c in saved(acme, targets=["C2.ttfv.q4"]).changes] == [
        ("retire", "C2.ttfv.q4")
    ]


def test_a_target_that_lives_in_fields_is_only_these_fields(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    put(acme, "P1", summary="Theirs", **{acme.field("KR target"): 99})
    (hold,) = saved(acme, targets=["P1.conversion.q4"]).changes
    assert (hold.ref, [part.name for part in hold.fields]) == ("P1", ["KR target"])  # type: ignore[union-attr]  # a hold has fields


def test_a_target_that_is_nothing_is_told_with_what_was_meant(acme_here: Acme) -> None:
    with pytest.raises(UserError) as told:
        saved(acme_here, targets=["C1.retentoin.q4", "C1", "C1.retention", "zebra"])
    assert [str(problem) for problem in told.value.problems][:2] == [
        '--target: "C1.retentoin.q4" is not known - did you mean "C1.retention.q4"?',
        '--target: "C1.retention" is a KPI, which has no issue of its own - its objective is C1',
    ]
    assert "there are" in str(told.value.problems[2])
