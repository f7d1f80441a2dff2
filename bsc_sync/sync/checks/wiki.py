"""Whether the page can be published: space, permissions, parent page, title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.model import ConfluencePlace
from bsc_sync.mapping.site_facts import SpaceFacts
from bsc_sync.report.health import Check
from bsc_sync.report.wants import Want
from bsc_sync.sync.checks.questions import Answer, WikiQuestions
from bsc_sync.sync.checks.site import failed

AREA = "confluence"
_NAMES = {"cloud": "Confluence Cloud", "data-center": "Confluence Data Center"}
_AT = "publish.confluence"
_PAGE = "to create and renew the page"
_MAP = "to attach the strategy map"


def wiki_checks(
    wiki: WikiQuestions, place: ConfluencePlace, lines: Mapping[str, str], *, mark: str, url: str
) -> Iterator[Check]:
    """The place of the page, as the mapping names it."""
    found = Answer(lambda: wiki.space(place.space))
    at_space = line_of(f"{_AT}.space", lines)
    if found.error is not None:
        yield failed(AREA, "reachable", found.error)
        return
    space = found.value
    if space is None:
        yield Check(
            AREA,
            f"space {place.space}",
            "missing",
            "there is no such space, or the account may not see it",
            "correct the key of the space, or ask its admin for the permission to view it",
            at_space,
            wants=(Want("space permission", "View", (place.space,), "the page stands there"),),
        )
        return
    yield Check(AREA, "reachable", "well", f"{_NAMES[space.flavor]} at {url}")
    yield Check(AREA, f"space {place.space}", "well", space.name)
    if space.may_create is None and space.may_attach is None:
        wants = (_want(place, "Add pages", _PAGE), _want(place, "Add attachments", _MAP))
        why = f"Confluence does not tell; needed: Add pages {_PAGE}, Add attachments {_MAP}"
        yield Check(AREA, f"permissions in {place.space}", "unknown", why, wants=wants)
    else:
        yield from _permissions(place, space, at_space)
    yield from _pages(wiki, space, place, lines, mark)


def _want(place: ConfluencePlace, name: str, why: str) -> Want:
    return Want("space permission", name, (place.space,), why)


def _permissions(place: ConfluencePlace, space: SpaceFacts, where: str) -> Iterator[Check]:
    for name, why, may in (
        ("Add pages", _PAGE, space.may_create),
        ("Add attachments", _MAP, space.may_attach),
    ):
        want = _want(place, name, why)
        what = f"{name} in {place.space}"
        if may is None:
            yield Check(AREA, what, "unknown", f"Confluence does not tell; needed {why}", wants=(want,))
        elif may:
            yield Check(AREA, what, "well", why, wants=(want,))
        else:
            lack = f"the account does not have it; needed {why}"
            mend = "ask an admin of the space to grant it"
            yield Check(AREA, what, "missing", lack, mend, where, "site", (want,))


def _pages(
    wiki: WikiQuestions, space: SpaceFacts, place: ConfluencePlace, lines: Mapping[str, str], mark: str
) -> Iterator[Check]:
    titled = Answer(lambda: wiki.pages(space, place.space, place.title, mark))
    at_title = line_of(f"{_AT}.title", lines)
    if titled.error is not None:
        yield failed(AREA, "the page's title", titled.error)
    elif not titled.value:
        yield Check(AREA, "the page's title", "well", f'"{place.title}" is free')
    elif any(page.ours for page in titled.value):
        yield Check(AREA, "the page's title", "well", f'"{place.title}" is our page')
    else:
        state = titled.value[0].status
        kind = "a page" if state == "current" else f"a page that is {state}"
        yield Check(
            AREA,
            f'"{place.title}"',
            "missing",
            f"{kind} of that title is there already, and it is not ours",
            "choose another title, or rename that page",
            at_title,
        )
    if place.parent is None:
        return
    parent = place.parent
    above = Answer(lambda: wiki.pages(space, place.space, parent, mark))
    if above.error is not None:
        yield failed(AREA, "parent page", above.error)
    elif any(page.status == "current" for page in above.value):
        yield Check(AREA, "parent page", "well", f'"{parent}" is there')
    else:
        yield Check(
            AREA,
            f'parent page "{parent}"',
            "missing",
            f"there is no such page in {place.space}, or the account may not see it",
            "correct the title, or create the page",
            line_of(f"{_AT}.parent", lines),
        )
