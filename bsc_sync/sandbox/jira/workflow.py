"""The way through the statuses."""

from __future__ import annotations

from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import Transition
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, read_object
from bsc_sync.sandbox.jira.changelog import record
from bsc_sync.sandbox.jira.comments import add_comment
from bsc_sync.sandbox.jira.drafting import draft
from bsc_sync.sandbox.jira.lookup import issue_or_404, writable_issue
from bsc_sync.sandbox.jira.metadata import field_meta
from bsc_sync.sandbox.jira.permissions import may, settable_by_caller
from bsc_sync.sandbox.jira.properties import keep_property
from bsc_sync.sandbox.jira.records import Issue, keep_issue
from bsc_sync.sandbox.jira.wording import changes
from bsc_sync.sandbox.problems import refusal


def list_transitions(call: Call, key: str) -> Reply:
    """GET /issue/{key}/transitions; an unknown `transitionId` gives an empty list."""
    issue = issue_or_404(call, key)
    with_fields = "transitions.fields" in request.args.get("expand", "")
    shown = transition_shapes(call, issue, with_fields=with_fields)
    only = request.args.get("transitionId")
    if only is not None:
        shown = [item for item in shown if item["id"] == only]
    return Reply({"expand": "transitions", "transitions": shown})


def make_transition(call: Call, key: str) -> Reply:
    """POST /issue/{key}/transitions: moves the issue; may set the resolution and add a comment."""
    issue = writable_issue(call, key)
    body = read_object("Missing 'transition' identifier")
    transition = wanted_transition(call, issue, body.get("transition"))
    done = call.catalog.status_by_id[transition.to].category == "done"
    project = call.catalog.project_by_id[issue.project_id]
    allowed = {*(["resolution"] if done else []), *settable_by_caller(call, project, ["comment"])}
    made = draft(call, project, issue.values, body, allowed)
    made.refuse()
    before = issue.values
    named = "resolution" in {*(body.get("fields") or {}), *(body.get("update") or {})}
    issue.values = dict(before)
    enter_status(call, issue, transition.to, made.values.get("resolution") if named else None)
    issue.updated = call.moment
    keep_issue(call.connection, call.catalog, issue)
    items = changes(call.connection, call.catalog, before, issue.values)
    record(call.connection, issue.id, call.user.account_id, call.moment, items)
    for text in made.comments:
        add_comment(call, issue.id, text)
    for entry in made.properties:
        keep_property(call.connection, issue.id, entry["key"], entry["value"])
    return Reply(status=204)


def enter_status(call: Call, issue: Issue, status_id: str, resolution: str | None) -> None:
    """Put an issue into a status: done ones get a resolution and its date, others lose them."""
    catalog = call.catalog
    old, new = (catalog.status_by_id[key].category for key in (issue.values["status"], status_id))
    issue.values["status"] = status_id
    if old != new:
        issue.category_changed = call.moment
    if new != "done":
        issue.values.pop("resolution", None)
        issue.resolved = None
        return
    chosen = resolution or issue.values.get("resolution") or catalog.resolutions[0].id
    if issue.values.get("resolution") != chosen:
        issue.values["resolution"] = chosen
        issue.resolved = call.moment


def wanted_transition(call: Call, issue: Issue, raw: Any) -> Transition:
    """The transition that a body names, if the issue may take it now."""
    wanted = raw.get("id") if isinstance(raw, dict) else None
    if wanted is None or wanted == "":
        raise refusal(400, "Missing 'transition' identifier")
    for transition in _open_to(call, issue):
        if transition.id == str(wanted):
            return transition
    raise refusal(400, f"Transition id '{wanted}' is not valid for this issue.")


def transition_shapes(call: Call, issue: Issue, *, with_fields: bool) -> list[dict[str, Any]]:
    """The transitions an issue may take now."""
    project = call.catalog.project_by_id[issue.project_id]
    shown = []
    for transition in _open_to(call, issue):
        target = call.catalog.status_by_id[transition.to]
        done = target.category == "done"
        shape: dict[str, Any] = {
            "id": transition.id,
            "name": transition.name,
            "to": shapes.status(call, target),
        }
        more = {
            "hasScreen": done,
            "isGlobal": transition.origins is None,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "looped": target.id == issue.values["status"],
        }
        if call.cloud:
            shape |= more
        if with_fields:
            shape["fields"] = {"resolution": field_meta(call, project, "resolution")} if done else {}
        shown.append(shape)
    return shown


def _open_to(call: Call, issue: Issue) -> list[Transition]:
    if not may(call, "TRANSITION_ISSUES", call.catalog.project_by_id[issue.project_id]):
        return []
    here = issue.values["status"]
    owner = call.catalog.status_by_id[here].project
    return [
        item
        for item in call.catalog.transitions
        if item.project == owner and (item.origins is None or here in item.origins)
    ]
