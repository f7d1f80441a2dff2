"""An acme site in process, with things taken out of it or out of its files, and a doctor to look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from requests.adapters import BaseAdapter

from bsc_sync.cli.example import example_files
from bsc_sync.premises import open_premises
from bsc_sync.project import Project
from bsc_sync.report.health import Check, Health, health_lines
from bsc_sync.runtime import Office, open_office
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.weather.rules import read_forecast
from bsc_sync.settings import Settings
from bsc_sync.sync.checks.examine import Premises, examine
from tests.seed_files import seed_in

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)

Alter = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Clinic:
    """The example's files in a folder, and its sandbox. Edit both before the first `site`."""

    folder: Path
    flavor: Flavor
    seed: dict[str, Any] = field(default_factory=dict)
    user: str = "sandbox:admin"
    settings: dict[str, Any] = field(default_factory=dict)
    clock: Callable[[], dt.datetime] = lambda: NOW
    _site: Site | None = None
    _app: Any = None

    @property
    def site(self) -> Site:
        """The sandbox, sown at first use."""
        if self._site is None:
            self._site = Site(self.seed, flavor=self.flavor, clock=Clock(NOW))
            self._app = create_app(self._site)
        return self._site

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud; Data Center otherwise."""
        return self.flavor == "cloud"

    def project_of_seed(self, key: str) -> dict[str, Any]:
        """A project as the seed has it."""
        found: dict[str, Any] = next(one for one in self.seed["projects"] if one["key"] == key)
        return found

    def edit(self, old: str, new: str, name: str = "mapping.yaml") -> None:
        """Change a text in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")

    def rename(self, old: str, new: str) -> None:
        """Call something in the seed by another name, wherever it stands."""
        self.seed = _renamed(self.seed, old, new)

    def without_field(self, name: str) -> None:
        """Take a field away, from the screens of STRAT too."""
        self.seed["fields"] = [one for one in self.seed["fields"] if one["name"] != name]
        for screen in self.project_of_seed("STRAT")["screens"].values():
            if name in screen:
                screen.remove(name)

    def deny(self, *permissions: str, project: str = "STRAT") -> None:
        """Take permissions from our account."""
        self.seed.setdefault("permissions", []).append(
            {"user": self.user, "projects": [project], "without": list(permissions)}
        )

    def expect(self, *faults: dict[str, Any]) -> None:
        """Let something go wrong at the site."""
        assert self.site
        self._app.extensions["sandbox_weather"].expect(read_forecast({"faults": list(faults)}))

    def carrier(self) -> BaseAdapter:
        """What carries requests."""
        assert self.site
        return InProcessAdapter(self._app)

    def all_settings(self) -> Settings:
        """What the environment would say."""
        user = self.site.users[self.user]
        given: dict[str, Any] = {
            "jira_url": self.site.base_url,
            "jira_user": user.email if self.cloud else user.login,
            "jira_token": SecretStr(user.token),
            "confluence_url": "" if self.cloud else f"{self.site.base_url}/confluence",
        }
        return Settings.model_construct(**{**given, **self.settings})

    def office(self) -> Office:
        """The files and the store, as other verbs open them."""
        return open_office(Project(self.folder), self.all_settings())

    def premises(self) -> Premises:
        """What the doctor begins with."""
        return open_premises(
            Project(self.folder), self.all_settings(), clock=self.clock, carrier=self.carrier
        )

    def examine(self) -> Health:
        """What the doctor finds; not one request of his may write."""
        before = len(self.site_log())
        health = examine(self.premises())
        asked = self.site_log()[before:]
        assert [entry for entry in asked if entry.writes] == []
        assert health.requests >= len(asked)
        return health

    def site_log(self) -> list[Any]:
        """Every request that the sandbox has seen."""
        assert self.site
        return list(self._app.extensions["sandbox_log"].entries())


def open_clinic(folder: Path, flavor: Flavor) -> Clinic:
    """A healthy example; on Data Center its people go by their user names."""
    for name, text in example_files("acme", today=TODAY).items():
        (folder / name).write_text(text, encoding="utf-8")
    clinic = Clinic(folder, flavor, seed_in(folder))
    if flavor == "data-center":
        clinic.edit('cfo: "acme:cfo"', "cfo: cfo")
    return clinic


def _renamed(part: Any, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(one, old, new) for one in part]
    return new if part == old else part


def screen(health: Health) -> str:
    """The doctor's whole screen."""
    return "\n".join(line for line, _ in health_lines(health)) + "\n"


def not_well(health: Health) -> list[Check]:
    """Every check that is neither well nor merely unknown."""
    return [check for check in health.checks if check.state in {"missing", "warning"}]
