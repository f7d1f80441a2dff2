"""`publish`: the page to Confluence, and the HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import complain, progress, say, say_json
from bsc_sync.cli.report import page_of_today
from bsc_sync.cli.summary import published_line
from bsc_sync.errors import MappingError
from bsc_sync.runtime import open_office, open_world
from bsc_sync.sync.guards import held_page
from bsc_sync.sync.publishing import publish as publish_page


@click.command()
@click.option("--force", is_flag=True, help="Write over what a person changed on the page.")
@json_option
@project_option
def publish(*, force: bool, as_json: bool, folder: Path) -> int:
    """Publish the page where the mapping says: Confluence, and an HTML file.

    \b
    Example:  bsc-sync publish
    """
    office = open_office(project_of(folder))
    world = open_world(office)
    if not world.publishers():
        raise MappingError(
            "the mapping names no place to publish to", hint="add publish: {html: out/page.html}"
        )
    page = page_of_today(office, None)
    with world.memory.lease(holder=world.holder), progress("publishing", None):
        done = publish_page(office.strategy, world, page, when="changed", force=force)
    if as_json:
        say_json([{"result": p.result, "where": p.where, "url": p.url, "reason": p.reason} for p in done])
    else:
        say(*map(published_line, done))
    held = held_page(done)
    if held is not None:
        complain(*held.lines())
        return held.exit_code
    return 0
