"""Asking Jira for issues: by query (paged by token, from the index) and by id (in batches, current)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bsc_sync.atlassian.marks import PROPERTY
from bsc_sync.atlassian.session import Site, chunks
from bsc_sync.errors import RemoteError

_API = "/rest/api/3"
_PAGE = 100
_PAGE_OF_IDS = 5000
FETCH = 100


def search(site: Site, jql: str, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every issue that the query finds, page by page; the end is what the site says is the end."""
    only_ids = set(fields) <= {"id", "key"}
    token: str | None = None
    seen: set[str] = set()
    while True:
        body: dict[str, Any] = {
            "jql": jql,
            "fields": list(fields),
            "maxResults": _PAGE_OF_IDS if only_ids else _PAGE,
        }
        if token:
            body["nextPageToken"] = token
        page = site.read(f"{_API}/search/jql", body) or {}
        yield from page.get("issues") or ()
        token = page.get("nextPageToken")
        if page.get("isLast", not token) or not token:
            return
        if token in seen:
            raise RemoteError("the search gives the same page again and again", hint="run again later")
        seen.add(token)


def first(site: Site, jql: str) -> dict[str, Any] | None:
    """The first issue that the query finds, its key only."""
    page = site.read(f"{_API}/search/jql", {"jql": jql, "fields": ["key"], "maxResults": 1}) or {}
    return next(iter(page.get("issues") or ()), None)


def fetch(site: Site, ids_or_keys: Iterable[str], fields: Sequence[str]) -> list[dict[str, Any]]:
    """The issues of those ids or keys with our mark, current values; what may not be seen is absent."""

    def batch(part: list[str]) -> list[dict[str, Any]]:
        body = {"issueIdsOrKeys": part, "fields": list(fields), "properties": [PROPERTY]}
        return list((site.read(f"{_API}/issue/bulkfetch", body) or {}).get("issues") or ())

    return [issue for found in site.side_by_side(batch, chunks(ids_or_keys, FETCH)) for issue in found]


def changelogs(
    site: Site, ids: Iterable[str], field_ids: Sequence[str] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every change of those issues as (issue id, history), restricted to some fields if any are given."""
    for part in chunks(ids, 1000):
        for wanted in chunks(field_ids, 10) or [[]]:
            token: str | None = None
            while True:
                body: dict[str, Any] = {"issueIdsOrKeys": part, "maxResults": 10_000}
                if wanted:
                    body["fieldIds"] = wanted
                if token:
                    body["nextPageToken"] = token
                page = site.read(f"{_API}/changelog/bulkfetch", body) or {}
                for log in page.get("issueChangeLogs") or ():
                    for history in log.get("changeHistories") or ():
                        yield str(log.get("issueId")), history
                last, token = token, page.get("nextPageToken")
                if not token or token == last:
                    break


def faults(site: Site, queries: Sequence[str]) -> dict[str, str]:
    """Which of the queries Jira cannot read or knows no field for, and what it says of them."""
    if not queries:
        return {}
    reply = site.read(f"{_API}/jql/parse?validation=strict", {"queries": list(queries)}) or {}
    found = {}
    for query, parsed in zip(queries, reply.get("queries") or (), strict=False):
        errors = parsed.get("errors") or ()
        if errors:
            found[query] = "; ".join(str(error) for error in errors)[:300]
    return found
