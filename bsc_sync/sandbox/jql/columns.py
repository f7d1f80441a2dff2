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
    """

    name: str
    kind: Meaning
    value: str
    source: str | None = None
    field: FieldKind | None = None
    equals: bool = True
    ordered: bool = False
    text: bool = False
    order: tuple[str, ...] | None = None

    @property
    def field_id(self) -> str | None:
        """The custom field behind it, if any."""
        return self.field.id if self.field is not None else None


def column_of(catalog: Catalog, name: str) -> Column | None:
    """The column a query means: a system name, `cf[10010]`, a custom field's name or id; else None."""
    lowered = name.strip().lower()
    if lowered in _SYSTEM:
        return _SYSTEM[lowered]
    number = re.fullmatch(r"(?:cf\[|customfield_)(\d+)\]?", lowered)
    for item in catalog.fields:
        if not item.custom:
            continue
        if (number and item.id == f"customfield_{number[1]}") or item.name.lower() == lowered:
            return _custom(item)
    return None


_LABELS = "issue_label l WHERE l.issue_id = i.id"
_COMPONENTS = "issue_component c WHERE c.issue_id = i.id"
_COMMENTS = "issue_comment m WHERE m.issue_id = i.id"
_VALUES = "issue_value v WHERE v.issue_id = i.id AND v.field_id = '{field_id}'"
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


def _custom(item: FieldKind) -> Column:
    def one(value: str) -> tuple[str, ...]:
        return (" ".join(("(SELECT min(v." + value + ") FROM", _VALUES.format(field_id=item.id), ")")),)

    match item.kind:
        case "number":
            return Column(item.name, "number", "v.number", _VALUES, item, ordered=True, order=one("number"))
        case "datetime":
            return Column(item.name, "minute", "v.number", _VALUES, item, ordered=True, order=one("number"))
        case "date":
            return Column(item.name, "day", "v.text", _VALUES, item, ordered=True, order=one("text"))
        case "select" | "multiselect":
            return Column(item.name, "named", "v.text", _VALUES, item, order=one("text"))
        case "user":
            return Column(item.name, "person", "v.text", _VALUES, item, order=one("text"))
        case "labels":
            return Column(item.name, "label", "v.text", _VALUES, item, order=one("text"))
        case "url":
            return Column(item.name, "exact", "v.text", _VALUES, item, order=one("text"))
    return Column(item.name, "words", "v.text", _VALUES, item, equals=False, text=True, order=one("text"))
