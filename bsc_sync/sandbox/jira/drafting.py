"""Takes the `fields` and `update` of a request to an issue's next state, or lists why not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bsc_sync.sandbox.catalog import FieldKind, LinkType, Project
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.jira.comments import read_comment_text
from bsc_sync.sandbox.jira.links import read_link_type
from bsc_sync.sandbox.jira.lookup import visible_issue
from bsc_sync.sandbox.jira.properties import need_properties, unfit_properties
from bsc_sync.sandbox.jira.reading import Unfit, read_value
from bsc_sync.sandbox.jira.records import Issue, Values, read_issues
from bsc_sync.sandbox.problems import Refusal, refusal

NOT_ON_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


@dataclass
class Draft:
    """The next state of an issue, with what comes along; `errors` by field."""

    values: Values
    comments: list[dict[str, Any]] = field(default_factory=list)
    links: list[tuple[LinkType, Issue, str]] = field(default_factory=list)
    properties: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self) -> None:
        """400 with every error, if there is one."""
        if self.errors:
            raise refusal(400, errors=self.errors)


def part(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The `fields` or `update` object of a body; 400 if it is something else."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refusal(400, f"'{name}' must be an object.")
    return value


def draft(
    call: Call, project: Project, before: Values, body: dict[str, Any], allowed: Collection[str]
) -> Draft:
    """Apply a body to the values of an issue; only the allowed fields may be named."""
    fields, update = part(body, "fields"), part(body, "update")
    made = Draft(dict(before))
    for name, raw in fields.items():
        known = call.catalog.field_by_id.get(name)
        if known is None or name not in allowed or name in {"comment", "issuelinks"}:
            made.errors[name] = NOT_ON_SCREEN.format(name)
        elif name in update:
            made.errors[name] = f"Field '{name}' is given both in 'fields' and in 'update'."
        else:
            _attempt(made, known, partial(read_value, call, project, known, raw))
    for name, operations in update.items():
        _update(call, project, made, name, operations, allowed)
    if body.get("properties") is not None:
        need_properties(call)
        complaint = unfit_properties(body["properties"])
        if complaint:
            raise refusal(400, complaint)
        made.properties = body["properties"]
    return made


def parent_place(call: Call, type_id: str) -> str:
    """The field that a complaint about an issue's place in the hierarchy is filed under."""
    if call.catalog.epic_link is None:
        return "parent"
    return "issuetype" if type_id in call.catalog.subtask_type_ids else call.catalog.epic_link.id


def missing_fields(call: Call, wanted: Collection[str], values: Values) -> dict[str, str]:
    """What to say of required fields that have no value."""
    fields = [call.catalog.field_by_id[key] for key in wanted]
    return {item.id: f"{item.name} is required." for item in fields if stored_as(item) not in values}


def check_parent(call: Call, project: Project, values: Values) -> str | None:
    """Why an issue may not be where it is: a parent is one level above, a sub-task's in the same project."""
    kind = call.catalog.type_by_id[values["issuetype"]]
    linked = not call.cloud and not kind.subtask
    parent_id = values.get("parent")
    if parent_id is None:
        return "Issue type is a sub-task but parent issue key or id not specified." if kind.subtask else None
    found = read_issues(call.connection, [parent_id])
    if not found:
        return "Could not find issue by id or key."
    above = call.catalog.type_by_id[found[0].values["issuetype"]]
    if linked and above.level != 1:
        return f"Issue with key '{found[0].key}' is not an epic."
    if linked and kind.level != 0:
        return "An epic cannot be linked to an epic."
    if above.level != kind.level + 1:
        return "Given parent work item does not belong to appropriate hierarchy."
    if kind.subtask and found[0].project_id != project.id:
        return "Sub-tasks must be created in the same project as the parent."
    return None


def stored_as(field: FieldKind) -> str:
    """Where a field's value is kept: an epic link is a parent like Cloud's."""
    return "parent" if field.kind == "epic-link" else field.id


def _attempt(made: Draft, field: FieldKind, read: Callable[[], Any]) -> None:
    name, place = field.id, stored_as(field)
    try:
        value = read()
    except Unfit as unfit:
        made.errors[name] = str(unfit)
        return
    if name == "summary" and value is None:
        made.errors[name] = "You must specify a summary of the issue."
    elif value in (None, []):
        made.values.pop(place, None)
    else:
        made.values[place] = value


def _update(
    call: Call, project: Project, made: Draft, name: str, operations: Any, allowed: Collection[str]
) -> None:
    known = call.catalog.field_by_id.get(name)
    if known is None or name not in allowed:
        made.errors[name] = NOT_ON_SCREEN.format(name)
        return
    if not isinstance(operations, list) or not all(
        isinstance(entry, dict) and len(entry) == 1 for entry in operations
    ):
        made.errors[name] = "Operations must be a list of objects with one verb each."
        return
    for entry in operations:
        ((verb, raw),) = entry.items()
        try:
            if name == "comment":
                _comment(call, made, verb, raw)
            elif name == "issuelinks":
                _link(call, made, verb, raw)
            else:
                _operate(call, project, made, known, verb, raw)
        except Unfit as unfit:
            made.errors[name] = str(unfit)
            return


def _operate(call: Call, project: Project, made: Draft, known: FieldKind, verb: str, raw: Any) -> None:
    if verb == "set":
        _attempt(made, known, partial(read_value, call, project, known, raw))
        return
    several = (known.schema or {}).get("type") == "array"
    if verb not in {"add", "remove"} or not several:
        raise Unfit(f"Operation '{verb}' is not supported for field '{known.id}'.")
    read = read_value(call, project, known, [raw]) or []
    present = list(made.values.get(known.id, ()))
    if verb == "add":
        present += [value for value in read if value not in present]
    else:
        present = [value for value in present if value not in read]
    if present:
        made.values[known.id] = sorted(present)
    else:
        made.values.pop(known.id, None)


def _comment(call: Call, made: Draft, verb: str, raw: Any) -> None:
    if verb != "add":
        raise Unfit(f"Operation '{verb}' is not supported for field 'comment'.")
    made.comments.append(read_comment_text(call, raw))


def _link(call: Call, made: Draft, verb: str, raw: Any) -> None:
    if verb != "add" or not isinstance(raw, dict):
        raise Unfit(f"Operation '{verb}' is not supported for field 'issuelinks'.")
    try:
        kind = read_link_type(call, raw.get("type"))
    except Refusal as missing:
        raise Unfit(missing.text()) from None
    for end in ("outwardIssue", "inwardIssue"):
        if isinstance(raw.get(end), dict):
            other = visible_issue(call, str(raw[end].get("key", raw[end].get("id"))))
            if other is not None:
                made.links.append((kind, other, end))
                return
    raise Unfit("Could not find issue by id or key.")
