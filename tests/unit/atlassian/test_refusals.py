"""What a site says when it is asked too often."""

from __future__ import annotations

import datetime as dt

import pytest
import requests

from bsc_sync.atlassian.refusals import read_refusal

NOW = dt.datetime(2026, 10, 5, 8, 20, 0, tzinfo=dt.UTC)


def reply(status: int, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500, 502, 504])
def test_only_429_and_503_are_refusals(status: int) -> None:
    assert read_refusal(reply(status, Retry_After="3"), now=NOW) is None


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "0"}, 0.0),
        ({"Retry_After": "1.5"}, 1.5),
        ({"Retry_After": "Mon, 05 Oct 2026 08:20:09 GMT"}, 9.0),
        ({"Retry_After": "Mon, 05 Oct 2026 08:10:00 GMT"}, 0.0),
        ({"Retry_After": "inf", "X_RateLimit_Reset": "2026-10-05T08:21:00Z"}, 60.0),
        ({"X_RateLimit_Reset": "2026-10-05T08:20:30+00:00"}, 30.0),
        ({"X_RateLimit_Reset": str(int(NOW.timestamp()) + 7)}, 7.0),
        ({"RateLimit": '"jira-burst-based";r=0;t=4'}, 4.0),
        ({"Beta_RateLimit": '"global-app-quota";r=0; t=11'}, 11.0),
        ({"RateLimit": '"jira-burst-based";r=0'}, None),
        ({}, None),
    ],
)
def test_how_long_a_429_asks_to_wait(headers: dict[str, str], wait: float | None) -> None:
    refusal = read_refusal(reply(429, **headers), now=NOW)
    assert refusal is not None
    assert refusal.wait == wait
    assert refusal.until == (None if wait is None else NOW + dt.timedelta(seconds=wait))
    assert (refusal.quota, refusal.of_issue) == (False, False)


def test_a_zero_with_a_503_is_no_promise_that_it_is_up_again() -> None:
    refusal = read_refusal(reply(503, Retry_After="0"), now=NOW)
    assert refusal is not None
    assert refusal.wait is None


def test_a_quota_that_is_used_up_lasts_to_the_end_of_the_hour_unless_the_site_says_else() -> None:
    silent = read_refusal(reply(429, RateLimit_Reason="jira-quota-tenant-based"), now=NOW)
    assert silent is not None
    assert str(silent) == (
        "the site asks to wait for 2400 s, until 2026-10-05 09:00:00 UTC"
        " (what may be asked in this hour is used up)"
    )
    told = read_refusal(
        reply(429, RateLimit_Reason="confluence-quota-global-based", Retry_After="60"), now=NOW
    )
    assert told is not None
    assert (told.quota, told.wait) == (True, 60.0)


def test_too_many_writes_to_one_issue_are_about_that_issue() -> None:
    refusal = read_refusal(reply(429, RateLimit_Reason="jira-per-issue-on-write", Retry_After="2"), now=NOW)
    assert refusal is not None
    assert refusal.of_issue
