"""The log of requests: enough to see what went on, and nothing that anybody could use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import structlog
from structlog.testing import LogCapture

from bsc_sync.atlassian.request_log import note_attempt, shown_path


@pytest.fixture
def log() -> Iterator[LogCapture]:
    capture = LogCapture()
    structlog.configure(processors=[capture])
    yield capture
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.example/rest/api/3/field", "/rest/api/3/field"),
        ("https://x.example/a?startAt=0&maxResults=50", "/a?startAt=0&maxResults=50"),
        ("https://x.example/a?nextPageToken=abc&jql=project%3DX&", "/a?nextPageToken=...&jql=..."),
        ("https://u:p@x.example/a?token=abc&startAt=1%0A2", "/a?token=...&startAt=1 2"),
        ("https://x.example/a?abc", "/a?abc=..."),
    ],
)
def test_of_a_query_only_names_and_places_in_lists_are_shown(url: str, shown: str) -> None:
    assert shown_path(url) == shown


def reply(status: int) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update({"X-AREQUESTID": "abc", "Set-Cookie": "c=secret"})
    return response


def noted(
    response: requests.Response | None, lost: Exception | None = None, wait: float | None = None
) -> None:
    request = requests.Request(
        "POST", "https://x.example/a", data="body", headers={"Authorization": "Basic x"}
    ).prepare()
    note_attempt(request, response, lost, attempt=2, seconds=0.0123, wait=wait)


def test_a_reply_and_a_lost_one(log: LogCapture) -> None:
    noted(reply(200))
    noted(None, requests.ConnectionError("secret"), wait=2.125)
    common: dict[str, Any] = {"event": "asked", "log_level": "debug", "method": "POST", "path": "/a"}
    assert log.entries == [
        common | {"status": 200, "ms": 12, "attempt": 2, "request": "abc"},
        common | {"status": "ConnectionError", "ms": 12, "attempt": 2, "wait": 2.12},
    ]


def test_a_long_wait_is_told_to_people(log: LogCapture) -> None:
    noted(reply(429), wait=42.4)
    told = next(entry for entry in log.entries if entry["log_level"] == "info")
    assert told == {
        "event": "waiting",
        "log_level": "info",
        "seconds": 42,
        "host": "x.example",
        "status": 429,
    }


def test_without_a_log_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    noted(reply(429), wait=42.4)
    assert capsys.readouterr() == ("", "")
