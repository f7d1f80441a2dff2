"""`init`: a project folder to start from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from bsc_sync.cli.example import example_files
from bsc_sync.cli.frame import Day, project_of
from bsc_sync.cli.render import say
from bsc_sync.errors import Problem, UserError, WrongUsage
from bsc_sync.state.whole_file import write_wished


@click.command()
@click.option(
    "--example", type=click.Choice(["acme"]), default="acme", show_default=True, help="Which example."
)
@click.option("--today", type=Day(), help="The day that the example's cycle shall contain (default: today).")
@click.option(
    "--create-fields",
    "fields",
    is_flag=True,
    help="Write no example: make the number fields that the mapping of a project needs, in its Jira.",
)
@click.option(
    "--screen",
    "screens",
    multiple=True,
    metavar="NAME",
    help="With --create-fields: put them on this screen too (repeatable).",
)
@click.option("--yes", is_flag=True, help="With --create-fields: do not ask.")
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The same as DIR.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), required=False)
def init(
    *,
    example: str,
    today: dt.date | None,
    fields: bool,
    screens: tuple[str, ...],
    yes: bool,
    project: Path | None,
    folder: Path | None,
) -> int:
    """Write an example, ready to run: scorecard, mapping, a CSV file and a sandbox to try it on.

    Files that exist are never written over. With --create-fields, make the number fields that an
    existing project lacks in Jira, and put them on the screens: for administrators of Jira, in
    company-managed projects. It shows what it would do, asks, and looks again afterwards.

    \b
    Example:  bsc-sync init --example acme strategy
    Example:  bsc-sync init --create-fields --project strategy
    """
    folder = folder or project or Path()
    if fields:
        from bsc_sync.cli.create_fields import create_fields  # noqa: PLC0415  all that reaches Jira, which writing an example needs not
        from bsc_sync.premises import open_premises  # noqa: PLC0415  it reaches Jira, too: reading it takes half a second

        here = project_of(folder)
        return create_fields(lambda: open_premises(here), screens=screens, yes=yes)
    if screens or yes:
        raise WrongUsage("--screen and --yes belong to --create-fields", hint="add it, or leave them out")
    written = example_files(example, today=today or dt.datetime.now(dt.UTC).astimezone().date())
    there = [name for name in written if (folder / name).exists()]
    if there:
        raise UserError(
            "nothing was written: some of the files exist already",
            hint="choose another folder",
            problems=[Problem("exists", where=str(folder / name)) for name in there],
        )
    for name, text in written.items():
        write_wished(folder / name, text)
    say(
        f"Wrote {', '.join(written)} to {folder}/",
        "",
        "Next, in one terminal:",
        f"  bsc-sync sandbox --data {folder / 'sandbox.yaml'} --env-file {folder / '.env'}",
        "and in another:",
        f"  bsc-sync plan --project {folder}",
    )
    return 0
