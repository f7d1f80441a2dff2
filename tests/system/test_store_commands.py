"""Commands that tell of the store, and that wait for it, as processes on a PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bsc_sync.sandbox.recorder import RECORD
from bsc_sync.state.database import open_database
from bsc_sync.state.store import Memory
from tests.postgres_server import PostgresServer

PROGRAM = [sys.executable, "-m", "bsc_sync"]


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder with the example, and the environment in which commands run there."""

    folder: Path
    environment: Mapping[str, str]
    store: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def shell(tmp_path: Path, postgres: PostgresServer) -> Iterator[Shell]:
    """The example and its sandbox; the store is named as people write it."""
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith("BSC_SYNC") or key == RECORD
    }
    folder = tmp_path / "strategy"
    with postgres.database() as url:
        assert url.startswith("postgresql://")
        here = Shell(folder, {**clean, "BSC_SYNC_STATE_URL": url, "NO_COLOR": "1", "COLUMNS": "80"}, url)
        subprocess.run([*PROGRAM, "init", "--example", "acme", "strategy"], cwd=tmp_path, check=True)
        sandbox = [*PROGRAM, "sandbox", "--port", "0", "--env-file", ".env"]
        with subprocess.Popen(sandbox, cwd=folder, env=clean, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "CONFLUENCE_TOKEN" in line:
                    break
            yield here
            process.terminate()
            assert process.wait(timeout=20) == 0


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
            env=shell.environment,
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
