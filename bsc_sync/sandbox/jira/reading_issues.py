"""GET of one issue."""

from __future__ import annotations

from flask import request

from bsc_sync.sandbox.jira.call import Call, Reply, listed
from bsc_sync.sandbox.jira.lookup import issue_or_404
from bsc_sync.sandbox.jira.showing import View, chosen_fields, issue_shape


def read_issue(call: Call, key: str) -> Reply:
    """GET /issue/{key}: every field unless `fields` says which."""
    issue = issue_or_404(call, key)
    expand = frozenset(request.args.get("expand", "").replace(" ", "").split(","))
    fields = chosen_fields(call.catalog, listed("fields"), "*all")
    return Reply(issue_shape(call, issue, View(fields, expand, tuple(listed("properties")))))
