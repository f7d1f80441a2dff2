"""Jira Software: epics with their issues, and one board for each project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bsc_sync.sandbox.catalog import Project
from bsc_sync.sandbox.jira.call import Call, Reply, page, read_object
from bsc_sync.sandbox.jira.changelog import record
from bsc_sync.sandbox.jira.drafting import check_parent
from bsc_sync.sandbox.jira.lookup import issue_or_404
from bsc_sync.sandbox.jira.offset_search import search_within
from bsc_sync.sandbox.jira.permissions import may, visible_projects
from bsc_sync.sandbox.jira.records import Issue, keep_issue
from bsc_sync.sandbox.jira.wording import changes
from bsc_sync.sandbox.prefixes import api_root
from bsc_sync.sandbox.problems import refusal

MAX_MOVED = 50


def read_epic(call: Call, key: str) -> Reply:
    """GET /epic/{key}."""
    epic = _epic(call, key)
    status = call.catalog.status_by_id[epic.values["status"]]
    return Reply(
        {
            "id": epic.id,
            "key": epic.key,
            "self": f"{api_root(call.site)}/rest/agile/1.0/epic/{epic.id}",
            "name": epic.values["summary"],
            "summary": epic.values["summary"],
            "color": {"key": "color_1"},
            "done": status.category == "done",
        }
    )


def epic_issues(call: Call, key: str) -> Reply:
    """GET /epic/{key}/issue."""
    epic = _epic(call, key)
    return search_within(call, f"{_link(call)} = {epic.key}")


def issues_without_epic(call: Call) -> Reply:
    """GET /epic/none/issue."""
    stories = ", ".join(item.id for item in call.catalog.types if item.level == 0)
    return search_within(call, f"{_link(call)} IS EMPTY AND type IN ({stories})")


def move_to_epic(call: Call, key: str) -> Reply:
    """POST /epic/{key}/issue: at most 50 issues; all or none."""
    epic = _epic(call, key)
    for issue in _listed(call):
        _move(call, issue, epic.id)
    return Reply(status=204)


def move_out_of_epics(call: Call) -> Reply:
    """POST /epic/none/issue: at most 50 issues; all or none."""
    for issue in _listed(call):
        _move(call, issue, None)
    return Reply(status=204)


def list_boards(call: Call) -> Reply:
    """GET /board: each project has one, with the project's id."""
    shown = [_board(call, project) for project in visible_projects(call)]
    part, start, size = page(shown, default=50, most=50)
    last = start + len(part) >= len(shown)
    return Reply({"maxResults": size, "startAt": start, "total": len(shown), "isLast": last, "values": part})


def read_board(call: Call, board_id: str) -> Reply:
    """GET /board/{id}."""
    return Reply(_board(call, _project_of(call, board_id)))


def board_issues(call: Call, board_id: str) -> Reply:
    """GET /board/{id}/issue: all of its project."""
    return search_within(call, f"project = {_project_of(call, board_id).id}")


def _board(call: Call, project: Project) -> dict[str, Any]:
    return {
        "id": int(project.id),
        "self": f"{api_root(call.site)}/rest/agile/1.0/board/{project.id}",
        "name": f"{project.key} board",
        "type": "simple" if project.team_managed else "kanban",
    }


def _project_of(call: Call, board_id: str) -> Project:
    project = next((item for item in visible_projects(call) if item.id == board_id), None)
    if project is None:
        raise refusal(
            404,
            "The requested board cannot be viewed because it either does not exist or you do not"
            " have permission to view it.",
        )
    return project


def _link(call: Call) -> str:
    link = call.catalog.epic_link
    return "parent" if link is None else link.clauses[0]


def _epic(call: Call, key: str) -> Issue:
    issue = issue_or_404(call, key)
    if call.catalog.type_by_id[issue.values["issuetype"]].level != 1:
        raise refusal(400, f"Issue with key {issue.key} is not an epic.")
    return issue


def _listed(call: Call) -> Sequence[Issue]:
    wanted = read_object().get("issues")
    if not isinstance(wanted, list) or not all(isinstance(item, str) for item in wanted):
        raise refusal(400, "A list of issues is required.")
    if len(wanted) > MAX_MOVED:
        raise refusal(400, f"A maximum of {MAX_MOVED} issues can be moved at once.")
    return [issue_or_404(call, item) for item in wanted]


def _move(call: Call, issue: Issue, epic_id: int | None) -> None:
    before = issue.values
    after = {name: value for name, value in before.items() if name != "parent"}
    if epic_id is not None:
        after["parent"] = epic_id
    project = call.catalog.project_by_id[issue.project_id]
    if not may(call, "EDIT_ISSUES", project):
        raise refusal(403, "You do not have permission to edit this issue.")
    complaint = check_parent(call, project, after)
    if complaint:
        raise refusal(400, complaint)
    items = changes(call.connection, call.catalog, before, after)
    if items:
        issue.values, issue.updated = after, call.moment
        keep_issue(call.connection, call.catalog, issue)
        record(call.connection, issue.id, call.user.account_id, call.moment, items)
