"""Where a path leads: the product, and the path as its documents write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GATEWAY = re.compile(r"/ex/(?:jira|confluence)/[^/]+(?=/)")
_LATEST = (("/rest/api/latest/", "/rest/api/2/"), ("/rest/agile/latest/", "/rest/agile/1.0/"))


@dataclass(frozen=True)
class Address:
    """A product and a path as its documents write it."""

    product: str
    path: str


def resolve(flavor: str, path: str) -> Address | None:
    """What a path (without the site's context path) means.

    None for what is no REST address of the site: pages for people, log-in, an address where nothing is.
    """
    gateway = _GATEWAY.match(path)
    path = path[gateway.end() :] if gateway else path
    if len(path) > 1:
        path = path.rstrip("/")
    if flavor == "cloud" and path.startswith(("/wiki/rest/", "/wiki/api/")):
        return Address("confluence", path)
    if flavor != "cloud" and path.startswith("/confluence/rest/"):
        return Address("confluence", path.removeprefix("/confluence"))
    if not path.startswith("/rest/"):
        return None
    for latest, version in _LATEST:
        if path.startswith(latest):
            path = version + path.removeprefix(latest)
    return Address("jira", path)
