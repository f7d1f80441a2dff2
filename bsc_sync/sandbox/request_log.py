"""What was asked of the sandbox, newest last, so that a test can prove what was and what was not."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

_READS = re.compile(
    r"/(search|search/jql|search/approximate-count|issue/bulkfetch|changelog/bulkfetch|jql/parse|permissions/check)/?$"
)


@dataclass(frozen=True)
class Entry:
    """One request and its reply.

    `status` is None where no reply was sent; `operation` is the method with the path's pattern; `fault` says
    what the weather did; `at` is the sandbox's own time, `seconds` the real time since the log began; `path`
    is the product's own, behind the `prefix` of a context path or of the gateway.
    """

    method: str
    path: str
    query: str
    status: int | None
    milliseconds: float
    user: str | None
    at: str
    operation: str = ""
    fault: str | None = None
    seconds: float = 0.0
    prefix: str = ""

    @property
    def writes(self) -> bool:
        """Whether the request asks for a change; some POSTs only carry a long question."""
        if self.method not in {"POST", "PUT", "PATCH", "DELETE"} or self.path.startswith("/_sandbox"):
            return False
        return not (self.method == "POST" and _READS.search(self.path))


class RequestLog:
    """Remembers the last requests, up to a limit, and counts all of them."""

    def __init__(self, limit: int = 50_000) -> None:
        self._lock = Lock()
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._operations: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._in_flight = 0
        self._peak = 0
        self._impatient = 0

    def add(self, entry: Entry) -> None:
        """Remember one request."""
        with self._lock:
            self._entries.append(entry)
            self._operations[entry.operation] += 1
            self._statuses["dropped" if entry.status is None else str(entry.status)] += 1

    def note_impatience(self) -> None:
        """Count a request that was repeated before its Retry-After had passed."""
        with self._lock:
            self._impatient += 1

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Count a request as under way."""
        with self._lock:
            self._in_flight += 1
            self._peak = max(self._peak, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def clear(self) -> None:
        """Forget all requests; those that are still under way stay counted as such."""
        with self._lock:
            self._entries.clear()
            self._operations.clear()
            self._statuses.clear()
            self._peak = self._in_flight
            self._impatient = 0

    def entries(self) -> Sequence[Entry]:
        """All remembered requests, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def writes(self) -> Sequence[Entry]:
        """Those that asked for a change."""
        return tuple(entry for entry in self.entries() if entry.writes)

    def summary(self) -> dict[str, Any]:
        """Figures: how many in all, how many write, by operation and status, and most at one time."""
        writes = len(self.writes())
        with self._lock:
            return {
                "count": sum(self._operations.values()),
                "writes": writes,
                "peak": self._peak,
                "impatient": self._impatient,
                "operations": dict(sorted(self._operations.items())),
                "statuses": dict(sorted(self._statuses.items())),
            }


def as_document(shown: Sequence[Entry], log: RequestLog) -> dict[str, Any]:
    """The reply of `GET /_sandbox/requests`: entries, and the figures of all requests."""
    return {"requests": [asdict(entry) for entry in shown], **log.summary()}
