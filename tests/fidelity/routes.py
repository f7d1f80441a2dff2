"""The sandbox's own list of what it answers, as operations of the documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.site import Site
from tests.fidelity.address import resolve
from tests.fidelity.documents import Library, Operation

_VERSION = re.compile(r"<any\(([^)]*)\):version>")
_FREE = {"HEAD", "OPTIONS"}
_PLACE = re.compile(r"<[^>]+>")


def routes(flavor: Flavor) -> Iterator[tuple[str, str]]:
    """Method and path of every REST route; what varies in a path is 1."""
    site = Site({"projects": []}, flavor=flavor)
    try:
        for rule in create_app(site).url_map.iter_rules():
            found = _VERSION.search(rule.rule)
            versions = re.findall(r"\d", found[1]) if found else [""]
            for version in versions:
                path = _PLACE.sub("1", _VERSION.sub(version, rule.rule))
                if resolve(flavor, path) is not None:
                    yield from (
                        (method, path) for method in sorted(rule.methods or ()) if method not in _FREE
                    )
    finally:
        site.store.close()


def operations(library: Library, flavor: Flavor) -> dict[tuple[str, str], Operation | str]:
    """What each route is in the documents: an operation, or what is undocumented about it."""
    made = {}
    for method, path in routes(flavor):
        address = resolve(flavor, path)
        assert address is not None
        made[method, path] = library.find(flavor, address, method)
    return made
