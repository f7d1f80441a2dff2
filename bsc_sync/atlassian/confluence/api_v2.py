"""Confluence Cloud: API v2, and v1 for files, labels and search, which v2 does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bsc_sync.atlassian.confluence import wiki
from bsc_sync.atlassian.confluence.wiki import Note, Space, WikiPage
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import Refused, Rejected

_LATELY = 25


@dataclass(frozen=True, slots=True)
class WikiV2:
    """A Confluence whose `site.url` ends where `/api/v2` begins (`https://example.atlassian.net/wiki`)."""

    site: Site

    def space(self, key: str) -> Space | None:
        """The space with this key."""
        for one in (self.site.get("/api/v2/spaces", keys=key) or {}).get("results") or ():
            if str(one.get("key")) == key:
                home = one.get("homepageId")
                return Space(str(one["id"]), key, str(home) if home else None)
        return None

    def page(self, page_id: str, *, number: int | None = None) -> WikiPage | None:
        """The page with its body, as it is now or as it was in an earlier version."""
        query: dict[str, str | int] = {"body-format": "storage"}
        if number is not None:
            query["version"] = number
        document = wiki.found(self.site, f"/api/v2/pages/{quote(page_id)}", **query)
        return self._page(document) if document else None

    def titled(self, space: Space, title: str) -> WikiPage | None:
        """The current page of that title."""
        for document in self._titled(space, title, "current"):
            return self._page(document)
        return None

    def reserved(self, space: Space, title: str) -> str | None:
        """Why a title is taken although no current page has it."""
        for status in ("archived", "trashed"):
            if self._titled(space, title, status):
                return status
        return None

    def labeled(self, space: Space, label: str) -> Iterable[str]:
        """Ids of the pages of a space with a label, as far as the index has them."""
        return wiki.labeled(self.site, space, label)

    def recent(self, space: Space, parent: str | None) -> Iterable[WikiPage]:  # noqa: ARG002 - v2 asks by date
        """The pages of the space that were created last."""
        query: dict[str, str | int] = {
            "space-id": space.id,
            "sort": "-created-date",
            "body-format": "storage",
            "limit": _LATELY,
        }
        return [self._page(one) for one in self._results("/api/v2/pages", query)]

    def create(self, space: Space, parent: str | None, title: str, storage: str) -> WikiPage:
        """A new page."""
        body: dict[str, Any] = {
            "spaceId": space.id,
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": storage},
        }
        if parent:
            body["parentId"] = parent
        return self._page(self.site.post("/api/v2/pages", body))

    def update(self, page: WikiPage, title: str, storage: str, message: str) -> None:
        """The next version of a page; v2 has no minor edits, so watchers are told."""
        body = {
            "id": page.id,
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": storage},
            "version": {"number": page.number + 1, "message": message},
        }
        self.site.put(f"/api/v2/pages/{quote(page.id)}", body, repeatable=False)

    def note(self, page_id: str, key: str) -> Note | None:
        """The content property of a page."""
        for one in self._results(f"/api/v2/pages/{quote(page_id)}/properties", {"key": key}):
            if one.get("key") == key:
                value = one.get("value")
                number = int((one.get("version") or {}).get("number") or 1)
                return Note(str(one["id"]), number, value if isinstance(value, dict) else {})
        return None

    def keep_note(self, page_id: str, key: str, value: Mapping[str, Any], known: Note | None) -> None:
        """Write the content property; `known` is what stands there."""
        path = f"/api/v2/pages/{quote(page_id)}/properties"
        body: dict[str, Any] = {"key": key, "value": dict(value)}
        if known is None:
            self.site.post(path, body)
        else:
            body["version"] = {"number": known.number + 1}
            self.site.put(f"{path}/{quote(known.id)}", body, repeatable=False)

    def attach(self, page_id: str, name: str, content: bytes, mime: str, *, comment: str) -> None:
        """A file of a page, new or as a new version."""
        with suppress(Refused, Rejected):  # a token that may write files need not be one that reads them
            known = self._results(f"/api/v2/pages/{quote(page_id)}/attachments", {"filename": name})
            if any(one.get("title") == name and one.get("comment") == comment for one in known):
                return
        path = f"/rest/api/content/{quote(page_id)}/child/attachment"
        self.site.upload(path, name, content, mime, comment=comment)

    def label(self, page_id: str, label: str) -> None:
        """Put a label on a page."""
        wiki.put_label(self.site, quote(page_id), label)

    def _titled(self, space: Space, title: str, status: str) -> list[Mapping[str, Any]]:
        query: dict[str, str | int] = {
            "space-id": space.id,
            "title": title,
            "status": status,
            "body-format": "storage",
        }
        return [one for one in self._results("/api/v2/pages", query) if one.get("status", status) == status]

    def _results(self, path: str, query: Mapping[str, str | int]) -> list[Mapping[str, Any]]:
        reply = self.site.get(path, **query) or {}
        base = (reply.get("_links") or {}).get("base")
        results = list(reply.get("results") or ())
        for one in results:
            if base and isinstance(one.get("_links"), dict):
                one["_links"].setdefault("base", base)
        return results

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
