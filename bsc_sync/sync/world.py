"""What a run works with, and what it may do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from bsc_sync.plan.verdict import Take
from bsc_sync.plan.wishes import Wishes
from bsc_sync.state.history import History
from bsc_sync.state.lease import NO_WAIT, Lease, Wait
from bsc_sync.state.store import Memory
from bsc_sync.sync.guards import Guard
from bsc_sync.sync.ports import FigureSource, Publisher, TableSource, Tracker


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the files that a run works with."""

    tracker: Tracker
    figures: FigureSource
    tables: TableSource
    publishers: Callable[[], tuple[Publisher, ...]]
    memory: Memory
    history: History
    clock: Callable[[], dt.datetime]
    browse_url: str
    version: str
    holder: str
    requests: Callable[[], int] = lambda: 0
    writes: Callable[[], int] = lambda: 0  # of these requests, those that are to change something
    wait: Wait = NO_WAIT
    tell: Callable[[str], None] = lambda _: None  # what a person would like to hear on the way
    heed: Callable[[Callable[[], float]], None] = lambda _: None  # how much of the run's time is left

    def lease(self) -> AbstractContextManager[Lease]:
        """Hold the scorecard for the length of a block; Leased when another run does for too long."""
        return self.memory.lease(holder=self.holder, wait=self.wait)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run may do. `force` names the guards that are overridden; `deadline` (else the mapping's) is
    when it begins nothing more."""

    mode: Literal["apply", "observe"] = "apply"
    take: Take | None = None
    targets: tuple[str, ...] = ()
    force: frozenset[Guard] = frozenset()
    publish: Literal["changed", "due", "never"] = "changed"
    recreate: frozenset[str] = frozenset()
    forget: frozenset[str] = frozenset()
    deadline: dt.timedelta | None = None

    @property
    def wishes(self) -> Wishes:
        """What a person has decided for this run."""
        return Wishes(self.take, self.recreate, self.forget, anywhere="projects" in self.force)
