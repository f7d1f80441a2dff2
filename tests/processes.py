"""bsc-sync as processes of their own: a command and what it said, a sandbox that runs beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bsc_sync.sandbox.recorder import RECORD

PROGRAM = (sys.executable, "-m", "bsc_sync")


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of the tests without settings of ours, and some more."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("BSC_SYNC") or key == RECORD
    }
    return {**kept, **more}


def bsc_sync(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, where nobody can be asked; the environment may have settings."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=cwd,
        env=clean_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def running_sandbox(folder: Path, *options: str, env_file: str = ".env") -> Iterator[None]:
    """A sandbox with a folder's data for the length of the block; how to reach it is in the file."""
    command = [*PROGRAM, "sandbox", "--port", "0", "--env-file", env_file, *options]
    with subprocess.Popen(
        command, cwd=folder, env=clean_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "CONFLUENCE_TOKEN" in line:
                break
        try:
            yield
        finally:
            process.terminate()
        assert process.wait(timeout=30) == 0


def settings_in(path: Path) -> Mapping[str, str]:
    """What an environment file says."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
