"""As whom, and by which way, a site is asked."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from requests import PreparedRequest
from requests.auth import AuthBase

from bsc_sync.redaction import hide

Product = Literal["Jira", "Confluence"]


class Way(StrEnum):
    """How the site learns who we are."""

    BASIC = "basic"  # email and API token of Cloud, or name and password of Data Center, at the site itself
    SCOPED = "scoped"  # email and scoped API token of Cloud, through the gateway only
    BEARER = "bearer"  # a personal access token of Data Center, or a service account's token at the gateway
    OAUTH = "oauth"  # OAuth 2.0 of Cloud, through the gateway, with a refresh token that changes


@dataclass(frozen=True, slots=True)
class Access:
    """One product of one site, as we reach it. Holds no secret.

    `site` is where people open it (for Confluence: with `/wiki` or whatever its context path is);
    `cloud_id` is set where requests go through Atlassian's gateway.
    """

    product: Product = "Jira"
    site: str = ""
    way: Way = Way.BASIC
    cloud_id: str = ""

    @property
    def settings(self) -> str:
        """What the names of its settings begin with."""
        return f"BSC_SYNC_{self.product.upper()}"

    @property
    def is_atlassian_host(self) -> bool:
        """Whether the site is one of Atlassian's own addresses, so certainly Cloud."""
        host = self.site.partition("://")[2].partition("/")[0].partition(":")[0].lower()
        return host.endswith((".atlassian.net", ".jira.com", ".jira-dev.com"))


UNKNOWN = Access()


class Basic(AuthBase):
    """A name (or email) and a token (or password), in UTF-8 as the sites read it."""

    def __init__(self, user: str, token: str) -> None:
        pair = base64.b64encode(f"{user}:{token}".encode()).decode()
        hide(token, pair)
        self._header = f"Basic {pair}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Say who we are."""
        request.headers["Authorization"] = self._header
        return request


class Anonymous(AuthBase):
    """Nobody. (Without it `requests` would look into ~/.netrc for somebody.)"""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Say nothing."""
        return request


class Renewable(AuthBase):
    """Credentials that can be renewed when a site refuses them before their time."""

    def renew(self, request: PreparedRequest) -> None:
        """Give the refused request other credentials; raises WrongCredentials when there are none."""
        raise NotImplementedError


class Bearer(AuthBase):
    """A token that stands for itself."""

    def __init__(self, token: str) -> None:
        hide(token)
        self._header = f"Bearer {token}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Say who we are."""
        request.headers["Authorization"] = self._header
        return request
