"""As whom Jira knows an account: what else a person is called there."""

from __future__ import annotations

from bsc_sync.atlassian.issues import Issues
from bsc_sync.errors import NotOffered, Rejected

_OF_MANY = frozenset({"Former user", "Anonymous", "Unknown"})  # what Jira calls those it has forgotten


def known_as(issues: Issues, account: str) -> tuple[str, ...]:
    """The display name, address, user name and key of an account, as far as Jira tells.

    None of an account that Jira does not know, or that we may not see.
    """
    key = "accountId" if issues.deployment.kind == "cloud" else "username"
    try:
        found = issues.site.get(f"{issues.api}/user", **{key: account}) or {}
    except NotOffered:
        raise
    except Rejected as error:
        if error.status in {400, 404}:
            return ()
        raise
    told = (str(found.get(name) or "") for name in ("displayName", "emailAddress", "name", "key"))
    return tuple(dict.fromkeys(name for name in told if name and name not in _OF_MANY))
