"""The weather as a file: what may be written, and what the limits and the script make of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bsc_sync.sandbox.weather.faults import Script
from bsc_sync.sandbox.weather.limits import Asked, Limiter
from bsc_sync.sandbox.weather.rules import Limits, load_forecast, read_forecast, read_rate

MANUAL = """
limits:
  all: 10/s
  endpoint: {GET: 100/s, PUT: 600/min}
  issue_writes: [20/2s, 100/30s]
faults:
  - {fault: status, status: 503, retry_after: 2, method: PUT, path: "/rest/api/*/issue/*", on: 3}
  - {fault: drop, carried_out: true, path: "*/issue/bulk", on: [1, 4]}
  - {fault: slow, seconds: 2.5, pattern: "/search(/jql)?$", times: 2}
"""


def test_a_file_is_read_with_all_its_rules(tmp_path: Path) -> None:
    file = tmp_path / "bad-day.yaml"
    file.write_text(MANUAL, encoding="utf-8")
    forecast = load_forecast(file)
    assert [rule.fault for rule in forecast.faults] == ["status", "drop", "slow"]
    assert forecast.limits is not None
    assert [str(rate) for rate in forecast.limits.issue_writes] == ["20/2s", "100/30s"]
    assert str(forecast.limits.endpoint["PUT"]) == "600/60s"
    assert str(forecast.limited_to(read_rate("3/2s")).limits) != str(forecast.limits)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        """
limits: {all: often, endpoint: {FETCH: 1/s}}
faults:
  - {fault: storm}
  - {fault: status, status: 99}
  - {fault: slow, path: "*", pattern: "x", seconds: 1}
  - {fault: drop, on: 1, every: 2}
  - {fault: empty, pattern: "("}
  - {fault: html, colour: red}
""",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="often") as caught:
        load_forecast(file)
    lines = str(caught.value).splitlines()
    assert len(lines) == 8
    assert all(line.startswith(f"{file}: ") for line in lines)
    for words in (
        "'often' is not a rate such as 10/s",
        "limits.endpoint.FETCH",
        "faults[0]",
        "greater than or equal to 200",
        "give `path` or `pattern`, not both",
        "give `on`, or `every` and `from`, not both",
        "is not a regular expression",
        "colour",
    ):
        assert sum(words in line for line in lines) == 1, words


@pytest.mark.parametrize("text", ["[1, 2]", "just words", "{", "a: ["])
def test_what_is_no_weather_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.yaml"):
        load_forecast(file)


@pytest.mark.parametrize("text", ["0/s", "10", "10/0s", "-1/s", "10/d", "1.5/s"])
def test_only_rates_are_rates(text: str) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        read_rate(text)


@pytest.mark.parametrize(
    ("rule", "struck"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"on": 3}, [3]),
        ({"on": [2, 5]}, [2, 5]),
        ({"on": [2, 5], "times": 1}, [2]),
        ({"every": 3}, [3, 6]),
        ({"from": 5}, [5, 6, 7]),
        ({"from": 2, "every": 3}, [4, 7]),
        ({"times": 2}, [1, 2]),
        ({"from": 6, "times": 1}, [6]),
    ],
)
def test_a_rule_strikes_the_calls_that_it_names(rule: dict[str, Any], struck: list[int]) -> None:
    script = Script(read_forecast({"faults": [{"fault": "drop", **rule}]}).faults)
    calls = [number for number in range(1, 8) if script.strike("GET", "/rest/api/3/myself") is not None]
    assert calls == struck


def test_rules_count_only_what_they_match_and_the_first_due_one_strikes() -> None:
    script = Script(
        read_forecast(
            {
                "faults": [
                    {"fault": "drop", "method": ["PUT", "POST"], "path": "/rest/api/*/issue/*", "on": 2},
                    {"fault": "empty", "pattern": r"^/rest/api/3/(field|myself)$"},
                    {"fault": "slow", "seconds": 1, "every": 2},
                ]
            }
        ).faults
    )
    asked = [
        ("PUT", "/rest/api/3/issue/A-1"),  # first of drop, first of slow
        ("GET", "/rest/api/3/issue/A-1"),  # second of slow
        ("POST", "/rest/api/3/issue/A-1/comment"),  # second of drop
        ("GET", "/rest/api/3/field"),  # empty, and fourth of slow
        ("GET", "/rest/api/3/fields"),
    ]
    found = [script.strike(method, path) for method, path in asked]
    assert [fault and fault.fault for fault in found] == [None, "slow", "drop", "empty", None]
    assert [(rule["seen"], rule["struck"]) for rule in script.document()] == [(2, 1), (1, 1), (5, 1)]


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def limiter(watch: Watch, **limits: Any) -> Limiter:
    return Limiter(Limits.model_validate(limits), watch)


def test_a_bucket_gives_what_it_holds_and_fills_evenly() -> None:
    watch = Watch()
    limits = limiter(watch, all="4/2s")
    asked = Asked("GET", "GET /a")
    passed = [limits.ask(asked) for _ in range(5)]
    assert [verdict and verdict.remaining for verdict in passed] == [3, 2, 1, 0, 0]
    refused = passed[-1]
    assert refused is not None
    assert refused.wait == pytest.approx(0.5)
    watch.now += 0.5
    again = limits.ask(asked)
    assert again is not None
    assert again.wait is None
    watch.now += 100
    rested = limits.ask(asked)
    assert rested is not None
    assert rested.remaining == 3


def test_what_is_refused_takes_no_token_elsewhere() -> None:
    watch = Watch()
    limits = limiter(watch, all="10/s", endpoint={"PUT": "1/10s"})
    put, get = Asked("PUT", "PUT /a"), Asked("GET", "GET /a")
    assert (limits.ask(put) or pytest.fail("unlimited")).wait is None
    for _ in range(5):
        assert (limits.ask(put) or pytest.fail("unlimited")).wait == pytest.approx(10)
    assert (limits.ask(get) or pytest.fail("unlimited")).remaining == 8
    assert (limits.ask(Asked("PUT", "PUT /b")) or pytest.fail("unlimited")).wait is None


def test_writes_to_one_issue_have_their_own_buckets() -> None:
    watch = Watch()
    limits = limiter(watch, issue_writes=["2/2s", "3/30s"])
    one, other = Asked("PUT", "PUT /i", issue="1"), Asked("PUT", "PUT /i", issue="2")
    assert limits.ask(Asked("GET", "GET /i")) is None
    waits = [(limits.ask(one) or pytest.fail("unlimited")).wait for _ in range(3)]
    assert waits == [None, None, pytest.approx(1)]
    assert (limits.ask(other) or pytest.fail("unlimited")).wait is None
    watch.now += 2
    assert (limits.ask(one) or pytest.fail("unlimited")).wait is None
    refused = limits.ask(one)
    assert refused is not None
    assert refused.reason == "jira-per-issue-on-write"
    assert refused.wait == pytest.approx(8)


def test_each_product_says_it_in_its_own_headers() -> None:
    limits = limiter(Watch(), all="5/s")
    now = datetime(2026, 10, 5, 8, tzinfo=UTC)
    verdicts = [limits.ask(Asked("GET", "GET /a")) or pytest.fail("unlimited") for _ in range(6)]
    assert verdicts[0].headers(flavor="cloud", now=now) == {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "4",
        "X-RateLimit-Reset": "2026-10-05T08:00:01Z",
    }
    assert verdicts[4].headers(flavor="cloud", now=now)["X-RateLimit-NearLimit"] == "true"
    refused = verdicts[5].headers(flavor="cloud", now=now)
    assert refused["Retry-After"] == "1"
    assert refused["RateLimit-Reason"] == "jira-burst-based"
    assert verdicts[0].headers(flavor="data-center", now=now) == {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "4",
        "X-RateLimit-FillRate": "5",
        "X-RateLimit-Interval-Seconds": "1",
        "Retry-After": "0",
    }
    assert verdicts[5].headers(flavor="data-center", now=now)["Retry-After"] == "1"
