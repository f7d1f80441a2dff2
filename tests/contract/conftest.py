"""The acme example on a sandbox of either flavor, in process and over HTTP: one suite for all four."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from pydantic import SecretStr
from requests.adapters import BaseAdapter, HTTPAdapter

from bsc_sync.atlassian.patience import PatientAdapter
from bsc_sync.cli.example import example_files
from bsc_sync.project import Project
from bsc_sync.runtime import Office, Outpost, open_office, open_outpost, open_world
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from bsc_sync.settings import Settings
from bsc_sync.sync.world import World
from tests.fault_trial import Elapsed
from tests.seed_files import seed_in

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class WikiPage:
    """A page as its own REST API shows it."""

    id: str
    title: str
    version: int
    body: str


@dataclass(slots=True)
class Acme:
    """The example in a folder, its sandbox, and a person's way into it."""

    folder: Path
    site: Site
    app: Flask
    carrier: Callable[[], BaseAdapter]
    person: requests.Session
    in_process: bool
    state_url: str = ""  # SQLite in the folder, where there is none

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud; Data Center otherwise."""
        return self.site.flavor == "cloud"

    @property
    def api(self) -> str:
        """Where Jira's REST API begins."""
        return "/rest/api/3" if self.cloud else "/rest/api/2"

    def carrier_of_test(self) -> BaseAdapter:
        """What carries requests when nothing goes wrong."""
        if self.in_process:
            return InProcessAdapter(self.app)
        return HTTPAdapter()

    def settings(self) -> Settings:
        """How bsc-sync gets in."""
        user = self.site.users["sandbox:admin"]
        return Settings.model_construct(
            jira_url=self.site.base_url,
            jira_user=user.email if self.cloud else user.login,
            jira_token=SecretStr(user.token),
            confluence_url="" if self.cloud else f"{self.site.base_url}/confluence",
            confluence_user="",
            confluence_token=SecretStr(""),
            state_url=self.state_url,
        )

    def office(self) -> Office:
        """The files and the store, read anew."""
        return open_office(Project(self.folder), self.settings())

    def outpost(self) -> Outpost:
        """The sandbox as somebody sees it who has no files yet."""
        return open_outpost(
            Project(self.folder), self.settings(), clock=self.site.clock.now, carrier=self.carrier
        )

    def elsewhere(self, name: str) -> Acme:
        """The same site, from an empty folder beside this one."""
        return replace(self, folder=self.folder.parent / name)

    def world(self, office: Office) -> World:
        """The office with the sandbox; nobody sleeps between two tries."""
        elapsed = Elapsed()
        patience = partial(PatientAdapter, timer=elapsed, sleep=elapsed.sleep)
        return open_world(office, clock=self.site.clock.now, carrier=self.carrier, patience=patience)

    def edit(self, old: str, new: str, name: str = "scorecard.yaml") -> None:
        """Change a text in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What a person's own program would do; the reply's JSON."""
        reply = self.person.request(method, f"{self.site.base_url}{path}", json=body, timeout=30)
        assert reply.ok, (reply.status_code, reply.text)
        return reply.json() if reply.content else None

    def search(self, jql: str, *fields: str) -> list[Any]:
        """The issues that a query finds."""
        path = f"{self.api}/search/jql" if self.cloud else f"{self.api}/search"
        body = {"jql": jql, "fields": ["key", *fields], "maxResults": 100}
        return list(self.ask("POST", path, body)["issues"])

    def writes(self) -> int:
        """How many requests so far wanted to change something, as the sandbox counts them."""
        return int(self.ask("GET", "/_sandbox/requests")["writes"])

    def field(self, name: str) -> str:
        """A field's id by its name."""
        return str(next(one["id"] for one in self.ask("GET", f"{self.api}/field") if one["name"] == name))

    def below(self, epic: str) -> dict[str, Any]:
        """The fields that put a new issue below an epic."""
        return {"parent": {"key": epic}} if self.cloud else {self.field("Epic Link"): epic}

    def parent_of(self, issue: Any) -> str | None:
        """The key of what an issue hangs below."""
        fields = issue["fields"]
        if self.cloud:
            return str(fields["parent"]["key"]) if fields.get("parent") else None
        epic = fields.get(self.field("Epic Link"))
        return None if epic is None else str(epic)

    def wiki_page(self, url: str) -> WikiPage:
        """The published page, read by a program of a person's."""
        if self.cloud:
            number = url.rpartition("/pages/")[2].split("/")[0]
            page = self.ask("GET", f"/wiki/api/v2/pages/{number}?body-format=storage")
        else:
            number = url.rpartition("pageId=")[2]
            page = self.ask("GET", f"/confluence/rest/api/content/{number}?expand=body.storage,version")
        return WikiPage(number, page["title"], page["version"]["number"], page["body"]["storage"]["value"])

    def edit_wiki_page(self, page: WikiPage, body: str) -> None:
        """Write the page's next version, as a person would."""
        version = {"number": page.version + 1}
        text = {"value": body, "representation": "storage"}
        if self.cloud:
            change: dict[str, Any] = {"id": page.id, "status": "current", "body": text}
            path = f"/wiki/api/v2/pages/{page.id}"
        else:
            change = {"type": "page", "body": {"storage": text}}
            path = f"/confluence/rest/api/content/{page.id}"
        self.ask("PUT", path, {**change, "title": page.title, "version": version})


@pytest.fixture(params=["cloud", "data-center"])
def flavor(request: pytest.FixtureRequest) -> str:
    """Which Jira and Confluence the sandbox is."""
    return str(request.param)


@pytest.fixture(params=["in process", "over HTTP"])
def acme(request: pytest.FixtureRequest, flavor: Flavor, tmp_path: Path) -> Iterator[Acme]:
    """A fresh example on a fresh sandbox, each way of carrying requests."""
    here = _begun(tmp_path, flavor)
    if request.param == "over HTTP":
        with serve(here.app, port=0) as server:
            here.site.base_url = server.url
            here.in_process, here.carrier = False, HTTPAdapter
            yield here
            here.person.close()
    else:
        yield here


@pytest.fixture
def acme_here(flavor: Flavor, tmp_path: Path) -> Acme:
    """A fresh example on a fresh sandbox in this process."""
    return _begun(tmp_path, flavor)


@pytest.fixture
def begin(tmp_path: Path) -> Callable[..., Acme]:
    """A fresh example in this process, on a site of one's own making."""
    return lambda flavor, **how: _begun(tmp_path / f"{flavor}-{len(list(tmp_path.iterdir()))}", flavor, **how)


def _begun(
    place: Path,
    flavor: Flavor,
    *,
    missing: Sequence[str] = (),
    change: Callable[[dict[str, Any]], None] | None = None,
) -> Acme:
    folder = place / "strategy"
    folder.mkdir(parents=True)
    for name, text in example_files("acme", today=TODAY).items():
        (folder / name).write_text(text, encoding="utf-8")
    seed = seed_in(folder)
    if change is not None:
        change(seed)
    site = Site(seed, flavor=flavor, clock=Clock(NOW), missing=missing)
    app = create_app(site)
    person = requests.Session()
    user = site.users["acme:mia"]
    person.auth = (user.email if flavor == "cloud" else user.login, user.token)
    person.mount(site.base_url, InProcessAdapter(app))
    return Acme(folder, site, app, lambda: InProcessAdapter(app), person, in_process=True)
