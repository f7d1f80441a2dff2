"""The group of all verbs."""

from __future__ import annotations

import logging
import sys

import click
import structlog

from bsc_sync import __version__
from bsc_sync.cli.apply import apply
from bsc_sync.cli.completion import completion
from bsc_sync.cli.demo import demo
from bsc_sync.cli.init import init
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
@click.option("--debug", is_flag=True, help="Show a traceback when something unforeseen happens.")
def cli(*, debug: bool) -> None:
    """Keep a Balanced Scorecard in step with the Jira a company already lives in.

    \b
    Start here:  bsc-sync demo
    Then:        bsc-sync init --example acme strategy
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


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
