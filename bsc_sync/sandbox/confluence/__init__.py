"""The Confluence half of a site: Cloud's API v2 and what is left of v1, or Data Center's v1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from bsc_sync.sandbox.confluence import data_center, downloads, v1, v2, v2_fragments
from bsc_sync.sandbox.confluence.place import is_data_center
from bsc_sync.sandbox.confluence.sowing import sow
from bsc_sync.sandbox.confluence.tables import SCHEMA
from bsc_sync.sandbox.confluence.v1_watches import add_mail_lever

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

__all__ = ["blueprint", "seed"]


def blueprint(site: Site) -> Blueprint:
    """All routes below `/wiki` or `/confluence` for programs, the downloads, and the lever for mail."""
    site.store.define(SCHEMA)
    routes = Blueprint("confluence", __name__)
    parts = (data_center,) if is_data_center(site) else (v2, v2_fragments, v1)
    for part in (*parts, downloads):
        routes.register_blueprint(part.blueprint(site))
    add_mail_lever(routes, site)
    return routes


def seed(site: Site, plan: Mapping[str, Any]) -> None:
    """Sow the spaces and pages of a seed file."""
    sow(site, plan)
