"""Who takes part, how each is started, and how it is seen whether the work was done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import gate
from bench.scene import Scene


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way of doing the work; both commands are arguments of `python -m`, the folder comes last."""

    name: str
    push: tuple[str, ...]
    pull: tuple[str, ...]
    is_ours: bool = False

    def pulled(self, scene: Scene, truth: dict[str, Any]) -> list[str]:
        """What is wrong with what it pulled."""
        if not self.is_ours:
            return gate.pulled_by_script(scene, truth)
        score = _printed(["bsc_sync", "score", "--json", "--project", str(scene.folder)])
        report = _printed(["bsc_sync", "report", "--format", "json", "--project", str(scene.folder)])
        return gate.pulled_by_us(score, report, truth)


OURS = Contestant(
    "bsc-sync",
    ("bsc_sync", "apply", "--yes", "--project"),
    ("bsc_sync", "pull", "--project"),
    is_ours=True,
)
WITH_JIRA = Contestant("jira", ("bench.with_jira", "push"), ("bench.with_jira", "pull"))
WITH_ATLASSIAN = Contestant(
    "atlassian-python-api", ("bench.with_atlassian", "push"), ("bench.with_atlassian", "pull")
)
CONTESTANTS = (OURS, WITH_JIRA, WITH_ATLASSIAN)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A piece of work, and what has to be true before it."""

    name: str
    command: Callable[[Contestant, Path], Sequence[str]]
    pulls: bool = False
    changes_files: bool = False


def _push(contestant: Contestant, folder: Path) -> Sequence[str]:
    return (*contestant.push, str(folder))


def _pull(contestant: Contestant, folder: Path) -> Sequence[str]:
    return (*contestant.pull, str(folder))


FIRST, UNCHANGED, CHANGED, PULL = "first push", "unchanged push", "5 % changed", "pull"
SCENARIOS = (
    Scenario(FIRST, _push),
    Scenario(UNCHANGED, _push),
    Scenario(CHANGED, _push, changes_files=True),
    Scenario(PULL, _pull, pulls=True),
)


def _printed(arguments: Sequence[str]) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=True)
    return done.stdout
