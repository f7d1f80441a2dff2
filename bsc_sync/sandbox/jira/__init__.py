"""The Jira half of a site: REST v3 and v2 side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site


def seed(site: Site, plan: Mapping[str, Any]) -> None:
    """Sow projects, fields and issues into an empty site."""


def blueprint(site: Site) -> Blueprint:
    """The routes of Jira."""
    return Blueprint("jira", __name__)
