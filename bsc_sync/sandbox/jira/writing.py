"""Creates, edits and deletes issues."""

from __future__ import annotations

from typing import Any

from flask import request

from bsc_sync.sandbox.catalog import IssueType, Project
from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.automation import refused, ruled
from bsc_sync.sandbox.jira.call import Call, Reply, flag, read_object
from bsc_sync.sandbox.jira.changelog import record
from bsc_sync.sandbox.jira.comments import add_comment
from bsc_sync.sandbox.jira.drafting import (
    Draft,
    check_parent,
    draft,
    missing_fields,
    parent_place,
    part,
)
from bsc_sync.sandbox.jira.links import connect
from bsc_sync.sandbox.jira.lookup import issue_or_404, writable_issue
from bsc_sync.sandbox.jira.metadata import creatable, editable
from bsc_sync.sandbox.jira.permissions import check_silence, may
from bsc_sync.sandbox.jira.properties import keep_property
from bsc_sync.sandbox.jira.reading import Unfit, read_value
from bsc_sync.sandbox.jira.records import (
    Issue,
    add_issue,
    child_ids,
    keep_issue,
    next_number,
    read_issues,
    touch,
)
from bsc_sync.sandbox.jira.showing import View, chosen_fields, issue_shape
from bsc_sync.sandbox.jira.wording import changes
from bsc_sync.sandbox.jira.workflow import enter_status, wanted_transition
from bsc_sync.sandbox.problems import Refusal, refusal

MAX_BULK = 50
DEFAULT_PRIORITY = "3"


def create_issue(call: Call) -> Reply:
    """POST /issue."""
    body = read_object("No Issue Create payload supplied")
    if not body:
        raise refusal(400, "No Issue Create payload supplied")
    return Reply(_created(call, _create(call, body)), 201)


def create_issues(call: Call) -> Reply:
    """POST /issue/bulk: up to 50; 201 if one was created, 400 in the same shape if none was."""
    body = read_object("No Issue Create payload supplied")
    updates = body.get("issueUpdates")
    if not isinstance(updates, list) or not updates:
        raise refusal(400, "No Issue Create payload supplied")
    if len(updates) > MAX_BULK:
        raise refusal(400, f"You can create at most {MAX_BULK} issues in one request.")
    issues: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for number, element in enumerate(updates):
        try:
            issues.append(_created(call, _create(call, element if isinstance(element, dict) else {})))
        except Refusal as no:
            failed = {"status": no.status, "elementErrors": no.body, "failedElementNumber": number}
            errors.append(failed)
    return Reply({"issues": issues, "errors": errors}, 201 if issues else 400)


def edit_issue(call: Call, key: str) -> Reply:
    """PUT /issue/{key}: 204, or 200 with the issue for `returnIssue=true`."""
    issue = writable_issue(call, key)
    body = read_object("No Issue Update payload supplied")
    project = call.catalog.project_by_id[issue.project_id]
    if not flag("notifyUsers", default=True):
        check_silence(call, project)
    type_id = issue.values["issuetype"]
    screen = editable(call, project, type_id)
    made = draft(call, project, issue.values, body, screen)
    if not made.errors:
        _check_type(call, issue, made)
    named = {*part(body, "fields"), *part(body, "update")}
    place = parent_place(call, type_id)
    if named & {"parent", "issuetype", place} and not made.errors:
        complaint = check_parent(call, project, made.values)
        if complaint:
            made.errors[place if place in named else "issuetype"] = complaint
    made.errors |= missing_fields(call, named & set(project.required[type_id]), made.values)
    made.errors |= {name: told for name, told in refused(call, made.values).items() if name in named}
    made.refuse()
    _apply(call, issue, made)
    if not flag("returnIssue"):
        return Reply(status=204)
    expand = frozenset(request.args.get("expand", "").split(","))
    view = View(chosen_fields(call.catalog, [], "*all"), expand)
    return Reply(issue_shape(call, issue_or_404(call, str(issue.id)), view))


def assign_issue(call: Call, key: str) -> Reply:
    """PUT /issue/{key}/assignee: a person, or null for nobody."""
    issue = issue_or_404(call, key)
    project = call.catalog.project_by_id[issue.project_id]
    if not may(call, "ASSIGN_ISSUES", project):
        raise refusal(403, "You do not have permission to assign issues in this project.")
    made = draft(call, project, issue.values, {"fields": {"assignee": read_object()}}, {"assignee"})
    made.refuse()
    _apply(call, issue, made)
    return Reply(status=204)


def delete_issue(call: Call, key: str) -> Reply:
    """DELETE /issue/{key}: refused with sub-tasks, unless `deleteSubtasks=true`."""
    issue = issue_or_404(call, key)
    if not may(call, "DELETE_ISSUES", call.catalog.project_by_id[issue.project_id]):
        raise refusal(403, "You do not have permission to delete issues in this project.")
    below = read_issues(call.connection, child_ids(call.connection, issue.id))
    subtasks = [item for item in below if call.catalog.type_by_id[item.values["issuetype"]].subtask]
    if subtasks and not flag("deleteSubtasks"):
        raise refusal(
            400,
            f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter to "
            "delete this issue and all its subtasks.",
        )
    for item in below:
        if item not in subtasks:
            item.values.pop("parent", None)
            keep_issue(call.connection, call.catalog, item)
    gone = [issue.id, *(item.id for item in subtasks)]
    call.connection.executemany("DELETE FROM issue WHERE id = ?", [(number,) for number in gone])
    return Reply(status=204)


def _create(call: Call, body: dict[str, Any]) -> Issue:
    fields = part(body, "fields")
    project, kind = _place(call, fields)
    rest = {name: value for name, value in fields.items() if name not in {"project", "issuetype"}}
    if not may(call, "CREATE_ISSUES", project):
        raise refusal(400, "You do not have permission to create issues in this project.")
    screen = creatable(call, project, kind)
    before = {
        "issuetype": kind.id,
        "status": project.status_ids[0],
        "priority": DEFAULT_PRIORITY,
        "reporter": call.user.account_id,
    }
    made = draft(call, project, before, body | {"fields": rest}, screen)
    if "summary" not in made.values and "summary" not in made.errors:
        made.errors["summary"] = "You must specify a summary of the issue."
    place = parent_place(call, kind.id)
    if place not in made.errors:
        complaint = check_parent(call, project, made.values)
        if complaint:
            made.errors[place] = complaint
    missing = missing_fields(call, project.required[kind.id], made.values)
    made.errors = missing | refused(call, made.values) | made.errors
    made.refuse()
    made.values = ruled(call, before, made.values)
    number = next_number(call.connection, project.id)
    issue = Issue(
        id=0,
        key=f"{project.key}-{number}",
        project_id=project.id,
        number=number,
        creator=call.user.account_id,
        created=call.moment,
        updated=call.moment,
        category_changed=call.moment,
        values=made.values,
    )
    transition = None
    if body.get("transition") is not None:
        transition = wanted_transition(call, issue, body["transition"])
    if transition is not None:
        enter_status(call, issue, transition.to, None)
    add_issue(call.connection, call.catalog, issue)
    _follow_up(call, issue, made)
    return issue


def _place(call: Call, fields: dict[str, Any]) -> tuple[Project, IssueType]:
    raw = fields.get("project")
    wanted = raw if isinstance(raw, dict) else {}
    name = str(wanted.get("id", wanted.get("key", "")))
    project = call.catalog.project(name) if name else None
    if project is None or not may(call, "BROWSE_PROJECTS", project):
        raise refusal(400, errors={"project": "Specify a valid project ID or key"})
    raw = fields.get("issuetype")
    if raw is None:
        raise refusal(400, errors={"issuetype": "Specify an issue type"})
    try:
        type_id = read_value(call, project, call.catalog.field_by_id["issuetype"], raw)
    except Unfit as unfit:
        raise refusal(400, errors={"issuetype": str(unfit)}) from None
    return project, call.catalog.type_by_id[type_id]


def _check_type(call: Call, issue: Issue, made: Draft) -> None:
    kind = made.values.get("issuetype")
    if kind is None:
        made.errors["issuetype"] = "Specify an issue type"
        return
    levels = {call.catalog.type_by_id[type_id].level for type_id in (kind, issue.values["issuetype"])}
    if len(levels) > 1:
        made.errors["issuetype"] = "The issue type selected is invalid."


def _apply(call: Call, issue: Issue, made: Draft) -> None:
    made.values = ruled(call, issue.values, made.values)
    items = changes(call.connection, call.catalog, issue.values, made.values)
    if items:
        issue.values = made.values
        issue.updated = call.moment
        keep_issue(call.connection, call.catalog, issue)
        record(call.connection, issue.id, call.user.account_id, call.moment, items)
    _follow_up(call, issue, made)


def _follow_up(call: Call, issue: Issue, made: Draft) -> None:
    for entry in made.properties:
        keep_property(call.connection, issue.id, entry["key"], entry["value"])
    for text in made.comments:
        add_comment(call, issue.id, text)
    for kind, other, end in made.links:
        source, destination = (issue, other) if end == "outwardIssue" else (other, issue)
        connect(call, kind, source, destination)
    if made.comments:
        touch(call.connection, [issue.id], call.moment)


def _created(call: Call, issue: Issue) -> dict[str, Any]:
    return {"id": str(issue.id), "key": issue.key, "self": shapes.link(call, f"issue/{issue.id}")}
