"""What a doctor has before he asks: files that may be broken, settings, a store that is only looked at."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from requests.adapters import BaseAdapter
from sqlalchemy.exc import SQLAlchemyError

from bsc_sync.atlassian.accounts import Connections, Sites
from bsc_sync.atlassian.credentials import Way
from bsc_sync.atlassian.examining import JiraExaminer
from bsc_sync.atlassian.examining_wiki import WikiExaminer
from bsc_sync.atlassian.field_creation import FieldMaker
from bsc_sync.atlassian.issues import Issues
from bsc_sync.atlassian.patience import PatientAdapter, sockets
from bsc_sync.atlassian.tracker import JiraTracker
from bsc_sync.errors import Problem, SettingsError, StoreFailed
from bsc_sync.mapping.lines import lines_of
from bsc_sync.mapping.load import read_partly
from bsc_sync.project import STATE_FOLDER, Project
from bsc_sync.report.health import Check
from bsc_sync.runtime import system_clock
from bsc_sync.settings import Settings, check_settings, read_settings
from bsc_sync.state.database import look_at_database
from bsc_sync.state.store import Link, Memory
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.checks.examine import FILES, Premises
from bsc_sync.sync.checks.site import AREA as SITE

_DAY = "write a day such as 2027-06-30"


def open_premises(
    project: Project,
    settings: Settings | None = None,
    *,
    clock: Callable[[], dt.datetime] = system_clock,
    carrier: Callable[[], BaseAdapter] = sockets,
) -> Premises:
    """Everything that can be had; what is wrong is kept as a problem, and raises nothing.

    `carrier` makes what carries the requests.
    """
    files = read_partly(project.scorecard, project.mapping)
    problems = list(files.problems)
    strategy = None
    if files.card is not None and files.mapping is not None:
        lines = lines_of(files.document) if files.document else {}
        strategy = Strategy(files.card, files.mapping, *files.digests, lines)
    connections: Connections | None = None
    expires: dt.date | None = None
    here: list[Check] = []
    links: Mapping[str, Link] = {}
    try:
        settings = settings or read_settings(project.folder)
    except SettingsError as error:
        problems.append(Problem(error.message, error.hint))
    if settings is not None:
        store, links = _store(settings, project.folder, strategy.card.id if strategy else "")
        here.append(store)
        expires = _day(settings.jira_token_expires, problems)
        try:
            connections = check_settings(
                settings,
                folder=project.folder,
                state_folder=project.folder / STATE_FOLDER,
                environment=os.environ,
            )
        except SettingsError as error:
            problems += error.problems or [Problem(error.message, error.hint)]
    if connections is None:
        return Premises(strategy, tuple(problems), tuple(here), links=links, clock=clock)
    here += _line(connections)
    transport = PatientAdapter(carrier(), most=connections.parallel)
    sites = Sites(connections, transport=transport, now=system_clock)
    label_only = strategy is not None and strategy.mapping.jira.label_only

    def issues() -> Issues:
        return Issues(sites.jira, told=connections.deployment)

    def jira() -> JiraExaminer:
        return JiraExaminer(JiraTracker(issues(), connections.jira.access.site, label_only), clock)

    return Premises(
        strategy,
        tuple(problems),
        tuple(here),
        jira=jira,
        maker=lambda: FieldMaker(issues()),
        jira_url=connections.jira.access.site,
        wiki=lambda: WikiExaminer(sites.confluence),
        wiki_url=connections.confluence.access.site,
        links=links,
        token_expires=expires,
        token_renewed=connections.jira.access.way is Way.OAUTH,
        clock=clock,
        requests=lambda: transport.requests,
    )


def _store(settings: Settings, folder: Path, card: str) -> tuple[Check, Mapping[str, Link]]:
    """The store, looked at: nothing is created, and tables of another version stay as they are."""
    own = folder / STATE_FOLDER
    url = settings.state_url or f"sqlite:///{(own / 'state.db').resolve()}"
    try:
        found = look_at_database(url, own=own)
    except (SettingsError, StoreFailed) as error:
        return Check(FILES, "store", "missing", error.message, error.hint), {}
    if found.engine is None:
        return Check(FILES, "store", "well", f"{found.name} is not there yet; the first run creates it"), {}
    if found.older:
        found.engine.dispose()
        told = f"{found.name} was written by an earlier version; the next run upgrades it"
        return Check(FILES, "store", "well", told), {}
    try:
        links = Memory(found.engine, card).links() if card else {}
    except StoreFailed as error:
        return Check(FILES, "store", "missing", error.message, error.hint), {}
    except SQLAlchemyError:
        return Check(FILES, "store", "well", f"{found.name} is there; its tables are still to be made"), {}
    finally:
        found.engine.dispose()
    return Check(FILES, "store", "well", f"{found.name} knows {len(links)} issues of ours"), links


def _line(connections: Connections) -> Iterator[Check]:
    """The way to the site, without a secret: certificates, proxy, by whom we are known."""
    line, access = connections.line, connections.jira.access
    secure = access.site.startswith("https://")
    trust = "own CA bundle" if line.ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") else "usual CAs"
    parts = [f"TLS, {trust}" if secure else "no TLS, on this machine"]
    if line.client_cert:
        parts.append("client certificate")
    proxy = line.proxy or (os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") if secure else "")
    parts.append("a proxy" if proxy else "no proxy")
    parts.append(f"{access.way} credentials")
    if access.cloud_id:
        parts.append("through Atlassian's gateway")
    yield Check(SITE, "way", "well", ", ".join(parts))
    for warning in connections.warnings:
        yield Check(SITE, "settings", "warning", warning)


def _day(given: str, problems: list[Problem]) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        problems.append(Problem("is not a day", _DAY, where="BSC_SYNC_JIRA_TOKEN_EXPIRES"))
        return None
