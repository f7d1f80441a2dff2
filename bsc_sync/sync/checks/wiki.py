"""Whether the page can be published: space, permissions, parent page, title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bsc_sync.mapping.lines import line_of
from bsc_sync.mapping.model import ConfluencePlace
from bsc_sync.mapping.site_facts import SpaceFacts
from bsc_sync.report.health import Check
from bsc_sync.report.wants import Want
from bsc_sync.sync.checks.questions import Answer, WikiQuestions
from bsc_sync.sync.checks.site import failed, unreachable

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
        yield unreachable(AREA, found.error)
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
    yield Check(AREA, f"space {place.space}", "well", "it can be seen")
    if space.may_create is None and space.may_attach is None:
        wants = (_want(place, "Add pages", _PAGE), _want(place, "Add attachments", _MAP))
        why = f"Confluence does not tell; needed: Add pages {_PAGE}, Add attachments {_MAP}"
        yield Check(AREA, f"permissions in {place.space}", "unknown", why, wants=wants)
    else:
        yield from _permissions(place, space, at_space)
    yield from _pages(wiki, place, lines, mark)


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
    wiki: WikiQuestions, place: ConfluencePlace, lines: Mapping[str, str], mark: str
) -> Iterator[Check]:
    titled = Answer(lambda: wiki.page(place.title, mark))
    what = f'title "{place.title}"'
    if titled.error is not None:
        yield failed(AREA, what, titled.error)
    elif titled.value is None:
        yield Check(AREA, what, "well", "it is free")
    elif titled.value.ours:
        yield Check(AREA, what, "well", "it is our page's")
    else:
        status = titled.value.status
        kind = "a page" if status == "current" else f"a page that is {status}"
        found = f"{kind} has it, and it is not ours"
        mend = "choose another title, or rename that page"
        yield Check(AREA, what, "missing", found, mend, line_of(f"{_AT}.title", lines))
    if place.parent is None:
        return
    parent = place.parent
    above = Answer(lambda: wiki.page(parent, mark))
    what = f'parent page "{parent}"'
    if above.error is not None:
        yield failed(AREA, what, above.error)
    elif above.value is not None and above.value.status == "current":
        yield Check(AREA, what, "well", "it is there")
    else:
        found = f"there is no such page in {place.space}, or the account may not see it"
        mend = "correct the title, or create the page"
        yield Check(AREA, what, "missing", found, mend, line_of(f"{_AT}.parent", lines))
