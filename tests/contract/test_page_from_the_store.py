"""The page that is made without a look at Jira says of it what the last run found, and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bsc_sync.cli.report import page_of_today, rendered
from bsc_sync.report.digest import page_digest
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.sandbox.weather.rules import read_forecast
from bsc_sync.sync.publishing import publish_only
from bsc_sync.sync.run import RunReport, pull_only
from tests.people_in_jira import keep_from_us, move
from tests.runs_on_acme import Acme, apply, key_of, put, sync, sync_and_publish

AGREED = "Jira and the scorecard agree"
LEVEL = "Board only"


@pytest.fixture
def acme_secret(begin: Any, flavor: str) -> Acme:
    """The example on a site that can hide issues from us."""

    def secrets(seed: dict[str, Any]) -> None:
        seed["security_levels"] = [{"name": LEVEL, "users": ["acme:cfo"]}]

    return begin(flavor, change=secrets)


def troubled(acme: Acme) -> RunReport:
    """A board of which one issue was edited, two were moved, and one is not to be seen any more."""
    sync_and_publish(acme)
    put(acme, "F2", summary="edited by hand")
    move(acme, key_of(acme, "P3"), "CRM")
    move(acme, key_of(acme, "L1"), "OPS")
    keep_from_us(acme, key_of(acme, "L2"), level=LEVEL)
    later(acme, minutes=15)
    return sync_and_publish(acme)


def later(acme: Acme, **passed: int) -> None:
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(**passed))


def reported(acme: Acme) -> Page:
    """The page that `report` would write that day."""
    office = acme.office()
    return page_of_today(office, office.strategy.card.today(acme.site.clock.now()))


def published(acme: Acme) -> tuple[Published, ...]:
    """What `publish` does."""
    office = acme.office()
    return publish_only(office.strategy, acme.world(office), force=False)


def shown(acme: Acme, report: RunReport) -> tuple[int, str, str]:
    """The version in the wiki, its text, and the file."""
    wiki = acme.wiki_page(report.published[0].url)
    return wiki.version, wiki.body, (acme.folder / "out" / "alignment.html").read_text(encoding="utf-8")


def test_publish_and_sync_make_one_page_and_write_it_once(acme_secret: Acme) -> None:
    report = troubled(acme_secret)
    before = shown(acme_secret, report)
    assert before[0] == 2
    for text in before[1:]:
        assert AGREED not in text
        assert "gone or forbidden" in text
        assert "edited by hand" in text
    writes = acme_secret.writes()
    for _ in range(2):
        later(acme_secret, minutes=15)
        assert {one.result for one in published(acme_secret)} == {"unchanged"}
        assert {one.result for one in sync_and_publish(acme_secret).published} == {"unchanged"}
    assert shown(acme_secret, report) == before
    assert acme_secret.writes() == writes


def test_a_report_says_what_the_last_run_found(acme_secret: Acme) -> None:
    report = troubled(acme_secret)
    page = reported(acme_secret)
    assert page.plan == report.page.plan
    assert page_digest(page) == page_digest(report.page)
    for text in (rendered(page, "html"), rendered(page, "md").replace("\\-", "-"), rendered(page, "storage")):
        assert AGREED not in text
        assert "gone or forbidden" in text


def test_what_is_pending_and_what_has_failed_is_told_too(acme_here: Acme) -> None:
    report = sync(acme_here, mode="observe")
    assert report.page.plan.pending == 14
    assert reported(acme_here).plan == report.page.plan
    refusal = {"fault": "status", "status": 403, "method": "POST", "pattern": "/issue/bulk", "times": 1}
    later(acme_here, minutes=15)
    sync(acme_here)
    later(acme_here, minutes=15)
    acme_here.edit("name: Grow lifetime customer value\n", "name: Earn more\n")
    refusal = {"fault": "status", "status": 400, "method": "PUT", "pattern": r"/issue/\d+$"}
    acme_here.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [refusal]}))
    report = sync(acme_here)
    assert report.exit_code == 5
    assert report.page.plan.failures
    assert reported(acme_here).plan == report.page.plan


def test_what_is_applied_for_some_leaves_what_is_said_of_the_others(acme_here: Acme) -> None:
    sync(acme_here)
    put(acme_here, "C1", summary="One")
    put(acme_here, "C2", summary="Two")
    acme_here.edit("name: Grow lifetime customer value\n", "name: Earn more\n")
    later(acme_here, minutes=15)
    sync(acme_here, mode="observe")
    later(acme_here, minutes=15)
    apply(acme_here, take="scorecard", targets=("C1",))
    plan = reported(acme_here).plan
    assert (plan.pending, [hold.ref for hold in plan.drift]) == (1, ["C2"])
    later(acme_here, minutes=15)
    office = acme_here.office()
    pull_only(office.strategy, acme_here.world(office))
    assert reported(acme_here).plan == plan, "a pull makes no plan"


def test_before_the_first_run_nothing_is_said_of_jira(acme_here: Acme) -> None:
    page = reported(acme_here)
    for text in (rendered(page, "html"), rendered(page, "md"), rendered(page, "storage")):
        assert AGREED not in text
        assert "no run has looked at it yet" in text


def test_the_page_says_when_jira_was_looked_at(acme_here: Acme) -> None:
    first = sync_and_publish(acme_here)
    for text in shown(acme_here, first)[1:]:
        assert "Issues, looked at on 23 Nov 2026: 13 in sync, 1 drifted." in text.replace(
            "&nbsp;", " "
        ).replace("\u00a0", " ")
    later(acme_here, days=1)
    second = sync(acme_here)
    assert second.page.plan.looked != first.page.plan.looked
