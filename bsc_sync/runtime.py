"""From settings to wired objects, for a real site or for the sandbox: the composition root."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from requests.adapters import BaseAdapter
from sqlalchemy import Engine

from bsc_sync import __version__
from bsc_sync.atlassian.accounts import Connections, Sites
from bsc_sync.atlassian.confluence.publisher import ConfluencePage
from bsc_sync.atlassian.exploring import JiraExplorer
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.known_as import known_as
from bsc_sync.atlassian.naming import named_in
from bsc_sync.atlassian.patience import PatientAdapter, sockets
from bsc_sync.atlassian.readings import JiraReadings
from bsc_sync.atlassian.tracker import JiraTracker
from bsc_sync.mapping.catalog import carrier as carrier_field
from bsc_sync.mapping.lines import lines_of
from bsc_sync.mapping.load import load_both
from bsc_sync.plan.item import mark_label
from bsc_sync.project import STATE_FOLDER, Project
from bsc_sync.settings import Settings, check_settings, read_settings
from bsc_sync.sources.csv_file import CsvFiles
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from bsc_sync.state.lease import NO_WAIT, Wait
from bsc_sync.state.names import Names
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import LAST_PAGE, Strategy
from bsc_sync.sync.html_page import HtmlPage
from bsc_sync.sync.ports import Publisher
from bsc_sync.sync.world import World


@dataclass(frozen=True, slots=True)
class Office:
    """What works without a network: the files, the store, the settings."""

    project: Project
    strategy: Strategy
    settings: Settings
    engine: Engine
    memory: Memory
    history: History
    browse_url: str


def read_strategy(project: Project) -> Strategy:
    """Both files, checked; raises one error with all that is wrong in either."""
    scorecard, mapping = load_both(project.scorecard, project.mapping)
    return Strategy(
        scorecard.card, mapping.mapping, scorecard.digest, mapping.digest, lines_of(mapping.document)
    )


def open_office(project: Project, settings: Settings | None = None) -> Office:
    """Everything that needs no network; the store is created when it is not there."""
    strategy = read_strategy(project)
    settings = settings or read_settings(project.folder)
    own = project.folder / STATE_FOLDER
    url = settings.state_url or f"sqlite:///{(own / 'state.db').resolve()}"
    engine = open_database(url, own=own)
    card = strategy.card.id
    browse = settings.jira_url.rstrip("/")
    return Office(project, strategy, settings, engine, Memory(engine, card), History(engine, card), browse)


def system_clock() -> dt.datetime:
    """The moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def who_runs() -> str:
    """Whom leases and records name: the user, the machine, the process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name there
        user = f"user {os.getuid()}"
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"


def connections_of(office: Office) -> Connections:
    """How the office reaches Jira and Confluence; SettingsError lists all that is wrong at once."""
    folder = office.project.folder
    return check_settings(
        office.settings, folder=folder, state_folder=folder / STATE_FOLDER, environment=os.environ
    )


def open_world(
    office: Office,
    *,
    clock: Callable[[], dt.datetime] = system_clock,
    carrier: Callable[[], BaseAdapter] = sockets,
    patience: Callable[..., PatientAdapter] = PatientAdapter,
    page_folder: Path | None = None,
    wait: Wait = NO_WAIT,
    tell: Callable[[str], None] | None = None,
) -> World:
    """The office with its Jira and Confluence. `carrier` makes what carries the requests.

    While another run holds the scorecard, `wait` says how long to stand behind it.

    `patience` puts the one in front of it that bears refusals and lost replies.
    Raises SettingsError listing every setting that is missing or unusable.
    """
    connections = connections_of(office)
    for warning in connections.warnings:
        structlog.get_logger().warning(warning)
    transport = patience(carrier(), most=connections.parallel)
    sites = Sites(connections, transport=transport, now=system_clock)
    zone = office.strategy.card.zone
    issues = Issues(sites.jira, told=connections.deployment)
    tracker = JiraTracker(
        issues,
        label_only=office.strategy.mapping.jira.label_only,
        browse_url=office.browse_url,
    )
    return World(
        tracker=tracker,
        figures=JiraReadings(issues, zone),
        tables=CsvFiles(office.project.folder, zone),
        publishers=lambda: publishers(office, sites, page_folder),
        memory=office.memory,
        history=office.history,
        clock=clock,
        browse_url=office.browse_url,
        version=__version__,
        heed=transport.heed,
        holder=who_runs(),
        requests=lambda: transport.requests,
        writes=lambda: transport.writes,
        wait=wait,
        tell=tell or structlog.get_logger().warning,
    )


def names_in_jira(
    office: Office, account: str, *, carrier: Callable[[], BaseAdapter] = sockets
) -> tuple[str, ...]:
    """As whom the office's Jira knows an account; none where it does not."""
    return known_as(_issues_of(office, carrier), account)


def named_in_jira(
    office: Office, names: Names, *, carrier: Callable[[], BaseAdapter] = sockets
) -> tuple[tuple[str, str], ...]:
    """Which issues of ours name a person now: each key, with the field."""
    mapped = office.strategy.mapping.jira
    fields = {*mapped.objectives.fields, *mapped.key_results.fields}
    fields |= {name for rule in mapped.rules for name in rule.fields or ()}
    fields |= {carrier_field(name) for known in office.memory.base().values() for name in known}
    return named_in(
        _issues_of(office, carrier),
        [link.id for link in office.memory.links().values()],
        fields,
        stands_in=names.stand_in,
        tells=names.tells,
    )


def _issues_of(office: Office, carrier: Callable[[], BaseAdapter]) -> Issues:
    connections = connections_of(office)
    transport = PatientAdapter(carrier(), most=connections.parallel)
    sites = Sites(connections, transport=transport, now=system_clock)
    return Issues(sites.jira, told=connections.deployment)


@dataclass(frozen=True, slots=True)
class Outpost:
    """What there is before there are files: a Jira to look at, and a store for what will be found.

    `memory` gives the part of the store for a scorecard's id.
    """

    explorer: JiraExplorer
    memory: Callable[[str], Memory]
    clock: Callable[[], dt.datetime]
    holder: str
    requests: Callable[[], int]


def open_outpost(
    project: Project,
    settings: Settings | None = None,
    *,
    clock: Callable[[], dt.datetime] = system_clock,
    carrier: Callable[[], BaseAdapter] = sockets,
) -> Outpost:
    """The Jira of the settings; the store is only opened when it is asked for.

    Raises SettingsError listing every setting that is missing or unusable.
    """
    settings = settings or read_settings(project.folder)
    state_folder = project.folder / STATE_FOLDER
    connections = check_settings(
        settings, folder=project.folder, state_folder=state_folder, environment=os.environ
    )
    for warning in connections.warnings:
        structlog.get_logger().warning(warning)
    transport = PatientAdapter(carrier(), most=connections.parallel)
    issues = Issues(
        Sites(connections, transport=transport, now=system_clock).jira, told=connections.deployment
    )
    url = settings.state_url or f"sqlite:///{(state_folder / 'state.db').resolve()}"
    return Outpost(
        explorer=JiraExplorer(JiraTracker(issues, settings.jira_url.rstrip("/"))),
        memory=lambda card: Memory(open_database(url, own=state_folder), card),
        clock=clock,
        holder=who_runs(),
        requests=lambda: transport.requests,
    )


def publishers(office: Office, sites: Sites | None, page_folder: Path | None = None) -> tuple[Publisher, ...]:
    """Where the mapping wants the page: Confluence first, then the HTML file."""
    wanted = office.strategy.mapping.publish
    places: list[Publisher] = []
    if wanted.confluence is not None and sites is not None:
        places.append(
            ConfluencePage(
                sites.confluence,
                space=wanted.confluence.space,
                title=wanted.confluence.title,
                mark=f"bsc-sync-{office.strategy.card.id}",
                label=mark_label(office.strategy.card.id),
                history=office.history,
                parent=wanted.confluence.parent,
            )
        )
    if wanted.html is not None:
        before = office.history.publication(LAST_PAGE)
        path = (page_folder or office.project.folder) / wanted.html
        places.append(HtmlPage(path.resolve(), wanted.html, before.digest if before else None))
    return tuple(places)
