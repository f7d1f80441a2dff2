"""An issue as Jira shows it, in canonical values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bsc_sync.atlassian.dialect import Dialect
from bsc_sync.atlassian.epics import Epics
from bsc_sync.atlassian.fields import from_payload
from bsc_sync.atlassian.issues import Raw
from bsc_sync.atlassian.marks import mark_of_labels, read_mark
from bsc_sync.atlassian.regions import region_of
from bsc_sync.mapping.catalog import carrier
from bsc_sync.plan.item import Edit, Mark, Seen, Value
from bsc_sync.plan.order import Look

ALWAYS = ("summary", "status", "issuetype", "project", "labels", "issuelinks", "archiveddate")


def as_seen(issue: Raw, look: Look, dialect: Dialect, epics: Epics) -> Seen:
    """The issue with the values of the fields that were looked for, and with our mark if it has one."""
    raw = issue.get("fields") or {}
    status, kind = raw.get("status") or {}, raw.get("issuetype") or {}
    labels = tuple(raw.get("labels") or ())
    values: dict[str, Value] = {}
    unclear: list[str] = []
    for info in look.fields:
        shown = raw.get(carrier(info.id))
        if info.type == "block":
            region = region_of(shown, dialect, look.card)
            values[info.id] = region.text
            unclear += [info.id] if region.state == "unclear" else []
        else:
            values[info.id] = from_payload(info.type, shown, dialect)
    return Seen(
        id=str(issue["id"]),
        key=str(issue["key"]),
        project=str((raw.get("project") or {}).get("key") or str(issue["key"]).rpartition("-")[0]),
        issue_type=str(kind.get("name") or ""),
        type_id=str(kind.get("id") or ""),
        level=epics.level_of(issue),
        summary=str(raw.get("summary") or ""),
        category=str((status.get("statusCategory") or {}).get("key") or "undefined"),
        status=str(status.get("name") or ""),
        values=values,
        mark=_mark(issue, labels, look),
        labels=labels,
        parent=epics.parent_of(raw),
        archived=raw.get("archiveddate") is not None,
        stays=epics.binds(raw),
        unclear=tuple(unclear),
        links=tuple(_links(raw.get("issuelinks") or ())),
        edits=tuple(sorted(_edits(issue.get("changelog") or {}), key=lambda edit: edit.number)),
    )


def _mark(issue: Raw, labels: tuple[str, ...], look: Look) -> Mark | None:
    """The property, else what the labels say, else (where properties were not read) what is remembered."""
    mark = read_mark(issue.get("properties")) or mark_of_labels(labels, look.card)
    if mark is None and "properties" not in issue:
        return look.marks.get(str(issue["id"]))
    return mark


def _edits(changelog: dict[str, Any]) -> Iterator[Edit]:
    """The history as far as it came along; Data Center names fields where Cloud tells their ids."""
    for history in changelog.get("histories") or ():
        author = history.get("author") or {}
        for item in history.get("items") or ():
            yield Edit(
                number=int(history["id"]),
                at=str(history.get("created") or ""),
                by=str(author.get("accountId") or author.get("name") or author.get("key") or ""),
                field=str(item.get("fieldId") or item.get("field") or ""),
                was=str(item.get("fromString") or item.get("from") or ""),
            )


def _links(raw: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for link in raw:
        kind = link.get("type") or {}
        for side, verb in (("inwardIssue", "outward"), ("outwardIssue", "inward")):
            other = link.get(side)
            if other:
                yield str(kind.get(verb) or ""), str(other.get("key") or "")
                yield str(kind.get("name") or ""), str(other.get("key") or "")
