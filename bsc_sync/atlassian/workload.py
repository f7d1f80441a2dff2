"""The teams' work as one stream: each issue once, with whom it serves; only identities are held in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from bsc_sync.alignment.scopes import WorkScope
from bsc_sync.alignment.work import Category, WorkItem
from bsc_sync.atlassian.changelogs import changelogs
from bsc_sync.atlassian.fields import moment
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.jql import wrapped
from bsc_sync.atlassian.session import chunks
from bsc_sync.mapping.catalog import FieldInfo

_FIELDS = (
    "summary",
    "status",
    "issuetype",
    "project",
    "labels",
    "resolution",
    "resolutiondate",
    "created",
    "updated",
    "timespent",
    "security",
)
_PARENTS_A_QUERY = 200
_CHANGES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Shape:
    """Which fields of the work carry numbers: the story points, and others that roll-ups name."""

    points: FieldInfo | None
    numbers: tuple[FieldInfo, ...]

    @property
    def fields(self) -> list[str]:
        """Everything to ask for."""
        extra = [info.id for info in (self.points, *self.numbers) if info is not None]
        return list(dict.fromkeys([*_FIELDS, *extra]))


def stream(
    issues: Issues, scopes: Sequence[WorkScope], *, since: dt.datetime, ours: frozenset[str], shape: Shape
) -> Iterator[WorkItem]:
    """Every issue that some scope finds, with the refs that it serves.

    Normally once; an issue that turns out to serve more on another way comes again with all of them.
    """
    in_scope = _ids(issues, [scope.jql for scope in scopes if scope.kind == "scope"])
    running = _ids(issues, [scope.jql for scope in scopes if scope.kind == "run"])
    served = _served_by_query(issues, scopes)
    told: dict[str, set[str]] = {}

    def tell(
        found: Iterable[Mapping[str, Any]], refs: Mapping[str, set[str]]
    ) -> Iterator[tuple[WorkItem, str]]:
        for issue in found:
            identifier = str(issue["id"])
            mine = (
                refs.get(identifier, set())
                | served.get(identifier, set())
                | served.get(str(issue["key"]), set())
            )
            known = told.get(identifier)
            if identifier in ours or (known is not None and mine <= known):
                continue
            mine = told[identifier] = mine | (known or set())
            item = work_item(
                issue, shape, parent=issues.parent_of(issue), is_epic=issues.epics.is_epic(issue)
            )
            yield (
                replace(
                    item,
                    serves=tuple(sorted(mine)),
                    in_scope=identifier in in_scope,
                    run_the_business=identifier in running,
                ),
                str((issue.get("fields") or {}).get("updated") or ""),
            )

    def everything() -> Iterator[tuple[WorkItem, str]]:
        for refs, found in _descendants(issues, scopes, shape):
            yield from tell(found, refs)
        missing = [key for key in served if key not in told]
        for part in chunks(missing, _CHANGES_AT_ONCE):
            yield from tell(issues.fetch(part, _fields(issues, shape), closely=False), {})
        for scope in scopes:
            if scope.kind == "scope":
                yield from tell(issues.search(scope.jql, _fields(issues, shape)), {})

    yield from _with_activity(issues, everything(), since=since)


def work_item(
    issue: Mapping[str, Any], shape: Shape, *, parent: str | None, is_epic: bool = False
) -> WorkItem:
    """One issue as a piece of work."""
    raw = issue.get("fields") or {}
    status = raw.get("status") or {}
    kind = raw.get("issuetype") or {}
    key = str(issue["key"])
    return WorkItem(
        id=str(issue["id"]),
        key=key,
        project=str((raw.get("project") or {}).get("key") or key.rpartition("-")[0]),
        type=str(kind.get("name") or ""),
        summary=str(raw.get("summary") or ""),
        status=str(status.get("name") or ""),
        category=cast("Category", str((status.get("statusCategory") or {}).get("key") or "undefined")),
        created=moment(str(raw["created"])),
        resolution=str(raw["resolution"].get("name")) if raw.get("resolution") else None,
        resolved=moment(str(raw["resolutiondate"])) if raw.get("resolutiondate") else None,
        points=_number(raw.get(shape.points.id)) if shape.points else None,
        seconds=_number(raw.get("timespent")),
        numbers={
            info.name: number for info in shape.numbers if (number := _number(raw.get(info.id))) is not None
        },
        labels=tuple(raw.get("labels") or ()),
        parent=parent,
        restricted=raw.get("security") is not None,
        container=int(kind.get("hierarchyLevel") or 0) > 0 or is_epic,
    )


def stamp(raw: object) -> str:
    """A moment as ISO text, whether the changelog writes text or milliseconds since 1970."""
    if isinstance(raw, int | Decimal):
        return dt.datetime.fromtimestamp(int(raw) / 1000, tz=dt.UTC).isoformat()
    return str(raw)


def _fields(issues: Issues, shape: Shape) -> list[str]:
    return list(dict.fromkeys([*shape.fields, *issues.epics.fields]))


def _ids(issues: Issues, queries: Iterable[str]) -> set[str]:
    return {str(issue["id"]) for jql in queries for issue in issues.search(jql, ["id"])}


def _served_by_query(issues: Issues, scopes: Sequence[WorkScope]) -> dict[str, set[str]]:
    served: dict[str, set[str]] = {}
    for scope in scopes:
        if scope.kind == "query":
            identifiers = [str(issue["id"]) for issue in issues.search(wrapped(scope.jql), ["id"])]
        else:
            identifiers = list(scope.keys) if scope.kind == "issues" else []
        for identifier in identifiers:
            served.setdefault(identifier, set()).update(scope.refs)
    return served


def _descendants(
    issues: Issues, scopes: Sequence[WorkScope], shape: Shape
) -> Iterator[tuple[dict[str, set[str]], list[dict[str, Any]]]]:
    """Page by page: issues below the scopes' parents, and by id whom they serve through their parents."""
    frontier: dict[str, dict[int, set[str]]] = {}  # parent key -> levels still to go -> refs
    for scope in scopes:
        if scope.kind == "children":
            for key, refs in (scope.by_key or {}).items():
                frontier.setdefault(key, {}).setdefault(scope.depth, set()).update(refs)
    while frontier:
        below: dict[str, dict[int, set[str]]] = {}
        for parents in chunks(sorted(frontier), _PARENTS_A_QUERY):
            found = issues.search(f"{issues.below(parents)} ORDER BY key", _fields(issues, shape))
            while page := list(islice(found, 100)):
                above = _parents(issues, page, parents)
                # some servers leave out clauses that they do not know: what hangs elsewhere is not asked for
                page = [issue for issue in page if above[str(issue["id"])] in frontier]
                serves: dict[str, set[str]] = {}
                for issue in page:
                    for levels, mine in frontier[above[str(issue["id"])]].items():
                        serves.setdefault(str(issue["id"]), set()).update(mine)
                        if levels > 1:
                            below.setdefault(str(issue["key"]), {}).setdefault(levels - 1, set()).update(mine)
                yield serves, page
        frontier = below


def _parents(issues: Issues, page: Sequence[Mapping[str, Any]], asked: Sequence[str]) -> dict[str, str]:
    """What each issue hangs below, by the key that was asked for: a parent that was moved has a new one."""
    above = {str(issue["id"]): issues.parent_of(issue) or "" for issue in page}
    strange = set(above.values()).difference(asked)
    if strange:
        quiet = [key for key in asked if key not in above.values()]
        moved = {
            str(found["key"]): key
            for key, found in zip(
                quiet, issues.site.side_by_side(lambda key: issues.get(key, ["created"]), quiet), strict=True
            )
            if found is not None
        }
        above = {identifier: moved.get(key, key) for identifier, key in above.items()}
    return above


def _with_activity(
    issues: Issues, items: Iterator[tuple[WorkItem, str]], *, since: dt.datetime
) -> Iterator[WorkItem]:
    while batch := list(islice(items, _CHANGES_AT_ONCE)):
        unknown = [item.id for item, updated in batch if _needs_changelog(item, updated, since)]
        latest: dict[str, dt.datetime] = {}
        for identifier, history in changelogs(issues, unknown) if unknown else ():
            if (history.get("author") or {}).get("accountType") == "app":
                continue
            at = moment(stamp(history.get("created")))
            latest[identifier] = max(at, latest.get(identifier, at))
        for item, _ in batch:
            moments = [at for at in (item.created, item.resolved, latest.get(item.id)) if at]
            yield replace(item, touched=max(moments))


def _needs_changelog(item: WorkItem, updated: str, since: dt.datetime) -> bool:
    changed = moment(updated) if updated else item.created
    if changed <= item.created or changed < since:
        return False
    if item.category == "done" and item.resolved and item.resolved >= since:
        return False
    return bool(item.serves) or item.created < since


def _number(raw: object) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return None
    number = Decimal(raw)
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else None
