"""A small strategy, its Jira, the people who work there, and runs that meet every kind of trouble."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from requests.adapters import BaseAdapter
from ruamel.yaml import YAML

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.project import STATE_FOLDER, Project
from bsc_sync.runtime import Office, open_world, read_strategy
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.recorder import RECORD
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store
from bsc_sync.sandbox.weather.rules import read_forecast
from bsc_sync.settings import Settings
from bsc_sync.state.database import open_database
from bsc_sync.state.history import History
from bsc_sync.state.store import Memory
from bsc_sync.sync.adopting import Basis, Wanted, propose
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.card_files import read_card_files
from bsc_sync.sync.importing.rebuild import rebuild
from bsc_sync.sync.prepare import prepare
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy, World
from tests.fault_trial import Elapsed
from tests.machine_start import NOW, PERSON, SEED, US, Document, first_card, first_mapping


@dataclass
class Issue:
    """One issue as the sandbox keeps it; `ref` by the mark that it carries."""

    id: int
    key: str
    creator: str
    values: Document
    ref: str | None
    agreed: frozenset[str] = frozenset()  # the fields whose digests stand in the mark

    @property
    def project(self) -> str:
        """Where it stands."""
        return self.key.rpartition("-")[0]


@dataclass
class Scene:
    """A project folder, a sandbox, and a person's way into it."""

    folder: Path
    site: Site
    card: Document = field(default_factory=first_card)
    mapping: Document = field(default_factory=first_mapping)
    strategy: Strategy | None = None
    ids: dict[str, str] = field(default_factory=dict)  # of fields, by name

    def __post_init__(self) -> None:
        record = os.environ.pop(RECORD, None)  # what a hundred lives ask is what other tests ask
        self.app = create_app(self.site)
        os.environ.update({RECORD: record} if record else {})
        self.api = "/rest/api/3" if self.site.flavor == "cloud" else "/rest/api/2"
        user = self.site.users[PERSON]
        name = user.email if self.site.flavor == "cloud" else user.login
        self._auth = "Basic " + base64.b64encode(f"{name}:{user.token}".encode()).decode()
        self._client = self.app.test_client()
        self.ids = {one["name"]: one["id"] for one in self.ask("GET", f"{self.api}/field")}
        self.save()

    @property
    def state(self) -> Path:
        """The folder of our store."""
        return self.folder / STATE_FOLDER

    def save(self) -> None:
        """Write both files and read them as a run would."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, document in (("scorecard.yaml", self.card), ("mapping.yaml", self.mapping)):
            (self.folder / name).write_text(json.dumps(document), encoding="utf-8")
        self.strategy = read_strategy(Project(self.folder))

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What a person does."""
        reply = self._client.open(path, method=method, json=body, headers={"Authorization": self._auth})
        assert reply.status_code < 400, (method, path, reply.status_code, reply.get_data(as_text=True))
        return reply.get_json(silent=True)

    # -- our runs

    def office(self) -> Office:
        """Our store and files."""
        assert self.strategy is not None
        user = self.site.users[US]
        settings = Settings.model_construct(
            jira_url=self.site.base_url,
            jira_user=user.email if self.site.flavor == "cloud" else user.login,
            jira_token=SecretStr(user.token),
            confluence_url="",
            confluence_user="",
            confluence_token=SecretStr(""),
            state_url="",
        )
        engine = open_database(f"sqlite:///{self.state / 'state.db'}", own=self.state)
        memory, history = Memory(engine, "small"), History(engine, "small")
        return Office(
            Project(self.folder), self.strategy, settings, engine, memory, history, settings.jira_url
        )

    def carrier(self) -> BaseAdapter:
        """What carries requests; a late reply is late at once."""
        return InProcessAdapter(self.app, sleep=lambda _seconds: None)

    def world(self, office: Office, carrier: Callable[[], BaseAdapter] | None = None) -> World:
        """The office with the sandbox; waiting takes no time."""
        elapsed = Elapsed()

        def patience(inner: BaseAdapter, **_how: Any) -> PatientAdapter:
            return PatientAdapter(inner, most=1, timer=elapsed, sleep=elapsed.sleep)

        return open_world(
            office, clock=self.site.clock.now, carrier=carrier or self.carrier, patience=patience
        )

    def sync(
        self, policy: Policy | None = None, carrier: Callable[[], BaseAdapter] | None = None
    ) -> RunReport:
        """One run."""
        office = self.office()
        try:
            assert self.strategy is not None
            return run(self.strategy, self.world(office, carrier), policy or Policy(publish="never"))
        finally:
            office.engine.dispose()

    def rebuild(self) -> None:
        """`import --state`."""
        office = self.office()
        try:
            rebuild(office.strategy, self.world(office), tell=lambda *_: None)
        finally:
            office.engine.dispose()

    def links(self) -> dict[int, str]:
        """Which ref each issue is, as our store has it."""
        with closing(sqlite3.connect(self.state / "state.db")) as store:
            return {int(number): ref for number, ref in store.execute("SELECT issue_id, ref FROM links")}

    def adopt(self) -> None:
        """`adopt --all`: what Jira says on hold is written into the file."""
        office = self.office()
        try:
            world, strategy = self.world(office), office.strategy
            found = prepare(
                strategy, tracker=world.tracker, memory=world.memory, now=world.clock(), may_settle=False
            )
            files = read_card_files(office.project.scorecard, digest=strategy.scorecard_digest)
            basis = Basis(found.plan, found.items, found.binding, strategy.mapping)
            today = strategy.card.today(world.clock())
            files.write(propose(basis, files, Wanted(every=True), today=today).texts)
        finally:
            office.engine.dispose()
        read = YAML(typ="safe", pure=True).load((self.folder / "scorecard.yaml").read_text(encoding="utf-8"))
        self.card = json.loads(json.dumps(read, default=str))
        self.save()

    def epic(self, project: str, summary: str) -> tuple[str, int]:
        """A team makes an epic: its key and its number."""
        fields: Document = {"project": {"key": project}, "issuetype": {"name": "Epic"}, "summary": summary}
        if self.site.flavor != "cloud":
            fields[self.ids["Epic Name"]] = summary
        made = self.ask("POST", f"{self.api}/issue", {"fields": fields})
        return str(made["key"]), int(made["id"])

    def break_lease(self) -> None:
        """The holder is taken for dead."""
        with closing(sqlite3.connect(self.state / "state.db")) as store, store:
            store.execute("DELETE FROM leases")

    def open_intents(self) -> int:
        """How many writes are not settled yet."""
        with closing(sqlite3.connect(self.state / "state.db")) as store:
            return int(store.execute("SELECT count(*) FROM intents WHERE settled IS NULL").fetchone()[0])

    def lose_store(self) -> Path:
        """The database is gone; it is kept elsewhere, to come back."""
        kept = self.folder / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.move(self.state, kept)
        return kept

    def bring_back(self, kept: Path) -> None:
        """The database comes back."""
        shutil.rmtree(self.state, ignore_errors=True)
        shutil.move(kept, self.state)

    # -- the weather

    def expect(self, **fault: Any) -> None:
        """Something will go wrong."""
        self.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [fault]}))

    def clear_up(self) -> None:
        """The weather is good, the index up to date."""
        self.app.extensions["sandbox_weather"].script.clear()
        if self.site.index is not None:
            with self.site.store.transaction():
                self.site.index.catch_up(fully=True)

    def writes(self) -> list[Any]:
        """Requests that wanted to change something."""
        return list(self.app.extensions["sandbox_log"].writes())

    # -- what the sandbox holds

    def issues(self) -> list[Issue]:
        """Every issue there is."""
        with self.site.store.transaction() as connection:
            marks = {
                row["issue_id"]: json.loads(row["value"])
                for row in connection.execute("SELECT * FROM issue_property WHERE key = 'bsc-sync'")
            }
            return [
                Issue(
                    row["id"],
                    row["key"],
                    row["creator"],
                    json.loads(row["content"]),
                    (marks.get(row["id"]) or {}).get("ref"),
                    frozenset((marks.get(row["id"]) or {}).get("digests", ())),
                )
                for row in connection.execute("SELECT * FROM issue ORDER BY id")
            ]

    def shown(self, issue: Issue, name: str) -> Any:
        """A field's value as the sandbox keeps it, in plain text."""
        value = issue.values.get(self.ids.get(name, name))
        if name == "description" and value is not None:
            return value["wiki"].strip()
        return value

    def our_edits(self, issue: int) -> int:
        """How often we have changed an issue, or said something there."""
        with self.site.store.transaction() as connection:
            count = 0
            for table in ("issue_history", "issue_comment"):
                rows = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE issue_id = ? AND author = ?",  # noqa: S608  two names
                    (issue, US),
                )
                count += int(rows.fetchone()[0])
            return count

    def our_comments(self, issue: int) -> int:
        """How often we have said something there."""
        with self.site.store.transaction() as connection:
            rows = connection.execute(
                "SELECT count(*) FROM issue_comment WHERE issue_id = ? AND author = ?", (issue, US)
            )
            return int(rows.fetchone()[0])

    # -- what happens in Jira beside us

    def move(self, issue: Issue, project: str) -> None:
        """An issue gets a key in another project; its number stays."""
        with self.site.store.transaction() as connection:
            row = connection.execute(
                "UPDATE jira_project SET last_number = last_number + 1 WHERE key = ?"
                " RETURNING id, last_number",
                (project,),
            ).fetchone()
            connection.execute(
                "UPDATE issue SET key = ?, project_id = ?, number = ? WHERE id = ?",
                (f"{project}-{row['last_number']}", row["id"], row["last_number"], issue.id),
            )
            self._noted(connection)

    def hide(self, issue: Issue, *, hidden: bool) -> None:
        """A security level keeps an issue from us, or does so no more."""
        level = None
        with self.site.store.transaction() as connection:
            catalog = json.loads(connection.execute("SELECT document FROM jira_catalog").fetchone()[0])
            level = catalog["security_levels"][0]["id"]
            values = dict(issue.values)
            values.pop("security", None)
            if hidden:
                values["security"] = level
            connection.execute("UPDATE issue SET content = ? WHERE id = ?", (json.dumps(values), issue.id))
            self._noted(connection)

    def clone(self, issue: Issue) -> None:
        """A person clones an issue: labels and properties come along."""
        made = self.ask(
            "POST",
            f"{self.api}/issue",
            {
                "fields": {
                    "project": {"key": issue.project},
                    "issuetype": {"id": issue.values["issuetype"]},
                    "summary": f"CLONE - {issue.values['summary']}",
                    "labels": issue.values.get("labels", []),
                    **self._below(issue),
                    **self._named(issue),
                }
            },
        )
        with self.site.store.transaction() as connection:
            connection.execute(
                "INSERT INTO issue_property SELECT ?, key, value FROM issue_property WHERE issue_id = ?",
                (made["id"], issue.id),
            )
            self._noted(connection)

    def _below(self, issue: Issue) -> Document:
        parent = next((one for one in self.issues() if one.id == issue.values.get("parent")), None)
        if parent is None:
            return {}
        if self.site.flavor == "cloud":
            return {"parent": {"key": parent.key}}
        return {self.ids["Epic Link"]: parent.key}

    def _named(self, issue: Issue) -> Document:
        """Data Center's epics have a name of their own."""
        name = self.ids.get("Epic Name")
        return {name: issue.values[name]} if name in issue.values else {}

    def _noted(self, connection: Any) -> None:
        if self.site.index is not None:
            self.site.index.note(connection)


def scene(folder: Path, flavor: Flavor, *, lags: bool) -> Scene:
    """A fresh one; the index lags until somebody lets it catch up."""
    store = Store()
    _template(flavor).backup(store._connection)
    site = Site(SEED, store=store, clock=Clock(NOW), flavor=flavor, index_lag=3600.0 if lags else None)
    return Scene(folder, site)


_TEMPLATES: dict[str, sqlite3.Connection] = {}


def _template(flavor: Flavor) -> sqlite3.Connection:
    if flavor not in _TEMPLATES:
        site = Site(SEED, clock=Clock(NOW), flavor=flavor)
        _TEMPLATES[flavor] = sqlite3.connect(":memory:", check_same_thread=False)
        site.store.copy_to(_TEMPLATES[flavor])
        site.store.close()
    return _TEMPLATES[flavor]
