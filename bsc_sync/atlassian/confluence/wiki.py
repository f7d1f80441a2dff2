"""What is asked of a Confluence, whichever API it speaks, and the values that go to and fro."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bsc_sync.atlassian.session import Site
from bsc_sync.errors import NotOffered, Refused, Rejected


@dataclass(frozen=True, slots=True)
class Space:
    """A space: its id, its key, and its home page where it has one."""

    id: str
    key: str
    home: str | None


@dataclass(frozen=True, slots=True)
class WikiPage:
    """One version of a page: its number, why it was written, its body in storage format."""

    id: str
    title: str
    status: str
    number: int
    message: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """What we keep on a page as a content property; `number` is the property's own version."""

    id: str
    number: int
    value: Mapping[str, Any] = field(default_factory=dict)


class Wiki(Protocol):
    """One Confluence. Every method may raise RemoteError; what is not there is None."""

    def space(self, key: str) -> Space | None:
        """The space with this key."""

    def page(self, page_id: str, *, number: int | None = None) -> WikiPage | None:
        """The page with its body, as it is now or as it was in an earlier version."""

    def titled(self, space: Space, title: str) -> WikiPage | None:
        """The current page of that title."""

    def reserved(self, space: Space, title: str) -> str | None:
        """Why a title is taken although no current page has it: `archived` or `trashed`."""

    def labeled(self, space: Space, label: str) -> Iterable[str]:
        """Ids of the pages of a space with a label, as far as the index has them."""

    def recent(self, space: Space, parent: str | None) -> Iterable[WikiPage]:
        """Pages that may have been created lately below a parent, with their bodies."""

    def create(self, space: Space, parent: str | None, title: str, storage: str) -> WikiPage:
        """A new page."""

    def update(self, page: WikiPage, title: str, storage: str, message: str) -> None:
        """The next version of a page; Rejected with status 409 when somebody was faster."""

    def note(self, page_id: str, key: str) -> Note | None:
        """The content property of a page."""

    def keep_note(self, page_id: str, key: str, value: Mapping[str, Any], known: Note | None) -> None:
        """Write the content property; `known` is what stands there."""

    def attach(self, page_id: str, name: str, content: bytes, mime: str, *, comment: str) -> None:
        """A file of a page, new or as a new version, without a mail to watchers; nothing where the one that
        is there says the same comment: a run that was cut off has attached it."""

    def label(self, page_id: str, label: str) -> None:
        """Put a label on a page."""


def found(site: Site, path: str, **query: str | int) -> Any:
    """The JSON of a GET, or None where there is nothing; NotOffered where there is no such API."""
    try:
        return site.get(path, **query)
    except Rejected as error:
        if error.status == 404 and not isinstance(error, NotOffered):
            return None
        raise


def put_label(site: Site, page_id: str, label: str) -> None:
    """Put a label on a page: API v1 on either product."""
    site.post(f"/rest/api/content/{page_id}/label", [{"prefix": "global", "name": label}])


def labeled(site: Site, space: Space, label: str) -> list[str]:
    """Ids of the pages with a label, by CQL: API v1 on either product.

    Nothing where searching is not offered or not in the token's scopes: the label is only a help.
    """
    cql = f"type = page and space = {_quoted(space.key)} and label = {_quoted(label)}"
    try:
        reply = found(site, "/rest/api/content/search", cql=cql, limit=25) or {}
    except (NotOffered, Refused):
        return []
    return [str(one["id"]) for one in reply.get("results") or ()]


def address(links: Mapping[str, Any], base: str) -> str:
    """Where people read a page."""
    webui = str(links.get("webui") or "")
    return f"{links.get('base') or base}{webui}" if webui.startswith("/") else base


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
