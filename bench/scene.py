"""A fresh sandbox in its own process, a folder with the strategy, and a person's own way into both."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.company import CURRENT, STRATEGY, TOKEN, USER

LATENCY_MS = 50


@dataclass(frozen=True, slots=True)
class Run:
    """What one program took, and what the server saw of it meanwhile."""

    seconds: float
    cpu: float
    megabytes: float  # peak resident memory of the program
    requests: int
    writes: int
    peak: int  # most requests in flight at once
    refused: int
    impatient: int  # refused requests that were repeated before their Retry-After was over
    early: int  # requests of any kind that came before the time the client had been told to wait for
    operations: dict[str, int]  # how many requests of each kind
    exit_code: int
    output: str


class Scene:
    """One contestant's world."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self._person = requests.Session()
        self._person.trust_env = False
        self._person.auth = (USER, TOKEN)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What a person's browser would do; the reply's JSON."""
        reply = self._person.request(method, self.url + path, json=body, timeout=120)
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def issues(self, jql: str, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Every issue that a query finds, texts as plain strings."""
        body: dict[str, Any] = {"jql": jql, "fields": list(fields), "maxResults": 100}
        while True:
            page = self.ask("POST", "/rest/api/2/search/jql", body)
            yield from page["issues"]
            if page.get("isLast", True):
                return
            body["nextPageToken"] = page["nextPageToken"]

    def field(self, name: str) -> str:
        """A field's id by its name."""
        return str(next(one["id"] for one in self.ask("GET", "/rest/api/3/field") if one["name"] == name))

    def check_in(self, current: dict[str, int], names: dict[str, str]) -> None:
        """The teams write the current value of each key result (by ref) into its issue (by name)."""
        field = self.field(CURRENT)
        by_name = {names[ref]: value for ref, value in current.items()}
        for issue in list(self.issues(f"project = {STRATEGY} AND type = Task", ["summary"])):
            value = by_name[issue["fields"]["summary"]]
            self.ask("PUT", f"/rest/api/3/issue/{issue['id']}", {"fields": {field: value}})

    def weather(self, *, latency: int, rate: int) -> None:
        """How slow and how strict the server is from now on."""
        self.ask("PUT", "/_sandbox/bench", {"latency": latency, "rate": rate})

    def run(self, arguments: Sequence[str], *, rate: int, latency: int = LATENCY_MS) -> Run:
        """Run a Python module as a program of its own and measure it."""
        self.weather(latency=latency, rate=rate)
        # Programs are compiled once, not at every start: as they are where they have been installed.
        unwanted = ("BSC_SYNC_", "PYTHONDONTWRITEBYTECODE")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(unwanted)},
            "BSC_SYNC_JIRA_URL": self.url,
            "BSC_SYNC_JIRA_USER": USER,
            "BSC_SYNC_JIRA_TOKEN": TOKEN,
            "NO_PROXY": "*",
            "no_proxy": "*",
        }
        log = self.folder / "output.txt"
        with log.open("wb") as output:
            began = time.monotonic()
            program = subprocess.Popen(
                [sys.executable, "-m", *arguments], stdout=output, stderr=output, env=environment
            )
            _, status, usage = os.wait4(program.pid, 0)
            seconds = time.monotonic() - began
            program.returncode = os.waitstatus_to_exitcode(status)
        seen = self.ask("GET", "/_sandbox/bench")
        self.weather(latency=0, rate=0)
        return Run(
            seconds=seconds,
            cpu=usage.ru_utime + usage.ru_stime,
            megabytes=usage.ru_maxrss / 1024,
            requests=seen["count"],
            writes=seen["writes"],
            peak=seen["peak"],
            refused=seen["statuses"].get("429", 0),
            impatient=seen["impatient"],
            early=seen["early"],
            operations=seen["operations"],
            exit_code=program.returncode,
            output=log.read_text(encoding="utf-8", errors="replace")[-2000:],
        )


@contextmanager
def fresh_scene(folder: Path, company: Path, store: Path) -> Iterator[Scene]:
    """A copy of the sown store, served by a new process, and a copy of the strategy."""
    folder.mkdir(parents=True)
    shutil.copy(store, folder / "site.db")
    for name in ("before/items.json", "before/scorecard.yaml", "mapping.yaml", "epics.json"):
        shutil.copy(company / name, folder)
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.site", str(folder / "site.db")], stdout=subprocess.PIPE, text=True
    )
    try:
        url = server.stdout.readline().strip() if server.stdout else ""
        if not url:
            raise RuntimeError("the sandbox did not start")
        yield Scene(folder, url)
    finally:
        server.terminate()
        server.wait(timeout=30)
        if server.stdout is not None:
            server.stdout.close()


def read_json(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
