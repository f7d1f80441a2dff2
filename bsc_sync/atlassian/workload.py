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
from bsc_sync.atlassian.reach import Reach
from bsc_sync.errors import Vanished
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
_READ_AT_ONCE = 800
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
    issues: Issues,
    scopes: Sequence[WorkScope],
    *,
    since: dt.datetime,
    ours: frozenset[str],
    shape: Shape,
    before: Sequence[str] = (),
) -> Iterator[WorkItem]:
    """Every issue that some scope finds, once, with the refs that it serves and its current values.

    Which issues those are is asked first, by id; then they are read by id, a window at a time.
    `before` are some issues that the alignment's scope held last time: when it holds nothing now
    while they are still there, Vanished is raised before anything is given.
    """
    reach = Reach(issues, scopes)
    if before and not reach.in_scope and any(scope.kind == "scope" for scope in scopes):
        there = len(issues.fetch(before, ["created"], closely=False))
        if there:
            raise Vanished(
                f"the alignment's scope finds nothing any more, yet {there} of {len(before)} issues that it "
                "held are still there: the work of last time is kept",
                hint="check the account's permissions and alignment.scope; run again when the index is well",
            )
    yield from _with_activity(issues, _read(issues, reach, ours, shape), since=since)


def _read(issues: Issues, reach: Reach, ours: frozenset[str], shape: Shape) -> Iterator[tuple[WorkItem, str]]:
    """Each item with the moment of its last update."""
    fields = list(dict.fromkeys([*shape.fields, *issues.epics.fields]))
    names = (name for name in reach if name not in ours)
    told: set[str] = set()  # read by key: their ids may come, too
    while window := list(islice(names, _READ_AT_ONCE)):
        for issue in issues.fetch(window, fields, closely=False):
            identifier = str(issue["id"])
            serves = reach.serves(issue)
            if serves is None or identifier in ours or identifier in told:
                continue
            if reach.is_named(issue):
                told.add(identifier)
            item = work_item(
                issue,
                shape,
                parent=issues.parent_of(issue),
                is_epic=issues.epics.is_epic(issue),
                serves=serves,
                in_scope=identifier in reach.in_scope,
                running=identifier in reach.running,
            )
            yield item, str((issue.get("fields") or {}).get("updated") or "")


def work_item(
    issue: Mapping[str, Any],
    shape: Shape,
    *,
    parent: str | None,
    is_epic: bool,
    serves: tuple[str, ...],
    in_scope: bool,
    running: bool,
) -> WorkItem:
    """One issue as a piece of work, touched when it was created or resolved as far as is known here."""
    raw = issue.get("fields") or {}
    status = raw.get("status") or {}
    kind = raw.get("issuetype") or {}
    key = str(issue["key"])
    created = moment(str(raw["created"]))
    resolved = moment(str(raw["resolutiondate"])) if raw.get("resolutiondate") else None
    return WorkItem(
        id=str(issue["id"]),
        key=key,
        project=str((raw.get("project") or {}).get("key") or key.rpartition("-")[0]),
        type=str(kind.get("name") or ""),
        summary=str(raw.get("summary") or ""),
        status=str(status.get("name") or ""),
        category=cast("Category", str((status.get("statusCategory") or {}).get("key") or "undefined")),
        created=created,
        resolution=str(raw["resolution"].get("name")) if raw.get("resolution") else None,
        resolved=resolved,
        touched=max(created, resolved) if resolved else created,
        points=_number(raw.get(shape.points.id)) if shape.points else None,
        seconds=_number(raw.get("timespent")),
        numbers={
            info.name: number for info in shape.numbers if (number := _number(raw.get(info.id))) is not None
        },
        labels=tuple(raw.get("labels") or ()),
        parent=parent,
        restricted=raw.get("security") is not None,
        container=int(kind.get("hierarchyLevel") or 0) > 0 or is_epic,
        serves=serves,
        in_scope=in_scope,
        run_the_business=running,
    )


def stamp(raw: object) -> str:
    """A moment as ISO text, whether the changelog writes text or milliseconds since 1970."""
    if isinstance(raw, int | Decimal):
        return dt.datetime.fromtimestamp(int(raw) / 1000, tz=dt.UTC).isoformat()
    return str(raw)


def _with_activity(
    issues: Issues, items: Iterable[tuple[WorkItem, str]], *, since: dt.datetime
) -> Iterator[WorkItem]:
    """The items with their last activity; those whose history has to be asked for wait for each other."""
    waiting: list[WorkItem] = []
    for item, updated in items:
        if not _needs_changelog(item, updated, since):
            yield item
            continue
        waiting.append(item)
        if len(waiting) == _CHANGES_AT_ONCE:
            yield from _asked_for(issues, waiting)
            waiting = []
    yield from _asked_for(issues, waiting)


def _asked_for(issues: Issues, items: Sequence[WorkItem]) -> Iterator[WorkItem]:
    latest: dict[str, dt.datetime] = {}
    for identifier, history in changelogs(issues, [item.id for item in items]) if items else ():
        if (history.get("author") or {}).get("accountType") == "app":
            continue
        at = moment(stamp(history.get("created")))
        latest[identifier] = max(at, latest.get(identifier, at))
    for item in items:
        changed = latest.get(item.id)
        yield replace(item, touched=max(changed, item.touched or changed)) if changed else item


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
