"""A saved plan is refused, with all that has moved of what it touches, or that somebody has edited in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bsc_sync.errors import NotOurs, UserError
from bsc_sync.plan.change import Adopt, Create, FieldChange, Reinstate, Retire, Update
from bsc_sync.plan.plan import Plan
from bsc_sync.sandbox.weather.rules import read_forecast
from tests.runs_on_acme import Acme, apply, key_of, put
from tests.saved_plans import ARR, RETENTION, drop, fields_of, refusal, remove, saved


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
    apply(acme, targets=("C1",))
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


def test_an_adoption_of_another_issue_than_the_plan_shows_is_named(acme_here: Acme) -> None:
    acme = acme_here
    plan = saved(acme, targets=("P2",))
    (adopt,) = plan.writes()
    assert isinstance(adopt, Adopt)
    other = acme.ask(
        "POST",
        f"{acme.api}/issue",
        {
            "fields": {
                "project": {"key": "OPS"},
                "issuetype": {"name": "Epic"},
                "summary": "Another one",
                **({} if acme.cloud else {acme.field("Epic Name"): "Another one"}),
            }
        },
    )["key"]
    acme.edit("existing: OPS-1\n", f"existing: {other}\n", "mapping.yaml")
    assert refusal(acme, plan) == [f"P2 (OPS-1): mapping.yaml names {other} now; it was OPS-1"]


def test_a_new_issue_that_would_hang_below_another_epic_than_the_plan_shows_is_named(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme, targets=("C1", "F1", "F2"))
    before = key_of(acme, "C1")
    plan = saved(acme, targets=("C1.retention.q4",))
    remove(acme, "C1")
    apply(acme, recreate=frozenset({"C1"}), targets=("C1",))
    after = key_of(acme, "C1")
    assert after != before
    assert refusal(acme, plan) == [f"C1.retention.q4: it would hang below {after} now; it was {before}"]


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
    update = plan.changes[0]
    assert isinstance(update, Update)
    due = update.model_copy(
        update={
            "fields": (
                FieldChange.model_validate(
                    {
                        **update.fields[0].model_dump(),
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


def _go(acme: Acme, key: str, to: str) -> None:
    ways = acme.ask("GET", f"{acme.api}/issue/{key}/transitions")["transitions"]
    way = next(way["id"] for way in ways if to in {way["name"], way["to"]["name"]})
    acme.ask("POST", f"{acme.api}/issue/{key}/transitions", {"transition": {"id": way}})


@pytest.mark.parametrize("to", ["In Progress", "Closed"])
def test_a_retirement_of_what_has_another_status_since_is_refused(acme_here: Acme, to: str) -> None:
    acme = acme_here
    apply(acme)
    key = key_of(acme, "C2.ttfv.q4")
    drop(acme, "C2.ttfv.q4")
    plan = saved(acme)
    _go(acme, key, to)
    told = f'C2.ttfv.q4 ({key}): Status is "{to}" in Jira now; it was "To Do" when the plan was made'
    assert refusal(acme, plan) == [told]
    _go(acme, key, "To Do")
    assert [outcome.result for outcome in apply(acme, plan).outcomes] == ["applied"]
    _go(acme, key, "In Progress")  # a person takes it up after all: the plan is done nevertheless
    writes = acme.writes()
    assert apply(acme, plan).already == ("C2.ttfv.q4",)
    assert acme.writes() == writes


@pytest.mark.parametrize("to", ["In Progress", "Done"])
def test_a_return_of_what_has_another_status_since_is_refused(acme_here: Acme, to: str) -> None:
    acme = acme_here
    apply(acme)
    key = key_of(acme, "C2.ttfv.q4")
    before = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    drop(acme, "C2.ttfv.q4")
    apply(acme)
    (acme.folder / "scorecard.yaml").write_text(before, encoding="utf-8")
    plan = saved(acme)
    (back,) = plan.writes()
    assert isinstance(back, Reinstate)
    assert back.transition == "To Do"
    _go(acme, key, to)
    told = f'C2.ttfv.q4 ({key}): Status is "{to}" in Jira now; it was "Closed" when the plan was made'
    assert refusal(acme, plan) == [told]
    _go(acme, key, "Closed")
    assert [outcome.result for outcome in apply(acme, plan).outcomes] == ["applied"]
    assert apply(acme, plan).already == ("C2.ttfv.q4",)


def test_a_return_writes_only_the_fields_that_its_plan_shows(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    before = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    drop(acme, "C2.ttfv.q4")
    apply(acme)
    (acme.folder / "scorecard.yaml").write_text(before, encoding="utf-8")
    plan = saved(acme)
    (back,) = plan.writes()
    assert isinstance(back, Reinstate)
    assert back.fields == ()
    title = fields_of(acme, "C2.ttfv.q4")["summary"]
    acme.edit(title, "Bring it down to 24 hours")
    assert [outcome.result for outcome in apply(acme, plan).outcomes] == ["applied"]
    assert fields_of(acme, "C2.ttfv.q4")["summary"] == title
    assert apply(acme, plan).already == ("C2.ttfv.q4",)


def test_the_plan_of_a_retirement_that_was_cut_short_goes_by_the_status_it_saw(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    key = key_of(acme, "C2.ttfv.q4")
    drop(acme, "C2.ttfv.q4")
    fault = {"fault": "drop", "method": "POST", "pattern": "/transitions$", "times": 9}
    acme.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [fault]}))
    apply(acme)
    acme.app.extensions["sandbox_weather"].script.clear()
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(hours=1))
    _go(acme, key, "In Progress")
    plan = saved(acme)
    (retire,) = plan.writes()
    assert isinstance(retire, Retire)
    assert (retire.label, retire.status, retire.status_now) == (None, "To Do", "In Progress")
    _go(acme, key, "Done")
    assert apply(acme, plan).already == ("C2.ttfv.q4",), "labeled, commented, closed: nothing is left of it"
    _go(acme, key, "To Do")
    (told,) = refusal(acme, plan)
    assert told.endswith('Status is "To Do" in Jira now; it was "In Progress" when the plan was made')
    _go(acme, key, "In Progress")
    assert [outcome.result for outcome in apply(acme, plan).outcomes] == ["applied"]
