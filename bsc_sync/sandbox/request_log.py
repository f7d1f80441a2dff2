"""What was asked of the sandbox, newest last, so that a test can prove that nothing was written."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

_READS = re.compile(
    r"/(search|search/jql|search/approximate-count|issue/bulkfetch|changelog/bulkfetch|jql/parse|permissions/check)/?$"
)


@dataclass(frozen=True)
class Entry:
    """One request and its reply."""

    method: str
    path: str
    query: str
    status: int
    milliseconds: float
    user: str | None
    at: str

    @property
    def writes(self) -> bool:
        """Whether the request asks for a change; some POSTs only carry a long question."""
        if self.method not in {"POST", "PUT", "PATCH", "DELETE"} or self.path.startswith("/_sandbox"):
            return False
        return not (self.method == "POST" and _READS.search(self.path))


class RequestLog:
    """Remembers the last requests, up to a limit."""

    def __init__(self, limit: int = 50_000) -> None:
        self._lock = Lock()
        self._entries: deque[Entry] = deque(maxlen=limit)

    def add(self, entry: Entry) -> None:
        """Remember one request."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._entries.clear()

    def entries(self) -> Sequence[Entry]:
        """All remembered requests, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def writes(self) -> Sequence[Entry]:
        """Those that asked for a change."""
        return tuple(entry for entry in self.entries() if entry.writes)


def as_document(shown: Sequence[Entry], log: RequestLog) -> dict[str, Any]:
    """The reply of `GET /_sandbox/requests`: entries, and how many of all remembered ones write."""
    return {"requests": [asdict(entry) for entry in shown], "writes": len(log.writes())}
