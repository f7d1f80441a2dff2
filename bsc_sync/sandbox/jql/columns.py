"""Where each JQL field lives in the store, and what may be asked of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bsc_sync.sandbox.catalog import Catalog, FieldKind

Meaning = Literal[
    "issue", "named", "label", "person", "minute", "day", "number", "words", "exact", "category", "descendant"
]


@dataclass(frozen=True)
class Column:
    """One field. `source` is `table alias WHERE join` for what an issue may have several of, else None.

    `value` is the SQL of one value; `order` the SQL terms that ORDER BY uses, None where it cannot.
    `guard` is SQL that holds for issues that have the field at all.
    """

    name: str
    kind: Meaning
    value: str
    source: str | None = None
    fields: tuple[FieldKind, ...] = ()
    guard: str | None = None
    equals: bool = True
    ordered: bool = False
    text: bool = False
    order: tuple[str, ...] | None = None


def column_of(catalog: Catalog, name: str) -> Column | None:
    """The column a query means: a system name, `cf[10010]`, a custom field's name or id; else None.

    A name that several fields share means all of them that are of the first one's kind.
    """
    lowered = name.strip().lower()
    if not catalog.cloud and lowered in {"parent", "epic link"}:
        return _on_data_center(catalog, lowered)
    if not catalog.cloud and lowered in {"parentepic", "statuscategorychangeddate"}:
        return None
    if lowered in _SYSTEM:
        return _SYSTEM[lowered]
    number = re.fullmatch(r"(?:cf\[|customfield_)(\d+)\]?", lowered)
    found = [
        item
        for item in catalog.fields
        if item.custom
        and item.searchable
        and ((number and item.id == f"customfield_{number[1]}") or item.name.lower() == lowered)
    ]
    if not found:
        return None
    if found[0].kind == "epic-link":
        return _on_data_center(catalog, "epic link")
    return _custom([item for item in found if item.kind == found[0].kind])


def _on_data_center(catalog: Catalog, name: str) -> Column:
    # Only sub-tasks have a parent there; stories have an epic, which is kept in the same place.
    below = ", ".join(f"'{key}'" for key in sorted(catalog.subtask_type_ids)) or "''"
    guard = f"i.type_id {'IN' if name == 'parent' else 'NOT IN'} ({below})"
    return Column(name, "issue", "i.parent_id", guard=guard, order=("i.parent_id",))


_LABELS = "issue_label l WHERE l.issue_id = i.id"
_COMPONENTS = "issue_component c WHERE c.issue_id = i.id"
_COMMENTS = "issue_comment m WHERE m.issue_id = i.id"
_VALUES = "issue_value v WHERE v.issue_id = i.id AND v.field_id IN ({field_ids})"
_TEXT = (
    "(SELECT i.summary AS text UNION ALL SELECT i.description_text UNION ALL SELECT m.text"
    " FROM issue_comment m WHERE m.issue_id = i.id UNION ALL SELECT v.text"
    " FROM issue_value v WHERE v.issue_id = i.id) t WHERE t.text IS NOT NULL"
)
_ANCESTORS = (
    "(SELECT i.id AS id UNION ALL SELECT i.parent_id UNION ALL SELECT p.parent_id FROM issue p"
    " WHERE p.id = i.parent_id) a WHERE a.id IS NOT NULL"
)


def _moments(name: str, value: str) -> Column:
    return Column(name, "minute", value, ordered=True, order=(value,))


_SYSTEM: dict[str, Column] = {
    "project": Column("project", "named", "i.project_id", order=("i.key",)),
    "type": Column("type", "named", "i.type_id", order=("CAST(i.type_id AS INTEGER)",)),
    "status": Column("status", "named", "i.status_id", order=("CAST(i.status_id AS INTEGER)",)),
    "statuscategory": Column("statuscategory", "category", "i.status_id", order=("i.status_id",)),
    "priority": Column("priority", "named", "i.priority_id", order=("-CAST(i.priority_id AS INTEGER)",)),
    "resolution": Column(
        "resolution", "named", "i.resolution_id", order=("CAST(i.resolution_id AS INTEGER)",)
    ),
    "component": Column("component", "named", "c.component_id", _COMPONENTS),
    "labels": Column(
        "labels",
        "label",
        "l.label",
        _LABELS,
        order=("(SELECT min(l.label) FROM issue_label l WHERE l.issue_id = i.id)",),
    ),
    "level": Column("level", "named", "json_extract(i.content, '$.security')"),
    "parent": Column("parent", "issue", "i.parent_id", order=("i.parent_id",)),
    "parentepic": Column("parentepic", "descendant", "a.id", _ANCESTORS),
    "key": Column("key", "issue", "i.id", ordered=True, order=("i.project_id", "i.number")),
    "assignee": Column("assignee", "person", "i.assignee", order=("i.assignee",)),
    "reporter": Column("reporter", "person", "i.reporter", order=("i.reporter",)),
    "creator": Column("creator", "person", "i.creator", order=("i.creator",)),
    "created": _moments("created", "i.created"),
    "updated": _moments("updated", "i.updated"),
    "resolved": _moments("resolved", "i.resolved"),
    "statuscategorychangeddate": _moments("statuscategorychangeddate", "i.category_changed"),
    "due": Column("due", "day", "i.due", ordered=True, order=("i.due",)),
    "summary": Column("summary", "words", "i.summary", equals=False, text=True, order=("lower(i.summary)",)),
    "description": Column("description", "words", "i.description_text", equals=False, text=True),
    "comment": Column("comment", "words", "m.text", _COMMENTS, equals=False, text=True),
    "text": Column("text", "words", "t.text", _TEXT, equals=False, text=True),
    "rank": Column("rank", "number", "i.id", equals=False, order=("i.id",)),
}
for _alias, _target in {
    "issuetype": "type",
    "issue": "key",
    "issuekey": "key",
    "id": "key",
    "epic link": "parent",
    "label": "labels",
    "components": "component",
    "createddate": "created",
    "updateddate": "updated",
    "resolutiondate": "resolved",
    "duedate": "due",
}.items():
    _SYSTEM[_alias] = _SYSTEM[_target]


def _custom(fields: list[FieldKind]) -> Column:
    item = fields[0]
    # The ids come from the catalog, never from the query; they are checked to be customfield_<digits>.
    source = _VALUES.format(field_ids=", ".join(f"'{field.id}'" for field in fields))

    def made(kind: Meaning, value: str = "text", *, ordered: bool = False, text: bool = False) -> Column:
        order = (" ".join(("(SELECT min(v." + value + ") FROM", source, ")")),)
        return Column(
            item.name,
            kind,
            f"v.{value}",
            source,
            tuple(fields),
            equals=not text,
            ordered=ordered,
            text=text,
            order=order,
        )

    match item.kind:
        case "number":
            return made("number", "number", ordered=True)
        case "datetime":
            return made("minute", "number", ordered=True)
        case "date":
            return made("day", ordered=True)
        case "select" | "multiselect" | "radio" | "checkboxes" | "cascading":
            return made("named")
        case "user":
            return made("person")
        case "labels":
            return made("label")
        case "url":
            return made("exact")
    return made("words", text=True)
