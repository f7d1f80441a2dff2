"""The transport asks again where that is safe, waits as it is told, and never creates anything twice."""

import datetime as dt
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.refusals import asked_wait
from bsc_sync.atlassian.session import Site, connect
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


def site_of(script: Script, waits: list[float] | None = None, **settings: Any) -> Site:
    slept = waits if waits is not None else []
    transport = PatientAdapter(script, sleep=slept.append, spread=lambda *_: 1.0, **settings)
    return connect("https://x.example", user="u", token="t", transport=transport)


def test_without_being_told_it_waits_two_four_and_eight_seconds() -> None:
    waits: list[float] = []
    with pytest.raises(RemoteError, match="failed with 502"):
        site_of(Script(*[(502, {}, b"")] * 4), waits).get("/rest/api/3/myself")
    assert waits == [2.0, 4.0, 8.0]


def test_waits_are_spread_and_have_an_end() -> None:
    asked: list[tuple[float, float]] = []

    def spread(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    waits: list[float] = []
    script = Script(*[(500, {}, b"")] * 6, OK)
    transport = PatientAdapter(script, tries=7, sleep=waits.append, spread=spread)
    connect("https://x.example", user="u", token="t", transport=transport).get("/rest/api/3/myself")
    assert waits == pytest.approx([2.6, 5.2, 10.4, 20.8, 30.0, 30.0])
    assert set(asked) == {(0.7, 1.3)}


def never_sent() -> requests.ConnectionError:
    pool = HTTPConnectionPool("x.example")
    return requests.ConnectionError(
        MaxRetryError(pool, "/", NewConnectionError(HTTPConnection("x.example"), "Connection refused"))
    )


def test_a_host_that_never_answered_is_not_waited_for() -> None:
    waits: list[float] = []
    script = Script(never_sent())
    with pytest.raises(Unreachable, match="the connection was refused"):
        site_of(script, waits).get("/rest/api/3/myself")
    assert (len(script.sent), waits) == (1, [])


def test_a_write_that_never_left_is_sent_again_and_is_never_ambiguous() -> None:
    site = site_of(Script(OK, never_sent(), OK, *[never_sent()] * 4))
    site.get("/rest/api/3/myself")
    assert site.post("/rest/api/3/issue", {}) is not None
    with pytest.raises(Unreachable):
        site.post("/rest/api/3/issue", {})


def test_a_certificate_that_is_not_trusted_is_not_tried_again() -> None:
    script = Script(requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))
    with pytest.raises(Unreachable, match="not trusted") as caught:
        site_of(script).get("/rest/api/3/myself")
    assert "BSC_SYNC_CA_BUNDLE" in caught.value.hint
    assert len(script.sent) == 1


def test_an_encrypted_connection_that_breaks_leaves_open_what_happened_to_a_write() -> None:
    broken = requests.exceptions.SSLError("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred")
    once = Script(broken)
    with pytest.raises(Ambiguous):
        site_of(once).post("/rest/api/3/issue", {})
    assert len(once.sent) == 1
    assert site_of(Script(broken, OK)).get("/rest/api/3/myself") is not None


@pytest.mark.parametrize("alert", ["tlsv13 alert certificate required", "sslv3 alert handshake failure"])
def test_a_site_that_wants_a_client_certificate_is_asked_once(alert: str) -> None:
    script = Script(requests.exceptions.SSLError(alert))
    with pytest.raises(Unreachable, match="asks for a client certificate") as caught:
        site_of(script).get("/rest/api/3/myself")
    assert "BSC_SYNC_CLIENT_CERT" in caught.value.hint
    assert len(script.sent) == 1


def test_json_that_ends_too_early_counts_as_lost() -> None:
    cut: Step = (200, {"Content-Type": "application/json"}, b'{"issues": [{"id": "1"')
    assert site_of(Script(cut, cut, OK)).read("/rest/api/3/search/jql", {}) is not None
    once = Script(cut)
    with pytest.raises(Ambiguous, match="cannot be read"):
        site_of(once).post("/rest/api/3/issue", {})
    assert len(once.sent) == 1


class BreaksOff(BytesIO):
    """A body that ends before its length."""

    def read(self, *_: object) -> bytes:
        raise ProtocolError("Connection broken: IncompleteRead(10 bytes read, 90 more expected)")


def test_a_body_that_breaks_off_counts_as_lost() -> None:
    class Breaking(Script):
        """Breaks off the first body."""

        def send(self, request: requests.PreparedRequest, **how: object) -> requests.Response:  # type: ignore[override]  # requests calls by keyword
            response = super().send(request, **how)
            if len(self.sent) == 1:
                response.raw = HTTPResponse(body=BreaksOff(), preload_content=False)
            return response

    assert site_of(Breaking(OK, OK)).get("/rest/api/3/myself") is not None
    once = Breaking(OK)
    with pytest.raises(Ambiguous, match="the reply broke off"):
        site_of(once).post("/rest/api/3/issue", {})
    assert len(once.sent) == 1


def test_a_used_up_quota_ends_it_for_all_who_ask_afterwards() -> None:
    waits: list[float] = []
    quota = {"RateLimit-Reason": "jira-quota-tenant-based", "Retry-After": "1200"}
    script = Script((429, quota, b""))
    site = site_of(script, waits)
    with pytest.raises(RateLimited, match=r"1200 s, until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC.*used up"):
        site.get("/rest/api/3/myself")
    with pytest.raises(RateLimited, match="asks to wait"):
        site.put("/rest/api/3/issue/1", {})
    assert (len(script.sent), waits) == (1, [])


def test_a_quota_is_not_slept_through_even_for_a_moment() -> None:
    script = Script((429, {"RateLimit-Reason": "jira-quota-global-based", "Retry-After": "5"}, b""))
    with pytest.raises(RateLimited, match="5 s"):
        site_of(script).get("/rest/api/3/myself")


def test_too_many_writes_to_one_issue_slow_no_other_request() -> None:
    waits: list[float] = []
    of_issue = {"RateLimit-Reason": "jira-per-issue-on-write", "Retry-After": "2"}
    site = site_of(Script((429, of_issue, b""), OK, OK), waits)
    site.put("/rest/api/3/issue/1", {})
    assert waits == [2.0]
    assert site.transport.pace(site.url).limit == 4


def test_a_refusal_slows_all_requests_to_the_host_and_no_other_host() -> None:
    site = site_of(Script((429, {"Retry-After": "1"}, b""), OK))
    site.get("/rest/api/3/myself")
    assert site.transport.pace("https://X.example/wiki").limit == 2
    assert site.transport.pace("https://y.example").limit == 4
    assert PatientAdapter(Script(), most=7).pace("https://x.example").limit == 7


def test_what_we_say_about_repeating_stays_with_us() -> None:
    script = Script(OK, OK)
    site = site_of(script)
    site.read("/rest/api/3/search/jql", {})
    site.post("/rest/api/3/issue", {})
    assert not any(name.lower().startswith("x-bsc") for sent in script.sent for name in sent.headers)


def test_the_first_error_ends_work_side_by_side() -> None:
    script = Script(*[(401, {}, b"")] * 4)
    site = site_of(script)
    with pytest.raises(Refused):
        site.side_by_side(lambda number: site.get(f"/rest/api/3/issue/{number}"), list(range(200)))
    assert len(script.sent) <= 4, "a wrong password is not tried two hundred times"
    assert site.side_by_side(str, [1]) == ["1"]
    assert site.side_by_side(str, list(range(9))) == [str(number) for number in range(9)]


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


@pytest.mark.parametrize("status", [500, 502, 504, 520, 524])
def test_a_broken_reply_to_a_write_leaves_open_what_happened(status: int) -> None:
    once = Script((status, {}, b""))
    with pytest.raises(Ambiguous, match=str(status)):
        site_of(once).post("/rest/api/3/issue", {})
    assert len(once.sent) == 1


@pytest.mark.parametrize(("status", "kind"), [(501, NotOffered), (503, RemoteError)])
def test_a_write_that_was_turned_down_leaves_nothing_open(status: int, kind: type[RemoteError]) -> None:
    with pytest.raises(kind) as caught:
        site_of(Script(*[(status, {}, b"")] * 4)).post("/rest/api/3/issue", {})
    assert not isinstance(caught.value, Ambiguous)
