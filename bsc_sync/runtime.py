"""From settings to wired objects, for a real site or for the sandbox: the composition root."""

from __future__ import annotations

import datetime as dt
import getpass
import ipaddress
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from requests.adapters import BaseAdapter, HTTPAdapter
from sqlalchemy import Engine

from bsc_sync import __version__
from bsc_sync.atlassian.confluence import ConfluencePage
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.atlassian.readings import JiraReadings
from bsc_sync.atlassian.session import Site, connect
from bsc_sync.atlassian.tracker import JiraTracker
from bsc_sync.errors import Problem, SettingsError
from bsc_sync.mapping.load import load_both
from bsc_sync.sources.csv_file import CsvFiles
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import LAST_PAGE, Strategy
from bsc_sync.sync.html_page import HtmlPage
from bsc_sync.sync.ports import Publisher
from bsc_sync.sync.run import World

STATE_FOLDER = ".bsc-sync"


class Settings(BaseSettings):
    """What the environment says (or `.env` in the project folder). Tokens never show."""

    model_config = SettingsConfigDict(env_prefix="BSC_SYNC_", extra="ignore", env_file_encoding="utf-8")

    jira_url: str = ""
    jira_user: str = ""
    jira_token: SecretStr = SecretStr("")
    confluence_url: str = ""
    confluence_user: str = ""
    confluence_token: SecretStr = SecretStr("")
    jira_deployment: Literal["", "cloud", "data-center"] = ""
    state_url: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder: `scorecard.yaml`, `mapping.yaml`, `.bsc-sync/`, and perhaps `.env`."""

    folder: Path

    @property
    def scorecard(self) -> Path:
        """The strategy."""
        return self.folder / "scorecard.yaml"

    @property
    def mapping(self) -> Path:
        """How it meets Jira."""
        return self.folder / "mapping.yaml"


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


def read_settings(project: Project) -> Settings:
    """The settings of a project; SettingsError when `.env` cannot be read."""
    env_file = project.folder / ".env"
    try:
        return Settings(_env_file=env_file if env_file.is_file() else None)
    except (ValidationError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the settings cannot be read ({type(error).__name__})", hint="check .env and BSC_SYNC_..."
        ) from None


def read_strategy(project: Project) -> Strategy:
    """Both files, checked; raises one error with all that is wrong in either."""
    scorecard, mapping = load_both(project.scorecard, project.mapping)
    return Strategy(scorecard.card, mapping.mapping, scorecard.digest, mapping.digest)


def open_office(project: Project, settings: Settings | None = None) -> Office:
    """Everything that needs no network; the store is created when it is not there."""
    strategy = read_strategy(project)
    settings = settings or read_settings(project)
    url = settings.state_url or f"sqlite:///{(project.folder / STATE_FOLDER / 'state.db').resolve()}"
    engine = open_database(url)
    card = strategy.card.id
    browse = settings.jira_url.rstrip("/")
    return Office(project, strategy, settings, engine, Memory(engine, card), History(engine, card), browse)


def system_clock() -> dt.datetime:
    """The moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def open_world(
    office: Office,
    *,
    clock: Callable[[], dt.datetime] = system_clock,
    carrier: Callable[[], BaseAdapter] = HTTPAdapter,
    page_folder: Path | None = None,
) -> World:
    """The office with its Jira and Confluence. `carrier` makes what carries the requests.

    Raises SettingsError listing every setting that is missing or unusable.
    """
    settings = check_settings(office)
    transport = PatientAdapter(carrier())
    user, token = settings.jira_user, settings.jira_token.get_secret_value()
    jira = connect(settings.jira_url, user=user, token=token, transport=transport)
    zone = office.strategy.card.zone
    issues = Issues(jira, told=settings.jira_deployment or None)
    tracker = JiraTracker(
        issues,
        label_only=office.strategy.mapping.jira.label_only,
        browse_url=office.browse_url,
    )
    wiki = connect(
        settings.confluence_url or f"{jira.url}/wiki",
        user=settings.confluence_user or user,
        token=settings.confluence_token.get_secret_value() or token,
        transport=transport,
    )
    return World(
        tracker=tracker,
        figures=JiraReadings(issues, zone),
        tables=CsvFiles(office.project.folder, zone),
        publishers=lambda: publishers(office, wiki, page_folder),
        memory=office.memory,
        history=office.history,
        clock=clock,
        browse_url=office.browse_url,
        version=__version__,
        holder=f"{getpass.getuser()}@{socket.gethostname()} (process {os.getpid()})",
        requests=lambda: transport.requests,
    )


def publishers(office: Office, wiki: Site | None, page_folder: Path | None = None) -> tuple[Publisher, ...]:
    """Where the mapping wants the page: Confluence first, then the HTML file."""
    wanted = office.strategy.mapping.publish
    places: list[Publisher] = []
    if wanted.confluence is not None and wiki is not None:
        places.append(
            ConfluencePage(
                wiki,
                space=wanted.confluence.space,
                title=wanted.confluence.title,
                mark=f"bsc-sync-{office.strategy.card.id}",
                parent=wanted.confluence.parent,
            )
        )
    if wanted.html is not None:
        before = office.history.publication(LAST_PAGE)
        path = (page_folder or office.project.folder) / wanted.html
        places.append(HtmlPage(path.resolve(), wanted.html, before.digest if before else None))
    return tuple(places)


def check_settings(office: Office) -> Settings:
    """The settings, complete and safe; SettingsError lists all that is wrong at once."""
    settings = office.settings
    problems = [
        Problem("is not set", "export it, or write it into .env beside scorecard.yaml", where=name)
        for name, value in (
            ("BSC_SYNC_JIRA_URL", settings.jira_url),
            ("BSC_SYNC_JIRA_USER", settings.jira_user),
            ("BSC_SYNC_JIRA_TOKEN", settings.jira_token.get_secret_value()),
        )
        if not value
    ]
    for name, url in (
        ("BSC_SYNC_JIRA_URL", settings.jira_url),
        ("BSC_SYNC_CONFLUENCE_URL", settings.confluence_url),
    ):
        if url and (fault := _fault(url)):
            problems.append(
                Problem(fault, "write an address such as https://your-site.atlassian.net", where=name)
            )
    if problems:
        raise SettingsError("Jira cannot be reached with these settings", problems=problems)
    return settings


def _fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"http", "https"} or not host:
        return "is not an address that begins with https://"
    if parts.username or parts.password:
        return "holds credentials: they belong into BSC_SYNC_..._USER and _TOKEN"
    if parts.scheme == "http" and not _is_loopback(host):
        return "is http: a token would travel readable; use https"
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
