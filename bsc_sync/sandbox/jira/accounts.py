"""People: who is asking, one account, and accounts by name."""

from __future__ import annotations

from typing import Any

from flask import request

from bsc_sync.sandbox.jira import shapes
from bsc_sync.sandbox.jira.call import Call, Reply, page
from bsc_sync.sandbox.jira.lookup import issue_or_404, project_or_404
from bsc_sync.sandbox.people import User
from bsc_sync.sandbox.problems import refusal


def myself(call: Call) -> Reply:
    """GET /myself."""
    shape = shapes.known_user(call, call.user)
    groups = {"size": 1, "items": []}
    roles = {"size": 1, "items": []}
    return Reply(shape | {"locale": "en_US", "groups": groups, "applicationRoles": roles})


def one_user(call: Call) -> Reply:
    """GET /user: by `accountId` on Cloud, by `username` or `key` on Data Center."""
    return Reply(shapes.known_user(call, _on_cloud(call) if call.cloud else _on_data_center(call)))


def find_users(call: Call) -> Reply:
    """GET /user/search: by `query` on Cloud, by `username` on Data Center, which is a part of any name."""
    wanted = request.args.get("query" if call.cloud else "username")
    account_id = request.args.get("accountId") if call.cloud else None
    if wanted is None and account_id is None:
        if call.cloud:
            raise refusal(400, "A 'query', 'accountId' or 'property' query parameter is required.")
        raise refusal(400, "The username query parameter was not provided")
    found = [user for user in call.site.users.values() if account_id in {None, user.account_id}]
    return Reply(_shown(call, found, wanted or ""))


def assignable_users(call: Call) -> Reply:
    """GET /user/assignable/search: everyone, in the project or for the issue that is named."""
    if request.args.get("project"):
        project_or_404(call, request.args["project"])
    elif request.args.get("issueKey"):
        issue_or_404(call, request.args["issueKey"])
    else:
        raise refusal(400, "You must specify a project or issue key.")
    wanted = request.args.get("query" if call.cloud else "username", "")
    return Reply(_shown(call, list(call.site.users.values()), wanted))


def _shown(call: Call, users: list[User], wanted: str) -> list[dict[str, Any]]:
    text = "" if wanted == "." and not call.cloud else wanted.lower()
    found = [user for user in users if any(text in name.lower() for name in _names(call, user))]
    part, _, _ = page(found, default=50, most=1000)
    return [shapes.known_user(call, user) for user in part]


def _names(call: Call, user: User) -> tuple[str, ...]:
    return (user.name, user.email) if call.cloud else (user.name, user.email, user.login)


def _on_cloud(call: Call) -> User:
    account_id = request.args.get("accountId")
    if not account_id:
        raise refusal(400, "The query parameter 'accountId' is required.")
    known = call.site.users.get(account_id)
    if known is None:
        raise refusal(404, "Specified user does not exist or you do not have required permissions")
    return known


def _on_data_center(call: Call) -> User:
    name, key = request.args.get("username"), request.args.get("key")
    if not name and not key:
        raise refusal(404, "Either the 'username' or the 'key' query parameters need to be provided")
    for user in call.site.users.values():
        if (name and user.login.lower() == name.lower()) or (not name and user.key == key):
            return user
    what = f"named '{name}'" if name else f"with the key '{key}'"
    raise refusal(404, f"The user {what} does not exist")
