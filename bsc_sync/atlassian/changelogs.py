"""What changed in issues and when: many at once where Jira can, else one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from bsc_sync.atlassian.issues import Issues, Raw
from bsc_sync.atlassian.jql import one_of
from bsc_sync.atlassian.session import chunks

_AT_ONCE = 1000
_SEARCHED_AT_ONCE = 100
_FIELDS_AT_ONCE = 10


def changelogs(
    issues: Issues, ids: Iterable[str], field_ids: Sequence[str] = ()
) -> Iterator[tuple[str, Raw]]:
    """Every change of those issues as (issue id, history).

    Where the site can restrict them to some fields it is asked to; a history may still hold others.
    """
    for part in chunks(ids, _AT_ONCE):
        yield from issues.can.first_of(
            ("changelog/bulkfetch", partial(_in_bulk, issues, part, field_ids)),
            ("changelog", partial(_paged, issues, part)),
            ("issue with its changelog", partial(_expanded, issues, part)),
        )


def _in_bulk(issues: Issues, ids: Sequence[str], field_ids: Sequence[str]) -> list[tuple[str, Raw]]:
    found: list[tuple[str, Raw]] = []
    for wanted in chunks(field_ids, _FIELDS_AT_ONCE) or [[]]:
        token: str | None = None
        while True:
            body: Raw = {"issueIdsOrKeys": list(ids), "maxResults": 10_000}
            if wanted:
                body["fieldIds"] = wanted
            if token:
                body["nextPageToken"] = token
            page = issues.site.read(f"{issues.api}/changelog/bulkfetch", body) or {}
            for log in page.get("issueChangeLogs") or ():
                found += [(str(log.get("issueId")), history) for history in log.get("changeHistories") or ()]
            last, token = token, page.get("nextPageToken")
            if not token or token == last:
                break
    return found


def _paged(issues: Issues, ids: Sequence[str]) -> list[tuple[str, Raw]]:
    def of_one(identifier: str) -> list[tuple[str, Raw]]:
        histories: list[Raw] = []
        while True:
            path = f"{issues.api}/issue/{identifier}/changelog"
            page = issues.site.get(path, startAt=len(histories), maxResults=100) or {}
            part = page.get("values") or []
            histories += part
            if not part or page.get("isLast", len(histories) >= int(page.get("total") or 0)):
                return [(identifier, history) for history in histories]

    return [entry for found in issues.site.side_by_side(of_one, list(ids)) for entry in found]


def _expanded(issues: Issues, ids: Sequence[str]) -> list[tuple[str, Raw]]:
    """Data Center tells all changes with the issue: asked for by the index, else by id."""
    shown: dict[str, Any] = {}
    for part in chunks(ids, _SEARCHED_AT_ONCE):
        found = issues.search(one_of("id", part), ["created"], expand=["changelog"])
        shown |= {str(issue["id"]): issue for issue in found}
    lost = [identifier for identifier in ids if identifier not in shown]
    for issue in issues.site.side_by_side(
        lambda identifier: issues.get(identifier, ["created"], expand="changelog"), lost
    ):
        if issue is not None:
            shown[str(issue["id"])] = issue
    return [
        (identifier, history)
        for identifier, issue in shown.items()
        for history in (issue.get("changelog") or {}).get("histories") or ()
    ]
