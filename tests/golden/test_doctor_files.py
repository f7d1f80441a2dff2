"""The doctor's screen, his data and the request to an admin, as whole files: healthy and sick."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bsc_sync.report.admin_request import render_request
from bsc_sync.report.health import Health, health_json
from bsc_sync.sandbox.catalog import Flavor
from tests.clinic import Clinic, open_clinic, screen

FLAVORS: tuple[Flavor, ...] = ("cloud", "data-center")


def make_sick(clinic: Clinic) -> None:
    """Something wrong in every area."""
    clinic.edit("untouched_after: 14 days", "untouched_afer: 14 days")
    clinic.settings["jira_token_expires"] = "2026-11-30"
    clinic.deny("SCHEDULE_ISSUES", "ADD_COMMENTS")
    clinic.without_field("Target value")
    clinic.project_of_seed("STRAT")["screens"]["Epic"].remove("KR target")
    clinic.edit("existing: OPS-1", "existing: OPS-999")
    clinic.edit("links: contributes to", "links: contributes towards")
    clinic.edit("component = onboarding'}", "compnent = onboarding'}")
    clinic.edit("labels = customer-reported", "labels = customer-reportd")
    clinic.edit("  cfo: ", "  ceo: nobody\n  cfo: ")
    clinic.edit("space: STRAT, ", "space: STRAT, parent: Reports, ")
    clinic.seed["spaces"][0].setdefault("pages", []).append({"title": "Strategy alignment: Acme CRM"})


@pytest.fixture(params=FLAVORS)
def healthy(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Health]:
    monkeypatch.chdir(tmp_path)
    return request.param, _counted(open_clinic(Path(), request.param).examine())


@pytest.fixture(params=FLAVORS)
def sick(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Health]:
    monkeypatch.chdir(tmp_path)
    clinic = open_clinic(Path(), request.param)
    make_sick(clinic)
    return request.param, _counted(clinic.examine())


def _counted(health: Health) -> Health:
    """Two threads may find one missing endpoint at once, so the count can differ by one."""
    assert 30 <= health.requests <= 45
    return replace(health, requests=40)


Golden = Callable[[str, str], None]


def as_json(health: Health) -> str:
    return json.dumps(health_json(health), indent=2, ensure_ascii=False) + "\n"


def test_a_healthy_site(healthy: tuple[str, Health], golden: Golden) -> None:
    flavor, health = healthy
    golden(f"doctor/{flavor}.healthy.txt", screen(health))
    golden(f"doctor/{flavor}.healthy.json", as_json(health))


def test_a_sick_site(sick: tuple[str, Health], golden: Golden) -> None:
    flavor, health = sick
    golden(f"doctor/{flavor}.sick.txt", screen(health))
    golden(f"doctor/{flavor}.sick.json", as_json(health))


def test_the_request_of_a_sick_site(sick: tuple[str, Health], golden: Golden) -> None:
    flavor, health = sick
    golden(f"doctor/{flavor}.request.md", render_request(health, every=False))


def test_the_request_of_everything(healthy: tuple[str, Health], golden: Golden) -> None:
    flavor, health = healthy
    golden(f"doctor/{flavor}.request-all.md", render_request(health, every=True))


def test_nothing_to_ask_for(healthy: tuple[str, Health]) -> None:
    _, health = healthy
    assert render_request(health, every=False).startswith("Nothing is missing")
