"""Commands that tell of the store, and that wait for it, as processes on a PostgreSQL."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bsc_sync.state.database import open_database
from bsc_sync.state.store import Memory
from tests.postgres_server import PostgresServer
from tests.processes import PROGRAM, bsc_sync, clean_environment, running_sandbox


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder with the example, and the settings with which commands run there."""

    folder: Path
    environment: Mapping[str, str]
    store: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return bsc_sync(*arguments, cwd=self.folder, **self.environment)


@pytest.fixture
def shell(tmp_path: Path, postgres: PostgresServer) -> Iterator[Shell]:
    """The example and its sandbox; the store is named as people write it."""
    folder = tmp_path / "strategy"
    with postgres.database() as url:
        assert url.startswith("postgresql://")
        here = Shell(folder, {"BSC_SYNC_STATE_URL": url, "NO_COLOR": "1", "COLUMNS": "80"}, url)
        assert bsc_sync("init", "--example", "acme", "strategy", cwd=tmp_path).returncode == 0
        with running_sandbox(folder):
            yield here


def test_what_was_done_is_told(shell: Shell) -> None:
    assert shell.run("history").stdout == "No run is recorded yet.\n"
    assert shell.run("apply", "--yes").returncode == 0
    assert shell.run("pull").returncode == 0
    listed = shell.run("history")
    assert listed.returncode == 0, listed.stderr
    assert [line.split()[4] for line in listed.stdout.splitlines()[1:]] == ["pull", "apply"]
    assert all(len(line) <= 80 for line in listed.stdout.splitlines())
    first = listed.stdout.splitlines()[-1].split()[0]
    told = shell.run("history", first)
    assert "Plan: 13 to create, 1 to adopt, 0 to update, 0 to retire, 0 on hold." in told.stdout
    status = json.loads(shell.run("status", "--json").stdout)
    assert (status["last_run"]["verb"], status["last_run"]["result"]) == ("pull", "done")
    assert len(status["links"]) == 14
    assert "\x1b" not in shell.run("status").stdout
    pruned = shell.run("prune", "--older-than", "1d", "--yes")
    assert (pruned.returncode, pruned.stderr) == (0, "")
    assert pruned.stdout.endswith("0 runs, 0 settled writes, 0 days of work progress, 0 readings.\n")


def test_a_run_waits_for_the_one_that_is_at_it_or_leaves_naming_it(shell: Shell) -> None:
    engine = open_database(shell.store)
    with Memory(engine, "acme").lease(holder="mia@there (process 7)"):
        busy = shell.run("sync")
        assert busy.returncode == 3
        assert "another run holds acme: mia@there (process 7) since " in busy.stderr
        waiting = subprocess.Popen(
            [*PROGRAM, "sync", "--wait", "10m"],
            cwd=shell.folder,
            env=clean_environment(**shell.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr is not None
        assert "acme is held by mia@there (process 7) since " in waiting.stderr.readline()
    out, _ = waiting.communicate(timeout=120)
    assert waiting.returncode == 0
    assert "Plan: 13 to create" in out
    engine.dispose()
