"""Coming to a Jira where the epics are there already: imported, they are a scorecard with nothing to do."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bsc_sync.errors import NotOurs, UserError
from bsc_sync.plan.change import Adopt, Forget, Update
from bsc_sync.state.whole_file import write_whole
from bsc_sync.sync.importing.ask import Ask
from bsc_sync.sync.importing.from_query import Imported, keep, read_in
from bsc_sync.sync.importing.marking import mark_imported
from tests.runs_on_acme import Acme, apply, plan_of

EPICS = "project in (CRM, OPS) AND type = Epic ORDER BY key"
FLAVORS = pytest.mark.parametrize("flavor", ["cloud", "data-center"])

HOSTILE = {
    "hash": "Grow # not a comment",
    "colon": "Key: value, - dash",
    "yaml": "{a: b} [c] &d *e !f |g >h %i @j `k` \"l\" 'm'",
    "word": "null",
    "number": "007",
    "date": "2026-01-01",
    "tilde": "~",
    "trailing": "Ends in spaces   ",
    "double": "Two  spaces\tand a tab",
    "rtl": "\u202eesrever\u202c مرحبا שלום",
    "emoji": "🚀 to the moon 👩‍👩‍👧",
    "script": "<script>alert('x')</script> & <b>",
    "long": "x" * 255,
    "control": "bell\x07 and escape\x1b[31m",
    "bom": "\ufeffmark",
    "separator": "one\u2028two\x85three",
    "backslash": "C:\\new\\table \\u0041",
    "secret": "Rotate ATATT3xFfGF0abcdefghijklmnop",
    "person": "glpat-abcdefghijklmnopqrstu",
    "huge": "More than a scorecard takes",
}
TEXTS = {
    "hash": "# A heading\n\n- a\n- b: c\n\n```\ncode: # not a comment\n```",
    "colon": "line one\\\nline two",
    "yaml": "> quote\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
    "rtl": "\u202eesrever\u202c\n\nمرحبا",
    "emoji": "🚀",
    "script": "<script>alert('x')</script>",
    "long": "word " * 5_900,
    "control": "bell\x07",
    "secret": "https://user:password@example.com/",
    "huge": "word " * 6_400,
}


def hostile(seed: dict[str, Any]) -> None:
    """A project whose epics hold everything that a file could trip over."""
    issues: list[dict[str, Any]] = []
    for number, (name, summary) in enumerate(HOSTILE.items(), start=1):
        issue = {"key": f"EVIL-{number}", "type": "Epic", "summary": summary}
        if name in TEXTS:
            issue["description"] = TEXTS[name]
        issues.append(issue)
    seed["projects"].append({"key": "EVIL", "name": "# Evil: {project}", "issues": issues})


def imported(acme: Acme, ask: Ask) -> Imported:
    outpost = acme.outpost()
    found = read_in(ask, outpost.explorer, now=outpost.clock(), tell=lambda _step: None)
    keep(
        found,
        outpost.memory(found.card),
        holder="test",
        version="test",
        now=outpost.clock(),
        write=lambda name, text: write_whole(acme.folder / name, text),
    )
    return found


def everything(acme: Acme) -> Mapping[str, Any]:
    """Every issue as it is, with whoever changed it when."""
    issues = acme.search("project in (CRM, OPS) ORDER BY key", "*all")
    return {issue["key"]: issue["fields"] for issue in issues}


def test_a_plan_right_after_an_import_is_empty_and_nothing_was_written(acme: Acme) -> None:
    before, writes = everything(acme), acme.writes()
    there = acme.elsewhere("imported")
    found = imported(there, Ask(EPICS))
    assert [epic.key for epic in found.survey.epics] == ["CRM-1", "CRM-12", "CRM-24", "OPS-1"]
    assert found.survey.work["OPS-1"] == {"Story": 3, "Task": 2, "Bug": 8}
    plan = plan_of(there)
    assert (plan.changes, plan.agreed) == ((), ())
    assert {note.state for note in plan.links} == {"in sync"}
    assert acme.writes() == writes
    assert everything(acme) == before
    assert apply(there).outcomes == ()
    assert acme.writes() == writes


def test_the_first_change_brings_the_mark_and_the_second_run_is_empty(acme: Acme) -> None:
    there = acme.elsewhere("imported")
    imported(there, Ask(EPICS))
    there.edit("name: Sales funnel redesign", "name: Sell without waiting")
    (update,) = plan_of(there).changes
    assert isinstance(update, Update)
    assert [(part.id, part.old, part.new) for part in update.fields] == [
        ("summary", "Sales funnel redesign", "Sell without waiting")
    ]
    assert {outcome.result for outcome in apply(there).outcomes} == {"applied"}
    issue = acme.ask("GET", f"{acme.api}/issue/CRM-12?properties=bsc-sync")
    mark = issue["properties"]["bsc-sync"]
    assert issue["fields"]["summary"] == "Sell without waiting"
    assert (mark["scorecard"], mark["ref"], mark["revision"]) == ("crm", "CRM-12", 1)
    assert set(mark["digests"]) == {"summary", "description", "duedate"}
    assert "bsc-crm" in issue["fields"]["labels"]
    assert acme.ask("GET", f"{acme.api}/issue/CRM-1?properties=bsc-sync")["properties"] == {}
    writes = acme.writes()
    assert apply(there).plan.changes == ()
    assert acme.writes() == writes


def test_an_import_can_mark_at_once(acme: Acme) -> None:
    there = acme.elsewhere("imported")
    imported(there, Ask(EPICS))
    office = there.office()
    marked, failure = mark_imported(office.strategy, there.world(office), tell=lambda _outcome: None)
    assert (marked, failure) == (4, None)
    issue = acme.ask("GET", f"{acme.api}/issue/OPS-1?properties=bsc-sync")
    assert set(issue["properties"]["bsc-sync"]["digests"]) == {"summary", "description", "duedate"}
    assert set(issue["fields"]["labels"]) == {"reliability", "bsc-crm"}
    assert plan_of(there).changes == ()
    assert mark_imported(office.strategy, there.world(office), tell=lambda _outcome: None) == (0, None)


def test_where_the_store_is_lost_what_was_imported_is_found_again_by_its_key(acme: Acme) -> None:
    there = acme.elsewhere("imported")
    imported(there, Ask(EPICS))
    acme.ask("PUT", f"{acme.api}/issue/CRM-1", {"fields": {"summary": "Edited meanwhile"}})
    shutil.rmtree(there.folder / ".bsc-sync")
    changes = plan_of(there).changes
    assert {type(change) for change in changes} == {Adopt}
    assert [change.ref for change in changes] == ["CRM-1", "CRM-12", "CRM-24", "OPS-1"]
    apply(there)
    assert acme.ask("GET", f"{acme.api}/issue/CRM-1")["fields"]["summary"] == "Edited meanwhile"
    (hold,) = plan_of(there).changes
    assert (hold.ref, hold.action) == ("CRM-1", "hold")


def test_an_imported_epic_that_leaves_the_scorecard_is_let_go_untouched(acme: Acme) -> None:
    there = acme.elsewhere("imported")
    imported(there, Ask(EPICS))
    text = (there.folder / "scorecard.yaml").read_text(encoding="utf-8")
    begin = text.index("  - id: OPS-1")
    (there.folder / "scorecard.yaml").write_text(text[:begin], encoding="utf-8")
    there.edit("    - {match: {id: OPS-1}, existing: OPS-1, project: OPS}\n", "", "mapping.yaml")
    before, writes = everything(acme), acme.writes()
    (change,) = plan_of(there).changes
    assert isinstance(change, Forget)
    assert change.reason == "no longer in the scorecard, and it carries no mark of ours: it is let go"
    apply(there)
    assert "OPS-1" not in there.office().memory.links()
    assert plan_of(there).changes == ()
    assert (everything(acme), acme.writes()) == (before, writes)


@FLAVORS
def test_whatever_a_text_holds_it_survives_or_stays_with_jira(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=hostile)
    there = acme.elsewhere("imported")
    found = imported(there, Ask("project = EVIL ORDER BY key"))
    assert plan_of(there).changes == ()
    names = {objective.id: objective.name for objective in there.office().strategy.card.objectives}
    keys = {name: f"EVIL-{number}" for number, name in enumerate(HOSTILE, start=1)}
    left = {key for (key, name) in found.proven.left if name == "summary"}
    for name, summary in HOSTILE.items():
        if keys[name] not in left:
            assert names[keys[name]] == " ".join(summary.split())
    assert left == {keys[name] for name in ("control", "bom", "secret", "person")}
    texts = {key for (key, name) in found.proven.left if name == "description"}
    assert texts == {keys["secret"], keys["huge"]}
    assert names[keys["control"]] == "bell and escape[31m"
    assert names[keys["secret"]] == keys["secret"]
    there.edit('"Grow # not a comment"', '"Grow: #2"')
    (update,) = plan_of(there).changes
    assert (update.ref, update.action) == (keys["hash"], "update")


@FLAVORS
def test_children_become_key_results_where_that_is_asked_for(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    strategy = apply(acme)
    assert {outcome.result for outcome in strategy.outcomes} == {"applied"}
    keys = {ref: link.key for ref, link in acme.office().memory.links().items()}
    for key in keys.values():  # as if they had been there always
        acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": [{"remove": "bsc-acme"}]}})
        acme.ask("DELETE", f"{acme.api}/issue/{key}/properties/bsc-sync")
    there = acme.elsewhere("imported")
    ask = Ask(
        "project = STRAT AND type = Epic",
        key_results=("task",),
        target_field="Target value",
        current_field="Current value",
    )
    found = imported(there, ask)
    assert len(found.survey.key_results) == 4
    plan = plan_of(there)
    assert (plan.changes, plan.agreed) == ((), ())
    card = there.office().strategy.card
    (cycle,) = card.cycles
    assert (cycle.id, len(cycle.key_results)) == ("2026-Q4", 4)
    targets = {one.name: one.target.value for one in cycle.key_results if one.target}
    assert targets["Increase customer retention rate from 85 % to 87 %"] == 87
    moved = next(one for one in found.survey.key_results if one.epic != keys["F1"])
    acme.ask("PUT", f"{acme.api}/issue/{moved.key}", {"fields": acme.below(keys["F1"])})
    (hold,) = plan_of(there).changes
    assert (hold.ref, hold.action) == (moved.key, "hold")
    assert hold.reason.startswith("drift")


@FLAVORS
def test_what_another_scorecard_holds_is_not_imported(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    there = acme.elsewhere("imported")
    with pytest.raises(NotOurs) as caught:
        imported(there, Ask(EPICS))
    (problem,) = caught.value.problems
    assert str(problem) == "OPS-1: carries the mark of acme/P2: it cannot be crm/OPS-1"
    assert not (there.folder / "scorecard.yaml").exists()


@FLAVORS
def test_a_query_that_finds_nothing_or_cannot_be_read_says_so(begin: Any, flavor: str) -> None:
    there = begin(flavor).elsewhere("imported")
    for jql, said in (
        ("project = CRM AND type = Epic AND summary ~ nowhere", "the query finds nothing"),
        ("project = CRM AND type = Story", "no epic among them"),
        ("projekt = CRM", "Jira cannot carry out the query: "),
        ("type = ", "Jira cannot carry out the query: "),
    ):
        with pytest.raises(UserError, match=said):
            imported(there, Ask(jql))


@FLAVORS
def test_a_folder_of_250_epics_in_two_projects(begin: Any, flavor: str) -> None:
    def many(seed: dict[str, Any]) -> None:
        for key in ("BIG", "HUGE"):
            issues = [
                {
                    "key": f"{key}-{number}",
                    "type": "Epic",
                    "summary": f"Epic {number}",
                    "labels": ["customer"],
                }
                for number in range(1, 126)
            ]
            seed["projects"].append({"key": key, "name": key, "issues": issues})

    there = begin(flavor, change=many).elsewhere("imported")
    found = imported(there, Ask("project in (BIG, HUGE)", perspective_from="labels"))
    assert len(found.survey.epics) == 250
    assert plan_of(there).changes == ()
    assert {one.perspective for one in there.office().strategy.card.objectives} == {"customer"}


def _summaries() -> st.SearchStrategy[str]:
    return st.text(
        st.one_of(st.sampled_from(SIGNS), st.characters(codec="utf-8")), min_size=1, max_size=60
    ).map(lambda text: "".join(text.splitlines()).strip() or "x")


SIGNS = "aZ0 #:-'\"|>&*!%@`{}[],?\\~=<_\t\u202e\u200b\u00a0\u0301\x07\ufeff\u2028🚀"
EPIC = st.fixed_dictionaries(
    {
        "summary": _summaries(),
        "description": st.one_of(
            st.none(),
            st.lists(st.one_of(_summaries(), st.sampled_from(sorted(TEXTS.values()))), max_size=5).map(
                "\n\n".join
            ),
        ),
        "due": st.one_of(st.none(), st.dates()),
    }
)


@FLAVORS
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(epics=st.lists(EPIC, min_size=20, max_size=40))
def test_no_text_of_jira_makes_a_plan(begin: Any, flavor: str, epics: list[dict[str, Any]]) -> None:
    def sown(seed: dict[str, Any]) -> None:
        issues = [
            {"key": f"ANY-{number}", "type": "Epic", **{name: value for name, value in epic.items() if value}}
            for number, epic in enumerate(epics, start=1)
        ]
        seed["projects"].append({"key": "ANY", "name": epics[0]["summary"], "issues": issues})

    there = begin(flavor, change=sown).elsewhere("imported")
    imported(there, Ask("project = ANY"))
    plan = plan_of(there)
    assert (plan.changes, plan.agreed) == ((), ())


@FLAVORS
def test_where_properties_are_forbidden_labels_mark_what_was_imported(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed["site"].update(properties=False))
    there = acme.elsewhere("imported")
    imported(there, Ask(EPICS))
    assert plan_of(there).changes == ()
    there.edit("name: Sales funnel redesign", "name: Sell without waiting")
    there.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    apply(there)
    labels = acme.ask("GET", f"{acme.api}/issue/CRM-12")["fields"]["labels"]
    assert set(labels) == {"bsc-crm", "bsc-crm/CRM-12"}
    writes = acme.writes()
    assert apply(there).plan.changes == ()
    assert acme.writes() == writes


@FLAVORS
def test_an_import_that_ended_before_the_store_knew_it_adopts_and_loses_nothing(
    begin: Any, flavor: str
) -> None:
    acme = begin(flavor)
    there = acme.elsewhere("imported")
    outpost = there.outpost()
    found = read_in(Ask(EPICS), outpost.explorer, now=outpost.clock(), tell=lambda _step: None)
    for name, text in (("scorecard.yaml", found.proven.scorecard), ("mapping.yaml", found.proven.mapping)):
        write_whole(there.folder / name, text)
    before = everything(acme)
    assert {change.action for change in plan_of(there).changes} == {"adopt"}
    apply(there)
    assert plan_of(there).changes == ()
    after = everything(acme)
    for key, fields in before.items():
        for field in ("summary", "description", "duedate", "assignee", "status"):
            assert after[key].get(field) == fields.get(field)
