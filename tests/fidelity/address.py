"""Where a path leads, whatever stands in front of it: gateway, context path, `latest`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GATEWAY = re.compile(r"^/ex/(?:jira|confluence)/[^/]+(?=/)")
_CLOUD_WIKI = re.compile(r"/wiki/(?:rest/api|api)/")
_REST = re.compile(r"/rest/")


@dataclass(frozen=True)
class Address:
    """A product and a path as its documents write it."""

    product: str
    path: str


def resolve(flavor: str, path: str) -> tuple[Address, ...]:
    """What the path may mean, likeliest first; nothing for what is no REST address (a page for people).

    A context path says nothing of the product, but for those that are customary.
    """
    path = _GATEWAY.sub("", path)
    if len(path) > 1:
        path = path.rstrip("/")
    if flavor == "cloud" and (wiki := _CLOUD_WIKI.search(path)):
        return (Address("confluence", path[wiki.start() :]),)
    rest = _REST.search(path)
    if rest is None:
        return ()
    before = path[: rest.start()].rpartition("/")[2]
    path = path[rest.start() :]
    jira = path.replace("/rest/api/latest", "/rest/api/2", 1)
    jira = jira.replace("/rest/agile/latest", "/rest/agile/1.0", 1)
    meant = (Address("jira", jira), Address("confluence", path))
    if flavor == "cloud":
        return meant[:1]
    return meant[::-1] if before == "confluence" else meant
