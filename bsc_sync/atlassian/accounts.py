"""From what the settings say to sites that can be asked: as whom, by which way, over which line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from requests.auth import AuthBase

from bsc_sync.atlassian.channel import Line
from bsc_sync.atlassian.credentials import Access, Basic, Bearer, Way
from bsc_sync.atlassian.gateway import find_cloud_id, gateway_url, token_exchange
from bsc_sync.atlassian.oauth import GrantFile, RotatingToken
from bsc_sync.atlassian.pace import MOST
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import Site, open_site
from bsc_sync.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Account:
    """As whom a product is asked, and how."""

    access: Access
    user: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The OAuth app that acts for a user, and where its changing tokens are kept."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    token_url: str
    file: Path


@dataclass(frozen=True, slots=True)
class Connections:
    """Everything that is needed to reach both products; `warnings` are for people.

    `parallel` is how many requests may be under way at once to one host."""

    jira: Account
    confluence: Account
    oauth: OAuthApp | None
    line: Line
    gateway: str
    deployment: Literal["cloud", "data-center"] | None = None
    warnings: tuple[str, ...] = ()
    parallel: int = MOST


class Sites:
    """Both products of one site over one transport: opened when they are first wanted.

    Opening asks nothing, except where requests go through the gateway and the settings name no cloud
    id: then the site is asked for it, once.
    """

    def __init__(
        self, connections: Connections, *, transport: PatientAdapter, now: Callable[[], dt.datetime]
    ) -> None:
        self._connections = connections
        self._transport = transport
        self._now = now
        self._cloud_ids: dict[str, str] = {}

    @cached_property
    def jira(self) -> Site:
        """Jira."""
        return self._open(self._connections.jira)

    @cached_property
    def confluence(self) -> Site:
        """Confluence, usually of the same site and account."""
        return self._open(self._connections.confluence)

    def _open(self, account: Account) -> Site:
        access, line = account.access, self._connections.line
        if access.way in {Way.SCOPED, Way.OAUTH} and not access.cloud_id:
            access = replace(access, cloud_id=self._cloud_id(access))
        url = access.site
        if access.cloud_id:
            url = gateway_url(self._connections.gateway, access.product, access.cloud_id)
        return open_site(url, transport=self._transport, auth=self._auth(account), access=access, line=line)

    def _cloud_id(self, access: Access) -> str:
        """The site's cloud id; Jira and Confluence of one host have the same."""
        host = urlsplit(access.site).netloc
        if host not in self._cloud_ids:
            found = find_cloud_id(access, transport=self._transport, line=self._connections.line)
            self._cloud_ids[host] = found
        return self._cloud_ids[host]

    def _auth(self, account: Account) -> AuthBase:
        match account.access.way:
            case Way.OAUTH:
                return self._rotating
            case Way.BEARER:
                return Bearer(account.token)
            case _:
                return Basic(account.user, account.token)

    @cached_property
    def _rotating(self) -> RotatingToken:
        app = self._connections.oauth
        if app is None:
            raise SettingsError("there is no OAuth app", hint="set BSC_SYNC_OAUTH_CLIENT_ID")
        return RotatingToken(
            client_id=app.client_id,
            client_secret=app.client_secret,
            first=app.refresh_token,
            file=GrantFile(app.file),
            exchange=token_exchange(app.token_url, transport=self._transport, line=self._connections.line),
            now=self._now,
        )
