"""How fast one site may be asked: one budget for all threads, smaller when the site says so."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Condition
from urllib.parse import urlsplit

MOST = 4
MOST_AT_ALL = 16
_STEP_UP = 0.05  # of a request in flight, for each good reply: from one back to four takes sixty
_ISSUE = re.compile(r"/rest/api/\w+/issue/(?!bulk|createmeta|properties\b|picker\b)([^/?]+)")


class TooLongToWait(Exception):
    """The site has asked for more patience than a run has; `seconds` are left."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Pace:
    """The budget of one site: at most `most` requests in flight, and none while it asks to wait.

    A refusal halves what may be in flight, a warning takes one off, good replies give it back
    slowly. Never fewer than one: the site itself says when to pause.
    """

    def __init__(
        self,
        *,
        most: int = MOST,
        longest_wait: float = 60.0,
        timer: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.most = most
        self._longest = longest_wait
        self._timer = timer
        self._sleep = sleep
        self._changed = Condition()
        self._limit = float(most)
        self._in_flight = 0
        self._closed_until = -math.inf
        self._slowed_at = -math.inf
        self._busy: set[str] = set()

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return max(1, int(self._limit))

    @contextmanager
    def turn(self, *, slept_until: float = -math.inf, longest: float = math.inf) -> Iterator[float]:
        """One request: waits until there is room and the site is open; gives the time at which it began.

        `slept_until` is the time to which the caller has slept already, `longest` how many seconds it can
        wait at most. Raises TooLongToWait.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < self.limit)
            self._in_flight += 1
        try:
            self._wait_until_open(slept_until, min(longest, self._longest))
            yield self._timer()
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self, issue: str | None) -> Iterator[None]:
        """One write to an issue at a time: Jira refuses a quick series of them, and the last one wins."""
        if issue is None:
            yield
            return
        with self._changed:
            self._changed.wait_for(lambda: issue not in self._busy)
            self._busy.add(issue)
        try:
            yield
        finally:
            with self._changed:
                self._busy.discard(issue)
                self._changed.notify_all()

    def refused(self, began: float, *, until: float) -> None:
        """The site refused what began then: nobody asks before `until`."""
        with self._changed:
            self._slow_down(began, self._limit / 2)
            self._closed_until = max(self._closed_until, until)

    def heed(self, began: float, headers: Mapping[str, str]) -> None:
        """Read what a good reply says about the budget that is left."""
        remaining = _number(headers.get("X-RateLimit-Remaining"))
        interval = _number(headers.get("X-RateLimit-Interval-Seconds"))
        with self._changed:
            if headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true":
                self._slow_down(began, self._limit - 1)
            elif interval is not None and remaining is not None and remaining < self._limit:
                # Data Center's bucket: what is left in it is all that may be in flight
                self._slow_down(began, remaining)
                if remaining < 1:
                    wait = _number(headers.get("Retry-After")) or self._refill(headers, interval)
                    self._closed_until = max(self._closed_until, self._timer() + min(wait, self._longest))
            else:
                self._limit = min(float(self.most), self._limit + _STEP_UP)
                self._changed.notify_all()

    def _slow_down(self, began: float, limit: float) -> None:
        """Lower the limit, once for all the requests that were in flight together."""
        if began >= self._slowed_at:
            self._limit = max(1.0, limit)
            self._slowed_at = self._timer()

    def _refill(self, headers: Mapping[str, str], interval: float) -> float:
        return interval / max(1.0, _number(headers.get("X-RateLimit-FillRate")) or 1.0)

    def _wait_until_open(self, slept_until: float, longest: float) -> None:
        here = max(self._timer(), slept_until)
        while (left := self._closed_until - here) > 0:
            if left > longest:
                raise TooLongToWait(left)
            self._sleep(left)
            here = max(self._timer(), here + left)


def issue_written(method: str, url: str) -> str | None:
    """The id or key of the issue that a request writes to, if it writes to one."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return None
    found = _ISSUE.search(urlsplit(url).path)
    return found[1] if found else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
