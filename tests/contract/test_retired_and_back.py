"""Leaving the scorecard and coming back: one label, one comment, a transition, and the way back."""

from __future__ import annotations

import datetime as dt

import pytest

from bsc_sync.plan.change import Reinstate, Retire
from bsc_sync.sandbox.weather.rules import read_forecast
from tests.runs_on_acme import Acme, apply, key_of, plan_of, quiet, sync

KEY_RESULT = "C2.ttfv.q4"
FORMER = "retire: {transition: Closed, comment:"


def state(acme: Acme, key: str) -> tuple[str, bool, int]:
    """Its status, whether it carries the label of the retired, how many comments it has."""
    fields = acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]
    comments = acme.ask("GET", f"{acme.api}/issue/{key}/comment")["total"]
    return fields["status"]["name"], "bsc-retired" in fields["labels"], comments


def go(acme: Acme, key: str, to: str) -> None:
    ways = acme.ask("GET", f"{acme.api}/issue/{key}/transitions")["transitions"]
    way = next(way["id"] for way in ways if to in {way["name"], way["to"]["name"]})
    acme.ask("POST", f"{acme.api}/issue/{key}/transitions", {"transition": {"id": way}})


def take_out(acme: Acme, ref: str = KEY_RESULT) -> str:
    """Take a line out of the file; gives it."""
    path = acme.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f"id: {ref}," not in line), encoding="utf-8")
    line: str = next(line for line in lines if f"id: {ref}," in line)
    return line


def put_back(acme: Acme, line: str) -> None:
    acme.edit("    key_results:\n", f"    key_results:\n{line}")


@pytest.fixture(params=["by property", "by label only"])
def acme_marked(request: pytest.FixtureRequest, acme_here: Acme) -> Acme:
    """Marked either way."""
    if request.param == "by label only":
        acme_here.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    return acme_here


def test_what_is_closed_between_the_plan_and_the_write_is_looked_at_anew(acme_marked: Acme) -> None:
    sync(acme_marked)
    key = key_of(acme_marked, KEY_RESULT)
    take_out(acme_marked)
    done = apply(acme_marked, meanwhile=lambda: go(acme_marked, key, "Closed"))
    (retirement,) = [outcome for outcome in done.outcomes if outcome.action == "retire"]
    assert retirement.result == "skipped"
    assert retirement.reason == f"{key} was closed in Jira since the plan; the next run goes by that"
    assert state(acme_marked, key) == ("Closed", False, 0)
    (retire,) = plan_of(acme_marked).writes()
    assert isinstance(retire, Retire)
    assert retire.transition is None
    sync(acme_marked)
    assert state(acme_marked, key) == ("Closed", True, 1)
    quiet(acme_marked)


def test_what_moves_on_between_the_plan_and_the_write_is_not_closed_nor_opened(acme_marked: Acme) -> None:
    sync(acme_marked)
    key = key_of(acme_marked, KEY_RESULT)
    line = take_out(acme_marked)
    done = apply(acme_marked, meanwhile=lambda: go(acme_marked, key, "In Progress"))
    (retirement,) = [outcome for outcome in done.outcomes if outcome.action == "retire"]
    assert (retirement.result, retirement.reason) == (
        "skipped",
        "its status is In Progress now, it was To Do when the plan was made",
    )
    assert state(acme_marked, key) == ("In Progress", False, 0)
    sync(acme_marked)
    assert state(acme_marked, key) == ("Closed", True, 1)
    put_back(acme_marked, line)
    if not _has_property(acme_marked, key):
        return  # by labels alone no status is known to go back to
    done = apply(acme_marked, meanwhile=lambda: go(acme_marked, key, "Done"))
    (back,) = [outcome for outcome in done.outcomes if outcome.action == "reinstate"]
    assert (back.result, back.reason) == (
        "skipped",
        "its status is Done now, it was Closed when the plan was made",
    )
    assert state(acme_marked, key) == ("Done", True, 1)


@pytest.mark.parametrize("reopen", ["", "reopen: To Do, "], ids=["as it was", "by rule"])
@pytest.mark.parametrize("closed", ["Closed", "Done"])
def test_what_its_team_had_closed_before_it_was_retired_comes_back_closed(
    acme_marked: Acme, closed: str, reopen: str
) -> None:
    acme_marked.edit('comment: "Retired', f'{reopen}comment: "Retired', "mapping.yaml")
    sync(acme_marked)
    key = key_of(acme_marked, KEY_RESULT)
    go(acme_marked, key, closed)
    line = take_out(acme_marked)
    sync(acme_marked)
    put_back(acme_marked, line)
    report = sync(acme_marked)
    (back,) = [change for change in report.plan.changes if isinstance(change, Reinstate)]
    assert back.transition is None
    (outcome,) = [one for one in report.outcomes if one.action == "reinstate"]
    assert (outcome.result, outcome.reason) == ("applied", "")
    assert state(acme_marked, key) == (closed, False, 1)
    quiet(acme_marked)


def test_what_its_team_closed_after_it_came_back_is_not_opened_when_it_comes_back_again(
    acme_here: Acme,
) -> None:
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    line = take_out(acme_here)
    sync(acme_here)
    put_back(acme_here, line)
    sync(acme_here)
    assert state(acme_here, key) == ("To Do", False, 1)
    go(acme_here, key, "Closed")
    take_out(acme_here)
    (retire,) = sync(acme_here).plan.writes()
    assert isinstance(retire, Retire)
    assert (retire.status, retire.transition) == ("Closed", None)
    put_back(acme_here, line)
    sync(acme_here)
    assert state(acme_here, key) == ("Closed", False, 2)
    quiet(acme_here)


@pytest.mark.parametrize("closed", ["Closed", "Done"])
def test_who_reaches_the_status_that_was_named_has_reached_it(acme_here: Acme, closed: str) -> None:
    acme_here.edit("transition: Closed", f"transition: {closed}", "mapping.yaml")
    acme_here.edit('comment: "Retired', 'reopen: done, comment: "Retired', "mapping.yaml")
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    line = take_out(acme_here)
    sync(acme_here)
    put_back(acme_here, line)
    report = sync(acme_here)
    (outcome,) = [one for one in report.outcomes if one.action == "reinstate"]
    assert (outcome.result, outcome.reason, report.exit_code) == ("applied", "", 0)
    assert state(acme_here, key) == ("Done", False, 1)
    quiet(acme_here)


def test_there_and_back_with_what_has_moved_meanwhile(acme_marked: Acme) -> None:
    sync(acme_marked)
    key = key_of(acme_marked, KEY_RESULT)
    go(acme_marked, key, "In Progress")
    line = take_out(acme_marked)
    sync(acme_marked)
    assert state(acme_marked, key) == ("Closed", True, 1)
    quiet(acme_marked)
    put_back(acme_marked, line.replace("from 48 to 24 hours", "from 48 to 12 hours"))
    report = sync(acme_marked)
    (back,) = [change for change in report.plan.changes if isinstance(change, Reinstate)]
    assert [part.id for part in back.fields] == ["summary"]
    assert report.exit_code == 0
    fields = acme_marked.ask("GET", f"{acme_marked.api}/issue/{key}")["fields"]
    assert fields["summary"] == "Bring time to first value from 48 to 12 hours"
    status = "In Progress" if _has_property(acme_marked, key) else "Closed"
    assert state(acme_marked, key) == (status, False, 1)
    quiet(acme_marked)
    take_out(acme_marked)
    sync(acme_marked)
    assert state(acme_marked, key) == ("Closed", True, 2), "it leaves once more, and that is said once more"
    quiet(acme_marked)


def _has_property(acme: Acme, key: str) -> bool:
    shown = acme.ask("GET", f"{acme.api}/issue/{key}?properties=bsc-sync")
    return bool(shown.get("properties"))


def test_a_date_retires_an_objective_with_its_key_results_and_taking_it_out_brings_them_back(
    acme_here: Acme,
) -> None:
    acme_here.edit('comment: "Retired', 'reopen: To Do, comment: "Retired', "mapping.yaml")
    sync(acme_here)
    keys = [key_of(acme_here, ref) for ref in ("C2", KEY_RESULT)]
    acme_here.edit("  - id: C2\n", "  - id: C2\n    retired: 2026-11-20\n")
    assert sync(acme_here).plan.counts().retires == 2
    assert [state(acme_here, key) for key in keys] == [("Closed", True, 1)] * 2
    quiet(acme_here)
    acme_here.edit("    retired: 2026-11-20\n", "")
    assert sync(acme_here).plan.counts().reinstates == 2
    assert [state(acme_here, key) for key in keys] == [("To Do", False, 1)] * 2
    quiet(acme_here)


def test_a_person_who_reopens_it_or_takes_the_label_off_is_respected(acme_marked: Acme) -> None:
    sync(acme_marked)
    key = key_of(acme_marked, KEY_RESULT)
    take_out(acme_marked)
    sync(acme_marked)
    go(acme_marked, key, "In Progress")
    carried = acme_marked.ask("GET", f"{acme_marked.api}/issue/{key}")["fields"]["labels"]
    steps = [{"remove": label} for label in carried if "retired" in label]
    acme_marked.ask("PUT", f"{acme_marked.api}/issue/{key}", {"update": {"labels": steps}})
    quiet(acme_marked)
    assert state(acme_marked, key) == ("In Progress", False, 1)


def test_where_no_way_leads_back_that_is_told_once_and_the_rest_is_done(acme_here: Acme) -> None:
    acme_here.edit('comment: "Retired', 'reopen: Resurrect, comment: "Retired', "mapping.yaml")
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    line = take_out(acme_here)
    sync(acme_here)
    put_back(acme_here, line.replace("from 48 to 24 hours", "from 48 to 12 hours"))
    report = sync(acme_here)
    (outcome,) = [one for one in report.outcomes if one.action == "reinstate"]
    assert (outcome.result, report.exit_code) == ("applied", 0)
    assert f'{key} offers no transition "Resurrect"' in outcome.reason
    assert "jira.retire.reopen" in outcome.reason
    fields = acme_here.ask("GET", f"{acme_here.api}/issue/{key}")["fields"]
    assert fields["summary"] == "Bring time to first value from 48 to 12 hours"
    assert state(acme_here, key) == ("Closed", False, 1)
    quiet(acme_here)
    # the way is corrected
    acme_here.edit("reopen: Resurrect", "reopen: To Do", "mapping.yaml")
    quiet(acme_here)


def test_the_run_that_brings_it_back_may_end_before_it_is_open(acme_here: Acme) -> None:
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    line = take_out(acme_here)
    sync(acme_here)
    put_back(acme_here, line)
    fault = {"fault": "drop", "method": "POST", "pattern": "/transitions$", "times": 9}
    acme_here.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [fault]}))
    assert sync(acme_here).exit_code == 5
    assert state(acme_here, key) == ("Closed", False, 1)
    acme_here.app.extensions["sandbox_weather"].script.clear()
    acme_here.site.clock.set(acme_here.site.clock.now() + dt.timedelta(hours=1))
    sync(acme_here)
    assert state(acme_here, key) == ("To Do", False, 1)
    quiet(acme_here)


def test_retired_renamed_and_drifted_at_once(acme_here: Acme) -> None:
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    acme_here.ask("PUT", f"{acme_here.api}/issue/{key}", {"fields": {"summary": "Theirs"}})
    acme_here.edit(f"{{id: {KEY_RESULT}, ", f"{{id: C2.fast, was: {KEY_RESULT}, retired: 2026-11-20, ")
    assert [(change.action, change.ref) for change in sync(acme_here).plan.writes()] == [
        ("retire", "C2.fast")
    ]
    shown = acme_here.ask("GET", f"{acme_here.api}/issue/{key}?properties=bsc-sync")
    assert shown["properties"]["bsc-sync"]["ref"] == "C2.fast"
    assert shown["fields"]["summary"] == "Theirs"
    assert state(acme_here, key) == ("Closed", True, 1)
    quiet(acme_here)


def test_a_retired_key_result_that_lives_in_fields_leaves_them_as_they_are(acme_here: Acme) -> None:
    sync(acme_here)
    epic, field = key_of(acme_here, "P1"), acme_here.field("KR target")
    acme_here.edit("{id: P1.conversion.q4, ", "{id: P1.conversion.q4, retired: 2026-11-20, ")
    quiet(acme_here)
    fields = acme_here.ask("GET", f"{acme_here.api}/issue/{epic}")["fields"]
    assert (fields[field], "bsc-retired" in fields["labels"]) == (15, False)


def test_what_the_mapping_keeps_as_fields_from_now_on_is_retired_and_told_so(acme_here: Acme) -> None:
    sync(acme_here)
    rule = f"{{match: {{id: {KEY_RESULT}}}, as: field, fields: {{KR target: {{from: target}}}}}}"
    acme_here.edit("  rules:", f"  rules:\n    - {rule}\n  #", "mapping.yaml")
    (retire,) = [change for change in plan_of(acme_here).changes if isinstance(change, Retire)]
    assert (retire.ref, retire.reason) == (
        KEY_RESULT,
        "it has no issue of its own any more: the mapping keeps it as fields",
    )


def test_a_reply_lost_on_the_way_says_it_once(acme_here: Acme) -> None:
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    take_out(acme_here)
    fault = {"fault": "drop", "carried_out": True, "method": "PUT", "pattern": "/issue/[^/]+$", "times": 9}
    acme_here.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [fault]}))
    sync(acme_here)
    acme_here.app.extensions["sandbox_weather"].script.clear()
    acme_here.site.clock.set(acme_here.site.clock.now() + dt.timedelta(hours=1))
    sync(acme_here)
    assert state(acme_here, key) == ("Closed", True, 1)
    quiet(acme_here)


def test_a_retirement_is_dated_by_the_day_of_the_scorecard_s_time_zone(acme_here: Acme) -> None:
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    acme_here.site.clock.set(dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC))  # the 25th in Zurich
    take_out(acme_here)
    (retire,) = sync(acme_here).plan.writes()
    assert isinstance(retire, Retire)
    assert retire.comment is not None
    assert "on 2026-11-25." in retire.comment
    mark = acme_here.ask("GET", f"{acme_here.api}/issue/{key}?properties=bsc-sync")["properties"]
    assert mark["bsc-sync"]["retired"] == "2026-11-25"
