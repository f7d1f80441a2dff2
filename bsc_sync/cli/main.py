"""The group of all verbs."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import click

from bsc_sync import __version__
from bsc_sync.cli.log import open_log

_VERBS = (
    "adopt",
    "apply",
    "completion",
    "demo",
    "doctor",
    "forget",
    "history",
    "import",
    "init",
    "plan",
    "prune",
    "publish",
    "pull",
    "report",
    "sandbox",
    "score",
    "serve",
    "status",
    "sync",
    "validate",
)


class Verbs(click.Group):
    """The verbs, each in the module of its name, which is read when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature is click's
        """The names, as `--help` lists them."""
        return [*_VERBS]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  the signature is click's
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name; None when there is none."""
        if cmd_name not in _VERBS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"bsc_sync.cli.{name}"), name)
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
