"""What shall stand on a page, and what the store remembers of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bsc_sync.atlassian.confluence.wiki import WikiPage
from bsc_sync.errors import Rejected
from bsc_sync.state.history import History, Publication

MOST_BYTES = 5 * 1024 * 1024
LONGEST_TITLE = 255


@dataclass(frozen=True, slots=True)
class Draft:
    """A page to be: where, its title and body, its files as (content, media type) by name."""

    space: str
    title: str
    storage: str
    files: Mapping[str, tuple[bytes, str]]
    digest: str
    mark: str
    label: str


class Held(Exception):
    """Writing would do harm; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Writes into the store what stands published, and before that what is about to be created."""

    history: History
    target: str
    at: dt.datetime
    draft: Draft

    def keep_intent(self) -> None:
        """A page is about to be created; nobody knows its id yet."""
        self._keep("", "", 0, settled=False)

    def keep_page(self, page: WikiPage, *, settled: bool) -> None:
        """A page stands there; `settled` when its note does, too."""
        self._keep(page.id, page.url, page.number, settled=settled)

    def _keep(self, page_id: str, url: str, version: int, *, settled: bool) -> None:
        sent = hashlib.sha256(self.draft.storage.encode()).hexdigest()
        stands = Publication(page_id, url, version, self.draft.digest, sent, self.at, settled=settled)
        self.history.keep_publication(self.target, stands)


def check_size(draft: Draft) -> None:
    """Rejected when Confluence would not take the page: before anything is asked or written."""
    size = len(draft.storage.encode())
    if size > MOST_BYTES:
        raise Rejected(
            f"the page has {size / 1024 / 1024:.1f} MB, and Confluence takes 5 MB at most",
            hint="publish: {html: ...} has no limit; or split the scorecard",
            status=413,
        )
    if len(draft.title) > LONGEST_TITLE:
        raise Rejected(
            f"the title of the page has {len(draft.title)} characters, and Confluence takes {LONGEST_TITLE}",
            hint="shorten publish.confluence.title in mapping.yaml",
        )
