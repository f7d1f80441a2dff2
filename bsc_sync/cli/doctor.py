"""`doctor`: what is missing, before anything is written."""

from __future__ import annotations

from pathlib import Path

import click

from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import Line, say, say_json, say_raw
from bsc_sync.errors import WrongUsage
from bsc_sync.premises import open_premises
from bsc_sync.report.admin_request import render_request
from bsc_sync.report.health import health_json, health_lines
from bsc_sync.sync.checks.examine import examine


@click.command()
@click.option(
    "--request",
    "request",
    type=click.Choice(["missing", "all"]),
    is_flag=False,
    flag_value="missing",
    help="Print what to ask an admin of the site for, as Markdown: what is missing, or all that is needed.",
)
@json_option
@project_option
def doctor(*, request: str | None, as_json: bool, folder: Path) -> int:
    """Check files, settings, store, Jira and Confluence, and tell all that is missing. Changes nothing.

    Exit 0: all is well. 1: something is to be mended in the files or the settings, or the mapping names
    what this Jira does not have. 4: the site does not answer, or the account lacks a permission.

    \b
    Example:  bsc-sync doctor --project strategy
    Example:  bsc-sync doctor --request > ticket.md
    """
    if request and as_json:
        raise WrongUsage("--request prints a text, --json prints data", hint="give one of them")
    health = examine(open_premises(project_of(folder)))
    if request:
        say_raw(render_request(health, every=request == "all"))
    elif as_json:
        say_json(health_json(health))
    else:
        say(*(Line(text, tone) for text, tone in health_lines(health)))
    return health.exit_code
