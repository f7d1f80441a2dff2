"""The Confluence half of a site: Cloud's REST API v2 and what is left of v1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from bsc_sync.sandbox.confluence import downloads, v1, v2, v2_fragments
from bsc_sync.sandbox.confluence.sowing import sow
from bsc_sync.sandbox.confluence.tables import SCHEMA

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site

__all__ = ["blueprint", "seed"]


def blueprint(site: Site) -> Blueprint:
    """All routes below `/wiki` for programs, and the downloads."""
    site.store.define(SCHEMA)
    routes = Blueprint("confluence", __name__)
    for part in (v2, v2_fragments, v1, downloads):
        routes.register_blueprint(part.blueprint(site))
    return routes


def seed(site: Site, plan: Mapping[str, Any]) -> None:
    """Sow the spaces and pages of a seed file."""
    sow(site, plan)
