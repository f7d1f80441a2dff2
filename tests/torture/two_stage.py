"""Two servers, their database, and the site that they serve: each a process of its own."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bsc_sync.cli.example import example_files
from bsc_sync.sandbox.seed import load_seed
from bsc_sync.sandbox.site import Site
from bsc_sync.state.whole_file import write_whole
from tests.postgres_server import PostgresServer, running_postgres
from tests.torture.served_slots import KILLED, STARTED


@dataclass(slots=True)
class Server:
    """A `bsc-sync serve` in a folder of its own; it can be killed and started again."""

    name: str
    folder: Path
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    killed: dict[int, dt.datetime] = field(default_factory=dict)

    def start(self) -> None:
        self.say(STARTED)
        command = [sys.executable, "-m", "bsc_sync", "serve", "--every", "5s", "--project", str(self.folder)]
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(command, env=self.environment, stdout=file, stderr=file)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.killed[self.process.pid] = dt.datetime.now(dt.UTC)
        self.say(KILLED)
        self.process = None

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(timeout=180)

    def is_busy(self) -> bool:
        """Whether a sync of it is under way, as far as its log tells."""
        last = [line for line in self.log.read_text(errors="replace").splitlines() if "slot=" in line][-1:]
        return bool(last) and "sync begins" in last[0]

    def say(self, word: str) -> None:
        with self.log.open("a") as file:
            file.write(f"timestamp='{dt.datetime.now(dt.UTC).isoformat()}' event='{word}'\n")


@dataclass(slots=True)
class Stage:
    """The site, the servers, and what has been done to them; `kept` is the
    issue that a person has edited."""

    site: str
    person: requests.Session
    servers: tuple[Server, ...]
    dice: random.Random
    postgres: PostgresServer
    store: str
    counts: Counter[str] = field(default_factory=Counter)
    extra: list[str] = field(default_factory=list)
    number: int = 0
    kept: str = ""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What a person's own program would do; None where the weather is in the way."""
        reply = self.person.request(method, f"{self.site}{path}", json=body, timeout=60)
        return (reply.json() if reply.content else {}) if reply.ok else None

    def writes(self) -> int:
        """How many requests wanted to change something so far."""
        summary = requests.get(f"{self.site}/_sandbox/requests?summary=true", timeout=60).json()
        return int(summary["writes"])

    def edit(self, change: Callable[[str], str]) -> None:
        """Change the scorecard in both folders, as two servers get it from one repository."""
        for server in self.servers:
            path = server.folder / "scorecard.yaml"
            write_whole(path, change(path.read_text(encoding="utf-8")))

    def issues(self) -> list[Any]:
        """Every issue with our label, and its mark."""
        body = {
            "jql": "labels = bsc-acme",
            "fields": ["summary"],
            "maxResults": 1000,
            "properties": ["bsc-sync"],
        }
        found = self.ask("POST", "/rest/api/3/search/jql", body)
        return list(found["issues"]) if found else []


@contextmanager
def staged(room: Path, dice: random.Random) -> Iterator[Stage]:
    """The database, the sandbox and two servers, each a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BSC_SYNC")}
    today = dt.datetime.now(dt.UTC).date()
    with running_postgres() as postgres, postgres.database() as url:
        environment = {**clean, "BSC_SYNC_STATE_URL": url, "TZ": "UTC", "PYTHONUNBUFFERED": "1"}
        folders = [room / "one", room / "two"]
        for folder in folders:
            folder.mkdir()
            for name, text in example_files("acme", today=today).items():
                (folder / name).write_text(text, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "bsc_sync",
            "sandbox",
            "--port",
            "0",
            "--env-file",
            str(folders[0] / ".env"),
        ]
        command += ["--data", str(folders[0] / "sandbox.yaml"), "--index-lag", "3s"]
        sandbox = subprocess.Popen(command, env=clean, stdout=subprocess.PIPE, text=True)
        servers = tuple(
            Server(folder.name, folder, environment, room / f"{folder.name}.log") for folder in folders
        )
        try:
            assert sandbox.stdout is not None
            for line in sandbox.stdout:
                if "CONFLUENCE_TOKEN" in line:
                    break
            shutil.copy(folders[0] / ".env", folders[1] / ".env")
            lines = (folders[0] / ".env").read_text(encoding="utf-8").splitlines()
            site = next(line.partition("=")[2] for line in lines if line.startswith("BSC_SYNC_JIRA_URL"))
            mia = Site(load_seed(folders[0] / "sandbox.yaml")).users["acme:mia"]
            person = requests.Session()
            person.auth = (mia.email, mia.token)
            yield Stage(site.strip("'\""), person, servers, dice, postgres, url)
        finally:
            for server in servers:
                if server.process is not None:
                    server.process.kill()
                    server.process.wait()
            sandbox.send_signal(signal.SIGTERM)
            sandbox.wait(timeout=30)
