"""Issues that people archive, or give another type: what is told, what is held, and what goes on."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.cli.plan_markdown import plan_markdown
from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.plan.change import Adopt, Create
from bsc_sync.sync.run import RunReport
from tests.people_in_jira import archive, convert
from tests.runs_on_acme import Acme, key_of, plan_of, quiet, sync

KEY_RESULT = "C2.ttfv.q4"
OLD_NAME = "Bring time to first value from 48 to 24 hours"
NEW_NAME = "First value within a day"
ARCHIVED = "restore it in Jira, or take it out of the scorecard"


@pytest.fixture
def data_center(begin: Any) -> Acme:
    """Data Center, which says of an issue that it is archived."""
    return begin("data-center")


def stands(acme: Acme, ref: str) -> tuple[str, str]:
    note, _ = acme.office().memory.link_notes()[ref]
    return str(note.state), note.note


def told(report: RunReport) -> str:
    return "\n".join(line.text for line in plan_lines(report.plan))


def add_a_second_key_result(acme: Acme) -> None:
    line = next(
        line
        for line in (acme.folder / "scorecard.yaml").read_text("utf-8").splitlines(keepends=True)
        if f"{{id: {KEY_RESULT}," in line
    )
    acme.edit(line, line + line.replace(KEY_RESULT, "C2.second").replace(OLD_NAME, "A second one"))


def test_an_archived_issue_is_told_and_what_would_be_written_is_held_until_it_is_restored(
    data_center: Acme,
) -> None:
    acme = data_center
    sync(acme)
    key = key_of(acme, KEY_RESULT)
    archive(acme, key)
    report = quiet(acme)
    assert stands(acme, KEY_RESULT) == ("archived", ARCHIVED)
    assert f"{KEY_RESULT} ({key}) archived: restore it" in told(report)
    acme.edit(OLD_NAME, NEW_NAME)
    (hold,) = [one for one in quiet(acme).plan.holds() if one.ref == KEY_RESULT]
    assert (hold.reason, hold.hint) == (
        "it is archived in Jira: it can be read, and not written to",
        ARCHIVED,
    )
    assert [part.name for part in hold.fields] == ["Summary"]
    archive(acme, key, restore=True)
    assert sync(acme).plan.counts().updates == 1
    assert acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]["summary"] == NEW_NAME
    assert stands(acme, KEY_RESULT) == ("in sync", "")
    quiet(acme)


def test_below_an_archived_epic_nothing_is_created_and_what_is_there_goes_on(data_center: Acme) -> None:
    acme = data_center
    sync(acme)
    archive(acme, key_of(acme, "C2"))
    add_a_second_key_result(acme)
    report = quiet(acme)
    (hold,) = [one for one in report.plan.holds() if one.ref == "C2.second"]
    assert (hold.reason, hold.hint) == ("waits for C2", "see what is said of C2")
    assert stands(acme, "C2") == ("archived", ARCHIVED)
    acme.edit(OLD_NAME, NEW_NAME)
    assert [change.ref for change in sync(acme).plan.writes()] == [KEY_RESULT]
    archive(acme, key_of(acme, "C2"), restore=True)
    assert [change.ref for change in sync(acme).plan.writes()] == ["C2.second"]
    quiet(acme)


def test_what_leaves_the_file_and_is_archived_already_needs_no_retirement(data_center: Acme) -> None:
    acme = data_center
    sync(acme)
    archive(acme, key_of(acme, KEY_RESULT))
    line = next(
        line
        for line in (acme.folder / "scorecard.yaml").read_text("utf-8").splitlines(keepends=True)
        if f"{{id: {KEY_RESULT}," in line
    )
    acme.edit(line, "")
    report = quiet(acme)
    assert stands(acme, KEY_RESULT) == ("retired", "archived in Jira")
    assert KEY_RESULT not in told(report)


def test_an_archived_epic_is_not_adopted(data_center: Acme) -> None:
    acme = data_center
    archive(acme, "OPS-1")
    report = sync(acme)
    assert report.exit_code == 0
    (hold,) = [one for one in report.plan.holds() if one.ref == "P2"]
    assert "archived" in hold.reason
    archive(acme, "OPS-1", restore=True)
    assert any(isinstance(change, Adopt) for change in sync(acme).plan.changes)


def test_an_issue_of_another_type_is_told_and_goes_on_being_written(acme_here: Acme) -> None:
    sync(acme_here)
    convert(acme_here, key_of(acme_here, "C2"), "Task")
    report = quiet(acme_here)
    other = "its type is Task in Jira, and Epic in the mapping"
    assert stands(acme_here, "C2") == ("drifted", other)
    assert other in " ".join(told(report).split())
    acme_here.edit("Improve the new customer onboarding experience", "Onboarding without effort")
    sync(acme_here)
    fields = acme_here.ask("GET", f"{acme_here.api}/issue/{key_of(acme_here, 'C2')}")["fields"]
    assert fields["summary"] == "Onboarding without effort"
    assert stands(acme_here, "C2") == ("drifted", other)


def test_what_jira_refuses_below_an_issue_of_another_type_is_held_until_it_is_changed_back(
    acme_here: Acme,
) -> None:
    sync(acme_here)
    convert(acme_here, key_of(acme_here, "C2"), "Task")
    add_a_second_key_result(acme_here)
    acme_here.edit("    name: Increase customer retention\n", "    name: Keep our customers\n")
    report = sync(acme_here)
    assert report.exit_code == 0
    assert [(one.ref, one.result) for one in report.outcomes if one.action != "hold"] == [("C1", "applied")]
    (hold,) = [one for one in report.plan.holds() if one.ref == "C2.second"]
    key = key_of(acme_here, "C2")
    assert hold.reason == f"{key} is of the type Task, and Jira lets no Task hang below such an issue"
    assert hold.hint.startswith(
        f"change the type of {key} in Jira (the mapping says Epic), or write parent: none"
    )
    convert(acme_here, key_of(acme_here, "C2"), "Epic")
    assert [change.ref for change in sync(acme_here).plan.writes()] == ["C2.second"]
    assert stands(acme_here, "C2") == ("in sync", "")
    quiet(acme_here)


def test_an_adopted_issue_of_another_type_is_told_at_once_and_what_cannot_hang_below_it_is_held(
    acme_here: Acme,
) -> None:
    acme = acme_here
    convert(acme, "OPS-1", "Task")
    report = sync(acme)
    other = "its type is Task in Jira, and Epic in the mapping"
    (adoption,) = [change for change in report.plan.changes if isinstance(change, Adopt)]
    assert adoption.other_type == other
    assert other in told(report)
    assert other in plan_markdown(report.plan)
    assert stands(acme, "P2")[0] == "drifted"
    assert other in stands(acme, "P2")[1], "told after the adoption, too"
    (hold,) = [one for one in report.plan.holds() if one.ref == "P2.open.q4"]
    assert hold.reason == "OPS-1 is of the type Task, and Jira lets no Task hang below such an issue"
    assert {one.result for one in report.outcomes if one.action != "hold"} == {"applied"}
    report = quiet(acme)
    assert other in stands(acme, "P2")[1]
    assert "P2.open.q4" in {one.ref for one in report.plan.holds()}
    convert(acme, "OPS-1", "Epic")
    assert [change.ref for change in plan_of(acme).changes if isinstance(change, Create)] == ["P2.open.q4"]


def test_a_mapping_by_which_nothing_can_hang_below_an_objective_holds_it_and_creates_the_rest(
    begin: Any,
) -> None:
    acme = begin("cloud")
    acme.edit("    issue_type: Task\n", "    issue_type: Epic\n", "mapping.yaml")
    plan = plan_of(acme)
    assert {change.kind for change in plan.changes if isinstance(change, Create)} == {"objective"}
    hold = next(one for one in plan.holds() if one.ref == KEY_RESULT)
    assert hold.reason == "C2 is to be of the type Epic, and Jira lets no Epic hang below such an issue"
