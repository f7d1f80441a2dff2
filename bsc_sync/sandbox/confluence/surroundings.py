"""What a page's text refers to outside itself: attachments, other pages, people."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_sync.sandbox.confluence.content import page_by_title, space_by_key
from bsc_sync.sandbox.confluence.documents import download_path
from bsc_sync.sandbox.confluence.fragments import attachment_named
from bsc_sync.sandbox.confluence.place import context
from bsc_sync.sandbox.confluence.v1_documents import page_webui

if TYPE_CHECKING:
    from bsc_sync.sandbox.site import Site


@dataclass(frozen=True)
class Surroundings:
    """Finds addresses and names; each answers None for what is not there."""

    attachment: Callable[[str], str | None]
    page: Callable[[str, str | None], str | None]
    person: Callable[[str], str | None]


def surroundings_of(site: Site, connection: sqlite3.Connection, page: int) -> Surroundings:
    """The surroundings of a page, looked up while `connection`'s transaction is open."""

    def attachment(filename: str) -> str | None:
        row = attachment_named(connection, page, filename)
        return None if row is None else f"{context(site)}{download_path(row)}"

    def other_page(title: str, space_key: str | None) -> str | None:
        own: sqlite3.Row | None = connection.execute(
            "SELECT s.* FROM wiki_space s JOIN wiki_page p ON p.space = s.id WHERE p.id = ?", (page,)
        ).fetchone()
        space = own if space_key is None else space_by_key(connection, space_key)
        if space is None:
            return None
        row = page_by_title(connection, space["id"], title)
        if row is None:
            return None
        return context(site) + page_webui(site, space["key"], row["id"], row["title"])

    def person(account_id: str) -> str | None:
        user = site.users.get(account_id)
        return None if user is None else user.name

    return Surroundings(attachment=attachment, page=other_page, person=person)
