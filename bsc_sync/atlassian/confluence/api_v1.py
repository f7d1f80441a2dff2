"""Confluence Data Center: API v1 for everything; edits are minor, so nobody is mailed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bsc_sync.atlassian.confluence import wiki
from bsc_sync.atlassian.confluence.wiki import Note, Space, WikiPage
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import Rejected

_EXPAND = "body.storage,version"
_PAGE = 25
_MOST_CHILDREN = 200


@dataclass(frozen=True, slots=True)
class WikiV1:
    """A Confluence whose `site.url` ends where `/rest/api` begins, with its context path."""

    site: Site

    def space(self, key: str) -> Space | None:
        """The space with this key."""
        document = wiki.found(self.site, f"/rest/api/space/{quote(key, safe='')}", expand="homepage")
        if not document or str(document.get("key")) != key:
            return None
        home = (document.get("homepage") or {}).get("id")
        return Space(str(document.get("id") or ""), key, str(home) if home else None)

    def page(self, page_id: str, *, number: int | None = None) -> WikiPage | None:
        """The page with its body, as it is now or as it was in an earlier version."""
        query: dict[str, str | int] = {"expand": _EXPAND}
        if number is not None:
            query |= {"status": "historical", "version": number}
        document = wiki.found(self.site, f"/rest/api/content/{quote(page_id)}", **query)
        return self._page(document) if document else None

    def titled(self, space: Space, title: str) -> WikiPage | None:
        """The current page of that title."""
        for document in self._titled(space, title, "current"):
            return self._page(document)
        return None

    def reserved(self, space: Space, title: str) -> str | None:
        """Why a title is taken although no current page has it."""
        for status in ("trashed", "archived"):
            try:
                if self._titled(space, title, status):
                    return status
            except Rejected:
                continue  # older versions know no archived pages
        return None

    def labeled(self, space: Space, label: str) -> Iterable[str]:
        """Ids of the pages of a space with a label, as far as the index has them."""
        return wiki.labeled(self.site, space, label)

    def recent(self, space: Space, parent: str | None) -> Iterator[WikiPage]:  # noqa: ARG002 - v1 asks by parent
        """The pages right below the parent, with their bodies."""
        start = 0
        while parent and start < _MOST_CHILDREN:
            path = f"/rest/api/content/{quote(parent)}/child/page"
            reply = wiki.found(self.site, path, expand=_EXPAND, start=start, limit=_PAGE) or {}
            results = list(reply.get("results") or ())
            yield from map(self._page, results)
            start += len(results)
            if not results or not (reply.get("_links") or {}).get("next"):
                return

    def create(self, space: Space, parent: str | None, title: str, storage: str) -> WikiPage:
        """A new page."""
        body: dict[str, Any] = {
            "type": "page",
            "title": title,
            "space": {"key": space.key},
            "body": {"storage": {"value": storage, "representation": "storage"}},
        }
        if parent:
            body["ancestors"] = [{"id": parent}]
        return self._page(self.site.post("/rest/api/content", body))

    def update(self, page: WikiPage, title: str, storage: str, message: str) -> None:
        """The next version of a page, as a minor edit."""
        body = {
            "id": page.id,
            "type": "page",
            "title": title,
            "body": {"storage": {"value": storage, "representation": "storage"}},
            "version": {"number": page.number + 1, "message": message, "minorEdit": True},
        }
        self.site.put(f"/rest/api/content/{quote(page.id)}", body, repeatable=False)

    def note(self, page_id: str, key: str) -> Note | None:
        """The content property of a page."""
        path = f"/rest/api/content/{quote(page_id)}/property/{quote(key)}"
        document = wiki.found(self.site, path, expand="version")
        if not document:
            return None
        value = document.get("value")
        number = int((document.get("version") or {}).get("number") or 1)
        return Note(str(document.get("id") or ""), number, value if isinstance(value, dict) else {})

    def keep_note(self, page_id: str, key: str, value: Mapping[str, Any], known: Note | None) -> None:
        """Write the content property; `known` is what stands there."""
        path = f"/rest/api/content/{quote(page_id)}/property"
        body: dict[str, Any] = {"key": key, "value": dict(value)}
        if known is None:
            self.site.post(path, body)
        else:
            body["version"] = {"number": known.number + 1, "minorEdit": True}
            self.site.put(f"{path}/{quote(key)}", body, repeatable=False)

    def attach(self, page_id: str, name: str, content: bytes, mime: str, *, comment: str) -> None:
        """A file of a page: a new one, or a new version of the one with its name."""
        path = f"/rest/api/content/{quote(page_id)}/child/attachment"
        reply = self.site.get(path, filename=name) or {}
        known = [one for one in reply.get("results") or () if one.get("title") == name]
        if known:
            if ((known[0].get("extensions") or {}).get("comment") or "") == comment:
                return
            path += f"/{quote(str(known[0]['id']))}/data"
        self.site.upload(path, name, content, mime, comment=comment, method="POST")

    def label(self, page_id: str, label: str) -> None:
        """Put a label on a page."""
        wiki.put_label(self.site, quote(page_id), label)

    def _titled(self, space: Space, title: str, status: str) -> list[Mapping[str, Any]]:
        reply = self.site.get(
            "/rest/api/content",
            type="page",
            spaceKey=space.key,
            title=title,
            status=status,
            expand=_EXPAND,
        )
        results = (reply or {}).get("results") or ()
        return [
            one
            for one in results
            if one.get("status", status) == status and str(one.get("title")).casefold() == title.casefold()
        ]

    def _page(self, document: Mapping[str, Any]) -> WikiPage:
        version = document.get("version") or {}
        return WikiPage(
            id=str(document["id"]),
            title=str(document.get("title") or ""),
            status=str(document.get("status") or "current"),
            number=int(version.get("number") or 1),
            message=str(version.get("message") or ""),
            body=str(((document.get("body") or {}).get("storage") or {}).get("value") or ""),
            url=wiki.address(document.get("_links") or {}, self.site.url),
        )
