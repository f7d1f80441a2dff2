"""Fields, screens and issue types of many projects: each item is bound where it lives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.errors import MappingError
from tests.runs_on_acme import sync

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TEAMS = [f"T{number:02}" for number in range(1, 41)]


def forty_teams(seed: dict[str, Any]) -> None:
    """Forty team-managed projects, each with a field of its own that is named like everybody's."""
    for key in TEAMS:
        seed["projects"].append(
            {
                "key": key,
                "name": f"Team {key}",
                "style": "next-gen",
                "issue_types": ["Epic", "Story", "Task", "Sub-task"],
                "fields": [{"name": "Reach", "type": "number"}, {"name": "Mood", "type": "text"}],
                "screens": {"*": ["summary", "description", "labels", "duedate", "parent", "Reach", "Mood"]},
            }
        )


RULES = "  rules:                                # exceptions; the first match wins\n"
WORK = "  - {match: {id: P1}, epics: [CRM-12], depth: 2}\n"
IN_TEAMS = """\
    - match: {id: C1.retention.q4}
      project: T07
      parent: none
      link: contributes to
      fields: {summary: {from: name}, Reach: {from: target}}
    - match: {id: L1.trained.q4}
      project: T31
      parent: none
      link: contributes to
      fields: {summary: {from: name}, Reach: {from: target}}
"""


def test_a_name_that_forty_projects_use_is_bound_in_each_to_its_own_field(begin: Any) -> None:
    acme = begin("cloud", change=forty_teams)
    acme.edit(RULES, RULES + IN_TEAMS, "mapping.yaml")
    report = sync(acme)
    assert {outcome.result for outcome in report.outcomes} == {"applied"}
    fields = {
        (str(one["scope"]["project"]["id"]), one["name"]): one["id"]
        for one in acme.ask("GET", "/rest/api/3/field")
        if "scope" in one
    }
    for ref, key, target in (("C1.retention.q4", "T07", 87), ("L1.trained.q4", "T31", None)):
        issue = acme.ask("GET", f"/rest/api/3/issue/{acme.office().memory.links()[ref].key}")
        own = fields[issue["fields"]["project"]["id"], "Reach"]
        assert issue["key"].startswith(f"{key}-")
        assert issue["fields"][own] is not None
        assert target is None or issue["fields"][own] == target
    assert sync(acme).plan.counts().writes == 0


def test_a_field_of_other_projects_only_is_named_with_them(begin: Any) -> None:
    acme = begin("cloud", change=forty_teams)
    acme.edit(RULES, RULES + IN_TEAMS.replace("T31", "OPS"), "mapping.yaml")
    with pytest.raises(MappingError) as caught:
        sync(acme)
    (problem,) = caught.value.problems
    assert problem.what.startswith('no field "Reach" in OPS / Task; other projects have customfield_')
    assert problem.path == "jira.rules[1].fields.Reach"
    assert problem.where.endswith("mapping.yaml:33:39")


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_an_ambiguous_name_lists_the_candidates(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed["fields"].append({"name": "Reach", "type": "number"}))
    kinds = "com.atlassian.jira.plugin.system.customfieldtypes"
    acme.ask("POST", f"{acme.api}/field", {"name": "Reach", "type": f"{kinds}:datepicker"})
    acme.edit(RULES, RULES + IN_TEAMS.replace("T31", "OPS").replace("T07", "OPS"), "mapping.yaml")
    with pytest.raises(MappingError) as caught:
        sync(acme)
    ids = [one["id"] for one in acme.ask("GET", f"{acme.api}/field") if one["name"] == "Reach"]
    told = "\n".join(caught.value.lines())
    assert '"Reach" is the name of 2 fields' in told
    assert all(identifier in told for identifier in ids)
    assert "write the id" in told


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_ids_of_fields_and_issue_types_serve_as_names(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    field = acme.field("Current value")
    kinds = acme.ask("GET", f"{acme.api}/project/STRAT")["issueTypes"]
    task = next(kind["id"] for kind in kinds if kind["name"] == "Task")
    path = acme.folder / "mapping.yaml"
    text = path.read_text(encoding="utf-8").replace("Current value", field)
    assert text.count("issue_type: Task") == 1
    path.write_text(text.replace("issue_type: Task", f'issue_type: "{task}"'), encoding="utf-8")
    report = sync(acme)
    assert {outcome.result for outcome in report.outcomes} == {"applied"}
    assert sync(acme).plan.counts().writes == 0


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_work_of_all_projects_is_read_and_never_put_elsewhere(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=forty_teams if flavor == "cloud" else None)
    acme.edit(WORK, WORK + "  - {match: {id: F1}, epics: [CRM-1, OPS-1], depth: 2}\n", "mapping.yaml")

    def shown() -> dict[str, Any]:
        return {
            issue["key"]: (
                acme.parent_of(issue),
                issue["fields"]["updated"],
                issue["fields"]["project"]["key"],
            )
            for issue in acme.search("project in (CRM, OPS) AND key != OPS-1", "*all")
        }

    before = shown()
    report = sync(acme)
    assert report.exit_code == 0
    assert shown() == before
    serving = {item.project for item in acme.office().history.work() if "F1" in item.serves}
    assert serving == {"CRM", "OPS"}


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_key_results_may_be_sub_tasks_of_what_is_adopted(begin: Any, flavor: str) -> None:
    """A sub-task has its parent on either flavor: there is no Epic Link on it."""
    acme = begin(flavor)
    rule = """\
    - match: {id: P2}
      existing: OPS-31
      issue_type: Task
    - match: {id: P2.open.q4}
      project: OPS
      issue_type: Sub-task
      fields: {summary: {from: name}}
"""
    path = acme.folder / "mapping.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(RULES, RULES + rule), encoding="utf-8")
    report = sync(acme)
    assert {outcome.result for outcome in report.outcomes} == {"applied"}
    issue = acme.ask("GET", f"{acme.api}/issue/{acme.office().memory.links()['P2.open.q4'].key}")
    assert issue["fields"]["parent"]["key"] == "OPS-31"
    assert issue["fields"]["issuetype"]["subtask"] is True


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_project_that_is_not_there_is_told_before_anything_is_written(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    acme.edit(RULES, RULES + IN_TEAMS.replace(", Reach: {from: target}", ""), "mapping.yaml")
    writes = acme.writes()
    with pytest.raises(MappingError, match="Jira would refuse") as caught:
        sync(acme)
    told = [(problem.where.rpartition("/")[2], problem.what) for problem in caught.value.problems]
    assert told == [
        ("mapping.yaml:24:7", 'cannot create "Task" in project T07'),
        ("mapping.yaml:29:7", 'cannot create "Task" in project T31'),
    ]
    assert acme.writes() == writes


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
@pytest.mark.parametrize("wrong", ["project = NOWHERE", 'nofield = "x"', "status = ("])
def test_a_query_that_would_find_nothing_is_told_with_its_place(begin: Any, flavor: str, wrong: str) -> None:
    acme = begin(flavor)
    path = acme.folder / "mapping.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("alignment:"))
    scope = next(number for number in range(start, len(lines)) if lines[number].strip().startswith("scope:"))
    lines[scope] = f"  scope: '{wrong}'\n"
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        sync(acme)
    assert "alignment.scope" in "\n".join(caught.value.lines())


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_link_that_a_killed_run_did_not_make_is_made_by_the_next(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    rule = IN_TEAMS.replace("T07", "OPS").replace("T31", "OPS").replace(", Reach: {from: target}", "")
    acme.edit(RULES, RULES + rule, "mapping.yaml")

    class Killed(BaseException):
        pass

    class Killing(BaseAdapter):
        """The process ends before any link is sent."""

        def __init__(self, inner: BaseAdapter) -> None:
            super().__init__()
            self.inner = inner

        def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
            if str(request.url).endswith("/issueLink"):
                raise Killed
            return self.inner.send(request, **how)

        def close(self) -> None:
            self.inner.close()

    calm = acme.carrier
    acme.carrier = lambda: Killing(calm())
    with pytest.raises(Killed):
        sync(acme)
    acme.carrier = calm
    acme.site.clock.set(NOON)
    healed = sync(acme)
    assert healed.exit_code == 0
    links = acme.office().memory.links()
    for ref, objective in (("C1.retention.q4", "C1"), ("L1.trained.q4", "L1")):
        issue = acme.ask("GET", f"{acme.api}/issue/{links[ref].key}")
        (link,) = issue["fields"]["issuelinks"]
        assert link["outwardIssue"]["key"] == links[objective].key
    assert sync(acme).plan.counts().writes == 0
    acme.ask("DELETE", f"{acme.api}/issueLink/{link['id']}")
    writes = acme.writes()
    assert sync(acme).plan.counts().writes == 0
    assert acme.writes() == writes, "who takes a link away has their reasons"


@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_scope_that_suddenly_finds_nothing_does_not_lose_the_work(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    before = sync(acme)
    assert before.pulled is not None
    assert before.pulled.work_items > 0
    acme.edit("type in (Story, Task, Bug)'", "type in (Story) AND type = Bug'", "mapping.yaml")
    after = sync(acme)
    assert after.pulled is not None
    assert after.pulled.work_items == before.pulled.work_items
    (warning,) = after.pulled.warnings
    assert warning.startswith("the alignment's scope finds nothing any more, yet ")
    assert "check the account's permissions" in warning
