"""One life of the state machine: a scene, and tables of what people did and must find again."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from bsc_sync.errors import BscSyncError
from bsc_sync.sync.run import RunReport
from bsc_sync.sync.world import Policy
from tests.carriers import Killed, Meddling, is_any
from tests.machine_scene import Scene
from tests.machine_start import CURRENT, TARGET

QUIET = Policy(publish="never")
FIELDS = {"objective": ("summary", "description", "duedate"), "key_result": ("summary", TARGET)}
NAMES = {"summary": "name", "description": "description", "duedate": "due", TARGET: "target"}
NOBODYS = ("priority", CURRENT)  # written once by us at most
Kind = Literal["objective", "key_result"]

places = st.integers(0, 1_000)


class Life(RuleBasedStateMachine):
    """What people did is kept in a few tables, and what must be true follows from them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.texts = (f"Text {number}" for number in itertools.count(1))
        self.days = (f"2027-{2 + n // 28 % 11:02}-{n % 28 + 1:02}" for n in itertools.count(1))
        self.numbers = itertools.count(100)
        self.kept: Path | None = None  # a copy of the store
        self.theirs: dict[tuple[int, str], Any] = {}  # what a person wrote, and that must still be there
        self.excused: set[tuple[int, str]] = set()  # fields that may differ, if they are on hold
        self.labels: dict[int, set[str]] = {}  # labels that people have put on
        self.former: dict[str, set[str]] = {}  # by id: what it was called before
        self.gone: set[str] = set()  # refs whose issue was deleted
        self.replaced: set[int] = set()  # issues that another one was made for
        self.strayed: dict[int, int] = {}  # in a project that is not ours: how often we had edited it then
        self.adopted: set[int] = set()  # issues of people that the mapping names
        self.removed: list[dict[str, Any]] = []
        self.retirements: dict[str, int] = {}
        self.scene: Scene

    def run(self, policy: Policy = QUIET, carrier: Callable[[], Any] | None = None) -> RunReport | None:
        """One run, whatever comes of it: only what is no error of ours and no kill is a failure."""
        if policy.take == "scorecard":
            for key in [key for key in self.theirs if key[1] not in NOBODYS]:
                del self.theirs[key]
        try:
            return self.scene.sync(policy, carrier)
        except (BscSyncError, Killed):
            return None
        finally:
            self.scene.app.extensions["sandbox_weather"].script.clear()

    def stepping(self, nth: int, happens: Callable[[], None], *, after: bool) -> Callable[[], Any]:
        return lambda: Meddling(self.scene.carrier(), is_any, happens, nth=nth, before=not after)

    def objectives(self) -> list[dict[str, Any]]:
        """Those of the file."""
        found: list[dict[str, Any]] = self.scene.card["objectives"]
        return found

    def key_results(self) -> list[dict[str, Any]]:
        """Those of the file."""
        found: list[dict[str, Any]] = self.scene.card["cycles"][0]["key_results"]
        return found

    def everything(self) -> list[dict[str, Any]]:
        """Objectives and key results."""
        return [*self.objectives(), *self.key_results()]

    def living(self) -> list[dict[str, Any]]:
        return [one for one in self.objectives() if "retired" not in one]

    def new_value(self, name: str) -> Any:
        if name == "duedate":
            return next(self.days)
        if name == "priority":
            return "Low"
        return next(self.numbers) if name in {TARGET, CURRENT} else next(self.texts)

    @staticmethod
    def pick(entries: list[Any], place: int) -> Any:
        return entries[place % len(entries)] if entries else None
