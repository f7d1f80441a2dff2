"""How publishing a page ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """How publishing ended: `result` is created, updated, unchanged, held or skipped."""

    result: str
    where: str
    url: str = ""
    reason: str = ""

    def told(self) -> dict[str, str]:
        """Where the page is and what became of it there, as data."""
        return {"result": self.result, "where": self.where, "url": self.url, "reason": self.reason}
