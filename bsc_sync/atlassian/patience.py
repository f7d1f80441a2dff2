"""A patient transport: refusals are asked again, lost replies only where asking twice does no harm."""

from __future__ import annotations

import datetime as dt
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from bsc_sync.atlassian.loss import LOST, breaks_off, is_broken, is_hopeless, never_sent
from bsc_sync.atlassian.pace import MOST, MOST_AT_ALL, Pace, TooLongToWait, issue_written
from bsc_sync.atlassian.refusals import Refusal, read_refusal
from bsc_sync.atlassian.request_log import note_attempt
from bsc_sync.errors import Overdue, RateLimited

REPEATABLE = "X-Bsc-Sync-Repeatable"  # on a request of ours: yes or no; never leaves this module
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_QUESTIONS = ("/search", "/search/jql")  # POSTs that ask: long queries do not fit into an address
_FIRST_WAIT, _LONGEST_BACKOFF = 2.0, 30.0


class PatientAdapter(BaseAdapter):
    """Carries requests over another adapter, waits as the site asks, and counts what was sent,
    and what of it was to change something.

    A refusal (429, 503) was not carried out and is repeated for any method, and so is what never
    left; a lost reply or a 5xx only where the request may be carried out twice. A used-up quota, or
    a wait longer than `longest_wait` seconds, is not slept through: the refusal is handed back, and
    whoever asks after it is told at once (RateLimited). All threads share one budget a host. A host
    that has never answered is not waited for: most likely its address is wrong. At most `most` requests
    to one host are under way at once.
    """

    def __init__(
        self,
        inner: BaseAdapter,
        *,
        tries: int = 4,
        longest_wait: float = 60.0,
        most: int = MOST,
        sleep: Callable[[float], None] = time.sleep,
        timer: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        super().__init__()
        self.inner = inner
        self.tries = tries
        self.longest_wait = longest_wait
        self.most = most
        self.requests = 0
        self.writes = 0
        self._sleep = sleep
        self._timer = timer
        self._now = now
        self._spread = spread
        self._lock = Lock()
        self._paces: dict[str, Pace] = {}
        self._met: set[str] = set()
        self._left: Callable[[], float] = lambda: math.inf

    def heed(self, left: Callable[[], float]) -> None:
        """From now on no wait lasts longer than the run's time that is `left`, in seconds.

        Where the site asks for a longer one, Overdue is raised at once.
        """
        self._left = left

    def pace(self, url: str) -> Pace:
        """The budget of the host of an address."""
        host = urlsplit(url).netloc.lower()
        with self._lock:
            if host not in self._paces:
                self._paces[host] = Pace(
                    most=self.most, longest_wait=self.longest_wait, timer=self._timer, sleep=self._sleep
                )
            return self._paces[host]

    def send(  # the signature is the one of requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  as requests has it
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002  as requests has it
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send, patiently; raises RateLimited, or what `requests` raises when there is no reply at all."""
        sent = request.copy()
        sent.headers.pop(REPEATABLE, None)

        def carry() -> requests.Response:
            response = self.inner.send(
                sent, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
            )
            if not stream:
                _ = response.content  # here, where a body that breaks off counts as a lost reply
            return response

        host = urlsplit(str(request.url)).netloc.lower()
        pace = self.pace(str(request.url))
        twice, writing = may_repeat(request), asks_for_change(request)
        slept_until = -math.inf
        with pace.alone(issue_written(str(request.method), str(request.url))):
            for number in range(1, self.tries + 1):
                attempt = self._try(carry, pace, slept_until, writing=writing)
                wait = self._wait(attempt, number, twice=twice, met=host in self._met)
                if attempt.response is not None:
                    self._met.add(host)
                slept_until = self._tell(pace, attempt, wait)
                would = wait is not None and wait <= self.longest_wait and number < self.tries
                goes_on = would and wait is not None and wait <= self._left()
                note_attempt(
                    sent,
                    attempt.response,
                    attempt.lost,
                    attempt=number,
                    seconds=attempt.seconds,
                    wait=wait if goes_on else None,
                )
                if would and not goes_on and attempt.is_refused(self._now()):
                    raise self._overdue(wait or 0.0)
                if wait is None or not goes_on:
                    return attempt.result()
                if attempt.response is not None:
                    attempt.response.close()
                self._sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close what carries the requests."""
        self.inner.close()

    def _try(
        self, carry: Callable[[], requests.Response], pace: Pace, slept_until: float, *, writing: bool
    ) -> _Attempt:
        try:
            with pace.turn(slept_until=slept_until, longest=self._left()) as began:
                with self._lock:
                    self.requests += 1
                    self.writes += writing
                try:
                    return _Attempt(began, carry(), None, self._timer() - began)
                except LOST as error:
                    return _Attempt(began, None, error, self._timer() - began)
        except TooLongToWait as closed:
            if closed.seconds <= self.longest_wait:
                raise self._overdue(closed.seconds) from None
            until = self._now() + dt.timedelta(seconds=closed.seconds)
            raise RateLimited(str(Refusal(closed.seconds, until)), hint="run again then") from None

    def _wait(self, attempt: _Attempt, number: int, *, twice: bool, met: bool) -> float | None:
        """The seconds before the next attempt, or None when there is to be none."""
        if attempt.response is None:
            unsent = never_sent(attempt.lost)
            hopeless = is_hopeless(attempt.lost) or (unsent and not met)
            return self._backoff(number) if (twice or unsent) and not hopeless else None
        refusal = read_refusal(attempt.response, now=self._now())
        if refusal is not None:
            if refusal.wait is None:
                return self._backoff(number)
            return math.inf if refusal.quota else refusal.wait
        broken = is_broken(attempt.response.status_code) or breaks_off(attempt.response)
        return self._backoff(number) if broken and twice else None

    def _overdue(self, wait: float) -> Overdue:
        return Overdue(
            f"the site asks to wait {wait:.0f} seconds, and the run has {max(0.0, self._left()):.0f} left",
            hint="the next run goes on from here",
        )

    def _tell(self, pace: Pace, attempt: _Attempt, wait: float | None) -> float:
        """Let all threads know what the reply says of the budget; gives the time until which to sleep."""
        here = self._timer()
        ends = here + (wait or 0.0)
        if attempt.response is None:
            return ends
        refusal = read_refusal(attempt.response, now=self._now())
        if refusal is None:
            pace.heed(attempt.began, attempt.response.headers)
        elif not refusal.of_issue:
            pace.refused(
                attempt.began, until=here + (refusal.wait if refusal.wait is not None else wait or 0.0)
            )
        return ends

    def _backoff(self, number: int) -> float:
        return min(_LONGEST_BACKOFF, _FIRST_WAIT * float(2 ** (number - 1)) * self._spread(0.7, 1.3))


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One request as it went: a reply, or what went wrong instead."""

    began: float
    response: requests.Response | None
    lost: Exception | None
    seconds: float

    def is_refused(self, now: dt.datetime) -> bool:
        """Whether the site has turned it away for now: then it was not carried out."""
        return self.response is not None and read_refusal(self.response, now=now) is not None

    def result(self) -> requests.Response:
        if self.response is None:
            raise self.lost or AssertionError("an attempt has a reply or an error")
        return self.response


def sockets() -> HTTPAdapter:
    """What carries requests over the network: as many connections are kept as may be under way at once."""
    return HTTPAdapter(pool_maxsize=MOST_AT_ALL)


def may_repeat(request: requests.PreparedRequest) -> bool:
    """Whether carrying the request out twice does no harm: as it says itself, else by method and path."""
    said = request.headers.get(REPEATABLE)
    if said is not None:
        return said == "yes"
    return request.method in _IDEMPOTENT or urlsplit(str(request.url)).path.endswith(_QUESTIONS)


def asks_for_change(request: requests.PreparedRequest) -> bool:
    """Whether the request is to change something: a POST that may be repeated only asks."""
    if request.method in _READING:
        return False
    return not (request.method == "POST" and may_repeat(request))
