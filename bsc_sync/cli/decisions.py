"""What a person decides on the command line: whose value holds, what is created anew, which guard yields."""

from __future__ import annotations

from typing import Literal

import click

from bsc_sync.sync.guards import GUARDS

Take = Literal["scorecard", "jira"]

take_option = click.option(
    "--take",
    type=click.Choice(["scorecard", "jira"]),
    help="Decide what is on hold: write the scorecard's value, or leave Jira's.",
)
target_option = click.option(
    "--target", "targets", multiple=True, metavar="ID", help="Only this objective or key result (repeatable)."
)
recreate_option = click.option(
    "--recreate", multiple=True, metavar="ID", help="Its issue is gone: create it anew (repeatable)."
)
forget_option = click.option(
    "--forget", multiple=True, metavar="ID", help="Its issue is gone: wait for it no more (repeatable)."
)
force_option = click.option(
    "--force",
    multiple=True,
    type=click.Choice(GUARDS),
    help="Override this guard (repeatable).",
)
