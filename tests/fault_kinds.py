"""The faults that a sync may meet: once, or from one request on until somebody mends it."""

from __future__ import annotations

from typing import Any

LATE = 120  # seconds, longer than a reply is waited for

_HOUR = {"fault": "status", "status": 429, "retry_after": 3000, "reason": "jira-quota-tenant-based"}

ONCE: dict[str, dict[str, Any]] = {
    "429, wait 1 s": {"fault": "status", "status": 429, "retry_after": 1, "reason": "jira-burst-based"},
    "429, wait 1.5 s": {"fault": "status", "status": 429, "retry_after": 1.5},
    "429, wait until a date": {"fault": "status", "status": 429, "retry_after": 2, "retry_as": "date"},
    "429, wait until the reset": {"fault": "status", "status": 429, "reset_after": 2},
    "429 without a word": {"fault": "status", "status": 429},
    "429 of one issue": {
        "fault": "status",
        "status": 429,
        "retry_after": 2,
        "reason": "jira-per-issue-on-write",
    },
    "429, wait an hour": _HOUR,
    "near the limit": {"fault": "headers", "headers": {"X-RateLimit-NearLimit": "true"}},
    "401": {"fault": "status", "status": 401},
    "403": {"fault": "status", "status": 403},
    "404 as a page": {"fault": "html", "status": 404},
    "500": {"fault": "status", "status": 500},
    "500 after it was done": {"fault": "status", "status": 500, "carried_out": True},
    "502": {"fault": "status", "status": 502},
    "502 after it was done": {"fault": "html", "status": 502, "carried_out": True},
    "503": {"fault": "status", "status": 503},
    "503, wait 2 s": {"fault": "status", "status": 503, "retry_after": 2},
    "504": {"fault": "status", "status": 504},
    "504 after it was done": {"fault": "status", "status": 504, "carried_out": True},
    "dropped": {"fault": "drop"},
    "dropped after it was done": {"fault": "drop", "carried_out": True},
    "late": {"fault": "slow", "seconds": LATE, "carried_out": False},
    "late after it was done": {"fault": "slow", "seconds": LATE},
    "half a reply": {"fault": "truncated"},
    "half a reply, then the end": {"fault": "truncated", "closed": True},
    "a page instead": {"fault": "html"},
    "a page after it was done": {"fault": "html", "carried_out": True},
    "an empty reply": {"fault": "empty"},
}

LASTING: dict[str, dict[str, Any]] = {
    f"{name}, from then on": ONCE[name]
    for name in (
        "429, wait 1 s",
        "429, wait an hour",
        "near the limit",
        "401",
        "403",
        "500",
        "503",
        "504 after it was done",
        "dropped",
        "dropped after it was done",
        "late",
        "half a reply, then the end",
        "a page instead",
        "an empty reply",
    )
}

KINDS = (*ONCE, *LASTING)


def fault_at(kind: str, number: int) -> dict[str, Any]:
    """The fault of that kind at the request of that number (the first is 1)."""
    if kind in LASTING:
        return {**LASTING[kind], "from": number}
    return {**ONCE[kind], "on": number}
