"""The group of all verbs."""

from __future__ import annotations

from pathlib import Path

import click

from bsc_sync import __version__
from bsc_sync.cli.apply import apply
from bsc_sync.cli.completion import completion
from bsc_sync.cli.demo import demo
from bsc_sync.cli.init import init
from bsc_sync.cli.log import open_log
from bsc_sync.cli.plan import plan
from bsc_sync.cli.publish import publish
from bsc_sync.cli.pull import pull
from bsc_sync.cli.report import report
from bsc_sync.cli.sandbox import sandbox
from bsc_sync.cli.score import score
from bsc_sync.cli.serve import serve
from bsc_sync.cli.sync import sync
from bsc_sync.cli.validate import validate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bsc-sync")
@click.option(
    "--debug", is_flag=True, help="Log every request, and show a traceback when something unforeseen happens."
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="BSC_SYNC_LOG",
    help="Log every request to this file. Neither log holds tokens, headers or bodies.",
)
@click.pass_context
def cli(context: click.Context, *, debug: bool, log: Path | None) -> None:
    """Keep a Balanced Scorecard in step with the Jira a company already lives in.

    \b
    Start here:  bsc-sync demo
    Then:        bsc-sync init --example acme strategy
    """
    context.call_on_close(open_log(log, debug=debug))


for command in (
    validate,
    plan,
    apply,
    pull,
    score,
    report,
    publish,
    sync,
    serve,
    init,
    sandbox,
    demo,
    completion,
):
    cli.add_command(command)
