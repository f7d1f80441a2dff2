"""The transport asks again where that is safe, waits as it is told, and never creates anything twice."""

import datetime as dt
from collections.abc import Mapping
from io import BytesIO

import pytest
import requests
from requests.adapters import BaseAdapter

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.refusals import asked_wait
from bsc_sync.atlassian.session import connect
from bsc_sync.errors import Ambiguous, NotOffered, RateLimited, Refused, Rejected, RemoteError, Unreachable

NOW = dt.datetime(2026, 10, 5, 8, 0, 0, tzinfo=dt.UTC)


class Script(BaseAdapter):
    """Answers as the script says: a status with headers, or an exception."""

    def __init__(self, *steps: tuple[int, dict[str, str], bytes] | Exception) -> None:
        super().__init__()
        self.steps = list(steps)
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
        self.sent.append(request)
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        response = requests.Response()
        response.status_code, response.request, response.url = step[0], request, str(request.url)
        response.headers.update(step[1])
        response.raw = BytesIO(step[2])
        return response

    def close(self) -> None:
        """Nothing is open."""


Step = tuple[int, dict[str, str], bytes]
OK: Step = (200, {}, b'{"ok": 1.50}')


def test_a_refusal_is_asked_again_even_for_a_write_after_the_wait_that_was_asked() -> None:
    waits: list[float] = []
    script = Script((429, {"Retry-After": "1.5"}, b""), (503, {"Retry-After": "2"}, b""), OK)
    site = connect(
        "https://x.example", user="u", token="t", transport=PatientAdapter(script, sleep=waits.append)
    )
    assert site.post("/rest/api/3/issue", {}) == {"ok": pytest.approx(1.5)}
    assert waits == [1.5, 2.0]


def test_a_write_whose_reply_is_lost_is_sent_once_and_is_ambiguous() -> None:
    script = Script(requests.ConnectionError("gone"), OK)
    site = connect(
        "https://x.example", user="u", token="t", transport=PatientAdapter(script, sleep=lambda _: None)
    )
    with pytest.raises(Ambiguous):
        site.post("/rest/api/3/issue/bulk", {})
    assert len(script.sent) == 1


def test_a_write_that_met_a_gateway_error_is_ambiguous_and_sent_once() -> None:
    script = Script((504, {}, b"<html>"), OK)
    site = connect(
        "https://x.example", user="u", token="t", transport=PatientAdapter(script, sleep=lambda _: None)
    )
    with pytest.raises(Ambiguous):
        site.post("/rest/api/3/issue/bulk", {})
    assert len(script.sent) == 1


def test_a_read_is_repeated_until_the_tries_are_used_up() -> None:
    script = Script(*[requests.ConnectionError("refused")] * 4)
    transport = PatientAdapter(script, sleep=lambda _: None)
    site = connect("https://x.example", user="u", token="t", transport=transport)
    with pytest.raises(Unreachable, match="refused"):
        site.read("/rest/api/3/search/jql", {})
    assert transport.requests == 4


def test_an_hour_of_waiting_is_not_slept_through() -> None:
    script = Script((429, {"Retry-After": "1847"}, b""))
    site = connect(
        "https://x.example", user="u", token="t", transport=PatientAdapter(script, sleep=lambda _: None)
    )
    with pytest.raises(RateLimited, match="1847 s"):
        site.get("/rest/api/3/myself")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "Mon, 05 Oct 2026 08:00:09 GMT"}, 9.0),
        ({"X-RateLimit-Reset": "2026-10-05T08:01:00Z"}, 60.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 30)}, 30.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({}, None),
    ],
)
def test_every_form_of_asking_to_wait(headers: Mapping[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, now=NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, b"Client must be authenticated", Refused, "does not accept the credentials"),
        (403, b'{"errorMessages":["No permission"]}', Refused, "No permission"),
        (400, b'{"errorMessages":[],"errors":{"summary":"too long"}}', Rejected, "summary: too long"),
        (404, b"<html>", NotOffered, "does not offer"),
        (410, b"{}", NotOffered, "no longer offers"),
        (302, b"", RemoteError, "redirect"),
    ],
)
def test_a_failure_says_what_it_means_and_no_secret(
    status: int, body: bytes, kind: type[RemoteError], said: str
) -> None:
    script = Script((status, {"Location": "https://evil.example", "Set-Cookie": "secret"}, body))
    site = connect("https://x.example", user="u@x", token="s3cr3t", transport=PatientAdapter(script))
    with pytest.raises(kind, match=said) as caught:
        site.get("/rest/api/3/myself")
    text = "\n".join(caught.value.lines())
    assert "s3cr3t" not in text
    assert "Set-Cookie" not in text
    assert len(script.sent) == 1
