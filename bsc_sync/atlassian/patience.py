"""A patient transport: refusals are asked again, lost replies only where asking twice does no harm."""

from __future__ import annotations

import datetime as dt
import math
import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from threading import Lock
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

REPEATABLE = "X-Bsc-Sync-Repeatable"  # on a request of ours: yes or no; never leaves this module
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_REFUSALS = frozenset({429, 503})
_QUESTIONS = ("/search", "/search/jql")  # POSTs that ask: long queries do not fit into an address
_BROKEN = frozenset({500, 502, 504})


class PatientAdapter(BaseAdapter):
    """Carries requests over another adapter, waits as the site asks, and counts what was sent.

    A refusal (429, 503) was not carried out and is repeated for any method; a lost reply or a
    5xx only where the request may be carried out twice. A wait longer than `longest_wait`
    seconds is not slept through: the refusal is handed back.
    """

    def __init__(
        self,
        inner: BaseAdapter,
        *,
        tries: int = 4,
        longest_wait: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.inner = inner
        self.tries = tries
        self.longest_wait = longest_wait
        self.requests = 0
        self._sleep = sleep
        self._lock = Lock()

    def send(  # the signature is the one of requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  as requests has it
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002  as requests has it
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send, patiently; raises what `requests` raises when there is no reply in the end."""
        twice = may_repeat(request)
        request.headers.pop(REPEATABLE, None)
        for attempt in range(1, self.tries + 1):
            with self._lock:
                self.requests += 1
            try:
                response = self.inner.send(
                    request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
                )
            except (requests.ConnectionError, requests.Timeout):
                if not twice or attempt == self.tries:
                    raise
                self._sleep(_backoff(attempt))
                continue
            wait = self._wait(response, attempt, twice=twice)
            if wait is None or wait > self.longest_wait or attempt == self.tries:
                return response
            response.close()
            self._sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close what carries the requests."""
        self.inner.close()

    def _wait(self, response: requests.Response, attempt: int, *, twice: bool) -> float | None:
        if response.status_code in _REFUSALS:
            asked = asked_wait(response.headers, now=dt.datetime.now(dt.UTC))
            return _backoff(attempt) if asked is None else asked
        if response.status_code in _BROKEN and twice:
            return _backoff(attempt)
        return None


def may_repeat(request: requests.PreparedRequest) -> bool:
    """Whether carrying the request out twice does no harm: as it says itself, else by method and path."""
    said = request.headers.get(REPEATABLE)
    if said is not None:
        return said == "yes"
    return request.method in _IDEMPOTENT or urlsplit(str(request.url)).path.endswith(_QUESTIONS)


def asked_wait(headers: Mapping[str, str], *, now: dt.datetime) -> float | None:
    """The seconds that a reply asks to wait: Retry-After (seconds, decimal or date), else the reset time."""
    text = headers.get("Retry-After") or headers.get("X-RateLimit-Reset") or ""
    try:
        seconds = float(text)
    except ValueError:
        moment = _moment(text)
        return None if moment is None else max(0.0, (moment - now).total_seconds())
    if seconds > 1_000_000_000:  # an epoch, as some sites write the reset time
        seconds -= now.timestamp()
    return None if math.isnan(seconds) else max(0.0, seconds)


def _moment(text: str) -> dt.datetime | None:
    for parse in (parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            moment = parse(text)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return None


def _backoff(attempt: int) -> float:
    jitter = random.uniform(0.7, 1.3)  # noqa: S311  spreading clients, not keeping secrets
    return min(30.0, float(2 ** (attempt - 1))) * jitter
