"""Departures that we know and let stand, each with its reason: where a document is wrong or a client is.

Kept as short as it can be. They are counted in a column of their own, and one that nothing needs any more
is named below the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fidelity.documents import Operation
from tests.fidelity.exchange import Exchange
from tests.fidelity.finding import Finding


@dataclass(frozen=True)
class Known:
    """Findings whose parts all match (regular expressions, whole text)."""

    why: str
    side: str
    operation: str = ".*"
    where: str = ".*"
    says: str = ".*"

    def covers(self, finding: Finding, operation: Operation | str, exchange: Exchange) -> bool:
        """Whether the finding is one of these. Nothing excuses a request of the product."""
        if self.side == "request" and exchange.ours:
            return False
        name = operation if isinstance(operation, str) else operation.name
        parts = (
            (self.side, finding.side),
            (self.operation, name),
            (self.where, finding.where),
            (self.says, finding.says),
        )
        return all(re.fullmatch(pattern, text, re.DOTALL) for pattern, text in parts)


KNOWN: tuple[Known, ...] = (
    Known(
        "the `jira` package sends null for what was not given; Jira takes it as not given",
        "request",
        operation=r"POST /rest/api/[23]/(search/jql|issueLink)",
        where=r"/(expand|properties|comment)",
        says="null is not of type .*",
    ),
)
