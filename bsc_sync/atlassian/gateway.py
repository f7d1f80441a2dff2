"""Atlassian's addresses that all Cloud sites share: the gateway, and the server that renews OAuth tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bsc_sync.atlassian.channel import DIRECT, Channel, Line
from bsc_sync.atlassian.credentials import Access, Anonymous, Product
from bsc_sync.atlassian.oauth import Exchange
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import Rejected, RemoteError, SettingsError, Unreachable

GATEWAY = "https://api.atlassian.com"
TOKEN_URL = "https://auth.atlassian.com/oauth/token"  # noqa: S105  an address, and no secret
_CLOUD_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}")


def is_cloud_id(text: str) -> bool:
    """Whether the text can be the id of a Cloud site, and nothing that leads elsewhere in an address."""
    return _CLOUD_ID.fullmatch(text) is not None


def gateway_url(gateway: str, product: Product, cloud_id: str) -> str:
    """Where the gateway offers the API of a product of a site; what follows is the same as at the site."""
    base = f"{gateway.rstrip('/')}/ex/{product.lower()}/{cloud_id}"
    return f"{base}/wiki" if product == "Confluence" else base


def find_cloud_id(access: Access, *, transport: PatientAdapter, line: Line = DIRECT) -> str:
    """The cloud id of a site, as the site tells everybody: one request, without credentials."""
    origin = _origin(access.site)
    site = _anonymous(origin, access, transport, line)
    hint = f"set {access.settings}_CLOUD_ID; or is {origin} no Cloud site? Then set {access.settings}_AUTH"
    try:
        told = site.get("/_edge/tenant_info")
    except Unreachable:
        raise
    except (Rejected, RemoteError) as error:
        raise SettingsError(f"{origin} tells no cloud id: {error.message}", hint=hint) from None
    found = str(told.get("cloudId") or "") if isinstance(told, dict) else ""
    if not is_cloud_id(found):
        raise SettingsError(f"{origin} tells no cloud id", hint=hint)
    return found


def token_exchange(url: str, *, transport: PatientAdapter, line: Line = DIRECT) -> Exchange:
    """How a refresh token is exchanged at this address. Nothing is sent yet.

    A lost reply is asked for again: for a few minutes the server takes the old refresh token once more.
    """
    site = _anonymous(_origin(url), Access(site=_origin(url)), transport, line)

    def exchange(form: Mapping[str, str]) -> Mapping[str, Any]:
        reply = site.read(urlsplit(url).path, dict(form))
        return reply if isinstance(reply, dict) else {}

    return exchange


def _anonymous(origin: str, access: Access, transport: PatientAdapter, line: Line) -> Site:
    channel = Channel(origin, transport=transport, auth=Anonymous(), access=access, line=line)
    return Site(origin, channel, transport)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
