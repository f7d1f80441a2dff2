"""One budget for all threads of a site: it shrinks when the site says so and grows back slowly."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from bsc_sync.atlassian.pace import Pace, TooLongToWait, issue_written


class Time:
    """A clock that a sleep moves on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def timer(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pace(time: Time) -> Pace:
    return Pace(timer=time.timer, sleep=time.sleep)


def test_it_begins_with_four_and_halves_once_for_all_that_was_in_flight_together(
    pace: Pace, time: Time
) -> None:
    assert pace.limit == 4
    began = time.now
    time.now += 0.1
    for _ in range(4):
        pace.refused(began, until=time.now)
        time.now += 0.01
    assert pace.limit == 2
    time.now += 1
    pace.refused(time.now, until=time.now)
    pace.refused(time.now + 1, until=time.now)
    assert pace.limit == 1, "never fewer"


def test_a_warning_takes_one_off_and_good_replies_give_it_back_slowly(pace: Pace, time: Time) -> None:
    pace.heed(time.now, {"X-RateLimit-NearLimit": "true"})
    assert pace.limit == 3
    needed = 0
    while pace.limit < 4:
        needed += 1
        pace.heed(time.now, {"X-RateLimit-NearLimit": "false"})
    assert 15 <= needed <= 25
    for _ in range(50):
        pace.heed(time.now, {})
    assert pace.limit == 4, "never more than at the beginning"


def test_while_the_site_asks_to_wait_nobody_asks(pace: Pace, time: Time) -> None:
    pace.refused(time.now, until=time.now + 7)
    with pace.turn() as began:
        assert began == 107.0
    assert time.slept == [7.0]


def test_who_has_slept_already_does_not_sleep_again_but_for_what_was_added(pace: Pace, time: Time) -> None:
    pace.refused(time.now, until=107.0)
    with pace.turn(slept_until=107.0):
        pass
    assert time.slept == []
    pace.refused(time.now, until=109.0)
    with pace.turn(slept_until=107.0):
        pass
    assert time.slept == [2.0]


def test_a_wait_that_is_too_long_is_told_and_takes_no_place(pace: Pace, time: Time) -> None:
    pace.refused(time.now, until=time.now + 3600)
    for _ in range(5):
        with pytest.raises(TooLongToWait) as caught, pace.turn():
            raise AssertionError("nothing is asked")
        assert caught.value.seconds == 3600
    assert time.slept == []


@pytest.mark.parametrize(
    ("headers", "limit", "wait"),
    [
        ({"X-RateLimit-Remaining": "900"}, 4, 0.0),
        ({"X-RateLimit-Remaining": "2"}, 2, 0.0),
        ({"X-RateLimit-Remaining": "0", "Retry-After": "9"}, 1, 9.0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-FillRate": "10"}, 1, 6.0),
        ({"X-RateLimit-Remaining": "0"}, 1, 60.0),
        ({"X-RateLimit-Remaining": "many"}, 4, 0.0),
        ({"X-RateLimit-Remaining": "-1"}, 4, 0.0),
    ],
)
def test_a_bucket_of_data_center_is_not_emptied(
    pace: Pace, time: Time, headers: dict[str, str], limit: int, wait: float
) -> None:
    pace.heed(time.now, {"X-RateLimit-Interval-Seconds": "60", **headers})
    assert pace.limit == limit
    with pace.turn():
        assert sum(time.slept) == wait


def test_what_is_left_at_cloud_is_about_a_second_and_slows_nothing(pace: Pace, time: Time) -> None:
    pace.heed(time.now, {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "350"})
    assert pace.limit == 4


@pytest.mark.parametrize(
    ("method", "path", "issue"),
    [
        ("PUT", "/rest/api/3/issue/10001", "10001"),
        ("PUT", "/ex/jira/abc/rest/api/3/issue/10001?notifyUsers=false", "10001"),
        ("POST", "/jira/rest/api/2/issue/AB-1/transitions", "AB-1"),
        ("PUT", "/rest/api/3/issue/AB-1/properties/bsc-sync", "AB-1"),
        ("GET", "/rest/api/3/issue/AB-1", None),
        ("POST", "/rest/api/3/issue/bulk", None),
        ("POST", "/rest/api/3/issue/bulkfetch", None),
        ("POST", "/rest/api/3/issue", None),
        ("POST", "/rest/api/3/issueLink", None),
        ("PUT", "/rest/api/3/issue/properties/bsc-sync", None),
        ("PUT", "/wiki/rest/api/content/1/child/attachment", None),
    ],
)
def test_which_issue_a_request_writes_to(method: str, path: str, issue: str | None) -> None:
    assert issue_written(method, f"https://x.example{path}") == issue


def test_more_threads_than_the_budget_wait_for_a_place(pace: Pace) -> None:
    inside, most, lock = 0, 0, threading.Lock()
    begin = threading.Barrier(12)

    def ask() -> None:
        nonlocal inside, most
        begin.wait(5)
        for _ in range(20):
            with pace.turn():
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert 1 <= most <= 4


def test_two_writes_to_one_issue_follow_each_other_and_others_do_not_wait(pace: Pace) -> None:
    order: list[str] = []
    first_is_in, let_go = threading.Event(), threading.Event()

    def first() -> None:
        with pace.alone("1"):
            first_is_in.set()
            assert let_go.wait(10)
            order.append("first")

    def second() -> None:
        with pace.alone("1"):
            order.append("second")

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    assert first_is_in.wait(10)
    two.start()
    with ExitStack() as stack:
        stack.enter_context(pace.alone("2"))
        stack.enter_context(pace.alone(None))
        order.append("another issue")
    let_go.set()
    one.join(10)
    two.join(10)
    assert order == ["another issue", "first", "second"]
