"""The spaces and pages of a seed file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bsc_sync.sandbox.confluence.content import (
    Writing,
    archive_page,
    create_page,
    create_space,
    page_by_id,
    page_by_title,
)
from bsc_sync.sandbox.confluence.grants import grant
from bsc_sync.sandbox.confluence.tables import SCHEMA
from bsc_sync.sandbox.problems import Refusal

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site


def sow(site: Site, seed: Mapping[str, Any]) -> None:
    """Create the spaces of a seed, each with a home page; ValueError for a page that cannot be created.

    Shape: ``spaces: [{key, name, home, permissions, pages: [{title, body, parent, status}]}]``; `home` is
    the home page's title (default: the space's name), `parent` the title of a page further up (default:
    the home page), `status` current or archived.
    """
    author = next(iter(site.users))
    by = Writing(author=author, at=site.clock.now())
    with site.store.transaction() as connection:
        site.store.define(SCHEMA)
        for plan in seed.get("spaces") or ():
            name = plan.get("name") or plan["key"]
            home = plan.get("home") or name
            space = create_space(connection, plan["key"], name, home, by)
            for action, accounts in (plan.get("permissions") or {}).items():
                grant(connection, space, action, accounts or ())
            for page in plan.get("pages") or ():
                above = page_by_title(connection, space, page.get("parent") or home)
                if above is None:
                    raise ValueError(
                        f"spaces: page {page['title']!r}: there is no page {page['parent']!r} above it"
                    )
                try:
                    identity = create_page(
                        connection, space, page["title"], page.get("body") or "", parent=above["id"], by=by
                    )
                except Refusal as refusal:
                    raise ValueError(f"spaces: page {page['title']!r}: {refusal}") from None
                if page.get("status") == "archived":
                    archive_page(connection, page_by_id(connection, identity))
