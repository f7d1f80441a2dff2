"""What a person decides on the command line: whose value holds, what is created anew, which guard yields."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import click

from bsc_sync.cli.typed_parameter import TypedParameter, Word
from bsc_sync.service.cadence import parse_every
from bsc_sync.sync.guards import GUARDS

Take = Literal["scorecard", "jira"]


class Length(TypedParameter[dt.timedelta]):
    """A length of time such as 15m."""

    name = "LENGTH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.timedelta:
        """The length, or a usage error."""
        if isinstance(value, dt.timedelta):
            return value
        try:
            return parse_every(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


take_option = click.option(
    "--take",
    type=click.Choice(["scorecard", "jira"]),
    help="Decide what is on hold: write the scorecard's value, or leave Jira's.",
)
target_option = click.option(
    "--target",
    "targets",
    type=Word(),
    multiple=True,
    metavar="ID",
    help="Only this objective or key result (repeatable).",
)
recreate_option = click.option(
    "--recreate",
    type=Word(),
    multiple=True,
    metavar="ID",
    help="Its issue is gone: create it anew (repeatable).",
)
forget_option = click.option(
    "--forget",
    type=Word(),
    multiple=True,
    metavar="ID",
    help="Its issue is gone: wait for it no more (repeatable).",
)
force_option = click.option(
    "--force",
    multiple=True,
    type=click.Choice(GUARDS),
    help="Override this guard (repeatable).",
)
deadline_option = click.option(
    "--deadline",
    type=Length(),
    help="After 30s, 15m or 2h begin nothing more; the next run goes on (else limits.deadline).",
)
