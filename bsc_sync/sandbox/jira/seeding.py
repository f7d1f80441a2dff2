"""Sows a new Jira from a checked seed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
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
    Status,
    Transition,
    find,
    keep_catalog,
)
from bsc_sync.sandbox.jira import markdown, wiki
from bsc_sync.sandbox.jira.fields import custom_field, system_fields
from bsc_sync.sandbox.jira.records import Issue, add_issue, find_issue, keep_issue, next_number
from bsc_sync.sandbox.jira.schema import SCHEMA
from bsc_sync.sandbox.jira.stamps import milliseconds
from bsc_sync.sandbox.seed import (
    DEFAULT_LINK_TYPES,
    DEFAULT_RESOLUTIONS,
    DEFAULT_STATUSES,
    PRIORITIES,
    TYPE_LEVELS,
)

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

_DEFAULT_SCREEN = (
    "summary",
    "description",
    "labels",
    "duedate",
    "priority",
    "assignee",
    "components",
    "parent",
    "issuelinks",
)
_SETTABLE = frozenset({*_DEFAULT_SCREEN, "reporter"})
_FIRST_ISSUE = 10_000


def sow(site: Site, plan: Mapping[str, Any]) -> None:
    """Fill an empty store with what a checked seed lists; ValueError for values that do not fit."""
    site.store.define(SCHEMA)
    catalog = make_catalog(site, plan)
    with site.store.transaction() as connection:
        keep_catalog(connection, catalog)
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('issue', ?)", (_FIRST_ISSUE - 1,))
        for project in catalog.projects:
            connection.execute(
                "INSERT INTO jira_project VALUES (?, ?, ?, 0)", (project.id, project.key, project.name)
            )
        _sow_issues(site, connection, catalog, plan)


def make_catalog(site: Site, plan: Mapping[str, Any]) -> Catalog:
    """The settings that a seed describes, with ids given out."""
    fields = (*system_fields(), *_custom_fields(plan))
    types = tuple(
        IssueType(str(10_001 + place), name, level) for place, (name, level) in enumerate(TYPE_LEVELS.items())
    )
    statuses = tuple(
        Status(str(10_010 + place), item["name"], item["category"])
        for place, item in enumerate(plan.get("statuses") or DEFAULT_STATUSES)
    )
    resolutions = _numbered(plan.get("resolutions") or DEFAULT_RESOLUTIONS, 10_030)
    links = [*DEFAULT_LINK_TYPES, *(plan.get("link_types") or ())]
    by_name = {item["name"]: item for item in links}
    return Catalog(
        fields=fields,
        types=types,
        statuses=statuses,
        transitions=tuple(_transitions(plan, statuses)),
        priorities=_numbered(PRIORITIES, 1),
        resolutions=resolutions,
        link_types=tuple(
            LinkType(str(10_040 + place), item["name"], item["inward"], item["outward"])
            for place, item in enumerate(by_name.values())
        ),
        projects=tuple(_projects(site, plan, fields, types)),
        people={user.account_id: user.name for user in site.users.values()},
    )


def _custom_fields(plan: Mapping[str, Any]) -> list[FieldKind]:
    listed = plan.get("fields") or ()
    taken = {item["id"] for item in listed if "id" in item}
    number, option_number = 10_100, 10_200
    made = []
    for item in listed:
        field_id = item.get("id")
        while field_id is None:
            candidate = f"customfield_{number}"
            number += 1
            field_id = None if candidate in taken else candidate
        options = _numbered(item.get("options") or (), option_number)
        option_number += len(options)
        made.append(custom_field(field_id, item["name"], item["type"], list(options), item.get("custom")))
    return made


def _transitions(plan: Mapping[str, Any], statuses: Sequence[Status]) -> list[Transition]:
    ids = {item.name: item.id for item in statuses}
    listed = plan.get("transitions") or [{"name": item.name, "to": item.name} for item in statuses]
    return [
        Transition(
            str(11 + 10 * place),
            item["name"],
            ids[item["to"]],
            tuple(ids[name] for name in item["from"]) if "from" in item else None,
        )
        for place, item in enumerate(listed)
    ]


def _projects(
    site: Site, plan: Mapping[str, Any], fields: Sequence[FieldKind], types: Sequence[IssueType]
) -> list[Project]:
    made = []
    component_number = 10_300
    for place, item in enumerate(plan["projects"]):
        offered = [kind for kind in types if kind.name in (item.get("issue_types") or TYPE_LEVELS)]
        components = _numbered(item.get("components") or (), component_number)
        component_number += len(components)
        screens = item.get("screens") or {}
        made.append(
            Project(
                id=str(10_000 + place),
                key=item["key"],
                name=item.get("name", item["key"]),
                style=item.get("style", "classic"),
                lead=item.get("lead", next(iter(site.users))),
                components=components,
                type_ids=tuple(kind.id for kind in offered),
                create_screens={
                    kind.id: _screen(item["key"], screens, kind, "create", fields) for kind in offered
                },
                edit_screens={
                    kind.id: _screen(item["key"], screens, kind, "edit", fields) for kind in offered
                },
            )
        )
    return made


def _screen(
    project: str, screens: Mapping[str, Any], kind: IssueType, purpose: str, fields: Sequence[FieldKind]
) -> tuple[str, ...]:
    listed = screens.get(kind.name, screens.get("*"))
    if isinstance(listed, Mapping):
        listed = listed.get(purpose)
    if listed is None:
        return (*_DEFAULT_SCREEN, *(field.id for field in fields if field.custom))
    ids = []
    for name in listed:
        found = find(fields, name)
        if found is None or not (found.custom or found.id in _SETTABLE):
            raise ValueError(
                f"project {project}: screens.{kind.name}: {name!r} is not a field that can be set"
            )
        ids.append(found.id)
    return tuple(ids)


def _numbered(names: Sequence[str], first: int) -> tuple[Named, ...]:
    return tuple(Named(str(first + place), name) for place, name in enumerate(names))


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
        for place, entry in enumerate(listed):
            where = f"project {project.key}: issues[{place}]"
            sown.append((_sow_issue(site, connection, catalog, project, entry, where), entry))
    _join(connection, catalog, sown)


def _sow_issue(
    site: Site,
    connection: sqlite3.Connection,
    catalog: Catalog,
    project: Project,
    entry: Mapping[str, Any],
    where: str,
) -> Issue:
    key = entry.get("key")
    number = int(key.rsplit("-", 1)[1]) if key else next_number(connection, project.id)
    created = milliseconds(entry.get("created", site.clock.now()))
    updated = milliseconds(entry["updated"]) if "updated" in entry else created
    status = find(catalog.statuses, entry.get("status", "")) or catalog.statuses[0]
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
            "issuetype": _id_of(catalog.types, entry["type"]),
            "status": status.id,
            "priority": _id_of(catalog.priorities, entry.get("priority", "Medium")),
            "reporter": entry.get("reporter", first_user),
        },
    )
    if status.category == "done":
        done = find(catalog.resolutions, entry.get("resolution", "")) or catalog.resolutions[0]
        issue.values["resolution"] = done.id
        issue.resolved = milliseconds(entry["resolved"]) if "resolved" in entry else updated
    if entry.get("description"):
        issue.values["description"] = _text(entry["description"])
    if entry.get("labels"):
        issue.values["labels"] = sorted(set(entry["labels"]))
    if entry.get("components"):
        chosen = [item.id for item in project.components if item.name in entry["components"]]
        issue.values["components"] = chosen
    if "due" in entry:
        issue.values["duedate"] = entry["due"].isoformat()
    if "assignee" in entry:
        issue.values["assignee"] = entry["assignee"]
    for name, raw in (entry.get("fields") or {}).items():
        field = find([item for item in catalog.fields if item.custom], name)
        if field is not None and raw is not None:
            issue.values[field.id] = _value(site, field, raw, f"{where}.fields.{name}")
    return add_issue(connection, catalog, issue)


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
            case "select" | "multiselect":
                ids = {item.name: item.id for item in field.options}
                return ids[str(raw)] if field.kind == "select" else [ids[str(item)] for item in raw]
            case "user":
                return site.users[str(raw)].account_id
            case "labels":
                return sorted({str(item) for item in raw})
        return str(raw)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        raise ValueError(f"{where}: {raw!r} does not fit a field of type {field.kind}") from None


def _number(raw: Any) -> int | Decimal:
    if isinstance(raw, bool):
        raise TypeError("a truth value is not a number")
    if isinstance(raw, int):
        return raw
    number = Decimal(str(raw))
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number
