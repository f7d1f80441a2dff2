"""`publish`: the page to Confluence, and the HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import complain, note, progress, say, say_json
from bsc_sync.cli.summary import published_lines
from bsc_sync.cli.waiting import wait_option
from bsc_sync.errors import MappingError
from bsc_sync.runtime import open_office, open_world
from bsc_sync.state.lease import Wait
from bsc_sync.sync.guards import held_page
from bsc_sync.sync.publishing import publish_only


@click.command()
@click.option("--force", is_flag=True, help="Write over what a person changed on the page.")
@wait_option
@json_option
@project_option
def publish(*, force: bool, wait: Wait, as_json: bool, folder: Path) -> int:
    """Publish the page where the mapping says: Confluence, and an HTML file.

    \b
    Example:  bsc-sync publish
    """
    office = open_office(project_of(folder))
    world = open_world(office, wait=wait, tell=note)
    if not world.publishers():
        raise MappingError(
            "the mapping names no place to publish to", hint="add publish: {html: out/page.html}"
        )
    with progress("publishing", None):
        done = publish_only(office.strategy, world, force=force)
    if as_json:
        say_json([entry.told() for entry in done])
    else:
        say(*(line for entry in done for line in published_lines(entry)))
    held = held_page(done)
    if held is not None:
        complain(*held.lines())
        return held.exit_code
    return 0
