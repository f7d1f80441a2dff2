"""Finding our page: by the id that we remember, by its title, by our label - and always by its mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bsc_sync.atlassian.confluence.api_v1 import WikiV1
from bsc_sync.atlassian.confluence.api_v2 import WikiV2
from bsc_sync.atlassian.confluence.mark import NOTE_KEY, is_ours
from bsc_sync.atlassian.confluence.wiki import Note, Space, Wiki, WikiPage
from bsc_sync.atlassian.session import Site
from bsc_sync.errors import NotOffered, Refused, Rejected


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: the page of a mark in a space, perhaps known by its id.

    `unsettled` says that a creation was begun and nobody knows how it ended.
    """

    space: str
    title: str
    mark: str
    label: str
    parent: str | None
    page_id: str = ""
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What was found: our page with its note, or the page of somebody else that has its title."""

    wiki: Wiki
    space: Space | None = None
    page: WikiPage | None = None
    note: Note | None = None
    in_the_way: WikiPage | None = None


def search(site: Site, sought: Sought) -> Search:
    """Find the page. The first request also tells which API the site speaks, so nothing is asked twice."""
    likely = _likely(site)
    if sought.page_id and (page := _read(likely, sought.page_id)) is not None:
        return Search(likely, page=page, note=likely.note(page.id, NOTE_KEY))
    wiki, space = speaking(site, sought.space)
    if sought.page_id and wiki is not likely and (page := wiki.page(sought.page_id)) is not None:
        return Search(wiki, space, page, wiki.note(page.id, NOTE_KEY))
    return _by_mark(wiki, space, sought)


def parent_of(wiki: Wiki, space: Space, title: str | None) -> str | None:
    """The id of the page below which ours shall be; Rejected if there is none of that title."""
    if title is None:
        return space.home
    page = wiki.titled(space, title)
    if page is None:
        raise Rejected(
            f'no page "{title}" in Confluence space {space.key}',
            hint="correct publish.confluence.parent in mapping.yaml",
            status=404,
        )
    return page.id


def _likely(site: Site) -> Wiki:
    return WikiV2(site) if site.url.endswith("/wiki") else WikiV1(site)


def _read(wiki: Wiki, page_id: str) -> WikiPage | None:
    try:
        return wiki.page(page_id)
    except NotOffered:
        return None


def speaking(site: Site, key: str) -> tuple[Wiki, Space]:
    """The API that the site offers, and the space; Rejected if there is no such space."""
    first = _likely(site)
    second: Wiki = WikiV1(site) if isinstance(first, WikiV2) else WikiV2(site)
    for wiki in (first, second):
        if wiki is second and not _answers(site):
            break
        try:
            space = wiki.space(key)
        except NotOffered:
            continue
        if space is None:
            raise Rejected(
                f"no Confluence space {key}, or the account may not see it",
                hint="correct publish.confluence.space in mapping.yaml, or ask for permission",
                status=404,
            )
        return wiki, space
    raise NotOffered(
        f"no Confluence answers at {site.url}",
        hint="BSC_SYNC_CONFLUENCE_URL ends with /wiki on Cloud, and with the context path on Data Center",
        status=404,
    )


def _answers(site: Site) -> bool:
    """Whether it is a Confluence at all: the one question that both products take in the same place."""
    try:
        site.get("/rest/api/user/current")
    except NotOffered:
        return False
    except Refused:
        return True
    return True


def _by_mark(wiki: Wiki, space: Space, sought: Sought) -> Search:
    titled = wiki.titled(space, sought.title)
    copies: list[tuple[WikiPage, Note | None]] = []
    for page in _candidates(wiki, space, sought, titled):
        note = wiki.note(page.id, NOTE_KEY)
        if not is_ours(page, note, sought.mark):
            continue
        if (note.value.get("page", page.id) if note else page.id) == page.id:
            return Search(wiki, space, page, note)
        copies.append((page, note))  # somebody copied our page with all that hangs on it
    if copies:
        page, note = min(copies, key=lambda found: int(found[0].id))
        return Search(wiki, space, page, note)
    return Search(wiki, space, in_the_way=titled)


def _candidates(wiki: Wiki, space: Space, sought: Sought, titled: WikiPage | None) -> Iterator[WikiPage]:
    seen = set()
    if titled is not None:
        seen.add(titled.id)
        yield titled
    for page_id in wiki.labeled(space, sought.label):
        if page_id not in seen and (page := wiki.page(page_id)) is not None:
            seen.add(page_id)
            yield page
    if sought.unsettled:
        yield from wiki.recent(space, parent_of(wiki, space, sought.parent))
