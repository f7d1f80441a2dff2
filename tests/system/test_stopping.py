"""A process that is told to end: it says so, leaves nothing behind, and the next run goes on."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.processes import PROGRAM, bsc_sync, clean_environment, running_sandbox, settings_in

PLAIN = {"NO_COLOR": "1", "COLUMNS": "80"}


@pytest.fixture
def strategy(tmp_path: Path) -> Iterator[Path]:
    """The example in a folder, and its sandbox, which takes its time to create issues."""
    assert bsc_sync("init", "--example", "acme", "strategy", cwd=tmp_path).returncode == 0
    folder = tmp_path / "strategy"
    with running_sandbox(folder):
        slow = {"faults": [{"fault": "slow", "seconds": 20, "path": "*/issue/bulk", "times": 1}]}
        requests.post(f"{address(folder)}/_sandbox/faults", json=slow, timeout=10).raise_for_status()
        yield folder


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Also where the tests run in the background of a shell, whose children do not hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def address(folder: Path) -> str:
    return settings_in(folder / ".env")["BSC_SYNC_JIRA_URL"]


def intended(folder: Path) -> bool:
    """Whether the run has come to its first write, which is then on its way."""
    store = folder / ".bsc-sync" / "state.db"
    if not store.exists():
        return False
    with closing(sqlite3.connect(store)) as connection:
        try:
            return bool(connection.execute("SELECT id FROM intents").fetchall())
        except sqlite3.OperationalError:  # its tables are being made
            return False


@pytest.mark.parametrize(
    ("arguments", "number", "code", "last"),
    [
        (
            ("sync",),
            signal.SIGTERM,
            143,
            "error: stopped by SIGTERM; the next run takes up where this one ended",
        ),
        (
            ("apply", "--yes"),
            signal.SIGINT,
            130,
            "error: stopped by you; the next run takes up where this one ended",
        ),
    ],
    ids=["SIGTERM", "Ctrl-C"],
)
def test_a_signal_ends_a_run_in_order(
    strategy: Path, arguments: tuple[str, ...], number: signal.Signals, code: int, last: str
) -> None:
    before = time.monotonic()
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=strategy,
        env=clean_environment(**PLAIN),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not intended(strategy) and time.monotonic() - before < 60:
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == code, told
    lines = [line for line in told.splitlines() if line.strip()]
    assert lines[-1] == last
    assert "0 of 14 changes were made; one that was under way is settled by the next run" in " ".join(lines)
    assert "Traceback" not in told
    listed = bsc_sync("history", cwd=strategy, **PLAIN).stdout
    assert "interrupted" in listed
    again = bsc_sync("sync", cwd=strategy, **PLAIN)
    assert "did not end" not in again.stderr
    assert "another run" not in again.stderr, "the lease was given back"
    assert again.returncode == 0, again.stderr
