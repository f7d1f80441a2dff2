"""What keeps a plan from being made is told at once, with lines, and in the doctor's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bsc_sync.errors import MappingError
from bsc_sync.runtime import open_world
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sync.prepare import prepare
from tests.clinic import Clinic, not_well, open_clinic


@pytest.fixture
def clinic(tmp_path: Path, flavor: Flavor, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.chdir(tmp_path)
    return open_clinic(Path(), flavor)


def problems(clinic: Clinic) -> list[str]:
    """What `plan` says, line by line; it writes nothing."""
    office = clinic.office()
    world = open_world(office, clock=clinic.site.clock.now, carrier=clinic.carrier)
    with pytest.raises(MappingError) as caught:
        prepare(
            office.strategy, tracker=world.tracker, memory=office.memory, now=world.clock(), may_settle=True
        )
    assert [entry for entry in clinic.site_log() if entry.writes] == []
    return [f"{problem.where}: {problem.what}" for problem in caught.value.problems]


def test_fields_queries_types_and_screens_are_told_together(clinic: Clinic) -> None:
    clinic.edit('"KR target":', '"KR taret":')
    clinic.edit("component = onboarding'}", "compnent = onboarding'}")
    clinic.edit("    as: issue\n    issue_type: Task", "    as: issue\n    issue_type: Key Result")
    clinic.project_of_seed("STRAT")["screens"]["Epic"].remove("priority")
    told = problems(clinic)
    assert [line.partition(": ")[0] for line in told] == [
        "mapping.yaml:27:9",
        "mapping.yaml:34:28",
        "mapping.yaml:13:7",
        "mapping.yaml:14:3",
    ], told
    assert told[0].endswith('no field "KR taret" in this Jira')
    assert "Jira cannot carry the query out" in told[1]
    assert 'the field "Priority" is not on the create screen of STRAT / Epic' in told[2]
    assert 'cannot create "Key Result" in project STRAT' in told[3]
    seen = {f"{check.where}: {check.found}" for check in not_well(clinic.examine())}
    assert set(told) <= seen


def test_required_fields_and_unknown_projects_are_told_in_the_same_words(clinic: Clinic) -> None:
    screens = clinic.project_of_seed("STRAT")["screens"]
    screens["Epic"] = {
        "create": [*screens["Epic"], "Story Points"],
        "edit": screens["Epic"],
        "required": ["Story Points"],
    }
    rules = "  rules:                                # exceptions; the first match wins\n"
    elsewhere = "    - {match: {id: L1.trained.q4}, project: NOWHERE, fields: {summary: {from: name}}}\n"
    clinic.edit(rules, rules + elsewhere)
    told = problems(clinic)
    assert len(told) == 2, told
    assert 'Jira requires the field "Story Points" of STRAT / Epic' in told[0]
    assert told[0].startswith("mapping.yaml:6:3: ")
    assert told[1] == 'mapping.yaml:24:7: cannot create "Task" in project NOWHERE'
    seen = {f"{check.where}: {check.found}" for check in not_well(clinic.examine())}
    assert told[0] in seen
