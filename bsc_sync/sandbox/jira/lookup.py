"""Finds what a path names, or says in Jira's words that it is not there."""

from __future__ import annotations

from bsc_sync.sandbox.catalog import Project
from bsc_sync.sandbox.jira.call import Call
from bsc_sync.sandbox.jira.permissions import hidden_projects, may, secret_levels
from bsc_sync.sandbox.jira.records import Issue, find_issue
from bsc_sync.sandbox.problems import Refusal, refusal


def issue_or_404(call: Call, key_or_id: str) -> Issue:
    """The issue of a path."""
    issue = visible_issue(call, key_or_id)
    if issue is None:
        raise no_issue(call)
    return issue


def visible_issue(call: Call, key_or_id: str) -> Issue | None:
    """An issue by key or id, if there is one that the caller may see."""
    issue = find_issue(call.connection, key_or_id)
    return None if issue is None or not may_see(call, issue) else issue


def may_see(call: Call, issue: Issue) -> bool:
    """Whether neither the project nor a security level hides an issue from the caller."""
    hidden = issue.project_id in hidden_projects(call)
    return not hidden and issue.values.get("security") not in secret_levels(call)


def writable_issue(call: Call, key_or_id: str) -> Issue:
    """The issue of a path that is to be written to; 403 where it is archived: it can be read only."""
    issue = issue_or_404(call, key_or_id)
    if "archiveddate" in issue.values:
        raise refusal(403, f"Issue {issue.key} is archived. You cannot edit it.")
    return issue


def no_issue(call: Call) -> Refusal:
    """404 in the words of the product."""
    told = "Issue does not exist or you do not have permission to see it."
    return refusal(404, told if call.cloud else "Issue Does Not Exist")


def project_or_404(call: Call, key_or_id: str) -> Project:
    """The project of a path."""
    project = call.catalog.project(key_or_id)
    if project is None or not may(call, "BROWSE_PROJECTS", project):
        kind = "id" if key_or_id.isdigit() else "key"
        raise refusal(404, f"No project could be found with {kind} '{key_or_id}'.")
    return project
