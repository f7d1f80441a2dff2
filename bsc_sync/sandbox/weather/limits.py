"""Rate limits: token buckets for all requests, per operation, and for the writes to one issue.

Time is the machine's own (monotonic), never the sandbox's clock, which may stand still.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from bsc_sync.sandbox.weather.rules import Limits, Rate

_NEAR = 0.2


class Bucket:
    """Holds at most `rate.amount` tokens and fills evenly within `rate.seconds`."""

    def __init__(self, rate: Rate, now: float) -> None:
        self.rate = rate
        self._tokens = float(rate.amount)
        self._at = now

    def fill(self, now: float) -> None:
        """Let the time since the last look flow in."""
        gained = (now - self._at) * self.rate.amount / self.rate.seconds
        self._tokens = min(float(self.rate.amount), self._tokens + gained)
        self._at = now

    @property
    def wait(self) -> float:
        """Seconds until there is a token; 0 when there is one."""
        # Less than a billionth of a token is rounding, not a token that is still missing.
        missing = 1.0 - self._tokens
        return 0.0 if missing < 1e-9 else missing * self.rate.seconds / self.rate.amount

    def take(self) -> None:
        """Spend a token."""
        self._tokens -= 1.0

    @property
    def remaining(self) -> int:
        """Whole tokens that are left."""
        return max(0, math.floor(self._tokens + 1e-9))

    @property
    def full_in(self) -> float:
        """Seconds until it is full again."""
        return (self.rate.amount - self._tokens) * self.rate.seconds / self.rate.amount


@dataclass(frozen=True)
class Verdict:
    """What the limits say to one request; `wait` None lets it pass."""

    rate: Rate
    remaining: int
    full_in: float
    reason: str
    wait: float | None = None

    def headers(self, *, flavor: str, now: datetime) -> dict[str, str]:
        """The headers of the reply, as that product sends them."""
        asked = None if self.wait is None else str(max(1, math.ceil(self.wait)))
        if flavor == "data-center":
            return {
                "X-RateLimit-Limit": str(self.rate.amount),
                "X-RateLimit-Remaining": str(self.remaining),
                "X-RateLimit-FillRate": str(self.rate.amount),
                "X-RateLimit-Interval-Seconds": str(self.rate.seconds),
                "Retry-After": asked or "0",
            }
        reset = now.astimezone(UTC) + timedelta(seconds=math.ceil(self.full_in))
        sent = {
            "X-RateLimit-Limit": str(self.rate.amount),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%SZ}",
        }
        if self.remaining < self.rate.amount * _NEAR:
            sent["X-RateLimit-NearLimit"] = "true"
        if asked is not None:
            sent |= {"Retry-After": asked, "RateLimit-Reason": self.reason}
        return sent


@dataclass(frozen=True)
class Asked:
    """What the limits need to know of a request: what it does, who asks, which issue it writes."""

    method: str
    operation: str
    caller: str = ""
    issue: str | None = None


class Limiter:
    """Keeps the buckets. A refused request takes no token anywhere."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = Lock()
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    def ask(self, asked: Asked) -> Verdict | None:
        """Whether the request may pass; None where nothing limits it."""
        with self._lock:
            now = self._clock()
            buckets = self._of(asked, now)
            for bucket, _ in buckets:
                bucket.fill(now)
            if not buckets:
                return None
            bucket, reason = max(buckets, key=lambda pair: pair[0].wait)
            if bucket.wait > 0:
                return Verdict(bucket.rate, bucket.remaining, bucket.full_in, reason, bucket.wait)
            for bucket, _ in buckets:
                bucket.take()
            bucket, reason = min(buckets, key=lambda pair: pair[0].remaining / pair[0].rate.amount)
            return Verdict(bucket.rate, bucket.remaining, bucket.full_in, reason)

    def _of(self, asked: Asked, now: float) -> list[tuple[Bucket, str]]:
        found = []
        if self.limits.all is not None:
            found.append((self._bucket(self.limits.all, now, "all", asked.caller), "jira-burst-based"))
        rate = self.limits.endpoint.get(asked.method)  # type: ignore[call-overload] # any method may be asked for
        if rate is not None:
            found.append((self._bucket(rate, now, "endpoint", asked.operation), "jira-burst-based"))
        if asked.issue is not None:
            for rate in self.limits.issue_writes:
                bucket = self._bucket(rate, now, "issue", asked.issue, str(rate))
                found.append((bucket, "jira-per-issue-on-write"))
        return found

    def _bucket(self, rate: Rate, now: float, *key: str) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(rate, now)
        return self._buckets[key]
