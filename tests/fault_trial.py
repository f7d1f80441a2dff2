"""One sync that meets one fault, the runs after it, and everything that is left in the end."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from pydantic import SecretStr
from requests.adapters import BaseAdapter

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.cli.example import example_files
from bsc_sync.errors import BscSyncError
from bsc_sync.project import STATE_FOLDER, Project
from bsc_sync.runtime import Office, open_office, open_world, read_strategy
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store
from bsc_sync.sandbox.weather.rules import Forecast, read_forecast
from bsc_sync.settings import Settings
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from bsc_sync.state.store import Memory
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy
from tests.fault_remains import Remains, remains
from tests.seed_files import seed_in

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
AFTER = dt.timedelta(hours=1)
MOST_RUNS = 4

Carrier = Callable[["Stage"], BaseAdapter]


class Elapsed:
    """Time that passes only while somebody sleeps, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass(frozen=True)
class Stage:
    """A project folder and its sandbox."""

    folder: Path
    site: Site
    app: Flask
    strategy: Strategy | None = None

    def office(self) -> Office:
        """The store, and the files: read anew unless they are known."""
        user = self.site.users["sandbox:admin"]
        cloud = self.site.flavor == "cloud"
        settings = Settings.model_construct(
            jira_url=self.site.base_url,
            jira_user=user.email if cloud else user.login,
            jira_token=SecretStr(user.token),
            confluence_url="" if cloud else f"{self.site.base_url}/confluence",
            confluence_user="",
            confluence_token=SecretStr(""),
            state_url="",
        )
        project = Project(self.folder)
        if self.strategy is None:
            return open_office(project, settings)
        own = self.folder / STATE_FOLDER
        engine = open_database(f"sqlite:///{own / 'state.db'}", own=own)
        card = self.strategy.card.id
        memory, history = Memory(engine, card), History(engine, card)
        return Office(project, self.strategy, settings, engine, memory, history, settings.jira_url)

    def sync(self, carrier: Carrier | None = None) -> RunReport:
        """One run, one request after the other; waiting takes no time."""
        office = self.office()
        try:
            world = open_world(office, clock=self.site.clock.now, **unhurried(self, carrier))
            return run(office.strategy, world, Policy(publish="changed"))
        finally:
            office.engine.dispose()

    def requests(self) -> list[Any]:
        """What the sandbox was asked, oldest first."""
        return list(self.app.extensions["sandbox_log"].entries())


def unhurried(stage: Stage, carrier: Carrier | None = None) -> dict[str, Any]:
    """How a world carries requests here: one after the other, and waiting takes no time."""
    elapsed = Elapsed()

    def patience(inner: BaseAdapter, **_how: Any) -> PatientAdapter:
        return PatientAdapter(inner, most=1, timer=elapsed, sleep=elapsed.sleep)

    return {"carrier": lambda: (carrier or in_process)(stage), "patience": patience}


def in_process(stage: Stage) -> BaseAdapter:
    """Carries requests without a socket; a reply that would come late is late at once."""
    return InProcessAdapter(stage.app, sleep=lambda _seconds: None)


@dataclass(frozen=True)
class Template:
    """A stage to make copies of: files, store and sandbox as they are before the sync that is disturbed."""

    folder: Path
    seed: dict[str, Any]
    flavor: Flavor
    content: sqlite3.Connection
    begins: dt.datetime
    strategy: Strategy

    def copy(self, folder: Path, forecast: Forecast | None = None) -> Stage:
        """A stage of its own, in that weather."""
        shutil.copytree(self.folder, folder)
        store = Store()
        self.content.backup(store._connection)
        site = Site(self.seed, store=store, clock=Clock(self.begins), flavor=self.flavor)
        return Stage(folder, site, create_app(site, forecast), self.strategy)


def first_sync(folder: Path, flavor: Flavor) -> Template:
    """Before the first sync: nothing of ours is in Jira."""
    folder.mkdir(parents=True)
    for name, text in example_files("acme", today=TODAY).items():
        (folder / name).write_text(text, encoding="utf-8")
    seed = seed_in(folder)
    site = Site(seed, clock=Clock(NOW), flavor=flavor)
    stage = Stage(folder, site, create_app(site))
    office = stage.office()
    assert office.memory.store_id  # the store has its tables now, and its name
    office.engine.dispose()
    return template_of(stage, seed, NOW)


def later_sync(folder: Path, flavor: Flavor) -> Template:
    """A week after it: texts and targets were changed, one key result dropped, another one added."""
    first = first_sync(folder.with_name(f"{folder.name}-before"), flavor)
    stage = first.copy(folder)
    stage.sync()
    stage.site.clock.set(NOW + dt.timedelta(days=6))
    _check_in(stage)
    path = folder / "scorecard.yaml"
    path.write_text(revised(path.read_text(encoding="utf-8")), encoding="utf-8")
    return template_of(stage, first.seed, NOW + dt.timedelta(days=7))


def template_of(stage: Stage, seed: dict[str, Any], begins: dt.datetime) -> Template:
    """Keep the stage as it is, to make copies of it."""
    content = sqlite3.connect(":memory:", check_same_thread=False)
    stage.site.store.copy_to(content)
    stage.site.store.close()
    strategy = read_strategy(Project(stage.folder))
    return Template(stage.folder, seed, stage.site.flavor, content, begins, strategy)


def revised(text: str) -> str:
    """The example's scorecard a week later."""
    dropped = (
        "{id: L1.trained.q4, objective: L1, kpi: L1.trained,"
        " name: Certify all staff on the new CRM, baseline: 20, target: 100}"
    )
    for old, new in (
        ("name: Increase customer retention\n", "name: Keep more customers\n"),
        ("from 48 to 24 hours, baseline: 48, target: 24", "from 48 to 20 hours, baseline: 48, target: 20"),
        ("baseline: 13, target: 15}", "baseline: 13, target: 16}"),
        (dropped, "{id: P3.audit.q4, objective: P3, name: Pass the audit, type: work, team: ops}"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _check_in(stage: Stage) -> None:
    """Teams write what they have reached."""
    office = stage.office()
    links = office.memory.links()
    office.engine.dispose()
    user = stage.site.users["acme:mia"]
    cloud = stage.site.flavor == "cloud"
    client, way = stage.app.test_client(), "/rest/api/3" if cloud else "/rest/api/2"
    who = (user.email if cloud else user.login, user.token)
    fields = client.get(f"{way}/field", auth=who).json or []
    current = next(field["id"] for field in fields if field["name"] == "Current value")
    for ref, value in (("C1.retention.q4", 86), ("C2.ttfv.q4", 40)):
        path = f"{way}/issue/{links[ref].key}"
        assert client.put(path, json={"fields": {current: value}}, auth=who).status_code == 204


@dataclass(frozen=True)
class Ending:
    """How one disturbed run and the runs after it went.

    `exit_code` and `said` are of the disturbed run; `struck` are the operations that met the fault; `runs`
    is how many runs without faults it took until nothing was left to do, None where it never came to that;
    `remains` is what is left in the end, with the page published `anew` or not.
    """

    exit_code: int
    said: tuple[str, ...]
    struck: tuple[str, ...]
    runs: int | None
    anew: bool
    remains: Remains


def disturbed(
    template: Template, folder: Path, fault: Mapping[str, Any] | None, *, anew: bool = False
) -> Ending:
    """Sync with a fault, and an hour later without until all is done.

    The page is published `anew` in the end where anything went otherwise than without a fault.
    """
    forecast = read_forecast({"faults": [dict(fault)] if fault is not None else []})
    stage = template.copy(folder, forecast)
    try:
        exit_code, said = attempt(stage)
        struck = tuple(entry.operation for entry in stage.requests() if entry.fault is not None)
        stage.app.extensions["sandbox_weather"].script.clear()
        runs = heal(stage, template.begins)
        # a label that was refused is put on with the next version of the page
        anew = anew or exit_code != 0 or runs != 0 or any("label" in operation for operation in struck)
        if anew:
            publish_anew(stage)
        left = remains(stage.site, stage.folder / STATE_FOLDER / "state.db")
        return Ending(exit_code, said, struck, runs, anew, left)
    finally:
        stage.site.store.close()


def attempt(stage: Stage, carrier: Carrier | None = None) -> tuple[int, tuple[str, ...]]:
    """One sync: its exit code, and what it says where something went wrong."""
    try:
        report = stage.sync(carrier)
    except BscSyncError as error:
        return error.exit_code, error.lines()
    trouble = report.failed or report.stopped or report.unpublished
    return report.exit_code, trouble.lines() if trouble is not None else ()


def heal(stage: Stage, begins: dt.datetime, carrier: Carrier | None = None) -> int | None:
    """Sync until a run has nothing left to do; gives how many had, None where there is always something."""
    stage.site.clock.set(begins + AFTER)
    for number in range(MOST_RUNS + 1):
        before = len(_writes(stage))
        code, _ = attempt(stage, carrier)
        if code == 0 and len(_writes(stage)) == before:
            return number
    return None


def publish_anew(stage: Stage) -> None:
    """Have the page written once more, without a look back: pages of equal states are then equal."""
    mark_outdated(stage)
    attempt(stage)


def mark_outdated(stage: Stage) -> None:
    """Let the page look as if it said something else, and nobody remember it."""
    with stage.site.store.transaction() as connection:
        connection.execute(
            "UPDATE wiki_property SET value = json_set(value, '$.digest', 'another') WHERE key = 'bsc-sync'"
        )
        connection.execute(
            "UPDATE wiki_version SET message = 'bsc-sync: the page as computed (another)'"
            " WHERE message LIKE 'bsc-sync: %'"
        )
    with closing(sqlite3.connect(stage.folder / STATE_FOLDER / "state.db")) as state, state:
        state.execute("DELETE FROM publications")


def _writes(stage: Stage) -> list[Any]:
    return list(stage.app.extensions["sandbox_log"].writes())
