"""A quarter of people's work, played on a sandbox as they would do it themselves."""

import datetime as dt
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.seed import read_seed
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weeks import Unplayable, Week, load_quarter, play

ZONE = ZoneInfo("Europe/Zurich")
START = dt.date(2026, 10, 1)
SEED = """
site: {time_zone: Europe/Zurich}
users:
  - {account_id: mia, name: Mia, email: mia@x.example, token: t}
  - {account_id: jon, name: Jon, email: jon@x.example, token: t}
fields: [{name: Current value, type: number}, {name: Story Points, type: number}]
link_types: [{name: Contribution, inward: is contributed to by, outward: contributes to}]
projects:
  - key: CRM
    name: CRM
    issue_types: [Epic, Story]
    issues:
      - {key: CRM-1, type: Epic, summary: Keep customers}
      - {key: CRM-2, type: Story, summary: Import}
"""
QUARTER = """
weeks:
  - actions:
      - {day: 1, time: "10:00", by: jon, move: Import, to: Done, resolution: "Won't Do"}
      - day: 0
        time: "09:30"
        by: mia
        create: Call them
        project: CRM
        type: Story
        parent: Keep customers
        points: 3
      - {day: 2, time: "11:00", by: mia, check_in: Keep customers, field: Current value, value: 85.5}
      - {day: 3, time: "11:00", by: mia, link: CRM-2, type: Contribution, to: Keep customers}
      - {day: 4, time: "11:00", by: jon, comment: CRM-1, text: It rains}
"""


def stage() -> tuple[Site, requests.Session, dict[str, requests.Session]]:
    site = Site(read_seed(SEED, "seed.yaml"), clock=Clock(dt.datetime(2026, 9, 30, tzinfo=dt.UTC)))
    app = create_app(site)
    sessions = {}
    for person in ("mia", "jon"):
        session = requests.Session()
        session.auth = (f"{person}@x.example", "t")
        session.mount(site.base_url, InProcessAdapter(app))
        sessions[person] = session
    return site, sessions["mia"], sessions


def played(week: Week, site: Site, sessions: dict[str, requests.Session]) -> int:
    return play(
        week,
        start=START,
        zone=ZONE,
        session_for=sessions.__getitem__,
        base_url=site.base_url,
        clock=site.clock,
    )


def test_a_week_happens_in_order_at_its_moments_by_its_people() -> None:
    site, mia, sessions = stage()
    (week,) = load_quarter(QUARTER).weeks
    assert played(week, site, sessions) == 5

    def read(path: str) -> Any:
        return mia.get(f"{site.base_url}/rest/api/3/issue/{path}").json()

    story = read("CRM-3")["fields"]
    assert (story["summary"], story["parent"]["key"], story["creator"]["accountId"]) == (
        "Call them",
        "CRM-1",
        "mia",
    )
    assert story["created"].startswith("2026-10-01T09:30")
    moved = read("CRM-2?expand=changelog")
    assert (moved["fields"]["status"]["name"], moved["fields"]["resolution"]["name"]) == ("Done", "Won't Do")
    assert moved["changelog"]["histories"][0]["author"]["accountId"] in {"jon", "mia"}
    epic = read("CRM-1")["fields"]
    assert 85.5 in epic.values()
    assert [link["inwardIssue"]["key"] for link in epic["issuelinks"]] == ["CRM-2"]
    assert read("CRM-1/comment")["total"] == 1


def test_what_is_not_there_is_said() -> None:
    site, _, sessions = stage()
    missing = 'weeks: [{actions: [{day: 0, time: "09:00", by: mia, move: Nobody knows, to: Done}]}]'
    (week,) = load_quarter(missing).weeks
    with pytest.raises(Unplayable, match='0 issues are called "Nobody knows"'):
        played(week, site, sessions)


@pytest.mark.parametrize("text", ["weeks: 3", "weeks: [{actions: [{day: 9}]}]", "weeks: [", "[]"])
def test_a_quarter_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        load_quarter(text)


def test_the_shipped_quarter_has_twelve_weeks() -> None:
    text = (files("bsc_sync") / "examples" / "acme" / "quarter.yaml").read_text(encoding="utf-8")
    assert len(load_quarter(text).weeks) == 12
