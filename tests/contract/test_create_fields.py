"""`init --create-fields` on both flavors: shown, asked, done, looked at again; and gone on with."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from bsc_sync.cli.create_fields import create_fields
from bsc_sync.errors import Ambiguous, WrongUsage
from bsc_sync.sandbox.catalog import Flavor
from tests.clinic import Clinic, not_well, open_clinic

FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
SEARCHER = "com.atlassian.jira.plugin.system.customfieldtypes:exactnumber"
OWN_SCREENS = {
    "cloud": (),
    "data-center": tuple(
        f"STRAT {kind} {way} Screen" for kind in ("Task", "Epic") for way in ("create", "edit")
    ),
}


@pytest.fixture
def clinic(tmp_path: Path, flavor: Flavor, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.chdir(tmp_path)
    return open_clinic(Path(), flavor)


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def run(clinic: Clinic, *, screens: Sequence[str] | None = None, yes: bool = True) -> int:
    names = OWN_SCREENS[clinic.flavor] if screens is None else screens
    return create_fields(clinic.premises, screens=names, yes=yes)


def writes(clinic: Clinic) -> list[str]:
    return [entry.operation for entry in clinic.site_log() if entry.writes]


def ask(clinic: Clinic, method: str, path: str, body: object = None) -> Any:
    with requests.Session() as person:
        user = clinic.site.users["sandbox:admin"]
        person.auth = (user.email if clinic.cloud else user.login, user.token)
        person.mount(clinic.site.base_url, clinic.carrier())
        api = "/rest/api/3" if clinic.cloud else "/rest/api/2"
        reply = person.request(method, f"{clinic.site.base_url}{api}{path}", json=body, timeout=30)
        assert reply.ok, reply.text
        return reply.json()


def numbers(clinic: Clinic) -> list[str]:
    fields = ask(clinic, "GET", "/field")
    return sorted(one["name"] for one in fields if (one.get("schema") or {}).get("custom") == FLOAT)


def test_missing_number_fields_are_made_and_put_on_their_screens(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.without_field("Target value")
    clinic.without_field("KR current")
    assert {check.state for check in not_well(clinic.examine())} == {"missing"}
    assert run(clinic) == 0
    said = capsys.readouterr().out
    assert '+ create the number field "Target value" for STRAT / Task' in said
    assert '+ create the number field "KR current" for STRAT / Epic' in said
    assert "Verified: Jira shows every mapped field where it is needed." in said
    assert {"Target value", "KR current"} <= set(numbers(clinic))
    assert not_well(clinic.examine()) == []


def test_a_second_run_finds_everything_in_place(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    clinic.without_field("Target value")
    assert run(clinic) == 0
    before, there = writes(clinic), numbers(clinic)
    assert run(clinic) == 0
    assert writes(clinic) == before
    assert numbers(clinic) == there
    assert "Every number field is there already." in capsys.readouterr().out


def test_a_run_that_broke_off_is_gone_on_with(clinic: Clinic) -> None:
    clinic.without_field("Target value")
    made = ask(clinic, "POST", "/field", {"name": "Target value", "type": FLOAT, "searcherKey": SEARCHER})
    assert run(clinic) == 0
    assert numbers(clinic).count("Target value") == 1
    screens = ask(clinic, "GET", "/screens")
    tasks = [
        one
        for one in (screens["values"] if clinic.cloud else screens)
        if one["name"].startswith("STRAT Task")
    ]
    for task in tasks:
        (tab,) = ask(clinic, "GET", f"/screens/{task['id']}/tabs")
        shown = ask(clinic, "GET", f"/screens/{task['id']}/tabs/{tab['id']}/fields")
        assert made["id"] in {one["id"] for one in shown}, task
    assert len(tasks) == 2


def test_a_field_that_only_lacks_its_screens_is_put_on_them(clinic: Clinic) -> None:
    clinic.project_of_seed("STRAT")["screens"]["Task"].remove("Target value")
    there = numbers(clinic)
    assert run(clinic) == 0
    assert numbers(clinic) == there
    assert not_well(clinic.examine()) == []


def test_two_fields_of_the_name_are_left_to_people(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.seed["fields"].append({"id": "customfield_10999", "name": "target VALUE", "type": "number"})
    clinic.project_of_seed("STRAT")["screens"]["Task"].append("customfield_10999")
    assert run(clinic) == 1
    assert writes(clinic) == []
    assert "is the name of several fields - write the id into the mapping" in capsys.readouterr().out


def test_whoever_is_no_administrator_gets_the_request_instead(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.without_field("Target value")
    clinic.seed["permissions"] = [{"user": clinic.user, "without": ["ADMINISTER"]}]
    assert run(clinic) == 4
    assert writes(clinic) == []
    said = capsys.readouterr().out
    assert "it does not administer Jira" in said
    assert "| Target value | Number field | STRAT / Task |" in said


def test_who_says_no_is_heard(
    clinic: Clinic, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.without_field("Target value")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with pytest.raises(WrongUsage, match="nobody to ask"):
        run(clinic, yes=False)
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert run(clinic, yes=False) == 1
    assert writes(clinic) == []
    assert "Nothing was done." in capsys.readouterr().out


def test_a_field_that_is_no_number_is_left_to_people(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.edit('"Target value": {from: target', '"Champion": {from: owner')
    assert run(clinic) == 1
    assert writes(clinic) == []
    assert '"Champion" is no number field - create it in Jira (user picker)' in capsys.readouterr().out


@pytest.mark.parametrize("flavor", ["data-center"])
def test_screens_that_jira_does_not_tell_are_asked_for(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.without_field("Target value")
    assert run(clinic, screens=()) == 1
    said = capsys.readouterr().out
    assert "on the default screen (Jira does not tell which screens STRAT / Task has)" in said
    assert "is not on the create screen of STRAT / Task" in said
    assert "--screen NAME" in said
    assert run(clinic, screens=("STRAT Task create Screen", "STRAT Task edit Screen")) == 0


@pytest.mark.parametrize("flavor", ["cloud"])
def test_a_team_managed_project_is_left_to_its_team(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.without_field("Target value")
    clinic.project_of_seed("STRAT")["style"] = "next-gen"
    assert run(clinic) == 1
    assert writes(clinic) == []
    assert "STRAT / Task is team-managed: only its own settings give it fields" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["*/field", "*/tabs/*/fields"])
@pytest.mark.parametrize("done", [True, False])
def test_a_lost_reply_ends_the_run_and_the_next_one_goes_on(clinic: Clinic, path: str, *, done: bool) -> None:
    clinic.without_field("Target value")
    fault = {"fault": "drop", "method": "POST", "path": path, "carried_out": done, "times": 1}
    clinic.expect(fault)
    with pytest.raises(Ambiguous):
        run(clinic)
    assert run(clinic) == 0
    assert numbers(clinic).count("Target value") == 1
    assert not_well(clinic.examine()) == []
