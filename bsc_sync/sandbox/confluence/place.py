"""Where Confluence lives on a site: below `/wiki` on Cloud, below `/confluence` on Data Center."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site


def is_data_center(site: Site) -> bool:
    """Whether the site is a Data Center; any other is Cloud."""
    return site.flavor == "data-center"


def context(site: Site) -> str:
    """The path below which all of Confluence is: ``/wiki`` or ``/confluence``."""
    return "/confluence" if is_data_center(site) else "/wiki"
