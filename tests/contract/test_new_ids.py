"""New ids for old ones, and back: one objective stays one issue, on both kinds of site."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bsc_sync.plan.plan import Plan
from bsc_sync.state.history import History
from bsc_sync.sync.prepare import prepare
from tests.runs_on_acme import Acme, apply, key_of, plan_of, quiet, sync

KEY_RESULT = "C1.retention.q4"


def file_of(acme: Acme) -> str:
    return str((acme.folder / "scorecard.yaml").read_text(encoding="utf-8"))


def write(acme: Acme, text: str) -> None:
    (acme.folder / "scorecard.yaml").write_text(text, encoding="utf-8")


def renamed(text: str, old: str, new: str, was: str | None) -> str:
    """The objective has another id, and all that names it says so; `was` says what it was."""
    text = re.sub(r"  - id: \w+\n    was: \w+\n", lambda found: found[0].split("    was")[0], text)
    said = f"    was: {was}\n" if was else ""
    assert text.count(f"  - id: {old}\n") == 1
    text = text.replace(f"  - id: {old}\n", f"  - id: {new}\n{said}")
    return re.sub(rf"((?:from|to|objective): ){old}([,}}])", rf"\g<1>{new}\2", text)


def marked_as(acme: Acme, key: str) -> Any:
    return acme.ask("GET", f"{acme.api}/issue/{key}?properties=bsc-sync")["properties"]["bsc-sync"]["ref"]


def ours(acme: Acme) -> int:
    """How many issues the store knows."""
    return len(acme.office().memory.links())


def done(plan: Plan) -> list[tuple[str, str]]:
    return sorted((change.action, change.ref) for change in plan.writes())


def held(plan: Plan) -> dict[str, tuple[str, str]]:
    return {hold.ref: (hold.reason, hold.hint) for hold in plan.holds() if not hold.fields}


def test_what_gets_its_former_id_back_stays_the_same_issue(acme_here: Acme) -> None:
    sync(acme_here)
    before, issues = file_of(acme_here), ours(acme_here)
    epic, child = key_of(acme_here, "C1"), key_of(acme_here, KEY_RESULT)
    write(acme_here, renamed(before, "C1", "C9", "C1"))
    sync(acme_here)
    assert marked_as(acme_here, epic) == "C9"
    write(acme_here, before)
    assert done(sync(acme_here).plan) == [("update", "C1")]
    assert (key_of(acme_here, "C1"), key_of(acme_here, KEY_RESULT), marked_as(acme_here, epic)) == (
        epic,
        child,
        "C1",
    )
    assert ours(acme_here) == issues
    quiet(acme_here)
    write(acme_here, renamed(before, "C1", "C9", "C1"))  # and once more, there and back
    sync(acme_here)
    write(acme_here, before)
    sync(acme_here)
    assert (key_of(acme_here, "C1"), ours(acme_here)) == (epic, issues)
    quiet(acme_here)


def test_a_key_result_gets_its_former_id_back_with_its_readings(acme_here: Acme) -> None:
    sync(acme_here)
    before, key, issues = file_of(acme_here), key_of(acme_here, KEY_RESULT), ours(acme_here)
    office = acme_here.office()
    history = History(office.memory.engine, office.memory.card)
    told = [one.value for one in history.readings({KEY_RESULT})]
    write(acme_here, before.replace(f"{{id: {KEY_RESULT}, ", f"{{id: C1.kept, was: {KEY_RESULT}, "))
    sync(acme_here)
    assert key_of(acme_here, "C1.kept") == key
    write(acme_here, before)
    assert done(sync(acme_here).plan) == [("update", KEY_RESULT)]
    assert (key_of(acme_here, KEY_RESULT), ours(acme_here)) == (key, issues)
    assert [one.value for one in history.readings({KEY_RESULT})] == told
    quiet(acme_here)


def test_by_labels_alone_a_former_id_is_known_too(acme_here: Acme) -> None:
    acme_here.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    sync(acme_here)
    before, epic, issues = file_of(acme_here), key_of(acme_here, "C1"), ours(acme_here)
    write(acme_here, renamed(before, "C1", "C9", "C1"))
    sync(acme_here)
    write(acme_here, before)
    assert done(sync(acme_here).plan) == [("update", "C1")]
    assert (key_of(acme_here, "C1"), ours(acme_here)) == (epic, issues)
    quiet(acme_here)


def test_was_may_name_an_older_generation(acme_here: Acme) -> None:
    sync(acme_here)
    before, epic, issues = file_of(acme_here), key_of(acme_here, "C1"), ours(acme_here)
    write(acme_here, renamed(before, "C1", "CX", "C1"))
    sync(acme_here)
    write(acme_here, renamed(before, "C1", "CY", "CX"))
    sync(acme_here)
    write(acme_here, renamed(before, "C1", "CZ", "C1"))
    assert done(sync(acme_here).plan) == [("update", "CZ")]
    assert (key_of(acme_here, "CZ"), marked_as(acme_here, epic), ours(acme_here)) == (epic, "CZ", issues)
    quiet(acme_here)
    write(acme_here, renamed(before, "C1", "CX", None))  # one of the ids in between, without a word
    sync(acme_here)
    assert (key_of(acme_here, "CX"), ours(acme_here)) == (epic, issues)
    quiet(acme_here)


def test_a_former_id_is_free_for_something_new(acme_here: Acme) -> None:
    sync(acme_here)
    before, epic, issues = file_of(acme_here), key_of(acme_here, "L2"), ours(acme_here)
    write(acme_here, renamed(before, "L2", "L9", "L2"))
    sync(acme_here)
    new = "  - id: L2\n    perspective: learning\n    name: A brand new one\n    owner: coo\n"
    text = renamed(before, "L2", "L9", None)
    write(acme_here, text.replace("  - id: L9\n", f"{new}  - id: L9\n"))
    assert done(sync(acme_here).plan) == [("create", "L2")]
    assert (key_of(acme_here, "L9"), ours(acme_here)) == (epic, issues + 1)
    assert key_of(acme_here, "L2") != epic
    quiet(acme_here)


def test_a_clone_from_before_the_rename_is_a_clone(acme_here: Acme) -> None:
    sync(acme_here)
    epic = key_of(acme_here, "C1")
    kind = {"project": {"key": "STRAT"}, "issuetype": {"name": "Task"}}
    fields = {**kind, "summary": "C1", "labels": ["bsc-acme"]}
    clone = acme_here.ask("POST", f"{acme_here.api}/issue", {"fields": fields})["key"]
    mark = acme_here.ask("GET", f"{acme_here.api}/issue/{epic}/properties/bsc-sync")["value"]
    acme_here.ask("PUT", f"{acme_here.api}/issue/{clone}/properties/bsc-sync", mark)
    before = file_of(acme_here)
    write(acme_here, renamed(before, "C1", "C9", "C1"))
    sync(acme_here)
    write(acme_here, renamed(before, "C1", "C9", None))
    report = sync(acme_here)
    assert done(report.plan) == []
    assert [hold.key for hold in report.plan.holds() if "a clone" in hold.reason] == [clone]


def test_two_renames_between_two_runs_are_held_until_the_file_says_which_it_was(acme_here: Acme) -> None:
    sync(acme_here)
    before, epic, issues = file_of(acme_here), key_of(acme_here, "C1"), ours(acme_here)
    write(acme_here, renamed(before, "C1", "C8", "C7"))
    report = sync(acme_here)
    assert done(report.plan) == []
    told = held(report.plan)
    reason, hint = told["C8"]
    assert reason == "was: C7 names an id that nobody knows"
    assert hint.startswith(
        "if it was C1 (linked, and not in the file any more), write was: C1; else take was:"
    )
    assert told["C1"][0] == "no longer in the scorecard, and perhaps it is C8 now"
    assert "C8" in told[KEY_RESULT][0]
    quiet(acme_here)
    write(acme_here, renamed(before, "C1", "C8", "C1"))
    assert done(sync(acme_here).plan) == [("update", "C8")]
    assert (key_of(acme_here, "C8"), ours(acme_here)) == (epic, issues)
    quiet(acme_here)


def test_without_its_was_the_unknown_one_is_created_and_the_other_one_retired(acme_here: Acme) -> None:
    sync(acme_here)
    before = file_of(acme_here)
    write(acme_here, renamed(before, "C1", "C8", "C7"))
    assert done(plan_of(acme_here)) == []
    write(acme_here, renamed(before, "C1", "C8", None))
    assert done(sync(acme_here).plan) == [("create", "C8"), ("retire", "C1"), ("update", KEY_RESULT)]
    quiet(acme_here)


def test_was_means_nothing_where_nothing_has_left_the_file(acme_here: Acme) -> None:
    before = file_of(acme_here)
    write(acme_here, renamed(before, "C1", "C8", "C7"))
    first = sync(acme_here)  # a first run creates everything, as ever
    assert ("create", "C8") in done(first.plan)
    assert held(first.plan) == {}
    new = "  - id: L3\n    was: L0\n    perspective: learning\n    name: A new one\n    owner: coo\n"
    acme_here.edit("  - id: L2\n", f"{new}  - id: L2\n")  # added and renamed before it was ever synced
    assert done(sync(acme_here).plan) == [("create", "L3")]
    quiet(acme_here)


def test_a_plan_alone_carries_nothing_so_far_that_it_could_not_be_carried_back(acme_here: Acme) -> None:
    sync(acme_here)
    before, epic = file_of(acme_here), key_of(acme_here, "C1")
    for new in ("C8", "C9"):
        write(acme_here, renamed(before, "C1", new, "C1"))
        assert done(plan_of(acme_here)) == [("update", new)]
    write(acme_here, before)
    assert done(apply(acme_here).plan) == []
    assert (key_of(acme_here, "C1"), marked_as(acme_here, epic)) == (epic, "C1")
    quiet(acme_here)


@pytest.mark.parametrize("ref", ["C1", "L1"])
def test_what_had_left_comes_back_under_a_former_id(acme_here: Acme, ref: str) -> None:
    sync(acme_here)
    before, epic = file_of(acme_here), key_of(acme_here, ref)
    text = renamed(before, ref, "N9", ref)
    write(acme_here, text)
    sync(acme_here)
    write(acme_here, text.replace("  - id: N9\n", "  - id: N9\n    retired: 2026-01-01\n"))
    sync(acme_here)
    write(acme_here, before)
    report = sync(acme_here)
    assert ("reinstate", ref) in done(report.plan)
    assert not report.plan.counts().creates
    assert key_of(acme_here, ref) == epic
    quiet(acme_here)


def test_a_plan_beside_another_run_leaves_new_ids_to_it(acme_here: Acme) -> None:
    sync(acme_here)
    write(acme_here, renamed(file_of(acme_here), "C1", "C9", "C1"))
    office = acme_here.office()
    world = acme_here.world(office)
    plan = prepare(
        office.strategy, tracker=world.tracker, memory=office.memory, now=world.clock(), may_settle=False
    ).plan
    assert done(plan) == []
    assert {ref: held(plan)[ref][0] for ref in ("C1", "C9")} == dict.fromkeys(
        ("C1", "C9"), "an earlier write is not settled yet"
    )
    assert key_of(acme_here, "C1"), "nothing is carried over without the lease"
