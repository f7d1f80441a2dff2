"""What a site says when it is asked too often: how long to wait, until when, and why."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests

_REFUSALS = frozenset({429, 503})
_AN_EPOCH = 1_000_000_000  # seconds that are a moment, as some sites write the reset time, and no length
_IN_SECONDS = re.compile(r";\s*t=(\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused, not carried out: the seconds to wait, as far as the site names them.

    `quota`: what may be asked in this hour is used up. `of_issue`: it is about one issue only.
    """

    wait: float | None
    until: dt.datetime | None
    quota: bool = False
    of_issue: bool = False

    def __str__(self) -> str:
        reason = " (what may be asked in this hour is used up)" if self.quota else ""
        wait = f" for {self.wait:.0f} s" if self.wait else ""
        until = f", until {self.until.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC" if self.until else ""
        return f"the site asks to wait{wait}{until}{reason}"


def read_refusal(response: requests.Response, *, now: dt.datetime) -> Refusal | None:
    """The refusal that a reply is, or None when it is none (any status but 429 and 503)."""
    if response.status_code not in _REFUSALS:
        return None
    reason = response.headers.get("RateLimit-Reason", "").lower()
    wait = asked_wait(response.headers, now=now)
    quota = "quota" in reason
    if response.status_code == 503 and wait == 0:
        wait = None  # Data Center says 0 on every reply; what is down is not up again at once
    if quota and wait is None:
        wait = (_next_hour(now) - now).total_seconds()
    until = None if wait is None else now + dt.timedelta(seconds=min(wait, _AN_EPOCH))
    return Refusal(wait, until, quota, "per-issue" in reason)


def asked_wait(headers: Mapping[str, str], *, now: dt.datetime) -> float | None:
    """The seconds that a reply asks to wait: Retry-After (seconds, decimal or date), else the reset time."""
    for name in ("Retry-After", "X-RateLimit-Reset"):
        seconds = _seconds(headers.get(name) or "", now)
        if seconds is not None:
            return seconds
    found = _IN_SECONDS.search(headers.get("RateLimit") or headers.get("Beta-RateLimit") or "")
    return float(found[1]) if found else None


def _seconds(text: str, now: dt.datetime) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        moment = _moment(text)
        return None if moment is None else max(0.0, (moment - now).total_seconds())
    if seconds > _AN_EPOCH:
        seconds -= now.timestamp()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _moment(text: str) -> dt.datetime | None:
    for parse in (parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            moment = parse(text)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return None


def _next_hour(now: dt.datetime) -> dt.datetime:
    return now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
