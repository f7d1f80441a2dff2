"""The fields every Jira has, and the types a site may add."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bsc_sync.sandbox.catalog import Context, FieldKind, IssueType, Kind, Option

_OWN = "com.atlassian.jira.plugin.system.customfieldtypes:"
_AGILE = "com.pyxis.greenhopper.jira:"
EPIC_LINK = _AGILE + "gh-epic-link"
EPIC_NAME = _AGILE + "gh-epic-label"
_FIRST_CONTEXT = 100_000
CHOICES = frozenset({"select", "multiselect", "radio", "checkboxes", "cascading"})
READ_ONLY_KINDS = frozenset({"sprint", "rank"})

# kind: what the value is, the items of an array, the type key that schema.custom shows.
CUSTOM: Mapping[Kind, tuple[str, str | None, str]] = {
    "number": ("number", None, _OWN + "float"),
    "text": ("string", None, _OWN + "textfield"),
    "textarea": ("string", None, _OWN + "textarea"),
    "date": ("date", None, _OWN + "datepicker"),
    "datetime": ("datetime", None, _OWN + "datetime"),
    "select": ("option", None, _OWN + "select"),
    "multiselect": ("array", "option", _OWN + "multiselect"),
    "user": ("user", None, _OWN + "userpicker"),
    "labels": ("array", "string", _OWN + "labels"),
    "url": ("string", None, _OWN + "url"),
    "cascading": ("option-with-child", None, _OWN + "cascadingselect"),
    "radio": ("option", None, _OWN + "radiobuttons"),
    "checkboxes": ("array", "option", _OWN + "multicheckboxes"),
    "epic-link": ("any", None, EPIC_LINK),
    "sprint": ("array", "string", _AGILE + "gh-sprint"),
    "rank": ("any", None, _AGILE + "gh-lexo-rank"),
}

# Data Center's own: usual numbers differ from site to site, so these are unlike Cloud's.
_AGILE_FIELDS: tuple[tuple[int, str, Kind, str | None], ...] = (
    (11_433, "Epic Link", "epic-link", None),
    (11_434, "Epic Status", "select", _AGILE + "gh-epic-status"),
    (11_436, "Epic Name", "text", EPIC_NAME),
    (11_437, "Epic Color", "text", _AGILE + "gh-epic-color"),
    (11_440, "Sprint", "sprint", None),
    (11_441, "Rank", "rank", None),
)

_SYSTEM: tuple[tuple[str, str, str, str | None, tuple[str, ...]], ...] = (
    ("summary", "Summary", "string", None, ("summary",)),
    ("issuetype", "Issue Type", "issuetype", None, ("issuetype", "type")),
    ("project", "Project", "project", None, ("project",)),
    ("status", "Status", "status", None, ("status",)),
    ("statusCategory", "Status Category", "statusCategory", None, ("statusCategory",)),
    ("priority", "Priority", "priority", None, ("priority",)),
    ("resolution", "Resolution", "resolution", None, ("resolution",)),
    ("resolutiondate", "Resolved", "datetime", None, ("resolutiondate", "resolved")),
    ("parent", "Parent", "issuelink", None, ("parent",)),
    ("description", "Description", "string", None, ("description",)),
    ("labels", "Labels", "array", "string", ("labels",)),
    ("components", "Components", "array", "component", ("component",)),
    ("security", "Security Level", "securitylevel", None, ("level",)),
    ("assignee", "Assignee", "user", None, ("assignee",)),
    ("reporter", "Reporter", "user", None, ("reporter",)),
    ("creator", "Creator", "user", None, ("creator",)),
    ("created", "Created", "datetime", None, ("created", "createdDate")),
    ("updated", "Updated", "datetime", None, ("updated", "updatedDate")),
    ("duedate", "Due date", "date", None, ("due", "duedate")),
    ("subtasks", "Sub-tasks", "array", "issuelinks", ("subtasks",)),
    ("issuelinks", "Linked Issues", "array", "issuelinks", ("issueLink",)),
    (
        "statuscategorychangedate",
        "Status Category Changed",
        "datetime",
        None,
        ("statusCategoryChangedDate",),
    ),
    ("archiveddate", "Archived", "datetime", None, ()),
    ("comment", "Comment", "comments-page", None, ("comment",)),
)

_EPIC_STATUSES = ("To Do", "In Progress", "Done")
_ONLY_ON_CLOUD = frozenset({"statusCategory", "statuscategorychangedate"})
_ONLY_ON_DATA_CENTER = frozenset({"archiveddate"})
NOT_NAVIGABLE = frozenset({"comment"})
NOT_SEARCHABLE = frozenset({"subtasks", "issuelinks"})


def system_fields(*, cloud: bool) -> list[FieldKind]:
    """The fields of every site, in the order that replies show them."""
    found = []
    for field_id, name, value, items, clauses in _SYSTEM:
        if field_id in (_ONLY_ON_DATA_CENTER if cloud else _ONLY_ON_CLOUD):
            continue
        schema: dict[str, Any] = {"type": value, "system": field_id}
        if items:
            schema["items"] = items
        found.append(FieldKind(field_id, name, "system", schema, clauses))
    return found


def custom_field(
    field_id: str,
    name: str,
    kind: Kind,
    options: Sequence[Option] = (),
    custom: str | None = None,
    *,
    project: str | None = None,
    type_ids: tuple[str, ...] = (),
    description: str = "",
    searchable: bool = True,
) -> FieldKind:
    """A field that the site adds, with one context: a project, some types, or everywhere."""
    value, items, key = CUSTOM[kind]
    number = int(field_id.removeprefix("customfield_"))
    schema: dict[str, Any] = {"type": value, "custom": custom or key, "customId": number}
    if items:
        schema["items"] = items
    return FieldKind(
        field_id,
        name,
        kind,
        schema,
        (f"cf[{number}]", name) if searchable else (),
        tuple(options),
        project=project,
        contexts=(
            Context(
                str(_FIRST_CONTEXT + number),
                f"Default Configuration Scheme for {name}",
                () if project is None else (project,),
                type_ids,
            ),
        ),
        description=description,
        searchable=searchable,
    )


def agile_fields(
    names: Mapping[str, str], taken: Collection[str], types: Sequence[IssueType]
) -> list[FieldKind]:
    """The fields of epics, sprints and ranks that Data Center adds, called as the site calls them."""
    epics = tuple(item.id for item in types if item.level == 1)
    stories = tuple(item.id for item in types if item.level == 0)
    options = [Option(str(10_900 + place), text) for place, text in enumerate(_EPIC_STATUSES)]
    made = []
    shift = 0
    for number, name, kind, custom in _AGILE_FIELDS:
        while f"customfield_{number + shift}" in taken:
            shift += 1
        made.append(
            custom_field(
                f"customfield_{number + shift}",
                names.get(name, name),
                kind,
                options if kind == "select" else (),
                custom,
                type_ids=epics if name.startswith("Epic") and kind != "epic-link" else stories,
            )
            if kind not in READ_ONLY_KINDS
            else custom_field(f"customfield_{number + shift}", names.get(name, name), kind)
        )
    return made


def is_epic_name(field: FieldKind) -> bool:
    """Whether a field is the short name that an epic must have on Data Center."""
    return (field.schema or {}).get("custom") == EPIC_NAME
