"""What a doctor asks of a Confluence. Not one of these questions changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bsc_sync.atlassian.session import Site
from bsc_sync.errors import NotOffered, Refused, Rejected
from bsc_sync.mapping.site_facts import PageFacts, SpaceFacts

_OF_PAGES = "/rest/api/content"


@dataclass(frozen=True, slots=True)
class WikiExaminer:
    """One Confluence, asked and never told. On Cloud the site's address ends with `/wiki`."""

    site: Site

    def space(self, key: str) -> SpaceFacts | None:
        """A space and what we may do there; None where there is none that we may see."""
        try:
            found = (self.site.get("/api/v2/spaces", keys=key) or {}).get("results") or ()
        except NotOffered:
            return self._old_space(key)
        raw = next((one for one in found if str(one.get("key")) == key), None)
        if raw is None:
            return None
        allowed = self._operations(str(raw["id"]))
        return SpaceFacts(
            "cloud",
            str(raw["id"]),
            str(raw.get("name") or key),
            None if allowed is None else ("create", "page") in allowed,
            None if allowed is None else ("create", "attachment") in allowed,
        )

    def pages(self, space: SpaceFacts, key: str, title: str, mark: str) -> tuple[PageFacts, ...]:
        """The pages of that very title in a space, also archived ones: they hold the title, too."""
        if space.flavor == "cloud":
            query: dict[str, str | int] = {"space-id": space.id, "title": title, "body-format": "storage"}
            found = (self.site.get("/api/v2/pages", **query) or {}).get("results") or ()
        else:
            query = {"spaceKey": key, "title": title, "status": "any", "expand": "body.storage"}
            found = (self.site.get(_OF_PAGES, **query) or {}).get("results") or ()
        return tuple(
            PageFacts(
                str(raw["id"]),
                str(raw.get("title")),
                str(raw.get("status") or "current"),
                mark in _body(raw),
            )
            for raw in found
            if str(raw.get("title")) == title
        )

    def _old_space(self, key: str) -> SpaceFacts | None:
        """Data Center tells nobody but an admin who may do what in a space."""
        try:
            raw = self.site.get(f"/rest/api/space/{quote(key)}") or {}
        except NotOffered:
            raise
        except Rejected as error:
            if error.status == 404:
                return None
            raise
        return SpaceFacts("data-center", str(raw.get("id") or ""), str(raw.get("name") or key))

    def _operations(self, space_id: str) -> frozenset[tuple[str, str]] | None:
        try:
            reply = self.site.get(f"/api/v2/spaces/{quote(space_id)}/operations") or {}
        except (NotOffered, Refused):
            return None
        return frozenset(
            (str(one.get("operation")), str(one.get("targetType"))) for one in reply.get("operations") or ()
        )


def _body(page: Mapping[str, Any]) -> str:
    return str(((page.get("body") or {}).get("storage") or {}).get("value") or "")
