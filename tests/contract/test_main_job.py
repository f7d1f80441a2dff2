"""The main job, from an empty Jira to a published page, and what may happen to it afterwards."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from bsc_sync.errors import StalePlan
from bsc_sync.plan.change import Adopt, Hold, Update
from bsc_sync.plan.plan import Plan
from bsc_sync.sync.publishing import publish
from tests.runs_on_acme import Acme, apply, key_of, plan_of, sync_and_publish


def category_of(acme: Acme, key: str) -> str:
    issue = acme.ask("GET", f"{acme.api}/issue/{key}")
    return str(issue["fields"]["status"]["statusCategory"]["key"])


def updated(acme: Acme) -> dict[str, str]:
    issues = acme.search("project in (CRM, OPS)", "updated")
    return {issue["key"]: issue["fields"]["updated"] for issue in issues}


def test_a_second_apply_writes_nothing_and_the_adopted_epic_keeps_its_texts(acme: Acme) -> None:
    before = acme.ask("GET", f"{acme.api}/issue/OPS-1")["fields"]
    first = apply(acme)
    assert first.plan.counts().model_dump() == {
        "creates": 13,
        "adopts": 1,
        "updates": 0,
        "retires": 0,
        "reinstates": 0,
        "forgets": 0,
        "holds": 0,
    }
    assert {outcome.result for outcome in first.outcomes} == {"applied"}
    writes = acme.writes()
    second = apply(acme)
    assert acme.writes() == writes
    assert second.plan.counts().writes == 0
    (hold,) = second.plan.holds()
    assert (hold.ref, hold.key, [part.id for part in hold.fields]) == (
        "P2",
        "OPS-1",
        ["summary", "duedate"],
    )
    after = acme.ask("GET", f"{acme.api}/issue/OPS-1?properties=bsc-sync")
    for name in ("summary", "description", "duedate", "priority", "parent"):
        assert after["fields"].get(name) == before.get(name)
    assert acme.parent_of(after) is None
    assert set(after["fields"]["labels"]) == {"reliability", "bsc-acme"}
    assert after["properties"]["bsc-sync"]["ref"] == "P2"


def test_a_decision_for_the_scorecard_writes_what_was_on_hold(acme: Acme) -> None:
    apply(acme)
    taken = apply(acme, take="scorecard")
    (update,) = taken.plan.changes
    assert isinstance(update, Update)
    assert acme.ask("GET", f"{acme.api}/issue/OPS-1")["fields"]["summary"] == (
        "Resolve incidents before customers notice"
    )
    assert plan_of(acme).changes == ()


def test_each_issue_carries_its_mark_from_its_first_moment(acme: Acme) -> None:
    apply(acme)
    office = acme.office()
    for ref, link in office.memory.links().items():
        issue = acme.ask("GET", f"{acme.api}/issue/{link.key}?properties=bsc-sync&expand=changelog")
        mark = issue["properties"]["bsc-sync"]
        assert (mark["scorecard"], mark["ref"], mark["store"]) == ("acme", ref, office.memory.store_id)
        assert "bsc-acme" in issue["fields"]["labels"]
        if ref != "P2":
            assert issue["changelog"]["total"] == 0, "written in the request that created it, not after"
    child = acme.ask("GET", f"{acme.api}/issue/{key_of(acme, 'P2.open.q4')}")
    assert acme.parent_of(child) == "OPS-1"


def test_a_new_name_in_the_file_is_one_update(acme: Acme) -> None:
    apply(acme)
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    (update, _hold) = plan_of(acme).changes
    assert isinstance(update, Update)
    assert [(part.old, part.new) for part in update.fields] == [
        ("Increase customer retention", "Keep more customers")
    ]
    apply(acme)
    assert (
        acme.ask("GET", f"{acme.api}/issue/{key_of(acme, 'C1')}")["fields"]["summary"]
        == "Keep more customers"
    )


def test_an_edit_in_jira_is_drift_and_is_not_written_over(acme: Acme) -> None:
    apply(acme)
    key = key_of(acme, "F2")
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {"summary": "ARR, as we call it"}})
    holds = [change for change in plan_of(acme).changes if isinstance(change, Hold) and change.ref == "F2"]
    assert [hold.reason for hold in holds] == ["drift: edited in Jira"]
    sync_and_publish(acme)
    assert acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]["summary"] == "ARR, as we call it"


def test_a_restored_field_is_put_back(acme: Acme) -> None:
    apply(acme)
    key = key_of(acme, "F2")
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {"duedate": "2027-01-01"}})
    apply(acme)
    assert acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]["duedate"] == "2027-12-31"


def test_a_conflict_is_left_alone_and_the_rest_is_done(acme: Acme) -> None:
    apply(acme)
    acme.ask("PUT", f"{acme.api}/issue/{key_of(acme, 'F2')}", {"fields": {"summary": "Theirs"}})
    acme.edit("name: Increase annual recurring revenue by 40 %", "name: Ours")
    acme.edit("name: Stay audit-ready", "name: Stay ready")
    report = sync_and_publish(acme)
    assert report.exit_code == 3
    assert report.stopped is not None
    assert "F2" in "\n".join(report.stopped.lines())
    assert acme.ask("GET", f"{acme.api}/issue/{key_of(acme, 'F2')}")["fields"]["summary"] == "Theirs"
    assert acme.ask("GET", f"{acme.api}/issue/{key_of(acme, 'P3')}")["fields"]["summary"] == "Stay ready"
    assert report.pulled is not None
    assert [entry.result for entry in report.published] == ["created", "created"]


def test_a_saved_plan_is_done_or_refused_never_half_guessed(acme: Acme) -> None:
    saved = Plan.model_validate_json(plan_of(acme).model_dump_json())
    assert sum(isinstance(change, Adopt) for change in saved.changes) == 1
    apply(acme, saved)
    assert apply(acme, saved).outcomes == ()
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    with pytest.raises(StalePlan, match="no longer fits"):
        apply(acme, saved)


def test_finished_work_moves_work_progress(acme: Acme) -> None:
    sync_and_publish(acme)
    epic = key_of(acme, "F1")
    fields = {"project": {"key": "CRM"}, "issuetype": {"name": "Story"}, "summary": "S", **acme.below(epic)}
    story = acme.ask("POST", f"{acme.api}/issue", {"fields": fields})["key"]
    assert sync_and_publish(acme).scores.get("F1", "objective").work_progress == 0
    ways = acme.ask("GET", f"{acme.api}/issue/{story}/transitions")["transitions"]
    done = next(way["id"] for way in ways if way["name"] == "Done")
    acme.ask("POST", f"{acme.api}/issue/{story}/transitions", {"transition": {"id": done}})
    assert sync_and_publish(acme).scores.get("F1", "objective").work_progress == 1


def test_a_check_in_moves_attainment_and_both_pages(acme: Acme) -> None:
    first = sync_and_publish(acme)
    assert [entry.result for entry in first.published] == ["created", "created"]
    quiet = sync_and_publish(acme)
    assert [entry.result for entry in quiet.published] == ["unchanged", "unchanged"]
    key = key_of(acme, "C1.retention.q4")
    acme.site.clock.set(dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC))
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {acme.field("Current value"): 86}})
    moved = sync_and_publish(acme)
    assert [entry.result for entry in moved.published] == ["updated", "updated"]
    key_result, kpi = (
        moved.scores.get("C1.retention.q4", "key_result"),
        moved.scores.get("C1.retention", "kpi"),
    )
    assert (key_result.value, key_result.attainment) == (Fraction(86), Fraction(1, 2))
    assert (kpi.value, kpi.attainment) == (Fraction(86), Fraction(1, 5))
    assert kpi.reading is not None
    assert kpi.reading.effective == dt.date(2026, 11, 23)
    assert "C1 moved" in moved.page.headline or any(move.id == "C1" for move in moved.page.moved)


def test_every_change_of_a_check_in_is_a_reading_even_between_two_pulls(acme: Acme) -> None:
    sync_and_publish(acme)
    key, field = key_of(acme, "C2.ttfv.q4"), acme.field("Current value")
    for day, value in ((24, 46), (25, 44.5), (26, 47)):
        acme.site.clock.set(dt.datetime(2026, 11, day, 10, tzinfo=dt.UTC))
        acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {field: value}})
    sync_and_publish(acme)
    readings = [r for r in acme.office().history.readings() if r.subject == "C2.ttfv.q4"]
    assert [(r.effective.day, r.value) for r in readings] == [(24, 46), (25, Fraction(89, 2)), (26, 47)]
    sync_and_publish(acme)
    assert len([r for r in acme.office().history.readings() if r.subject == "C2.ttfv.q4"]) == 3


def test_observing_writes_nothing_to_jira_and_still_publishes(acme: Acme) -> None:
    report = sync_and_publish(acme, mode="observe")
    assert report.outcomes == ()
    assert report.page.plan.pending == 14
    assert acme.search("labels = bsc-acme") == []
    assert [entry.result for entry in report.published] == ["created", "created"]


def test_a_page_that_a_person_edited_is_held(acme: Acme) -> None:
    report = sync_and_publish(acme)
    page = acme.wiki_page(report.published[0].url)
    acme.edit_wiki_page(page, page.body + "<p>my words</p>")
    acme.ask(
        "PUT",
        f"{acme.api}/issue/{key_of(acme, 'C1.retention.q4')}",
        {"fields": {acme.field("Current value"): 86}},
    )
    held = sync_and_publish(acme)
    assert held.exit_code == 3
    assert [entry.result for entry in held.published] == ["held", "updated"]
    page = acme.wiki_page(report.published[0].url)
    assert "my words" in page.body
    acme.edit_wiki_page(page, "<p>all anew</p>")
    assert "a person has edited the page" in sync_and_publish(acme).published[0].reason
    office = acme.office()
    world = acme.world(office)
    forced, _ = publish(office.strategy, world, held.page, when="changed", force=True)
    assert [entry.result for entry in forced] == ["updated", "updated"]
    assert "all anew" not in acme.wiki_page(report.published[0].url).body


def test_work_links_give_a_key_result_its_rollup(acme: Acme) -> None:
    sync_and_publish(acme)
    key = key_of(acme, "L2.migration.q4")
    for story, points in (("CRM-2", 5), ("CRM-3", None)):
        link = {"type": {"name": "Contribution"}, "inwardIssue": {"key": story}, "outwardIssue": {"key": key}}
        acme.ask("POST", f"{acme.api}/issueLink", link)
        acme.ask("PUT", f"{acme.api}/issue/{story}", {"fields": {acme.field("Story Points"): points}})
    done = {story: category_of(acme, story) == "done" for story in ("CRM-2", "CRM-3")}
    score = sync_and_publish(acme).scores.get("L2.migration.q4", "key_result")
    assert score.reading is not None
    evidence = score.reading.evidence
    assert (evidence["counted"], evidence["of"], evidence["by"]) == (["CRM-2", "CRM-3"], "6", "points")
    assert score.attainment == Fraction(5 * done["CRM-2"] + 1 * done["CRM-3"], 6)


def test_ours_is_never_counted_as_work_and_nothing_foreign_is_touched(acme: Acme) -> None:
    before = updated(acme)
    sync_and_publish(acme)
    office = acme.office()
    ours = {link.key for link in office.memory.links().values()}
    assert ours.isdisjoint(item.key for item in office.history.work())
    assert {key for key, moment in updated(acme).items() if before[key] != moment} == {"OPS-1"}


def test_what_leaves_the_scorecard_is_closed_with_one_comment_and_never_deleted(acme: Acme) -> None:
    apply(acme)
    key = key_of(acme, "C2.ttfv.q4")
    path = acme.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "C2.ttfv.q4" not in line), encoding="utf-8")
    done = apply(acme)
    assert [(o.action, o.result) for o in done.outcomes if o.action == "retire"] == [("retire", "applied")]
    issue = acme.ask("GET", f"{acme.api}/issue/{key}")
    assert issue["fields"]["status"]["name"] == "Closed"
    assert acme.ask("GET", f"{acme.api}/issue/{key}/comment")["total"] == 1
    writes = acme.writes()
    apply(acme)
    assert acme.writes() == writes


def test_a_key_result_in_another_project_is_linked_instead_of_hung_below(acme: Acme) -> None:
    rules = "  rules:                                # exceptions; the first match wins\n"
    elsewhere = """\
    - match: {id: L1.trained.q4}
      project: OPS
      parent: none
      link: contributes to
      fields: {summary: {from: name}}
"""
    acme.edit(rules, rules + elsewhere, "mapping.yaml")
    done = apply(acme)
    assert {outcome.result for outcome in done.outcomes} == {"applied"}
    issue = acme.ask("GET", f"{acme.api}/issue/{key_of(acme, 'L1.trained.q4')}")
    assert issue["fields"]["project"]["key"] == "OPS"
    assert acme.parent_of(issue) is None
    (link,) = issue["fields"]["issuelinks"]
    assert (link["type"]["outward"], link["outwardIssue"]["key"]) == ("contributes to", key_of(acme, "L1"))


def test_a_new_id_with_was_keeps_its_issue_and_its_readings(acme: Acme) -> None:
    sync_and_publish(acme)
    key = key_of(acme, "C2.ttfv.q4")
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {acme.field("Current value"): 36}})
    sync_and_publish(acme)
    acme.edit("{id: C2.ttfv.q4, ", "{id: C2.ttfv.fast, was: C2.ttfv.q4, ")
    (renamed,) = apply(acme).plan.writes()
    assert isinstance(renamed, Update)
    assert [(part.old, part.new) for part in renamed.fields] == [("C2.ttfv.q4", "C2.ttfv.fast")]
    mark = acme.ask("GET", f"{acme.api}/issue/{key}?properties=bsc-sync")["properties"]["bsc-sync"]
    assert mark["ref"] == "C2.ttfv.fast"
    writes = acme.writes()
    assert apply(acme).plan.counts().writes == 0
    assert acme.writes() == writes
    assert key_of(acme, "C2.ttfv.fast") == key
    score = sync_and_publish(acme).scores.get("C2.ttfv.fast", "key_result")
    assert (score.value, score.attainment) == (Fraction(36), Fraction(1, 2))
