"""The page in Confluence Cloud: found by its mark, written when it changed, never over an edit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bsc_sync.atlassian.session import Site
from bsc_sync.errors import Rejected
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.report.storage import render_storage
from bsc_sync.report.strategy_map import strategy_map

_PROPERTY = "bsc-sync"
_MAP = "strategy-map.svg"
_MESSAGE = "bsc-sync: the page as computed"


@dataclass(frozen=True, slots=True)
class ConfluencePage:
    """One page in one space. `site.url` ends where `/api/v2` begins (on Cloud: `.../wiki`).

    `mark` is the name of the anchor that the page's body carries; `label` the card's label.
    """

    site: Site
    space: str
    title: str
    mark: str
    parent: str | None = None
    always: bool = False

    def publish(self, page: Page, digest: str, *, force: bool) -> Published:
        """Bring the page in line; writes nothing when the digest is the one that stands there.

        A page that a person has edited is held, unless `force` says to write over the edit.
        """
        storage = render_storage(page, map_image=_MAP)
        attachments = {_MAP: (strategy_map(page.map).encode(), "image/svg+xml")}
        return self._bring_in_line(storage, attachments, digest, force=force)

    def _bring_in_line(
        self, storage: str, attachments: Mapping[str, tuple[bytes, str]], digest: str, *, force: bool
    ) -> Published:
        where = f'Confluence {self.space}: "{self.title}"'
        space_id, home = self._space()
        page = self._find(space_id)
        if page is None:
            page = self._create(space_id, self._parent(space_id) or home, storage)
            for name, (content, mime) in attachments.items():
                self._attach(str(page["id"]), name, content, mime)
            self._remember(page, digest, attachments, None)
            return Published("created", where, self._url(page))
        page_id = str(page["id"])
        known = self._known(page_id)
        if known is None and self.mark not in _body(page):
            return Published(
                "held",
                where,
                self._url(page),
                "a page of that title exists and is not ours; choose another title",
            )
        value = (known or {}).get("value") or {}
        edited = known is not None and value.get("body") != _fingerprint(_body(page)) and not _is_own(page)
        if edited and not force:
            return Published(
                "held",
                where,
                self._url(page),
                "a person has edited the page; take the edit over, then publish with --force",
            )
        if not edited and value.get("digest") == digest and page.get("title") == self.title:
            return Published("unchanged", where, self._url(page))
        sent = value.get("attachments") or {}
        for name, (content, mime) in attachments.items():
            if sent.get(name) != hashlib.sha256(content).hexdigest():
                self._attach(page_id, name, content, mime)
        page = self._update(page, storage)
        self._remember(page, digest, attachments, known)
        return Published("updated", where, self._url(page))

    def _space(self) -> tuple[str, str | None]:
        found = (self.site.get("/api/v2/spaces", keys=self.space) or {}).get("results") or ()
        for space in found:
            if str(space.get("key")) == self.space:
                return str(space["id"]), str(space["homepageId"]) if space.get("homepageId") else None
        raise Rejected(
            f"no Confluence space {self.space}, or the account may not see it",
            hint="correct publish.confluence.space in mapping.yaml, or ask for permission",
            status=404,
        )

    def _find(self, space_id: str) -> dict[str, Any] | None:
        query: dict[str, str | int] = {"space-id": space_id, "title": self.title, "body-format": "storage"}
        found = (self.site.get("/api/v2/pages", **query) or {}).get("results") or ()
        current = [page for page in found if page.get("status", "current") == "current"]
        return current[0] if current else None

    def _parent(self, space_id: str) -> str | None:
        if self.parent is None:
            return None
        found = (self.site.get("/api/v2/pages", **{"space-id": space_id, "title": self.parent}) or {}).get(
            "results"
        )
        if not found:
            raise Rejected(
                f'no page "{self.parent}" in Confluence space {self.space}',
                hint="correct publish.confluence.parent in mapping.yaml",
                status=404,
            )
        return str(found[0]["id"])

    def _create(self, space_id: str, parent: str | None, storage: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "spaceId": space_id,
            "status": "current",
            "title": self.title,
            "body": {"representation": "storage", "value": storage},
        }
        if parent:
            body["parentId"] = parent
        return dict(self.site.post("/api/v2/pages", body))

    def _update(self, page: Mapping[str, Any], storage: str) -> dict[str, Any]:
        body = {
            "id": str(page["id"]),
            "status": "current",
            "title": self.title,
            "body": {"representation": "storage", "value": storage},
            "version": {"number": int(page["version"]["number"]) + 1, "message": _MESSAGE},
        }
        return dict(self.site.put(f"/api/v2/pages/{page['id']}", body, repeatable=False))

    def _attach(self, page_id: str, name: str, content: bytes, mime: str) -> None:
        self.site.upload(f"/rest/api/content/{quote(page_id)}/child/attachment", name, content, mime)

    def _known(self, page_id: str) -> dict[str, Any] | None:
        found = (self.site.get(f"/api/v2/pages/{page_id}/properties", key=_PROPERTY) or {}).get(
            "results"
        ) or ()
        return dict(found[0]) if found else None

    def _remember(
        self,
        page: Mapping[str, Any],
        digest: str,
        attachments: Mapping[str, tuple[bytes, str]],
        known: Mapping[str, Any] | None,
    ) -> None:
        """What stands there now, as the server keeps it: the next run compares with this."""
        page_id = str(page["id"])
        stored = self.site.get(f"/api/v2/pages/{page_id}", **{"body-format": "storage"})
        value = {
            "version": 1,
            "digest": digest,
            "body": _fingerprint(_body(stored)),
            "attachments": {
                name: hashlib.sha256(content).hexdigest() for name, (content, _) in attachments.items()
            },
        }
        path = f"/api/v2/pages/{page_id}/properties"
        if known is None:
            self.site.post(path, {"key": _PROPERTY, "value": value})
        else:
            version = {"number": int(known["version"]["number"]) + 1}
            self.site.put(
                f"{path}/{known['id']}",
                {"key": _PROPERTY, "value": value, "version": version},
                repeatable=False,
            )

    def _url(self, page: Mapping[str, Any]) -> str:
        links = page.get("_links") or {}
        webui = str(links.get("webui") or f"/spaces/{quote(self.space)}/pages/{page['id']}")
        return self.site.url + webui if webui.startswith("/") else self.site.url


def _body(page: Mapping[str, Any]) -> str:
    return str(((page.get("body") or {}).get("storage") or {}).get("value") or "")


def _is_own(page: Mapping[str, Any]) -> bool:
    # a run that ended between the page and its property leaves our version without our fingerprint
    return (page.get("version") or {}).get("message") == _MESSAGE


def _fingerprint(body: str) -> str:
    return hashlib.sha256(re.sub(r"\s+", " ", body).strip().encode()).hexdigest()
