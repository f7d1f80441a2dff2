"""Who may come in through the gateway: scoped tokens, and OAuth access tokens with their refresh tokens.

Refresh tokens rotate: each use gives a new one, and the old one still works for the ten minutes that
Atlassian grants to a client whose reply was lost. Access tokens end by the sandbox's clock.
"""

from __future__ import annotations

import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Request, Response, jsonify, request

from bsc_sync.sandbox.people import User, read_basic
from bsc_sync.sandbox.problems import Refusal
from bsc_sync.sandbox.recorder import STAGED

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

REUSE_SECONDS = 600
SCOPES = "read:jira-work write:jira-work read:jira-user offline_access"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tenant (cloud_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scoped_token (token TEXT PRIMARY KEY, account_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS oauth_client (
    client_id TEXT PRIMARY KEY,
    client_secret TEXT NOT NULL,
    account_id TEXT NOT NULL,
    lifetime INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS oauth_token (
    token TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL,
    ends REAL
);
"""


def seed_gateway(site: Site, plan: Mapping[str, Any]) -> str:
    """Keep the seed's cloud id, scoped tokens and OAuth clients in an empty store; gives the cloud id."""
    with site.store.transaction() as connection:
        site.store.define(_SCHEMA)
        kept = connection.execute("SELECT cloud_id FROM tenant").fetchone()
        if kept is not None:
            return str(kept["cloud_id"])
        settings = plan.get("site") or {}
        cloud_id = settings.get("cloud_id") or str(uuid.uuid5(uuid.NAMESPACE_URL, f"sandbox:{site.title}"))
        connection.execute("INSERT INTO tenant VALUES (?)", (cloud_id,))
        connection.executemany(
            "INSERT INTO scoped_token VALUES (?, ?)",
            [
                (user["scoped_token"], user["account_id"])
                for user in plan.get("users") or ()
                if "scoped_token" in user
            ],
        )
        for client in plan.get("oauth") or ():
            connection.execute(
                "INSERT INTO oauth_client VALUES (?, ?, ?, ?)",
                (
                    client["client_id"],
                    client["client_secret"],
                    client["account_id"],
                    client.get("lifetime", 3600),
                ),
            )
            connection.execute(
                "INSERT INTO oauth_token VALUES (?, 'refresh', ?, NULL)",
                (client["refresh_token"], client["client_id"]),
            )
        return str(cloud_id)


def authenticate_at_gateway(site: Site, asked: Request) -> User | None:
    """The account behind a request, None without credentials; a Refusal (401) for others.

    Email with a scoped token, a scoped token alone (as service accounts send it), or an access token.
    """
    scheme, _, credentials = asked.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    account = None
    if scheme.lower() == "bearer":
        account = _access(site, credentials.strip()) or _scoped(site, credentials.strip())
    elif scheme.lower() == "basic":
        email, token = read_basic(credentials) or ("", "")
        account = _scoped(site, token)
        if account is not None and site.users[account].email.lower() != email.lower():
            account = None
    if account is None:
        asked.environ[STAGED] = True  # the gateway's own words, not the product's
        raise unauthorized()
    return site.users[account]


def unauthorized() -> Refusal:
    """The gateway's 401."""
    return Refusal(401, {"code": 401, "message": "Unauthorized"}, content_type="application/json")


def blueprint(site: Site) -> Blueprint:
    """`/_edge/tenant_info`, `/oauth/token` and `/oauth/token/accessible-resources`."""
    routes = Blueprint("gateway", __name__)

    @routes.get("/_edge/tenant_info")
    def tenant_info() -> Response:
        return jsonify({"cloudId": site.cloud_id})

    @routes.post("/oauth/token")
    def token() -> Response:
        return jsonify(_exchanged(site, _grant()))

    @routes.get("/oauth/token/accessible-resources")
    def resources() -> Response:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or _access(site, credentials.strip()) is None:
            raise unauthorized()
        found = {"id": site.cloud_id, "name": site.title, "url": site.base_url, "scopes": SCOPES.split()[:3]}
        return jsonify([{**found, "avatarUrl": f"{site.base_url}/_sandbox/avatar/project.svg"}])

    return routes


def _grant() -> dict[str, str]:
    try:
        given = request.form.to_dict() if request.form else json.loads(request.get_data())
    except ValueError:
        given = None
    wanted = ("client_id", "client_secret", "refresh_token")
    if (
        not isinstance(given, dict)
        or given.get("grant_type") != "refresh_token"
        or not all(isinstance(given.get(name), str) and given[name] for name in wanted)
    ):
        raise _oauth_refusal(400, "invalid_request", "Incorrect request parameters")
    return {name: given[name] for name in wanted}


def _exchanged(site: Site, grant: Mapping[str, str]) -> dict[str, Any]:
    now = site.clock.now().timestamp()
    with site.store.transaction() as connection:
        client = connection.execute(
            "SELECT * FROM oauth_client WHERE client_id = ?", (grant["client_id"],)
        ).fetchone()
        if client is None or not hmac.compare_digest(
            client["client_secret"].encode(), grant["client_secret"].encode()
        ):
            raise _oauth_refusal(401, "access_denied", "Unauthorized")
        known = connection.execute(
            "SELECT ends FROM oauth_token WHERE token = ? AND kind = 'refresh' AND client_id = ?",
            (grant["refresh_token"], grant["client_id"]),
        ).fetchone()
        if known is None or (known["ends"] is not None and known["ends"] <= now):
            raise _oauth_refusal(403, "invalid_grant", "Unknown or invalid refresh token.")
        if known["ends"] is None:
            connection.execute(
                "UPDATE oauth_token SET ends = ? WHERE token = ?",
                (now + REUSE_SECONDS, grant["refresh_token"]),
            )
        access, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        connection.executemany(
            "INSERT INTO oauth_token VALUES (?, ?, ?, ?)",
            [
                (access, "access", client["client_id"], now + client["lifetime"]),
                (refresh, "refresh", client["client_id"], None),
            ],
        )
    return {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": client["lifetime"],
        "token_type": "Bearer",
        "scope": SCOPES,
    }


def _access(site: Site, token: str) -> str | None:
    now: datetime = site.clock.now()
    with site.store.transaction() as connection:
        row = connection.execute(
            "SELECT c.account_id FROM oauth_token t JOIN oauth_client c USING (client_id)"
            " WHERE t.token = ? AND t.kind = 'access' AND t.ends > ?",
            (token, now.timestamp()),
        ).fetchone()
    return None if row is None else str(row["account_id"])


def _scoped(site: Site, token: str) -> str | None:
    with site.store.transaction() as connection:
        row = connection.execute("SELECT account_id FROM scoped_token WHERE token = ?", (token,)).fetchone()
    return None if row is None else str(row["account_id"])


def _oauth_refusal(status: int, error: str, description: str) -> Refusal:
    body = {"error": error, "error_description": description}
    return Refusal(status, body, content_type="application/json")
