"""A run that has used up its time begins nothing more; what was begun is settled, the next run goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import unquote_plus

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.sandbox.weather.rules import read_forecast
from tests.carriers import Meddling, is_bulk
from tests.runs_on_acme import Acme, sync_and_publish


def slow(acme: Acme, wanted: Callable[[requests.PreparedRequest], bool]) -> Callable[[], BaseAdapter]:
    """Each request that is wanted takes a minute by the site's clock."""
    clock = acme.site.clock

    def minute_passes() -> None:
        clock.set(clock.now() + dt.timedelta(minutes=1))

    return lambda: Meddling(acme.carrier_of_test(), wanted, minute_passes)


def is_about_work(request: requests.PreparedRequest) -> bool:
    asked = unquote_plus(str(request.url)) + (request.body or b"").decode()  # type: ignore[union-attr]  # ours are bytes
    return "/search" in asked and "CRM" in asked


def test_after_the_deadline_no_batch_is_begun_and_the_next_run_does_the_rest(acme_here: Acme) -> None:
    acme = acme_here
    acme.edit("\nservice:", "\n  deadline: 1 minute\nservice:", "mapping.yaml")
    report = sync_and_publish(acme, slow(acme, is_bulk))
    assert report.exit_code == 3
    assert report.stopped is not None
    (line,) = report.stopped.lines()
    assert line == (
        "the run's time (1 minute) was up with 6 of 14 changes left - "
        "the next run goes on from here; raise limits.deadline in mapping.yaml, or --deadline"
    )
    assert report.failed is None
    done = [outcome for outcome in report.outcomes if outcome.result == "applied"]
    assert {outcome.action for outcome in done} == {"create"}
    assert (len(done), report.pulled, report.published) == (8, None, ())
    assert acme.office().memory.open_intents() == []
    again = sync_and_publish(acme)
    assert (again.exit_code, again.plan.counts().creates) == (0, 5)
    assert [entry.result for entry in again.published] == ["created", "created"]


def test_the_command_line_comes_before_the_mapping(acme_here: Acme) -> None:
    acme = acme_here
    acme.edit("\nservice:", "\n  deadline: 1 minute\nservice:", "mapping.yaml")
    assert sync_and_publish(acme, slow(acme, is_bulk), deadline=dt.timedelta(hours=1)).exit_code == 0


def test_a_pull_that_runs_out_of_time_leaves_the_writes_done_and_the_page_to_the_next_run(
    acme_here: Acme,
) -> None:
    acme = acme_here
    sync_and_publish(acme)
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    report = sync_and_publish(acme, slow(acme, is_about_work), deadline=dt.timedelta(minutes=2))
    assert report.exit_code == 3
    assert report.stopped is not None
    assert report.stopped.message == "the run's time (2 minutes) was up before all was read"
    assert [outcome.ref for outcome in report.outcomes if outcome.result == "applied"] == ["C1"]
    assert (report.pulled, report.published) == (None, ())
    assert sync_and_publish(acme).exit_code == 0


@pytest.mark.parametrize(
    ("method", "pattern", "left"), [("POST", r"/issue/bulk$", 14), ("GET", r"/rest/api/\d/field$", None)]
)
def test_a_wait_that_the_site_asks_for_is_not_slept_past_the_deadline(
    acme_here: Acme, method: str, pattern: str, left: int | None
) -> None:
    acme = acme_here
    fault = {
        "fault": "status",
        "status": 429,
        "retry_after": 50,
        "method": method,
        "pattern": pattern,
        "times": 1,
    }
    acme.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [fault]}))
    deadline = dt.timedelta(seconds=30)
    if left is None:  # before anything is known there is nothing to report but the wait
        with pytest.raises(Exception, match="asks to wait 50 seconds, and the run has 30 left"):
            sync_and_publish(acme, deadline=deadline)
    else:
        report = sync_and_publish(acme, deadline=deadline)
        assert report.stopped is not None
        assert f"was up with {left} of 14 changes left" in report.stopped.message
        assert report.failed is None
    acme.site.clock.set(acme.site.clock.now() + dt.timedelta(minutes=2))
    assert sync_and_publish(acme).exit_code == 0
    assert len(acme.search("labels = bsc-acme")) == 14
