"""`import`: a scorecard from epics that are there, or a lost store from the marks that are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from bsc_sync import __version__
from bsc_sync.cli.frame import json_option, project_of
from bsc_sync.cli.import_text import imported_data, imported_lines
from bsc_sync.cli.rebuilt_text import rebuilt_data, rebuilt_lines
from bsc_sync.cli.render import Line, complain, note, progress, say, say_json, wrapped
from bsc_sync.cli.typed_parameter import Word
from bsc_sync.cli.waiting import wait_option
from bsc_sync.errors import Problem, UserError, WrongUsage
from bsc_sync.project import Project
from bsc_sync.runtime import open_office, open_outpost, open_world
from bsc_sync.state.lease import Wait
from bsc_sync.state.whole_file import write_wished
from bsc_sync.sync.importing.ask import Ask
from bsc_sync.sync.importing.from_query import keep, read_in
from bsc_sync.sync.importing.marking import mark_imported
from bsc_sync.sync.importing.rebuild import rebuild

_FILES = ("scorecard.yaml", "mapping.yaml")


@click.command(name="import")
@click.option("--jql", type=Word(), metavar="QUERY", help="The epics that shall become objectives.")
@click.option("--state", is_flag=True, help="Rebuild a lost database from the marks in Jira.")
@click.option(
    "--store", type=Word(), default="", metavar="ID", help="With --state: which, if the marks name several."
)
@click.option(
    "--id",
    "card",
    type=Word(),
    default="",
    metavar="ID",
    help="The scorecard's id (default: after the project).",
)
@click.option("--name", type=Word(), default="", help="The scorecard's name (default: the project's).")
@click.option(
    "--objectives", multiple=True, metavar="TYPE", help="Issue types that are objectives (default: epics)."
)
@click.option(
    "--key-results",
    multiple=True,
    metavar="TYPE",
    help="Their children of this type become key results (repeatable; default: none, all are work).",
)
@click.option(
    "--perspective-from", default="", metavar="FIELD", help="labels, components, or a field that names it."
)
@click.option("--baseline-field", default="", metavar="FIELD", help="Where key results keep their baseline.")
@click.option("--target-field", default="", metavar="FIELD", help="Where key results keep their target.")
@click.option("--current-field", default="", metavar="FIELD", help="Where teams keep the current value.")
@click.option("--mark", is_flag=True, help="Mark the issues in Jira at once, not with their first change.")
@click.option("--dry-run", is_flag=True, help="Look and tell; keep nothing of it.")
@wait_option
@json_option
@click.option("--project", type=click.Path(file_okay=False, path_type=Path), help="The same as DIR.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), required=False)
def import_(
    *,
    jql: str | None,
    state: bool,
    store: str,
    card: str,
    name: str,
    objectives: tuple[str, ...],
    key_results: tuple[str, ...],
    perspective_from: str,
    baseline_field: str,
    target_field: str,
    current_field: str,
    mark: bool,
    dry_run: bool,
    wait: Wait,
    as_json: bool,
    project: Path | None,
    folder: Path | None,
) -> int:
    """Draft a scorecard from epics that are in Jira already, or rebuild a lost database.

    With --jql: writes scorecard.yaml and mapping.yaml for the epics that the query finds, and remembers
    what both sides agree on. Nothing is written to Jira, and right afterwards `plan` has nothing to do.
    Files that exist are never written over.

    With --state: needs both files, and brings back which issue is which, what was agreed on, what is
    retired and where the page stands. Nothing is written to Jira.

    \b
    Example:  bsc-sync import --jql 'project = STRAT AND type = Epic' strategy
    Example:  bsc-sync import --state --project strategy
    """
    here = Project(folder or project or Path())
    if state == (jql is not None):
        raise WrongUsage("give one of --jql QUERY and --state", hint="see: bsc-sync import --help")
    if state:
        return _of_state(here, wait, store=store, dry_run=dry_run, as_json=as_json)
    if jql is not None and not jql.strip():
        raise WrongUsage("--jql is empty", hint="write a query, such as 'project = STRAT AND type = Epic'")
    if store or jql is None:
        raise WrongUsage("--store belongs to --state", hint="leave it out")
    ask = Ask(
        jql.strip(),
        card,
        name,
        objectives,
        key_results,
        perspective_from,
        baseline_field,
        target_field,
        current_field,
    )
    return _from_query(ask, here, wait, mark=mark, dry_run=dry_run, as_json=as_json)


def _from_query(ask: Ask, here: Project, wait: Wait, *, mark: bool, dry_run: bool, as_json: bool) -> int:
    there = [name for name in _FILES if (here.folder / name).exists()]
    if there and not dry_run:
        raise UserError(
            "nothing was imported: some of the files exist already",
            hint="choose another folder",
            problems=[Problem("exists", where=str(here.folder / name)) for name in there],
        )
    outpost = open_outpost(here)
    with progress("reading Jira", None) as step:
        imported = read_in(ask, outpost.explorer, now=outpost.clock(), tell=step)
    if not dry_run:
        keep(
            imported,
            outpost.memory(imported.card),
            holder=outpost.holder,
            version=__version__,
            now=outpost.clock(),
            wait=wait,
            write=_writer(here.folder),
        )
    data = {
        **imported_data(imported),
        "query": ask.jql,
        "files": [] if dry_run else list(_FILES),
        "marked": 0,
    }
    if not as_json:
        say(*imported_lines(imported), "")
        say(
            "Nothing was written: a dry run."
            if dry_run
            else f"Wrote {' and '.join(_FILES)} to {here.folder}/."
        )
    code = 0
    if mark and not dry_run:
        office = open_office(here)
        with progress("marking in Jira", len(imported.survey.issues)) as step:
            marked, failure = mark_imported(
                office.strategy,
                open_world(office, wait=wait, tell=note),
                tell=lambda outcome: step(outcome.ref),
            )
        data["marked"] = marked
        if not as_json:
            say(f"Marked {marked} issues in Jira.")
        if failure is not None:
            complain(*failure.lines())
            code = failure.exit_code
    elif not as_json and not dry_run:
        say("Nothing was written to Jira.", "", "Next:", f"  bsc-sync plan --project {here.folder}")
    if as_json:
        say_json(data)
    return code


def _of_state(here: Project, wait: Wait, *, store: str, dry_run: bool, as_json: bool) -> int:
    office = open_office(project_of(here.folder))
    world = open_world(office, wait=wait, tell=note)
    with progress("reading Jira", None) as step:
        rebuilt = rebuild(office.strategy, world, store=store, dry_run=dry_run, tell=step)
    if as_json:
        say_json({"scorecard": office.strategy.card.id, "written": not dry_run, **rebuilt_data(rebuilt)})
        return 0
    lines = rebuilt_lines(rebuilt, card=office.strategy.card.id, dry_run=dry_run)
    say(*(Line(part, one.style) for one in lines for part in wrapped(one.text) or [""]), "")
    say("Nothing was written: a dry run." if dry_run else "Nothing was written to Jira.")
    say("", "Next:", f"  bsc-sync plan --project {here.folder}")
    return 0


def _writer(folder: Path) -> Callable[[str, str], None]:
    def write(name: str, text: str) -> None:
        if (folder / name).exists():
            raise UserError(f"{folder / name} has just come to be; it was not written over")
        write_wished(folder / name, text)

    return write
