"""`init`: a project folder to start from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from bsc_sync.cli.example import example_files
from bsc_sync.cli.frame import Day
from bsc_sync.cli.render import say
from bsc_sync.errors import Problem, UserError
from bsc_sync.runtime import system_clock
from bsc_sync.state.whole_file import write_whole


@click.command()
@click.option(
    "--example", type=click.Choice(["acme"]), default="acme", show_default=True, help="Which example."
)
@click.option("--today", type=Day(), help="The day that the example's cycle shall contain (default: today).")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The same as DIR.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), required=False)
def init(*, example: str, today: dt.date | None, project: Path | None, folder: Path | None) -> int:
    """Write an example, ready to run: scorecard, mapping, a CSV file and a sandbox to try it on.

    Files that exist are never written over.

    \b
    Example:  bsc-sync init --example acme strategy
    """
    folder = folder or project or Path()
    written = example_files(example, today=today or system_clock().astimezone().date())
    there = [name for name in written if (folder / name).exists()]
    if there:
        raise UserError(
            "nothing was written: some of the files exist already",
            hint="choose another folder",
            problems=[Problem("exists", where=str(folder / name)) for name in there],
        )
    for name, text in written.items():
        write_whole(folder / name, text)
    say(
        f"Wrote {', '.join(written)} to {folder}/",
        "",
        "Next, in one terminal:",
        f"  bsc-sync sandbox --data {folder / 'sandbox.yaml'} --env-file {folder / '.env'}",
        "and in another:",
        f"  bsc-sync plan --project {folder}",
    )
    return 0
