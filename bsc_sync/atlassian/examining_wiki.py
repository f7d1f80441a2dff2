"""What a doctor asks of a Confluence. Not one of these questions changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from bsc_sync.atlassian.confluence.api_v2 import WikiV2
from bsc_sync.atlassian.confluence.mark import NOTE_KEY, is_ours
from bsc_sync.atlassian.confluence.search import speaking
from bsc_sync.atlassian.confluence.wiki import Space, Wiki
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import NotOffered, Refused, Rejected
from bsc_sync.mapping.site_facts import PageFacts, SpaceFacts


@dataclass(slots=True)
class WikiExaminer:
    """One Confluence, asked and never told."""

    site: Site
    _found: tuple[Wiki, Space] | None = None

    def space(self, key: str) -> SpaceFacts | None:
        """A space and what we may do there; None where there is none that we may see."""
        try:
            wiki, space = self._found = speaking(self.site, key)
        except NotOffered:
            raise
        except Rejected as error:
            if error.status == 404:
                return None
            raise
        if not isinstance(wiki, WikiV2):
            # Data Center tells only admins who may do what in a space
            return SpaceFacts("data-center", space.id, space.key)
        allowed = self._operations(space.id)
        return SpaceFacts(
            "cloud",
            space.id,
            space.key,
            None if allowed is None else ("create", "page") in allowed,
            None if allowed is None else ("create", "attachment") in allowed,
        )

    def page(self, title: str, mark: str) -> PageFacts | None:
        """What holds that very title in the space that was asked for: a page, or one that is put away."""
        if self._found is None:
            raise TypeError("ask for the space first")
        wiki, space = self._found
        page = wiki.titled(space, title)
        if page is not None:
            return PageFacts(title, "current", is_ours(page, wiki.note(page.id, NOTE_KEY), mark))
        status = wiki.reserved(space, title)
        return None if status is None else PageFacts(title, status, ours=False)

    def _operations(self, space_id: str) -> frozenset[tuple[str, str]] | None:
        try:
            reply = self.site.get(f"/api/v2/spaces/{quote(space_id)}/operations") or {}
        except (NotOffered, Refused):
            return None
        return frozenset(
            (str(one.get("operation")), str(one.get("targetType"))) for one in reply.get("operations") or ()
        )
