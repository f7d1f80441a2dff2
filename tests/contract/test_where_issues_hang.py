"""What an issue hangs below follows the scorecard, is never moved silently, and never against a person."""

from __future__ import annotations

from typing import Any

from bsc_sync.plan.change import Adopt, Hold, Update
from bsc_sync.sync.run import RunReport
from tests.people_in_jira import move_below
from tests.runs_on_acme import Acme, key_of, quiet, sync

KEY_RESULT = "C2.ttfv.q4"


def parent(acme: Acme, ref: str) -> str | None:
    found: str | None = acme.parent_of(acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}"))
    return found


def hang(acme: Acme, ref: str, epic: str) -> None:
    acme.ask("PUT", f"{acme.api}/issue/{key_of(acme, ref)}", {"fields": acme.below(epic)})


def writes_of(report: RunReport, ref: str) -> list[tuple[str, Any, Any]]:
    updates = [change for change in report.plan.changes if isinstance(change, Update) and change.ref == ref]
    return [(part.name, part.old, part.new) for update in updates for part in update.fields]


def held(report: RunReport, ref: str) -> list[tuple[str, Any, Any]]:
    holds = [change for change in report.plan.changes if isinstance(change, Hold) and change.ref == ref]
    return [(part.name, part.old, part.new) for hold in holds for part in hold.fields]


def reassign(acme: Acme) -> None:
    acme.edit(f"{{id: {KEY_RESULT}, objective: C2, kpi: C2.ttfv,", f"{{id: {KEY_RESULT}, objective: C1,")


def test_a_key_result_follows_its_objective_and_the_plan_says_so(acme_here: Acme) -> None:
    sync(acme_here)
    assert parent(acme_here, KEY_RESULT) == key_of(acme_here, "C2")
    reassign(acme_here)
    report = sync(acme_here)
    assert writes_of(report, KEY_RESULT) == [("Parent", "C2", "C1")]
    assert parent(acme_here, KEY_RESULT) == key_of(acme_here, "C1")
    quiet(acme_here)


def test_a_person_who_moves_a_key_result_below_another_epic_has_drifted_it(acme_here: Acme) -> None:
    sync(acme_here)
    hang(acme_here, KEY_RESULT, "OPS-1")
    report = sync(acme_here)
    assert held(report, KEY_RESULT) == [("Parent", "P2", "C2")]
    hang(acme_here, KEY_RESULT, "CRM-1")
    assert held(sync(acme_here), KEY_RESULT) == [("Parent", "CRM-1", "C2")]
    assert parent(acme_here, KEY_RESULT) == "CRM-1"
    reassign(acme_here)
    report = sync(acme_here)
    assert report.exit_code == 3, "both sides have moved it"
    assert parent(acme_here, KEY_RESULT) == "CRM-1"
    sync(acme_here, take="scorecard", targets=(KEY_RESULT,))
    assert parent(acme_here, KEY_RESULT) == key_of(acme_here, "C1")
    quiet(acme_here)


def test_two_objectives_become_one(acme_here: Acme) -> None:
    sync(acme_here)
    old = key_of(acme_here, "C2")
    reassign(acme_here)
    text = (acme_here.folder / "scorecard.yaml").read_text(encoding="utf-8")
    begin = text.index("  - id: C2\n")
    end = text.index("\n  - id: P1\n")
    merged = text[:begin] + text[end + 1 :]
    merged = "".join(
        line for line in merged.splitlines(keepends=True) if "C2" not in line or KEY_RESULT in line
    )
    (acme_here.folder / "scorecard.yaml").write_text(merged, encoding="utf-8")
    mapping = acme_here.folder / "mapping.yaml"
    lines = mapping.read_text(encoding="utf-8").splitlines(keepends=True)
    mapping.write_text("".join(line for line in lines if "{id: C2}" not in line), encoding="utf-8")
    report = sync(acme_here)
    assert report.plan.counts().retires == 1
    assert parent(acme_here, KEY_RESULT) == key_of(acme_here, "C1")
    fields = acme_here.ask("GET", f"{acme_here.api}/issue/{old}")["fields"]
    assert (fields["status"]["name"], "bsc-retired" in fields["labels"]) == ("Closed", True)
    quiet(acme_here)


def test_a_renamed_objective_keeps_its_issue_its_mark_and_what_hangs_below(acme_here: Acme) -> None:
    sync(acme_here)
    epic, child = key_of(acme_here, "C2"), key_of(acme_here, KEY_RESULT)
    text = (acme_here.folder / "scorecard.yaml").read_text(encoding="utf-8")
    text = text.replace("  - id: C2\n", "  - id: C9\n    was: C2\n").replace(
        "objective: C2,", "objective: C9,"
    )
    text = text.replace("from: C2,", "from: C9,").replace("to: C2,", "to: C9,")
    text = text.replace("from: C2}", "from: C9}").replace("to: C2}", "to: C9}")
    (acme_here.folder / "scorecard.yaml").write_text(text, encoding="utf-8")
    acme_here.edit("{id: C2}", "{id: C9}", "mapping.yaml")
    report = sync(acme_here)
    assert [(change.action, change.ref) for change in report.plan.writes()] == [("update", "C9")]
    assert (key_of(acme_here, "C9"), key_of(acme_here, KEY_RESULT)) == (epic, child)
    mark = acme_here.ask("GET", f"{acme_here.api}/issue/{epic}?properties=bsc-sync")["properties"]
    assert mark["bsc-sync"]["ref"] == "C9"
    quiet(acme_here)
    # the old id is struck out of the file, and a person moves the child: that is drift, no conflict
    acme_here.edit("    was: C2\n", "")
    hang(acme_here, KEY_RESULT, "CRM-1")
    assert held(sync(acme_here), KEY_RESULT) == [("Parent", "CRM-1", "C9")]


def test_an_epic_that_is_created_anew_gets_its_key_results_back(acme_here: Acme) -> None:
    sync(acme_here)
    old = key_of(acme_here, "C2")
    acme_here.ask("DELETE", f"{acme_here.api}/issue/{old}")
    acme_here.edit("Bring time to first value from 48 to 24 hours", "First value within a day")
    held_epic = sync(acme_here)
    child = acme_here.ask("GET", f"{acme_here.api}/issue/{key_of(acme_here, KEY_RESULT)}")
    assert child["fields"]["summary"] == "First value within a day", "what exists goes on being updated"
    assert [hold.ref for hold in held_epic.plan.holds() if not hold.fields] == ["C2"]
    report = sync(acme_here, recreate=frozenset({"C2"}))
    assert {outcome.result for outcome in report.outcomes if outcome.action != "hold"} == {"applied"}
    new = key_of(acme_here, "C2")
    assert new != old
    assert parent(acme_here, KEY_RESULT) == new
    quiet(acme_here)


ELSEWHERE = """\
    - match: {id: L1.trained.q4}
      project: OPS
      parent: none
      link: contributes to
      fields: {summary: {from: name}}
"""
RULES = "  rules:                                # exceptions; the first match wins\n"


def linked(acme: Acme, ref: str) -> set[str]:
    links = acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}")["fields"]["issuelinks"]
    return {link["outwardIssue"]["key"] for link in links if "outwardIssue" in link}


def test_what_is_linked_instead_is_linked_anew_to_an_epic_that_was_made_anew(acme_here: Acme) -> None:
    acme_here.edit(RULES, RULES + ELSEWHERE, "mapping.yaml")
    sync(acme_here)
    assert linked(acme_here, "L1.trained.q4") == {key_of(acme_here, "L1")}
    acme_here.ask("DELETE", f"{acme_here.api}/issue/{key_of(acme_here, 'L1')}")
    report = sync(acme_here, recreate=frozenset({"L1"}))
    assert writes_of(report, "L1.trained.q4") == [("contributes to", None, "L1")]
    assert linked(acme_here, "L1.trained.q4") == {key_of(acme_here, "L1")}
    assert parent(acme_here, "L1.trained.q4") is None
    quiet(acme_here)


def test_by_labels_alone_a_new_id_takes_the_place_of_the_old_one(acme_here: Acme) -> None:
    acme_here.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    acme_here.edit(f"{{id: {KEY_RESULT}, ", f"{{id: C2.fast, was: {KEY_RESULT}, ")
    sync(acme_here)
    carried = acme_here.ask("GET", f"{acme_here.api}/issue/{key}")["fields"]["labels"]
    assert sorted(carried) == ["bsc-acme", "bsc-acme/C2.fast", "key-result"]
    quiet(acme_here)


def with_subtasks(begin: Any, flavor: str) -> Acme:
    """The example where objectives are tasks and key results their sub-tasks."""

    def subtasks(seed: dict[str, Any]) -> None:
        project = next(one for one in seed["projects"] if one["key"] == "STRAT")
        project["issue_types"].append("Sub-task")
        project["screens"] = {"*": sorted({name for one in project["screens"].values() for name in one})}

    acme = begin(flavor, change=subtasks)
    acme.edit("    issue_type: Task\n", "    issue_type: Sub-task\n", "mapping.yaml")
    acme.edit("    issue_type: Epic\n", "    issue_type: Task\n", "mapping.yaml")
    acme.edit("      existing: OPS-1\n", "      fields: {summary: {from: name}}\n", "mapping.yaml")
    return acme


def hung_below(acme: Acme, ref: str) -> str:
    fields = acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}?fields=parent")["fields"]
    return str(fields["parent"]["key"])


def test_a_sub_task_follows_its_objective_where_jira_lets_a_program_move_it(begin: Any) -> None:
    acme = with_subtasks(begin, "cloud")
    sync(acme)
    reassign(acme)
    assert writes_of(sync(acme), KEY_RESULT) == [("Parent", "C2", "C1")]
    assert hung_below(acme, KEY_RESULT) == key_of(acme, "C1")
    quiet(acme)


def test_a_sub_task_that_only_people_can_move_is_held_until_they_have(begin: Any) -> None:
    acme = with_subtasks(begin, "data-center")
    sync(acme)
    reassign(acme)
    acme.edit("Bring time to first value from 48 to 24 hours", "First value within a day")
    report = sync(acme)
    assert report.exit_code == 0
    assert held(report, KEY_RESULT) == [("Parent", "C2", "C1")]
    (hold,) = [one for one in report.plan.holds() if one.ref == KEY_RESULT]
    assert "no program move" in hold.reason
    assert "More > Move" in hold.hint
    child = acme.ask("GET", f"{acme.api}/issue/{key_of(acme, KEY_RESULT)}")["fields"]
    assert child["summary"] == "First value within a day", "the rest of it goes on"
    note, _ = acme.office().memory.link_notes()[KEY_RESULT]
    assert (str(note.state), note.note) == ("drifted", "differs: Parent")
    quiet(acme)
    writes = acme.writes()
    forced = sync(acme, take="scorecard", targets=(KEY_RESULT,))
    assert (forced.exit_code, acme.writes()) == (0, writes), "a decision does not make it possible"
    move_below(acme, key_of(acme, KEY_RESULT), key_of(acme, "C1"))
    report = sync(acme)
    assert held(report, KEY_RESULT) == []
    quiet(acme)


def test_what_is_adopted_and_hangs_elsewhere_is_told_before_it_is_on_hold(acme_here: Acme) -> None:
    epic = "    - match: {id: P2}"
    acme_here.edit(epic, f"    - {{match: {{id: {KEY_RESULT}}}, existing: OPS-2}}\n{epic}", "mapping.yaml")
    report = sync(acme_here)
    (adopt,) = [one for one in report.plan.changes if isinstance(one, Adopt) and one.ref == KEY_RESULT]
    named = [part.name for part in adopt.differs]
    assert "Parent" in named
    assert [name for name, _, _ in held(sync(acme_here), KEY_RESULT)] == named


def test_what_is_adopted_with_the_epic_above_it_hangs_where_it_should(acme_here: Acme) -> None:
    epic = "    - match: {id: P2}"
    acme_here.edit(epic, f"    - {{match: {{id: P2.open.q4}}, existing: OPS-2}}\n{epic}", "mapping.yaml")
    hang_key(acme_here, "OPS-2", "OPS-1")
    report = sync(acme_here)
    (adopt,) = [one for one in report.plan.changes if isinstance(one, Adopt) and one.ref == "P2.open.q4"]
    assert "Parent" not in [part.name for part in adopt.differs]
    assert "Parent" not in [name for name, _, _ in held(sync(acme_here), "P2.open.q4")]


def hang_key(acme: Acme, key: str, epic: str) -> None:
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": acme.below(epic)})
