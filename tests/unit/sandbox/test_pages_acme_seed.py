"""The acme example's company: what the tutorial and the demo count on."""

import csv
import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from bsc_sync.sandbox.seed import read_seed

ACME = files("bsc_sync") / "examples" / "acme"
TEXT = (ACME / "sandbox.yaml").read_text(encoding="utf-8")
SEED = read_seed(TEXT, "sandbox.yaml")
ISSUES = {issue["key"]: issue for project in SEED["projects"] for issue in project.get("issues", ())}
SHARED = Path(os.environ.get("BSC_SYNC_SHARED", Path(__file__).parents[3] / ".." / "shared"))


def test_eighteen_incidents_of_customers_are_open() -> None:
    open_ones = [
        key
        for key, issue in ISSUES.items()
        if key.startswith("OPS-")
        and issue["type"] == "Bug"
        and "customer-reported" in issue["labels"]
        and issue.get("status") not in {"Done", "Closed"}
    ]
    assert len(open_ones) == 18


def test_holds_what_the_mapping_refers_to() -> None:
    assert {user["account_id"]: user["name"] for user in SEED["users"]}["acme:cfo"] == "Carla Fontana (CFO)"
    assert {field["name"] for field in SEED["fields"]} == {
        "Target value",
        "Current value",
        "KR target",
        "KR current",
        "Story Points",
    }
    assert (ISSUES["OPS-1"]["type"], str(ISSUES["OPS-1"]["due"])) == ("Epic", "2026-11-15")
    children = [key for key, issue in ISSUES.items() if issue.get("parent") == "CRM-12"]
    below = [key for key, issue in ISSUES.items() if issue.get("parent") in children]
    assert (len(children), len(below)) == (6, 5)
    assert any("onboarding" in issue.get("components", ()) for issue in ISSUES.values())
    assert [space["key"] for space in SEED["spaces"]] == ["STRAT"]
    assert not [issue for key, issue in ISSUES.items() if key.startswith("STRAT-")]


def test_everything_was_created_before_the_quarter_and_in_order() -> None:
    for key, issue in ISSUES.items():
        assert f"{issue['updated']}" < "2026-10-01", key
        assert issue["created"] <= issue["updated"] == issue.get("resolved", issue["updated"]), key
        assert ("resolution" in issue) == (issue.get("status") in {"Done", "Closed"}), key
        assert int(key.split("-")[1]) > 0


def test_dates_can_be_moved_by_replacing_text() -> None:
    outside_comments = re.sub(r"#.*", "", TEXT)
    dates = re.findall(r"\b(\d{4})-(\d\d)-(\d\d)", outside_comments)
    assert {year for year, _, _ in dates} == {"2026"}
    assert not re.findall(r"(?<![-\d])20\d\d(?!-\d\d-\d\d)", outside_comments)


def test_lifetime_value_grows_month_by_month() -> None:
    rows = list(csv.DictReader((ACME / "finance.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["month"] for row in rows] == [f"2026-{month:02}" for month in range(1, 13)]
    values = [int(row["ltv"]) for row in rows]
    assert values == sorted(set(values))
    assert (values[0], values[-1]) == (1210, 1330)


@pytest.mark.parametrize("name", ["scorecard.yaml", "mapping.yaml"])
def test_scorecard_and_mapping_are_the_public_example(name: str) -> None:
    public = SHARED / "examples" / "acme" / name
    if not public.exists():
        pytest.skip("the public example is not on this machine")
    assert (ACME / name).read_bytes() == public.read_bytes()
