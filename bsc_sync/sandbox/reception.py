"""Whom the site lets in, and what the headers of a reply say of the caller."""

from __future__ import annotations

from flask import Request

from bsc_sync.sandbox.gateway import authenticate_at_gateway
from bsc_sync.sandbox.people import User, authenticate
from bsc_sync.sandbox.prefixes import through_gateway
from bsc_sync.sandbox.problems import login_required, unauthenticated
from bsc_sync.sandbox.site import Site

# What nobody may ask of Data Center as well: there is just nothing in it.
_ANONYMOUS_READS = ("/serverInfo", "/search", "/project", "/field", "/issuetype", "/status", "/priority")


def admit(site: Site, request: Request) -> User | None:
    """Who asks, None for nobody where that is allowed; a Refusal (401, 403) otherwise."""
    user = authenticate_at_gateway(site, request) if through_gateway() else authenticate(site, request)
    if user is None and not _open_to_anyone(site, request.path.rstrip("/")):
        raise unauthenticated() if site.flavor == "cloud" else login_required()
    return user


def told_of(site: Site, user: User | None) -> dict[str, str]:
    """The headers that tell the caller who they are."""
    if site.flavor == "cloud":
        return {} if user is None else {"X-AACCOUNTID": user.account_id.replace(":", "%3A")}
    if user is None:
        return {"X-AUSERNAME": "anonymous"}
    return {
        "X-AUSERNAME": user.login,
        "X-Seraph-LoginReason": "OK",
        "X-ASESSIONID": site.secret[:7].lower(),
        "Set-Cookie": f"JSESSIONID={site.secret}; Path=/; HttpOnly",
    }


def _open_to_anyone(site: Site, path: str) -> bool:
    if site.flavor == "cloud":
        return path.endswith("/serverInfo")
    return path.startswith("/rest/api/") and path.endswith(_ANONYMOUS_READS)
