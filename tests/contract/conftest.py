"""The acme example on a sandbox, in process and over HTTP: one suite for both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from pydantic import SecretStr
from requests.adapters import BaseAdapter, HTTPAdapter

from bsc_sync.cli.example import example_files
from bsc_sync.runtime import Office, Project, open_office, open_world
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.seed import load_seed
from bsc_sync.sandbox.server import serve
from bsc_sync.sandbox.site import Site
from bsc_sync.settings import Settings
from bsc_sync.sync.run import World

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@dataclass(slots=True)
class Acme:
    """The example in a folder, its sandbox, and a person's way into it."""

    folder: Path
    site: Site
    app: Flask
    carrier: Callable[[], BaseAdapter]
    person: requests.Session
    in_process: bool

    def carrier_of_test(self) -> BaseAdapter:
        """What carries requests when nothing goes wrong."""
        if self.in_process:
            return InProcessAdapter(self.app)
        return HTTPAdapter()

    def office(self) -> Office:
        """The files and the store, read anew."""
        user = self.site.users["sandbox:admin"]
        settings = Settings.model_construct(
            jira_url=self.site.base_url,
            jira_user=user.email,
            jira_token=SecretStr(user.token),
            confluence_url="",
            confluence_user="",
            confluence_token=SecretStr(""),
            state_url="",
        )
        return open_office(Project(self.folder), settings)

    def world(self, office: Office) -> World:
        """The office with the sandbox."""
        return open_world(office, clock=self.site.clock.now, carrier=self.carrier)

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

    def writes(self) -> int:
        """How many requests so far wanted to change something, as the sandbox counts them."""
        return int(self.ask("GET", "/_sandbox/requests")["writes"])

    def field(self, name: str) -> str:
        """A field's id by its name."""
        return str(next(one["id"] for one in self.ask("GET", "/rest/api/3/field") if one["name"] == name))


@pytest.fixture(params=["in process", "over HTTP"])
def acme(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Acme]:
    """A fresh example on a fresh sandbox."""
    folder = tmp_path / "strategy"
    folder.mkdir()
    for name, text in example_files("acme", today=TODAY).items():
        (folder / name).write_text(text, encoding="utf-8")
    site = Site(load_seed(folder / "sandbox.yaml"), clock=Clock(NOW))
    app = create_app(site)
    person = requests.Session()
    user = site.users["acme:mia"]
    person.auth = (user.email, user.token)
    if request.param == "over HTTP":
        with serve(app, port=0) as server:
            site.base_url = server.url
            yield Acme(folder, site, app, HTTPAdapter, person, in_process=False)
            person.close()
    else:
        person.mount(site.base_url, InProcessAdapter(app))
        yield Acme(folder, site, app, lambda: InProcessAdapter(app), person, in_process=True)
