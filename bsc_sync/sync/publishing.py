"""The page to each place that the mapping names, when it is due."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from bsc_sync.errors import RemoteError, SettingsError
from bsc_sync.report.digest import page_digest
from bsc_sync.report.page import Page
from bsc_sync.report.publication import Published
from bsc_sync.state.history import Publication
from bsc_sync.sync.assess import LAST_PAGE, LAST_SENT, Strategy, compose_page
from bsc_sync.sync.guards import held_page
from bsc_sync.sync.last_look import last_look
from bsc_sync.sync.record import recorded
from bsc_sync.sync.world import World


def publish(
    strategy: Strategy, world: World, page: Page, *, when: Literal["changed", "due", "never"], force: bool
) -> tuple[tuple[Published, ...], RemoteError | SettingsError | None]:
    """The page to each place that the mapping names, and the first failure of a place that has not got it;
    `due` keeps to `publish: {every: ...}`."""
    if when == "never":
        return (), None
    now = world.clock()
    before = world.history.publication(LAST_PAGE)
    due = next_due(strategy, world.history.publication(LAST_SENT), now)
    digest = page_digest(page)
    published: list[Published] = []
    failed: RemoteError | SettingsError | None = None
    for publisher in world.publishers():
        if when == "due" and due is not None and not publisher.always:
            published.append(
                Published("skipped", f"every {strategy.mapping.publish.every}", reason=f"due on {due}")
            )
            continue
        try:
            published.append(publisher.publish(page, digest, force=force))
        except (RemoteError, SettingsError) as error:
            failed = failed or error  # one place that fails leaves the others their page
            continue
        if not publisher.always:
            world.history.keep_publication(LAST_SENT, Publication(page.id, "", 0, digest, digest, now))
    if published and (before is None or before.digest != digest):
        world.history.keep_publication(LAST_PAGE, Publication(page.id, "", 0, digest, digest, now))
    return tuple(published), failed


def publish_only(strategy: Strategy, world: World, *, force: bool) -> tuple[Published, ...]:
    """The page from what the store holds, to each place that the mapping names; Jira is not looked at."""
    with recorded(strategy, world, verb="publish", mode="observe") as running:
        now = world.clock()
        page, _ = compose_page(
            strategy,
            world.memory,
            world.history,
            as_of=strategy.card.today(now),
            now=now,
            run_id=running.id,
            version=world.version,
            browse_url=world.browse_url,
            note=last_look(world.history),
        )
        done, failed = publish(strategy, world, page, when="changed", force=force)
        held = held_page(done)
        running.exit_code = held.exit_code if held else 0
        running.story = {"published": [entry.told() for entry in done]}
        if failed is not None:
            raise failed
    return done


def next_due(strategy: Strategy, before: Publication | None, now: dt.datetime) -> dt.date | None:
    """The day on which the page is to be published again; None when that is now."""
    every = strategy.mapping.publish.every
    if before is None or every == "sync":
        return None
    today, last = strategy.card.today(now), strategy.card.today(before.published)
    if every == "day":
        following = last + dt.timedelta(days=1)
    elif every == "week":
        following = last + dt.timedelta(days=7 - last.weekday())
    else:
        following = (last.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return None if today >= following else following
