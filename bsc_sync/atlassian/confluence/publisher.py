"""Our page in Confluence, Cloud or Data Center: bound by its mark, and never written over an edit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bsc_sync.atlassian.confluence.draft import Draft, Held, Keeper, check_size
from bsc_sync.atlassian.confluence.search import Search, Sought, search
from bsc_sync.atlassian.confluence.wiki import WikiPage
from bsc_sync.atlassian.confluence.writing import create, renew
from bsc_sync.atlassian.session import Site
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.report.storage import render_storage
from bsc_sync.report.strategy_map import strategy_map
from bsc_sync.state.history import History, Publication

MAP = "strategy-map.svg"

_GONE = "the page that was published here is gone or hidden from the account; publish --force makes a new one"
_NOT_OURS = "a page of that title exists and is not ours; choose another title"


@dataclass(frozen=True, slots=True)
class ConfluencePage:
    """One page in one space. `site.url` is where Confluence begins (Cloud: `.../wiki`).

    `mark` is the name of the anchor that the page's body carries; `label` is put on the page so that
    it is found again where the store is lost; `history` remembers the page's id.
    """

    site: Site
    space: str
    title: str
    mark: str
    label: str
    history: History
    parent: str | None = None
    always: bool = False

    @property
    def target(self) -> str:
        """The name under which the store remembers the page."""
        return f"confluence {self.space} {self.site.url}"[:200]

    def recall(self, *, now: dt.datetime) -> Published | None:
        """Remember the page that carries our mark, with the digest that its note holds; None if none does."""
        found = search(self.site, self._sought(None))
        if found.page is None:
            return None
        page, note = found.page, found.note
        digest = str(note.value.get("digest") or "") if note else ""
        stands = Publication(page.id, page.url, page.number, digest, "", now, settled=note is not None)
        self.history.keep_publication(self.target, stands)
        return Published("unchanged", self._where(page.title), page.url)

    def publish(self, page: Page, digest: str, *, force: bool) -> Published:
        """Bring the page in line; writes nothing when the digest is the one that stands there.

        The page is bound by its mark, not by its title: where people rename or move it, it stays
        ours and stays there. A page that a person has edited is held, unless `force` says to write
        over the edit; so is the page of somebody else that has our title.
        """
        draft = Draft(
            space=self.space,
            title=self.title,
            storage=render_storage(page, map_image=MAP),
            files={MAP: (strategy_map(page.map).encode(), "image/svg+xml")},
            digest=digest,
            mark=self.mark,
            label=self.label,
        )
        check_size(draft)
        known = self.history.publication(self.target)
        found = search(self.site, self._sought(known))
        keep = Keeper(self.history, self.target, page.run.at, draft)
        try:
            result, written = self._bring_in_line(found, draft, known, keep, force=force)
        except Held as held:
            shown = found.page or found.in_the_way
            title, url = (shown.title, shown.url) if shown else (self.title, "")
            return Published("held", self._where(title), url, str(held))
        return Published(result, self._where(written.title), written.url)

    def _bring_in_line(
        self, found: Search, draft: Draft, known: Publication | None, keep: Keeper, *, force: bool
    ) -> tuple[str, WikiPage]:
        if found.page is not None:
            return renew(found.wiki, found.page, found.note, draft, keep, known=known, force=force)
        if found.in_the_way is not None:
            raise Held(_NOT_OURS)
        if known is not None and known.page_id and not force:
            raise Held(_GONE)
        return "created", create(found, self.parent, draft, keep)

    def _where(self, title: str) -> str:
        return f'Confluence {self.space}: "{title}"'

    def _sought(self, known: Publication | None) -> Sought:
        return Sought(
            space=self.space,
            title=self.title,
            mark=self.mark,
            label=self.label,
            parent=self.parent,
            page_id=known.page_id if known else "",
            unsettled=known is not None and not known.settled,
        )
