"""`doctor` on both flavors: take one thing away, and exactly that is told, with the way to mend it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bsc_sync.report.health import Check, health_json
from bsc_sync.runtime import open_world
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sync.apply import Tell
from bsc_sync.sync.apply_only import apply_only
from bsc_sync.sync.run import run
from bsc_sync.sync.world import Policy
from tests.clinic import NOW, Clinic, not_well, open_clinic, screen


@pytest.fixture
def clinic(tmp_path: Path, flavor: Flavor, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    folder = tmp_path / "strategy"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return open_clinic(Path(), flavor)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is broken: how, what the doctor says of it, and how he ends."""

    broken: Callable[[Clinic], None]
    told: Sequence[str]
    exit_code: int = 1
    state: str = "missing"


def _screen(clinic: Clinic, kind: str) -> list[str]:
    found: list[str] = clinic.project_of_seed("STRAT")["screens"][kind]
    return found


def _field(clinic: Clinic, name: str) -> dict[str, object]:
    found: dict[str, object] = next(one for one in clinic.seed["fields"] if one["name"] == name)
    return found


def _second_field(clinic: Clinic) -> None:
    clinic.seed["fields"].append({"id": "customfield_10999", "name": "kr TARGET", "type": "number"})
    _screen(clinic, "Epic").append("customfield_10999")


def _in_ops(clinic: Clinic, verb: str = "contributes to") -> None:
    """A key result in another project, linked instead of hung below."""
    rules = "  rules:                                # exceptions; the first match wins\n"
    home = f"project: OPS, parent: none, link: {verb}, fields: {{summary: {{from: name}}}}"
    clinic.edit(rules, f"{rules}    - {{match: {{id: L1.trained.q4}}, {home}}}\n")
    for names in clinic.project_of_seed("OPS")["screens"].values():
        names.append("Current value")


def _assigned(clinic: Clinic) -> None:
    """Objectives are assigned to somebody, and the account may not assign."""
    _assigning(clinic)
    clinic.deny("ASSIGN_ISSUES")


def _assigning(clinic: Clinic) -> None:
    """Objectives are assigned to somebody."""
    who = "acme:cfo" if clinic.cloud else "cfo"
    field = f'      assignee:    {{value: "{who}", owner: seed}}'
    clinic.edit("      priority:    {value: High, owner: seed}", field)
    clinic.project_of_seed("STRAT")["screens"]["Epic"].append("assignee")


def _assigning_and_naming_nobody(clinic: Clinic) -> None:
    """An alias leads nowhere, and a field takes people."""
    _assigning(clinic)
    clinic.edit("  cfo: ", "  ceo: nobody\n  cfo: ")


CASES = {
    "field-misspelled": Case(
        lambda c: c.edit('"KR target":', '"KR taret":'),
        ['mapping.yaml:27:9: no field "KR taret" in this Jira', "did you mean KR target or KR current?"],
    ),
    "field-absent": Case(
        lambda c: c.without_field("KR target"),
        ['mapping.yaml:27:9: no field "KR target" in this Jira', "did you mean KR current"],
    ),
    "field-ambiguous": Case(
        _second_field,
        ['mapping.yaml:27:9: "KR target" is the name of 2 fields', "write the id"],
    ),
    "field-of-text": Case(
        lambda c: _field(c, "Target value").update(type="text"),
        ["mapping.yaml:21:7", "target is written as text", "a number field would be better"],
        0,
        "warning",
    ),
    "field-of-dates": Case(
        lambda c: _field(c, "Target value").update(type="date"),
        ["mapping.yaml:21:7", 'the field "Target value" is date, and target goes into number', "map another"],
    ),
    "field-not-to-be-created": Case(
        lambda c: _screen(c, "Task").remove("Target value"),
        ["mapping.yaml:21:7", '"Target value" is not on the create screen of STRAT / Task'],
    ),
    "labels-not-on-screen": Case(
        lambda c: _screen(c, "Task").remove("labels"),
        ["labels (they carry our mark bsc-acme)", "is not on the create screen of STRAT / Task"],
    ),
    "required-field": Case(
        lambda c: c.project_of_seed("STRAT")["screens"].update(
            Task={
                "create": [*_screen(c, "Task"), "Story Points"],
                "edit": _screen(c, "Task"),
                "required": ["Story Points"],
            }
        ),
        ['Jira requires the field "Story Points" of STRAT / Task', "{value: ..., owner: seed}"],
    ),
    "issue-type": Case(
        lambda c: c.edit("    as: issue\n    issue_type: Task", "    as: issue\n    issue_type: Key Result"),
        ['mapping.yaml:14:3: cannot create "Key Result" in project STRAT', "offered: Epic, Task"],
    ),
    "project": Case(
        lambda c: c.edit("  project: STRAT", "  project: STRATEGY"),
        ["project STRATEGY", "there is no such project, or the account may not see it"],
    ),
    "schedule": Case(
        lambda c: c.deny("SCHEDULE_ISSUES"),
        ["Schedule Issues in STRAT (mapping.yaml:12:7)", "needed to write due dates", "permission scheme"],
        4,
    ),
    "create": Case(
        lambda c: c.deny("CREATE_ISSUES"),
        ["Create Issues in STRAT", "needed to create objectives and key results"],
        4,
    ),
    "transition": Case(
        lambda c: c.deny("TRANSITION_ISSUES"),
        ["Transition Issues in STRAT (mapping.yaml:31:24)", "needed to close what left the scorecard"],
        4,
    ),
    "comment": Case(
        lambda c: c.deny("ADD_COMMENTS"),
        ["Add Comments in STRAT (mapping.yaml:31:41)", "needed to say why an issue was closed"],
        4,
    ),
    "link": Case(
        lambda c: (_in_ops(c), c.deny("LINK_ISSUES", project="OPS"))[1],  # type: ignore[func-returns-value]  # two changes in one
        ["Link Issues in OPS (mapping.yaml:24:", "needed to link key results to their objective"],
        4,
    ),
    "link-verb": Case(
        lambda c: _in_ops(c, "helps along"),
        ['"helps along" (mapping.yaml:24:', "no link type reads so"],
    ),
    "assign": Case(
        _assigned,
        ["Assign Issues in STRAT (mapping.yaml:13:7)", "needed to assign issues"],
        4,
    ),
    "edit": Case(
        lambda c: c.deny("EDIT_ISSUES", project="OPS"),
        ["Edit Issues in OPS", "needed to keep them in step with the scorecard"],
        4,
    ),
    "existing": Case(
        lambda c: c.edit("existing: OPS-1", "existing: OPS-999"),
        ["OPS-999 (mapping.yaml:30:17)", "there is no such issue, it was moved"],
    ),
    "existing-no-epic": Case(
        lambda c: c.edit("existing: OPS-1\n", "existing: OPS-2\n"),
        ["OPS-2 (mapping.yaml:30:17)", "it is no epic but a", "key results may not hang below it"],
        0,
        "warning",
    ),
    "epic-of-work": Case(
        lambda c: c.edit("epics: [CRM-12]", "epics: [CRM-12, CRM-999]"),
        ["CRM-999 (mapping.yaml:35:39)", "there is no such issue, it was moved"],
    ),
    "link-type": Case(
        lambda c: c.edit("links: contributes to", "links: contributes towards"),
        ['"contributes towards" (mapping.yaml:36:43)', 'did you mean "contributes to"?'],
    ),
    "transition-name": Case(
        lambda c: c.edit("transition: Closed", "transition: Shut"),
        ['transition "Shut" of OPS / Epic (mapping.yaml:31:24)', "correct jira.retire.transition"],
    ),
    "reopen-name": Case(
        lambda c: c.edit("retire: {transition: Closed,", "retire: {reopen: Opne, transition: Closed,"),
        ['reopening by "Opne" of OPS / Epic (mapping.yaml:31:20)', "correct jira.retire.reopen"],
        0,
        "warning",
    ),
    "query-field": Case(
        lambda c: c.edit("component = onboarding'}", "compnent = onboarding'}"),
        ["mapping.yaml:34:28: Jira cannot carry the query out", "compnent", "Jira's own search"],
    ),
    "query-that-finds-nothing": Case(
        lambda c: c.edit("labels = customer-reported", "labels = customer-reportd"),
        ["measures[1].source.jql (mapping.yaml:42:19)", "finds nothing at present"],
        0,
        "warning",
    ),
    "person": Case(
        lambda c: c.edit("  cfo: ", "  ceo: nobody\n  cfo: "),
        ["ceo (mapping.yaml:74:8)", "no account nobody that we may see"],
        0,
        "warning",
    ),
    "person-that-is-written": Case(
        _assigning_and_naming_nobody,
        ["ceo (mapping.yaml:74:8)", "no account nobody that we may see"],
    ),
    "space": Case(
        lambda c: c.edit("space: STRAT", "space: NOWHERE"),
        ["space NOWHERE (mapping.yaml:68:23)", "there is no such space, or the account may not see it"],
    ),
    "parent-page": Case(
        lambda c: c.edit("space: STRAT, ", "space: STRAT, parent: Reports, "),
        ['parent page "Reports" (mapping.yaml:68:38)', "there is no such page in STRAT"],
    ),
    "title-taken": Case(
        lambda c: (
            c.seed["spaces"][0]
            .setdefault("pages", [])
            .append({"title": "Strategy alignment: Acme CRM", "body": "<p>Mine</p>"})
        ),
        ["a page has it, and it is not ours", "choose another title"],
    ),
    "title-archived": Case(
        lambda c: (
            c.seed["spaces"][0]
            .setdefault("pages", [])
            .append({"title": "Strategy alignment: Acme CRM", "body": "<p>Old</p>", "status": "archived"})
        ),
        ["a page that is archived has it, and it is not ours"],
    ),
    "clock": Case(
        lambda c: setattr(c, "clock", lambda: NOW + dt.timedelta(minutes=7)),
        ["clock", "this machine is 420 s ahead of the site", "NTP"],
        0,
        "warning",
    ),
    "token-ended": Case(
        lambda c: c.settings.update(jira_token_expires="2026-11-01"),
        ["token", "expired on 2026-11-01", "make a new token"],
    ),
    "token-ends-soon": Case(
        lambda c: c.settings.update(jira_token_expires="2026-11-30"),
        ["token", "expires on 2026-11-30, in 7 days", "make a new one"],
        0,
        "warning",
    ),
    "setting": Case(
        lambda c: c.settings.update(jira_token_expires="soon"),
        ["BSC_SYNC_JIRA_TOKEN_EXPIRES: is not a day"],
    ),
    "choice": Case(
        lambda c: c.edit("{value: High, owner: seed}", "{value: Hihg, owner: seed}"),
        [
            'field "Priority"',
            '"Hihg" cannot be chosen, and is asked for by F1, F2, C1 and 6 more',
            "did you mean High?",
        ],
    ),
    "points": Case(
        lambda c: c.rename("Story Points", "Size"),
        ["story points (mapping.yaml:44:5)", "name it: jira.points"],
    ),
    "file": Case(
        lambda c: c.edit("effort: points", "effort: poinst"),
        ["mapping.yaml:55:11: expected count, points or time"],
    ),
}


@contextmanager
def _unwatched(_total: int) -> Iterator[Tell]:
    yield lambda _outcome: None


def text_of(check: Check) -> str:
    return (
        f"{check.what} ({check.where}): {check.found} -> {check.mend}"
        if check.what
        else f"{check.where}: {check.found} -> {check.mend}"
    )


def test_a_healthy_site_has_nothing_to_mend(clinic: Clinic) -> None:
    health = clinic.examine()
    assert not_well(health) == []
    assert health.exit_code == 0
    assert health.count("well") >= 25


@pytest.mark.parametrize("name", CASES)
def test_what_is_broken_is_told_and_nothing_else(clinic: Clinic, name: str) -> None:
    case = CASES[name]
    case.broken(clinic)
    health = clinic.examine()
    found = not_well(health)
    first = [check for check in found if check.state == case.state]
    assert first, screen(health)
    told = " | ".join(text_of(check) for check in found)
    for part in case.told:
        assert part in told, told
    assert len({check.where or check.what for check in found}) == 1 or name in {"project", "issue-type"}, told
    assert health.exit_code == case.exit_code, told


@pytest.mark.parametrize(("name", "state"), [("To Do", "well"), ("Opne", "missing")])
def test_a_retired_issue_tells_whether_there_is_the_way_back(clinic: Clinic, name: str, state: str) -> None:
    def sync() -> None:
        office = clinic.office()
        world = open_world(office, clock=lambda: NOW, carrier=clinic.carrier)
        run(office.strategy, world, Policy(publish="never"))

    clinic.edit("retire: {transition: Closed,", f"retire: {{reopen: {name}, transition: Closed,")
    sync()
    text = (clinic.folder / "scorecard.yaml").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if "id: C2.ttfv.q4" in one)
    clinic.edit(
        line, line.replace("{id: C2.ttfv.q4,", "{id: C2.ttfv.q4, retired: 2026-11-01,"), "scorecard.yaml"
    )
    sync()
    told = [check for check in clinic.examine().checks if check.what.startswith(f'reopening by "{name}"')]
    assert {check.state for check in told if "STRAT / Task" in check.what or state == "well"} == {state}


def test_everything_is_told_at_once(clinic: Clinic) -> None:
    for name in ("field-misspelled", "schedule", "existing", "link-type", "query-field", "person", "space"):
        CASES[name].broken(clinic)
    health = clinic.examine()
    told = " | ".join(text_of(check) for check in not_well(health))
    for name in ("field-misspelled", "schedule", "existing", "link-type", "query-field", "space"):
        assert CASES[name].told[0] in told
    assert health.exit_code == 1


def test_broken_files_do_not_hide_the_site(clinic: Clinic) -> None:
    clinic.edit("  - id: F1\n", "  - id: F1\n    naem: x\n", "scorecard.yaml")
    clinic.edit("space: STRAT", "space: NOWHERE")
    clinic.deny("CREATE_ISSUES")
    health = clinic.examine()
    told = " | ".join(text_of(check) for check in not_well(health))
    assert 'unknown key "naem"' in told
    assert "Create Issues in STRAT" in told
    assert "space NOWHERE" in told


def test_wrong_credentials_are_told_once_and_nothing_more_is_asked(clinic: Clinic) -> None:
    clinic.settings["jira_token"] = SecretStr("wrong")
    health = clinic.examine()
    told = " | ".join(text_of(check) for check in not_well(health))
    assert health.exit_code == 4, told
    assert {check.what for check in not_well(health)} == {"reachable"}
    assert "does not accept the credentials" in told
    assert len(clinic.site_log()) <= 4


def test_without_settings_it_says_which(clinic: Clinic) -> None:
    clinic.settings |= {"jira_url": "", "jira_token": SecretStr("")}
    health = clinic.examine()
    assert {check.where for check in not_well(health)} == {"BSC_SYNC_JIRA_URL", "BSC_SYNC_JIRA_TOKEN"}
    assert health.exit_code == 1


def test_after_the_first_run_the_edit_screens_are_looked_at_too(clinic: Clinic) -> None:
    screens = clinic.project_of_seed("STRAT")["screens"]
    task = screens["Task"]
    screens["Task"] = {"create": task, "edit": [name for name in task if name != "Current value"]}
    office = clinic.office()
    world = open_world(office, clock=clinic.site.clock.now, carrier=clinic.carrier)
    done = apply_only(
        office.strategy, world, Policy(), saved=None, approve=lambda _plan: True, watch=_unwatched
    )
    assert done is not None
    assert {outcome.result for outcome in done.outcomes} == {"applied"}
    health = clinic.examine()
    told = " | ".join(text_of(check) for check in not_well(health))
    assert "it is not on the edit screen of STRAT / Task: the team cannot check in there" in told
    assert len(not_well(health)) == 1, told
    assert any("14 of 14 can be seen" in check.found for check in health.checks), screen(health)


def test_json_says_the_same(clinic: Clinic) -> None:
    CASES["schedule"].broken(clinic)
    health = clinic.examine()
    data = json.loads(json.dumps(health_json(health)))
    assert (data["healthy"], data["exit_code"], data["deployment"]) == (False, 4, clinic.flavor)
    (lacking,) = [check for check in data["checks"] if check["state"] == "missing"]
    assert lacking["mended"] == "at the site"
    assert lacking["wants"] == [
        {"kind": "permission", "name": "Schedule Issues", "places": ["STRAT"], "why": "to write due dates"}
    ]
    assert len(data["checks"]) == len(health.checks)


def test_the_screen_is_eighty_columns_wide(clinic: Clinic) -> None:
    for name in ("field-misspelled", "schedule", "existing", "query-field", "title-taken"):
        CASES[name].broken(clinic)
    lines = screen(clinic.examine()).splitlines()
    assert [line for line in lines if len(line) > 80] == []


@pytest.mark.parametrize("flavor", ["cloud"])
@pytest.mark.parametrize(("action", "name"), [("create", "Add pages"), ("attach", "Add attachments")])
def test_permissions_of_the_space_are_told_where_confluence_tells_them(
    clinic: Clinic, action: str, name: str
) -> None:
    clinic.seed["spaces"][0]["permissions"] = {action: ["acme:cfo"]}
    health = clinic.examine()
    told = [check.what for check in not_well(health)]
    assert f"{name} in STRAT" in told
    assert health.exit_code == 4


@pytest.mark.parametrize("flavor", ["data-center"])
def test_permissions_of_the_space_are_not_known_where_confluence_does_not_tell(clinic: Clinic) -> None:
    (check,) = [check for check in clinic.examine().checks if check.what == "permissions in STRAT"]
    assert check.state == "unknown"


def test_our_own_page_is_known_again(clinic: Clinic) -> None:
    office = clinic.office()
    world = open_world(office, clock=clinic.site.clock.now, carrier=clinic.carrier)
    run(office.strategy, world, Policy())
    (check,) = [check for check in clinic.examine().checks if check.what.startswith("title")]
    assert (check.state, check.found) == ("well", "it is our page's")


def test_a_server_info_that_is_blocked_needs_a_setting(clinic: Clinic) -> None:
    clinic.seed["site"]["missing"] = ["GET /serverInfo 404"]
    health = clinic.examine()
    (check,) = [check for check in not_well(health) if check.what == "reachable"]
    assert "BSC_SYNC_JIRA_DEPLOYMENT" in check.mend
    assert health.exit_code == 1
    clinic.settings["jira_deployment"] = clinic.flavor
    health = clinic.examine()
    assert not_well(health) == []
    assert any("BSC_SYNC_JIRA_DEPLOYMENT does" in check.found for check in health.checks)


@pytest.mark.parametrize(
    "missing",
    [
        "GET /mypermissions",
        "GET /issue/createmeta/<key>/issuetypes/<type_id>",
        "GET /issue/<key>/editmeta",
        "GET /project/<key>/statuses",
        "GET /issueLinkType",
        "GET /user",
    ],
)
def test_what_the_site_does_not_tell_is_unknown_and_nothing_else_suffers(
    clinic: Clinic, missing: str
) -> None:
    clinic.seed["site"]["missing"] = [f"{missing} 404"]
    health = clinic.examine()
    assert [check for check in not_well(health) if check.area != "issues and work"] == [], screen(health)
    assert health.count("well") >= 18


def test_forty_projects_are_asked_for_together(clinic: Clinic) -> None:
    rules = "  rules:                                # exceptions; the first match wins\n"
    for number in range(6):
        key = f"T{number:02}"
        clinic.seed["projects"].append(
            {"key": key, "name": key, "issue_types": ["Task"], "screens": {"*": ["summary", "labels"]}}
        )
    ids = ["L1.trained.q4", "C2.ttfv.q4", "L2.migration.q4", "C1.retention.q4", "P2.open.q4"]
    extra = "".join(
        f"    - {{match: {{id: {ref}}}, project: T{number:02}, parent: none, link: contributes to,"
        " fields: {summary: {from: name}}}\n"
        for number, ref in enumerate(ids)
    )
    clinic.edit(rules, rules + extra)
    clinic.deny("LINK_ISSUES", project="T03")
    before = len(clinic.site_log())
    health = clinic.examine()
    told = [check for check in not_well(health) if check.area == "permissions"]
    assert [check.what for check in told] == ["Link Issues in T03"]
    alike = "create screen of T03 / Task, T01 / Task, T04 / Task, T00 / Task and T02 / Task"
    assert [check.what for check in health.checks if "T01 / Task" in check.what][:1] == [alike]
    assert health.exit_code == 4
    asked = [entry.operation for entry in clinic.site_log()[before:]]
    if clinic.cloud:
        assert not [one for one in asked if "mypermissions" in one]
        assert len([one for one in asked if one.endswith("/project/search")]) == 1
    else:
        assert not [one for one in asked if one.endswith("/project/<key>")]


def test_a_site_that_keeps_no_properties_is_told_to_go_by_labels(clinic: Clinic) -> None:
    clinic.seed["site"]["properties"] = False
    office = clinic.office()
    world = open_world(office, clock=clinic.site.clock.now, carrier=clinic.carrier)
    run(office.strategy, world, Policy())
    (check,) = not_well(clinic.examine())
    assert (check.what, check.state) == ("our mark on issues", "warning")
    assert "jira.label_only: true" in check.mend
    clinic.edit("  project: STRAT\n", "  project: STRAT\n  label_only: true\n")
    health = clinic.examine()
    assert not_well(health) == []
    assert any("labels alone" in check.found for check in health.checks)


def test_a_site_that_does_not_answer_is_told_in_a_line(clinic: Clinic) -> None:
    clinic.expect({"fault": "html", "status": 404, "path": "*"})
    health = clinic.examine()
    assert health.exit_code in {1, 4}
    assert {check.what for check in not_well(health)} == {"reachable"}
    assert any(check.what == "scorecard.yaml and mapping.yaml" for check in health.checks)


def test_no_secret_is_shown(clinic: Clinic) -> None:
    secret = clinic.site.users[clinic.user].token
    health = clinic.examine()
    assert secret not in screen(health) + json.dumps(health_json(health))


@pytest.mark.parametrize("kind", ["empty", "html"])
@pytest.mark.parametrize("every", [1, 3])
def test_on_a_bad_day_he_still_ends_with_a_report(clinic: Clinic, kind: str, every: int) -> None:
    clinic.settings["jira_deployment"] = clinic.flavor
    clinic.expect({"fault": kind, "every": every, "path": "*"})
    health = clinic.examine()
    assert health.exit_code in {1, 4}
    assert all(check.found for check in not_well(health))
    assert "Error" not in screen(health).replace("JSONDecodeError", ""), screen(health)
