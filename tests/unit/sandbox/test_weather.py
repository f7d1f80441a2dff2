"""Bad weather as a caller meets it, in process and over a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from flask import Flask

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weather.rules import read_forecast


class Caller:
    """A session that asks the sandbox, and its levers."""

    def __init__(self, app: Flask, url: str, session: requests.Session) -> None:
        self.app, self.url, self.session = app, url, session

    def ask(self, method: str, path: str, **how: Any) -> requests.Response:
        how.setdefault("timeout", 10)
        return self.session.request(method, self.url + path, **how)

    def expect(self, *faults: dict[str, Any], **more: Any) -> None:
        self.app.extensions["sandbox_weather"].expect(read_forecast({"faults": list(faults), **more}))

    def record(self) -> dict[str, Any]:
        document: dict[str, Any] = self.ask("GET", "/_sandbox/requests").json()
        return document


@pytest.fixture(params=["in process", pytest.param("over HTTP", marks=pytest.mark.network)])
def caller(request: pytest.FixtureRequest, site: Site) -> Iterator[Caller]:
    app = create_app(site)
    with requests.Session() as session:
        session.auth = ("ada@acme.example", "t-ada")
        if request.param == "over HTTP":
            with serve(app, port=0) as server:
                site.base_url = server.url
                yield Caller(app, server.url, session)
        else:
            session.mount(site.base_url, InProcessAdapter(app))
            yield Caller(app, site.base_url, session)


ME = "/rest/api/3/myself"
ISSUES = "/rest/api/3/issue"


def new_issue(summary: str) -> dict[str, Any]:
    return {"fields": {"project": {"key": "CRM"}, "issuetype": {"name": "Task"}, "summary": summary}}


def count(caller: Caller) -> int:
    found = caller.ask("POST", "/rest/api/3/search/approximate-count", json={"jql": "project = CRM"})
    return int(found.json()["count"])


def test_a_scripted_status_comes_with_its_headers_and_is_not_carried_out(caller: Caller) -> None:
    caller.expect({"fault": "status", "status": 503, "retry_after": 2, "method": "POST", "path": ISSUES})
    before = count(caller)
    reply = caller.ask("POST", ISSUES, json=new_issue("one"))
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
    assert "text/html" in reply.headers["Content-Type"]
    assert reply.headers["X-AREQUESTID"]
    assert count(caller) == before


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (401, "text/plain", "Client must be authenticated to access this resource."),
        (403, "application/json", "You do not have permission"),
        (429, "application/json", "Rate limit exceeded"),
        (500, "application/json", "Internal server error"),
        (502, "text/html", "Bad Gateway"),
        (504, "text/html", "Gateway Time-out"),
    ],
)
def test_each_status_has_a_body_as_the_site_would_send_it(
    caller: Caller, status: int, kind: str, text: str
) -> None:
    caller.expect({"fault": "status", "status": status, "times": 1})
    reply = caller.ask("GET", ME)
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith(kind)
    assert text in reply.text
    assert caller.ask("GET", ME).status_code == 200


def test_retry_after_is_written_in_every_way(caller: Caller) -> None:
    ways: list[dict[str, Any]] = [
        {"retry_after": 7},
        {"retry_after": 1.5},
        {"retry_after": 30, "retry_as": "date"},
        {"reset_after": 30, "reason": "jira-quota-tenant-based"},
        {},
    ]
    caller.expect(*({"fault": "status", "status": 429, "on": 1, **way} for way in ways[:1]))
    replies = [caller.ask("GET", ME)]
    for way in ways[1:]:
        caller.app.extensions["sandbox_weather"].script.clear()
        caller.expect({"fault": "status", "status": 429, **way})
        replies.append(caller.ask("GET", ME))
    assert [reply.headers.get("Retry-After") for reply in replies[:2]] == ["7", "1.5"]
    moment = parsedate_to_datetime(replies[2].headers["Retry-After"])
    assert timedelta(seconds=25) < moment - datetime.now(UTC) < timedelta(seconds=31)
    assert "Retry-After" not in replies[3].headers
    assert replies[3].headers["RateLimit-Reason"] == "jira-quota-tenant-based"
    reset = datetime.fromisoformat(replies[3].headers["X-RateLimit-Reset"])
    assert timedelta(seconds=25) < reset - datetime.now(UTC) < timedelta(seconds=31)
    assert "Retry-After" not in replies[4].headers


def test_a_connection_dropped_before_and_after_the_request_was_carried_out(caller: Caller) -> None:
    caller.expect({"fault": "drop", "path": ISSUES, "on": 1})
    caller.expect({"fault": "drop", "path": ISSUES, "on": 2, "carried_out": True})
    before = count(caller)
    with pytest.raises(requests.ConnectionError):
        caller.ask("POST", ISSUES, json=new_issue("lost on the way"))
    assert count(caller) == before
    with pytest.raises(requests.ConnectionError):
        caller.ask("POST", ISSUES, json=new_issue("lost on the way back"))
    assert count(caller) == before + 1
    assert caller.ask("POST", ISSUES, json=new_issue("arrived")).status_code == 201
    dropped = [entry for entry in caller.record()["requests"] if entry["status"] is None]
    assert [entry["fault"] for entry in dropped] == ["drop", "drop after it was carried out"]


def test_a_slow_reply_is_a_time_out_for_who_does_not_wait(caller: Caller) -> None:
    caller.expect({"fault": "slow", "seconds": 0.4, "path": ISSUES})
    before = count(caller)
    with pytest.raises(requests.ReadTimeout):
        caller.ask("POST", ISSUES, json=new_issue("late"), timeout=(5, 0.1))
    assert count(caller) == before + 1
    started = time.perf_counter()
    assert caller.ask("POST", ISSUES, json=new_issue("patient")).status_code == 201
    assert time.perf_counter() - started >= 0.4


def test_a_truncated_reply_is_no_json_or_breaks_off(caller: Caller) -> None:
    caller.expect({"fault": "truncated", "on": 1}, {"fault": "truncated", "closed": True, "on": 2})
    cut = caller.ask("GET", ME)
    assert cut.status_code == 200
    assert int(cut.headers["Content-Length"]) == len(cut.content) > 10
    with pytest.raises(ValueError, match=r"JSON|Unterminated|Expecting"):
        cut.json()
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        caller.ask("GET", ME)
    assert caller.ask("GET", ME).json()["accountId"] == "acme:ada"


def test_pages_empty_bodies_and_more_headers(caller: Caller) -> None:
    caller.expect(
        {"fault": "html", "on": 1},
        {"fault": "html", "status": 502, "on": 2},
        {"fault": "empty", "on": 3},
        {"fault": "headers", "headers": {"X-RateLimit-NearLimit": "true"}, "on": 4},
        {"fault": "status", "status": 418, "body": {"tea": "pot"}, "headers": {"X-A": "b"}, "on": 5},
        {"fault": "status", "status": 400, "body": "no", "on": 6},
    )
    replies = [caller.ask("GET", ME) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200, 502, 200, 200, 418, 400]
    assert replies[0].text.startswith("<!DOCTYPE html>")
    assert "Bad Gateway" in replies[1].text
    assert replies[2].content == b""
    assert replies[3].headers["X-RateLimit-NearLimit"] == "true"
    assert replies[3].json()["accountId"] == "acme:ada"
    assert (replies[4].json(), replies[4].headers["X-A"]) == ({"tea": "pot"}, "b")
    assert replies[5].text == "no"


def test_a_failure_after_the_request_was_carried_out(caller: Caller) -> None:
    caller.expect({"fault": "status", "status": 504, "carried_out": True, "path": ISSUES})
    before = count(caller)
    assert caller.ask("POST", ISSUES, json=new_issue("done, but who knows")).status_code == 504
    assert count(caller) == before + 1


def test_the_levers_take_faults_while_it_runs_and_see_no_weather(caller: Caller) -> None:
    sent = caller.ask(
        "POST",
        "/_sandbox/faults",
        json={"faults": [{"fault": "drop", "on": [1, 2, 3]}], "limits": {"all": "5/min"}},
    )
    assert sent.status_code == 200
    with pytest.raises(requests.ConnectionError):
        caller.ask("GET", ME)
    assert caller.ask("GET", "/_sandbox/faults").json() == {
        "faults": [{"fault": "drop", "on": [1, 2, 3], "seen": 1, "struck": 1}],
        "limits": {"all": "5/60s", "endpoint": {}, "issue_writes": []},
    }
    wrong = caller.ask("POST", "/_sandbox/faults", json={"faults": [{"fault": "x"}, {"fault": "slow"}]})
    assert wrong.status_code == 400
    assert len(wrong.json()["errors"]) == 2
    assert caller.ask("POST", "/_sandbox/faults", data="x").status_code == 400
    assert caller.ask("DELETE", "/_sandbox/faults").status_code == 204
    assert caller.ask("GET", ME).status_code == 200
    assert caller.ask("POST", "/_sandbox/faults", json={"limits": {}}).json()["limits"]["all"] is None


def test_too_many_requests_are_refused_until_the_bucket_has_filled(caller: Caller) -> None:
    caller.expect(limits={"all": "3/s"})
    replies = [caller.ask("GET", ME) for _ in range(5)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429, 429]
    assert replies[0].headers["X-RateLimit-Limit"] == "3"
    assert replies[0].headers["X-RateLimit-Remaining"] == "2"
    assert replies[2].headers["X-RateLimit-NearLimit"] == "true"
    refused = replies[3]
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
    assert refused.headers["X-AREQUESTID"]
    time.sleep(1)
    assert caller.ask("GET", ME).status_code == 200
    record = caller.record()
    assert record["statuses"] == {"200": 4, "429": 2}
    assert record["impatient"] == 1
    assert [entry["fault"] for entry in record["requests"]][3:5] == ["rate limit", "rate limit"]


def test_writes_to_one_issue_are_limited_by_its_id_and_its_key_alike(caller: Caller) -> None:
    caller.expect(limits={"issue_writes": ["2/30s"]})
    number = caller.ask("GET", f"{ISSUES}/CRM-7").json()["id"]
    labels = {"fields": {"labels": ["x"]}}
    assert caller.ask("PUT", f"{ISSUES}/CRM-7", json=labels).status_code == 204
    assert caller.ask("PUT", f"{ISSUES}/{number}", json=labels).status_code == 204
    refused = caller.ask("PUT", f"{ISSUES}/crm-7", json=labels)
    assert (refused.status_code, refused.headers["RateLimit-Reason"]) == (429, "jira-per-issue-on-write")
    assert caller.ask("PUT", f"{ISSUES}/CRM-7/properties/a", json=1).status_code == 429
    assert caller.ask("GET", f"{ISSUES}/CRM-7").status_code == 200
    assert caller.ask("PUT", f"{ISSUES}/CRM-8", json=labels).status_code == 204
    assert caller.ask("POST", f"{ISSUES}/bulkfetch", json={"issueIdsOrKeys": ["CRM-7"]}).status_code == 200


def test_the_record_names_operations_and_the_most_that_ran_at_one_time(caller: Caller) -> None:
    caller.app.config["LATENCY_MS"] = 150
    threads = [threading.Thread(target=caller.ask, args=("GET", ME)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    caller.app.config["LATENCY_MS"] = 0
    caller.ask("GET", f"{ISSUES}/CRM-7?fields=summary")
    caller.ask("GET", f"{ISSUES}/CRM-8")
    caller.ask("GET", "/rest/api/3/nothing/here")
    figures = caller.ask("GET", "/_sandbox/requests?summary=true").json()
    assert figures["operations"] == {
        "GET (unknown)": 1,
        "GET /rest/api/3/issue/{key}": 2,
        "GET /rest/api/3/myself": 5,
    }
    assert figures["peak"] == 5
    assert figures["count"] == 8
    entry = caller.record()["requests"][5]
    assert (entry["query"], entry["user"], entry["prefix"]) == ("fields=summary", "acme:ada", "")
    assert entry["milliseconds"] < 150 <= caller.record()["requests"][0]["milliseconds"]


def test_a_session_cookie_is_set_once(caller: Caller) -> None:
    first = caller.ask("GET", ME)
    assert set(first.cookies.keys()) == {"JSESSIONID", "atlassian.xsrf.token"}
    assert "Set-Cookie" not in caller.ask("GET", ME).headers


def test_a_carrier_may_be_told_how_to_sleep(site: Site) -> None:
    slept: list[float] = []
    app = create_app(site)
    app.config["LATENCY_MS"] = 50
    with requests.Session() as session:
        session.auth = ("ada@acme.example", "t-ada")
        pause: Callable[[float], None] = slept.append
        session.mount(site.base_url, InProcessAdapter(app, sleep=pause))
        session.get(site.base_url + ME, timeout=None)
        session.get(site.base_url + ME, timeout=3)
        with pytest.raises(requests.ReadTimeout):
            session.get(site.base_url + ME, timeout=(5, 0.01))
    assert slept == [0.05, 0.05]


def test_data_center_counts_each_caller_and_says_it_in_its_own_headers(seed: dict[str, Any]) -> None:
    site = Site(seed | {"limits": {"all": "2/30s"}}, flavor="data-center")
    client = create_app(site).test_client()
    path = "/rest/api/2/myself"
    replies = [client.get(path, auth=("ada", "t-ada")) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["1", "0", "0"]
    assert [reply.headers["Retry-After"] for reply in replies] == ["0", "0", "15"]
    assert replies[2].headers["X-RateLimit-Interval-Seconds"] == "30"
    assert replies[2].json == {"message": "Rate limit exceeded."}
    assert "RateLimit-Reason" not in replies[2].headers
    assert client.get(path, auth=("bob", "t-bob")).status_code == 200
    site.store.close()


def test_the_weather_of_a_forecast_comes_before_the_seed(seed: dict[str, Any]) -> None:
    site = Site(seed | {"limits": {"all": "2/30s", "endpoint": {"GET": "1/s"}}})
    given = create_app(site).test_client().get("/_sandbox/faults").json
    assert given is not None
    assert given["limits"] == {"all": "2/30s", "endpoint": {"GET": "1/s"}, "issue_writes": []}
    other = create_app(site, read_forecast({"limits": {"issue_writes": ["20/2s"]}})).test_client()
    changed = other.get("/_sandbox/faults").json
    assert changed is not None
    assert changed["limits"] == {"all": None, "endpoint": {}, "issue_writes": ["20/2s"]}
    site.store.close()
