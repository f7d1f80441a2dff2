"""`forget`: take a person out of the store, and name where else they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bsc_sync import __version__
from bsc_sync.cli.asking import agreed
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.render import Line, complain, note, say, say_json, wrapped
from bsc_sync.cli.typed_parameter import Word
from bsc_sync.cli.waiting import wait_option
from bsc_sync.errors import WrongUsage
from bsc_sync.runtime import Office, named_in_jira, names_in_jira, open_office, system_clock, who_runs
from bsc_sync.state.lease import Wait
from bsc_sync.state.names import NOBODY, Names
from bsc_sync.sync.forget import Farewell, Place, forget_everywhere, names_of

_FEW = 2  # an alias and its account


@click.command()
@click.argument("alias", type=Word())
@click.option(
    "--also",
    type=Word(),
    multiple=True,
    metavar="TEXT",
    help="Another name of theirs: display name, address (repeatable).",
)
@click.option(
    "--ask-jira",
    is_flag=True,
    help="Look for the names, too, by which Jira knows the account, and into our issues as they are now.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be taken out, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@json_option
@project_option
def forget(
    *,
    alias: str,
    also: tuple[str, ...],
    ask_jira: bool,
    dry_run: bool,
    yes: bool,
    wait: Wait,
    as_json: bool,
    folder: Path,
) -> int:
    """Take a person out of the store's history; the rest is named, and is yours.

    ALIAS is the person's Jira account, or a role of people: in mapping.yaml: then it is whoever
    has that role now. Nothing is written to Jira or Confluence, nor to any file of yours.

    \b
    Example:  bsc-sync forget 5b10ac8d82e05b22cc7d4ef5 --also "Carla Fontana" --dry-run
    """
    office = open_office(project_of(folder))
    if not alias.strip():
        raise WrongUsage("the alias is empty", hint="name a role of people: in mapping.yaml")
    people = office.strategy.mapping.people
    told_by_jira = names_in_jira(office, people.get(alias, alias)) if ask_jira else ()
    names = names_of(alias, (*also, *told_by_jira), people)
    shown = named_in_jira(office, names) if ask_jira else None
    told = _forget(office, names, wait, shown, dry_run=True)
    heir = people.get(alias)
    whom = [] if heir is None else [*_whom(alias, heir)]
    if as_json:
        for text in whom:
            note(text)
    else:
        say(*(Line(text, "warn") for text in whom), *([""] if whom else []), *_lines(told))
    done = not dry_run
    question = "\nTake this out of the store? It cannot be undone."
    if done and told.found and not yes and not agreed(question):
        complain("nothing was changed: you said no")
        return 1
    if done:
        told = _forget(office, names, wait, shown, dry_run=False)
    if as_json:
        say_json({"role_of": heir, **_data(told, done=done and told.found)})
    elif done and told.found:
        say("", Line("Taken out of the store.", "good"))
    if told.unwiped:
        note(f"old rows still have their room ({told.unwiped}); forget again when nobody uses the store")
    return 0


def _forget(
    office: Office,
    names: Names,
    wait: Wait,
    shown: Collection[tuple[str, str]] | None,
    *,
    dry_run: bool,
) -> Farewell:
    database = office.engine.url.database
    is_file = office.engine.dialect.name == "sqlite" and database
    files = [Path(f"{database}{end}") for end in ("", "-wal", "-shm")] if is_file else []
    place = Place(
        office.strategy,
        office.project.folder,
        office.memory,
        office.history,
        __version__,
        office.browse_url,
        tuple(files),
    )
    return forget_everywhere(
        place,
        names,
        holder=who_runs(),
        now=system_clock(),
        dry_run=dry_run,
        wait=wait,
        in_issues=shown,
    )


_WORDS = {
    "base": "values last agreed on",
    "rebuffs": "values that Jira kept",
    "intents": "writes to Jira",
    "links": "links to issues",
    "measurements": "readings",
    "absences": "missing readings",
    "progress": "days of progress",
    "work_items": "pieces of work",
    "runs": "runs",
}


def _whom(role: str, account: str) -> Iterator[str]:
    """Which person a role means: after a hand-over it is the successor."""
    who = f"mapping.yaml says that {role} is {account} now: that person is forgotten."
    yield from wrapped(who, below="")
    yield "Who had the role before: bsc-sync forget ACCOUNT"


def _lines(told: Farewell) -> Iterator[Line]:
    yield Line(f"Names looked for: {', '.join(told.names)}", "quiet")
    if len(told.names) <= _FEW:
        yield Line("A display name or an address is looked for with --ask-jira or --also.", "quiet")
    yield Line("")
    if not told.found:
        yield Line("The store holds nothing of them.", "strong")
    else:
        yield Line(f"In the store, each name gives way to {NOBODY}:", "strong")
        for table, count in told.forgotten.rows.items():
            yield Line(f"  {count:>6}  {_WORDS.get(table, table)}")
    if told.forgotten.unagreed:
        yield Line(
            "Nothing is agreed on about these fields any more. Where file and Jira are the same,", "quiet"
        )
        yield Line("the next sync remembers that; where they differ, it holds the field and asks:", "quiet")
        for ref, field in told.forgotten.unagreed:
            yield Line(f"  {ref} {field}", "quiet")
    for card, count in told.forgotten.elsewhere.items():
        yield Line(
            f"The scorecard {card} in this store names them, too ({count} rows): forget them there.", "warn"
        )
    if told.remains:
        yield Line("")
        yield Line("Still named here, which is yours to change:", "strong")
        for hint in dict.fromkeys(one.hint for one in told.remains):
            yield Line(f"  {hint}:", "quiet")
            for one in told.remains:
                if one.hint == hint:
                    yield Line(f"    {one.where}")
    yield Line("")
    yield Line("Not looked into: backups, other folders, histories in Jira and Confluence.", "quiet")


def _data(told: Farewell, *, done: bool) -> dict[str, object]:
    return {
        "done": done,
        "names": list(told.names),
        "rows": dict(told.forgotten.rows),
        "unagreed": [{"ref": ref, "field": field} for ref, field in told.forgotten.unagreed],
        "elsewhere": dict(told.forgotten.elsewhere),
        "remains": [asdict(one) for one in told.remains],
        "unwiped": told.unwiped,
    }
