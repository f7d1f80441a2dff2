"""Sows a new Jira from a checked seed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from bsc_sync.sandbox.catalog import (
    Catalog,
    FieldKind,
    IssueType,
    LinkType,
    Named,
    Project,
    find,
    keep_catalog,
)
from bsc_sync.sandbox.jira import markdown, wiki
from bsc_sync.sandbox.jira.configuration import configure
from bsc_sync.sandbox.jira.fields import is_epic_name
from bsc_sync.sandbox.jira.records import Issue, Values, add_issue, find_issue, keep_issue, next_number
from bsc_sync.sandbox.jira.schema import SCHEMA
from bsc_sync.sandbox.jira.stamps import milliseconds

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_FIRST_ISSUE = 10_000


def sow(site: Site, plan: Mapping[str, Any]) -> None:
    """Fill an empty store with what a checked seed lists; ValueError for values that do not fit."""
    site.store.define(SCHEMA)
    catalog = configure(site, plan)
    with site.store.transaction() as connection:
        keep_catalog(connection, catalog)
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('issue', ?)", (_FIRST_ISSUE - 1,))
        for project in catalog.projects:
            connection.execute(
                "INSERT INTO jira_project VALUES (?, ?, ?, 0)", (project.id, project.key, project.name)
            )
        _sow_issues(site, connection, catalog, plan)


def _sow_issues(
    site: Site, connection: sqlite3.Connection, catalog: Catalog, plan: Mapping[str, Any]
) -> None:
    sown: list[tuple[Issue, Mapping[str, Any]]] = []
    for project, item in zip(catalog.projects, plan["projects"], strict=True):
        listed = item.get("issues") or ()
        given = [int(entry["key"].rsplit("-", 1)[1]) for entry in listed if "key" in entry]
        connection.execute(
            "UPDATE jira_project SET last_number = ? WHERE id = ?", (max(given, default=0), project.id)
        )
        bed = _bed(site, connection, catalog, project)
        for place, entry in enumerate(listed):
            where = f"project {project.key}: issues[{place}]"
            sown.append((_sow_issue(bed, entry, where), entry))
    _join(connection, catalog, sown)


@dataclass(frozen=True)
class _Bed:
    """A project to sow issues in; `fields` are its custom fields by id and by name in lower case."""

    site: Site
    connection: sqlite3.Connection
    catalog: Catalog
    project: Project
    fields: Mapping[str, FieldKind]
    epic_names: Sequence[FieldKind]


def _bed(site: Site, connection: sqlite3.Connection, catalog: Catalog, project: Project) -> _Bed:
    custom = [item for item in catalog.fields if item.custom and item.project in {None, project.id}]
    # A project's own field comes before one of the whole site that is called the same.
    last_wins = sorted(custom, key=lambda item: item.project is not None)
    fields = {item.name.lower(): item for item in last_wins} | {item.id: item for item in custom}
    return _Bed(site, connection, catalog, project, fields, [item for item in custom if is_epic_name(item)])


def _sow_issue(bed: _Bed, entry: Mapping[str, Any], where: str) -> Issue:
    site, connection, catalog, project = bed.site, bed.connection, bed.catalog, bed.project
    key = entry.get("key")
    number = int(key.rsplit("-", 1)[1]) if key else next_number(connection, project.id)
    created = milliseconds(entry.get("created", site.clock.now()))
    updated = milliseconds(entry["updated"]) if "updated" in entry else created
    statuses = [catalog.status_by_id[key] for key in project.status_ids]
    status = find(statuses, entry.get("status", "")) or statuses[0]
    first_user = next(iter(site.users))
    issue = Issue(
        id=0,
        key=f"{project.key}-{number}",
        project_id=project.id,
        number=number,
        creator=entry.get("reporter", first_user),
        created=created,
        updated=updated,
        category_changed=updated,
        values={
            "summary": entry["summary"],
            "issuetype": _id_of([catalog.type_by_id[key] for key in project.type_ids], entry["type"]),
            "status": status.id,
            "priority": _id_of(catalog.priorities, entry.get("priority", "Medium")),
            "reporter": entry.get("reporter", first_user),
        },
    )
    if status.category == "done":
        done = find(catalog.resolutions, entry.get("resolution", "")) or catalog.resolutions[0]
        issue.values["resolution"] = done.id
        issue.resolved = milliseconds(entry["resolved"]) if "resolved" in entry else updated
    issue.values |= _written(catalog, project, entry)
    issue.values |= _custom_values(bed, entry, where)
    for field in bed.epic_names:
        if field.applies(project.id, issue.values["issuetype"]):
            issue.values.setdefault(field.id, entry["summary"])
    return add_issue(connection, catalog, issue)


def _written(catalog: Catalog, project: Project, entry: Mapping[str, Any]) -> Values:
    values: Values = {}
    if entry.get("description"):
        values["description"] = _text(entry["description"])
    if entry.get("labels"):
        values["labels"] = sorted(set(entry["labels"]))
    if entry.get("components"):
        chosen = [item.id for item in project.components if item.name in entry["components"]]
        values["components"] = chosen
    if "security" in entry:
        values["security"] = _id_of(catalog.security_levels, entry["security"])
    if "due" in entry:
        values["duedate"] = entry["due"].isoformat()
    if "assignee" in entry:
        values["assignee"] = entry["assignee"]
    return values


def _custom_values(bed: _Bed, entry: Mapping[str, Any], where: str) -> Values:
    values: Values = {}
    for name, raw in (entry.get("fields") or {}).items():
        field = bed.fields.get(name) or bed.fields.get(name.lower())
        if field is None:
            raise ValueError(f"{where}.fields: project {bed.project.key} has no field {name!r}")
        if raw is not None:
            values[field.id] = _value(bed.site, field, raw, f"{where}.fields.{name}")
    return values


def _id_of(items: Sequence[IssueType] | Sequence[Named], name: str) -> str:
    return next(item.id for item in items if item.name == name)


def _join(
    connection: sqlite3.Connection, catalog: Catalog, sown: Sequence[tuple[Issue, Mapping[str, Any]]]
) -> None:
    levels = {issue.id: catalog.type_by_id[issue.values["issuetype"]].level for issue, _ in sown}
    for issue, entry in sown:
        if "parent" in entry:
            parent = find_issue(connection, entry["parent"])
            if parent is None or levels[parent.id] != levels[issue.id] + 1:
                raise ValueError(f"{issue.key}: {entry['parent']} is not there or not one level above")
            issue.values["parent"] = parent.id
            keep_issue(connection, catalog, issue)
        elif levels[issue.id] < 0:
            raise ValueError(f"{issue.key}: a sub-task needs a parent")
        for link in entry.get("links") or ():
            other = find_issue(connection, link["to"])
            if other is None:
                raise ValueError(f"{issue.key}: links: there is no issue {link['to']}")
            kind, outward = _reading(catalog, link["type"])
            ends = (issue.id, other.id) if outward else (other.id, issue.id)
            connection.execute(
                "INSERT INTO issue_link (type_id, source_id, destination_id) VALUES (?, ?, ?)",
                (kind.id, *ends),
            )


def _reading(catalog: Catalog, text: str) -> tuple[LinkType, bool]:
    for kind in catalog.link_types:
        if text in {kind.outward, kind.name}:
            return kind, True
        if text == kind.inward:
            return kind, False
    raise ValueError(f"there is no link type {text!r}")


def _text(source: str) -> dict[str, Any]:
    made = markdown.to_document(source)
    return {"adf": made, "wiki": wiki.from_document(made)}


def _value(site: Site, field: FieldKind, raw: Any, where: str) -> Any:
    try:
        match field.kind:
            case "number":
                return _number(raw)
            case "textarea":
                return _text(str(raw))
            case "date":
                day = raw.date() if isinstance(raw, datetime) else raw
                return (day if isinstance(day, date) else date.fromisoformat(str(day))).isoformat()
            case "datetime":
                at = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
                return milliseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
            case "select" | "radio":
                return _choice(field.options, raw)
            case "multiselect" | "checkboxes":
                return [_choice(field.options, item) for item in raw]
            case "cascading":
                return _cascade(field, raw)
            case "user":
                return site.users[str(raw)].account_id
            case "labels":
                return sorted({str(item) for item in raw})
        return str(raw)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        raise ValueError(f"{where}: {raw!r} does not fit a field of type {field.kind}") from None


def _choice(options: Sequence[Named], raw: Any) -> str:
    return {item.name: item.id for item in options}[str(raw)]


def _cascade(field: FieldKind, raw: Any) -> list[str]:
    first, *rest = raw if isinstance(raw, list) else [raw]
    chosen = _choice(field.options, first)
    below = next(item.children for item in field.options if item.id == chosen)
    return [chosen, *(_choice(below, item) for item in rest[:1])]


def _number(raw: Any) -> int | Decimal:
    if isinstance(raw, bool):
        raise TypeError("a truth value is not a number")
    if isinstance(raw, int):
        return raw
    number = Decimal(str(raw))
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number
