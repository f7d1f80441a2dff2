"""Fields that administrators make, with their contexts and options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import Context, FieldKind, Kind, Named, Option
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, invalid_payload, listed, page, read_object
from bsc_sync.sandbox.jira.fields import CHOICES, CUSTOM, READ_ONLY_KINDS, custom_field
from bsc_sync.sandbox.jira.permissions import may, need_administrator
from bsc_sync.sandbox.problems import refusal

_MAKEABLE: dict[str, Kind] = {
    custom: kind for kind, (_, _, custom) in CUSTOM.items() if kind not in {*READ_ONLY_KINDS, "epic-link"}
}
_PROPERTIES = {"name", "description", "type", "searcherKey"}
_MAX_OPTIONS = 1000


def create_field(call: Call) -> Reply:
    """POST /field: applies everywhere, or on Data Center in `projectIds` and for `issueTypeIds`."""
    if not may(call, "ADMINISTER"):
        # Cloud's document counts it among the reasons for 400.
        raise refusal(400 if call.cloud else 403, "Only Jira administrators can create custom fields.")
    body = read_object()
    if set(body) - _PROPERTIES - (set() if call.cloud else {"id", "self", "projectIds", "issueTypeIds"}):
        raise invalid_payload()
    name, kind = body.get("name"), _MAKEABLE.get(str(body.get("type")))
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        raise refusal(400, errors={"name": "The name of the custom field must be 1 to 255 characters long."})
    if kind is None:
        raise refusal(400, errors={"type": f"The custom field type '{body.get('type')}' is not known."})
    made = _made(call, name.strip(), kind, body)
    call.change_catalog(call.catalog.with_field(made))
    return Reply(shapes.field(call, made), 201)


def search_fields(call: Call) -> Reply:
    """GET /field/search: fields of the whole site by `id`, `type` or `query`."""
    need_administrator(call, "Only Jira administrators can access fields.")
    ids, kinds, query = listed("id"), listed("type"), request.args.get("query", "").lower()
    found = [
        {
            "id": item.id,
            "key": item.id,
            "name": item.name,
            "schema": item.schema,
            "description": item.description,
        }
        for item in call.catalog.fields
        if item.project is None
        and (not ids or item.id in ids)
        and (not kinds or ("custom" if item.custom else "system") in kinds)
        and query in item.name.lower()
    ]
    return Reply(_page(found))


def list_custom_fields(call: Call) -> Reply:
    """GET /customFields on Data Center, by `search` in their names."""
    need_administrator(call, "Only Jira administrators can access custom fields.")
    query = request.args.get("search", "").lower()
    found = [
        {
            "id": item.id,
            "name": item.name,
            "description": item.description,
            "type": (item.schema or {}).get("custom"),
            "numericId": (item.schema or {}).get("customId"),
            "isAllProjects": any(not one.projects for one in item.contexts),
            "projectIds": sorted({int(key) for one in item.contexts for key in one.projects}),
            "issueTypeIds": sorted({key for one in item.contexts for key in one.type_ids}),
            "screensCount": sum(item.id in screen.field_ids for screen in call.catalog.screens),
            "self": shapes.link(call, f"customFields/{item.id}"),
        }
        for item in call.catalog.fields
        if item.custom and query in item.name.lower()
    ]
    return Reply(_page(found))


def list_all_options(call: Call, field_id: str) -> Reply:
    """GET /customFields/{id}/options on Data Center."""
    field = _field(call, field_id)
    shown = [
        {
            "id": int(item.id),
            "value": item.name,
            "disabled": False,
            "childrenIds": [int(child.id) for child in item.children],
            "self": shapes.link(call, f"customFieldOption/{item.id}"),
        }
        for item in field.options
    ]
    return Reply({"options": shown, "total": len(shown)})


def list_contexts(call: Call, field_id: str) -> Reply:
    """GET /field/{id}/context."""
    need_administrator(call, "Only Jira administrators can access custom field contexts.")
    return Reply(
        _page(
            [
                {
                    "id": item.id,
                    "name": item.name,
                    "description": item.description,
                    "isGlobalContext": not item.projects,
                    "isAnyIssueType": not item.type_ids,
                }
                for item in _field(call, field_id).contexts
            ]
        )
    )


def create_context(call: Call, field_id: str) -> Reply:
    """POST /field/{id}/context: empty lists mean all projects, all types."""
    need_administrator(call, "Only Jira administrators can access custom field contexts.")
    field = _field(call, field_id)
    body = read_object()
    if set(body) - {"id", "name", "description", "projectIds", "issueTypeIds"} or not body.get("name"):
        raise invalid_payload()
    projects, types = _known(call, body)
    every = [int(item.id) for one in call.catalog.fields for item in one.contexts]
    made = Context(str(max(every) + 1), str(body["name"]), projects, types, str(body.get("description", "")))
    call.change_catalog(call.catalog.with_field(replace(field, contexts=(*field.contexts, made))))
    shown = {"projectIds": list(projects), "issueTypeIds": list(types)}
    return Reply({"id": made.id, "name": made.name, "description": made.description} | shown, 201)


def list_options(call: Call, field_id: str, context_id: str) -> Reply:
    """GET /field/{id}/context/{context}/option: choices below a choice name it in `optionId`."""
    return Reply(_page(_shown(_with_options(call, field_id, context_id).options)))


def create_options(call: Call, field_id: str, context_id: str) -> Reply:
    """POST /field/{id}/context/{context}/option: at most 1000, each value once."""
    field = _with_options(call, field_id, context_id)
    wanted = read_object().get("options")
    if not isinstance(wanted, list) or not all(isinstance(item, dict) for item in wanted):
        raise invalid_payload()
    if len(wanted) > _MAX_OPTIONS:
        raise refusal(400, f"At most {_MAX_OPTIONS} options can be created in one request.")
    options = list(field.options)
    fresh: list[str] = []
    for entry in wanted:
        number = str(_next_option(call, fresh))
        fresh.append(number)
        options = _with_option(options, number, entry)
    call.change_catalog(call.catalog.with_field(replace(field, options=tuple(options))))
    return Reply({"options": [item for item in _shown(options) if item["id"] in fresh]})


def _made(call: Call, name: str, kind: Kind, body: dict[str, Any]) -> FieldKind:
    numbers = [int(item.id.removeprefix("customfield_")) for item in call.catalog.fields if item.custom]
    field_id = f"customfield_{max([10_099, *numbers]) + 1}"
    made = custom_field(
        field_id,
        name,
        kind,
        description=str(body.get("description") or ""),
        searchable=bool(body.get("searcherKey")),
    )
    if call.cloud:
        return made
    projects, types = _known(call, body)
    return replace(made, contexts=(replace(made.contexts[0], projects=projects, type_ids=types),))


def _known(call: Call, body: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    projects = tuple(str(item) for item in body.get("projectIds") or ())
    types = tuple(str(item) for item in body.get("issueTypeIds") or ())
    if set(projects) - set(call.catalog.project_by_id):
        raise refusal(404 if call.cloud else 400, "The project was not found.")
    if set(types) - set(call.catalog.type_by_id):
        raise refusal(404 if call.cloud else 400, "The issue type was not found.")
    return projects, types


def _field(call: Call, field_id: str) -> FieldKind:
    field = call.catalog.field_by_id.get(field_id)
    if field is None or not field.custom:
        raise refusal(404, "The custom field was not found.")
    return field


def _with_options(call: Call, field_id: str, context_id: str) -> FieldKind:
    need_administrator(call, "Only Jira administrators can manage custom field options.")
    field = _field(call, field_id)
    if context_id not in {item.id for item in field.contexts}:
        raise refusal(404, "The custom field context was not found.")
    if field.kind not in CHOICES:
        raise refusal(400, "The custom field doesn't support options.")
    return field


def _next_option(call: Call, fresh: Sequence[str]) -> int:
    known = [
        int(item.id)
        for field in call.catalog.fields
        for option in field.options
        for item in (option, *option.children)
    ]
    return max([10_200, *known, *map(int, fresh)]) + 1


def _with_option(options: list[Option], number: str, entry: dict[str, Any]) -> list[Option]:
    value, above = entry.get("value"), entry.get("optionId")
    if not isinstance(value, str) or not value:
        raise refusal(400, "The option value must not be empty.")
    if above is None:
        if value in {item.name for item in options}:
            raise refusal(400, f"The option '{value}' already exists.")
        return [*options, Option(number, value)]
    if above not in {item.id for item in options}:
        raise refusal(404, "The parent option was not found.")
    return [
        replace(item, children=(*item.children, Named(number, value))) if item.id == above else item
        for item in options
    ]


def _shown(options: Sequence[Option]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for item in options:
        shown.append({"id": item.id, "value": item.name, "disabled": False})
        shown += [
            {"id": child.id, "value": child.name, "optionId": item.id, "disabled": False}
            for child in item.children
        ]
    return shown


def _page(found: list[Any]) -> dict[str, Any]:
    part, start, size = page(found, default=50, most=100)
    last = start + len(part) >= len(found)
    return {"maxResults": size, "startAt": start, "total": len(found), "isLast": last, "values": part}
