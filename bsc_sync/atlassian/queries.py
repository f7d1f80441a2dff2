"""Whether Jira can read a query and knows what it names: a search would give nothing and say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.session import chunks
from bsc_sync.errors import Rejected

_AT_ONCE = 50
_LONGEST = 300


def faults(issues: Issues, queries: Sequence[str]) -> dict[str, str]:
    """Which of the queries Jira cannot read, or knows no field or value for, and what it says of them."""
    wanted = list(dict.fromkeys(queries))
    found: dict[str, str] = {}
    for part in chunks(wanted, _AT_ONCE):
        found |= issues.can.first_of(
            ("jql/parse", partial(_parsed, issues, part)), ("trying the query", partial(_tried, issues, part))
        )
    return found


def _parsed(issues: Issues, queries: Sequence[str]) -> dict[str, str]:
    reply = issues.site.read(f"{issues.api}/jql/parse?validation=strict", {"queries": list(queries)}) or {}
    found = {}
    for query, parsed in zip(queries, reply.get("queries") or (), strict=False):
        errors = parsed.get("errors") or ()
        if errors:
            found[query] = "; ".join(str(error) for error in errors)[:_LONGEST]
    return found


def _tried(issues: Issues, queries: Sequence[str]) -> dict[str, str]:
    """Data Center says what is wrong when it is told to look closely; nothing is fetched."""

    def fault(query: str) -> str:
        body = {"jql": query, "fields": ["key"], "maxResults": 1}
        try:
            issues.strictly(body)
        except Rejected as error:
            return error.message.rpartition(" (")[0] or error.message
        return ""

    told = issues.site.side_by_side(fault, list(queries))
    return {query: text[:_LONGEST] for query, text in zip(queries, told, strict=True) if text}
