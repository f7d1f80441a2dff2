"""Screens: which fields may be set where; administrators add fields to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import Screen
from bsc_sync.sandbox.jira.call import Call, Reply, page, read_object
from bsc_sync.sandbox.jira.configuration import DEFAULT_SCREEN_ID
from bsc_sync.sandbox.jira.permissions import may
from bsc_sync.sandbox.problems import Refusal, refusal

_TAB = "Field Tab"


def list_screens(call: Call) -> Reply:
    """GET /screens: those of company-managed projects."""
    _need_administrator(call)
    wanted = request.args.get("queryString" if call.cloud else "search", "").lower()
    shown = [
        {"id": item.id, "name": item.name, "description": ""}
        for item in call.catalog.screens
        if item.project is None and wanted in item.name.lower()
    ]
    part, start, size = page(shown, default=100, most=100)
    if not call.cloud:
        return Reply(part)
    last = start + len(part) >= len(shown)
    return Reply({"maxResults": size, "startAt": start, "total": len(shown), "isLast": last, "values": part})


def list_tabs(call: Call, screen_id: str) -> Reply:
    """GET /screens/{id}/tabs: each has one."""
    screen = _screen(call, screen_id)
    return Reply([{"id": screen.tab, "name": _TAB}])


def list_fields(call: Call, screen_id: str, tab_id: str) -> Reply:
    """GET /screens/{id}/tabs/{tab}/fields."""
    screen = _screen(call, screen_id, tab_id)
    return Reply([_entry(call, field_id) for field_id in screen.field_ids])


def available_fields(call: Call, screen_id: str) -> Reply:
    """GET /screens/{id}/availableFields: custom fields of the whole site that are not on it."""
    screen = _screen(call, screen_id)
    free = [item for item in call.catalog.fields if item.custom and item.id not in screen.field_ids]
    return Reply([_entry(call, item.id) for item in free if item.project is None])


def add_field(call: Call, screen_id: str, tab_id: str) -> Reply:
    """POST /screens/{id}/tabs/{tab}/fields."""
    screen = _screen(call, screen_id, tab_id)
    field_id = str(read_object().get("fieldId", ""))
    _add(call, screen, field_id, double=400)
    return Reply(_entry(call, field_id))


def add_to_default(call: Call, field_id: str) -> Reply:
    """POST /screens/addToDefault/{field}."""
    screen = _screen(call, str(DEFAULT_SCREEN_ID))
    _add(call, screen, field_id, double=404 if call.cloud else 400)
    return Reply({}, 200 if call.cloud else 201)


def _add(call: Call, screen: Screen, field_id: str, *, double: int) -> None:
    field = call.catalog.field_by_id.get(field_id)
    if field is None or field.project is not None:
        raise _missing(call, f"The field with id '{field_id}' does not exist.")
    if field_id in screen.field_ids:
        raise refusal(double, f"The field with id '{field_id}' already exists on the screen '{screen.name}'.")
    call.change_catalog(call.catalog.with_screen(replace(screen, field_ids=(*screen.field_ids, field_id))))


def _screen(call: Call, screen_id: str, tab_id: str | None = None) -> Screen:
    _need_administrator(call)
    for item in call.catalog.screens:
        if item.project is None and str(item.id) == screen_id:
            if tab_id is None or tab_id == str(item.tab):
                return item
            raise _missing(call, f"The tab with id '{tab_id}' does not exist.")
    raise _missing(call, f"The screen with id '{screen_id}' does not exist.")


def _missing(call: Call, told: str) -> Refusal:
    return refusal(404 if call.cloud else 400, told)


def _need_administrator(call: Call) -> None:
    if not may(call, "ADMINISTER"):
        # Data Center's document has 401 here, Cloud's 403.
        raise refusal(403 if call.cloud else 401, "Only Jira administrators can manage screens.")


def _entry(call: Call, field_id: str) -> dict[str, Any]:
    return {"id": field_id, "name": call.catalog.field_by_id[field_id].name}
