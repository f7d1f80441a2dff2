"""One blow: the run that meets it, the runs after it, and whether everything is as if it had not been."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from bsc_sync.project import STATE_FOLDER
from bsc_sync.sandbox.jira.index import Index
from tests.fault_remains import Remains, remains
from tests.fault_trial import Stage, Template, mark_outdated
from tests.torture.acts import ACTS
from tests.torture.condemned import Blow, Environ, Fate, Side, arrive, condemned

Variant = Literal["killed", "lost", "lag", "late", "partial", "twice"]
LAG = 5.0  # seconds
AT_ONCE = dt.timedelta(seconds=3)  # what restarts a dead program does not wait
LATER = dt.timedelta(minutes=2)
IN_THE_END = dt.timedelta(hours=1)
MOST_RUNS = 4
_HEADER = 100  # bytes of SQLite that count changes, also those that were taken back
HOLDING = {0, 3}  # nothing went wrong; a plan that no longer fits


@dataclass(frozen=True, slots=True)
class Left:
    """What there is in the end: what can be compared, and how often things were written."""

    remains: Remains
    histories: Mapping[str, Sequence[str]]
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Healed:
    """What is wrong after healing, and how many runs had something to do."""

    problems: tuple[str, ...]
    runs: int
    world: str = ""


@dataclass(slots=True)
class Trial:
    """One act in one scene, undisturbed once and then disturbed again and again."""

    template: Template
    act: str
    variant: Variant
    room: Path
    steps: tuple[str, ...] = ()
    calm: Left | None = None
    stage: Stage | None = None
    healed: dict[str, Healed] = field(default_factory=dict)

    def rehearse(self) -> None:
        """Undisturbed: which steps there are, and what is left in the end."""
        with _Staged(self) as stage:
            fate = condemned(stage, ACTS[self.act])
            assert fate.exit_code == 0, fate.said
            self.steps = fate.steps
            found = heal(self, stage, LATER)
            assert not found.problems, found.problems
            self.calm = _left(stage, self.template.begins + IN_THE_END)
            assert not self.calm.remains.twice
        if self.variant == "partial":
            with _Staged(self) as stage:
                self.steps = condemned(stage, ACTS[self.act], change=_spoiled).steps

    def worlds(self) -> dict[tuple[int, Side], str]:
        """The world at each point, as it is seen while the process waits there: a kill would leave it so."""
        found: dict[tuple[int, Side], str] = {}
        with _Staged(self) as stage:
            last: tuple[object, str] = (None, "")

            def watch(number: int, side: Side) -> None:
                nonlocal last
                moved = _moved(stage)
                if moved != last[0]:
                    last = (moved, _digest(stage, None))
                found[number, side] = last[1]

            spoiled = _spoiled if self.variant == "partial" else None
            condemned(stage, ACTS[self.act], change=spoiled, watch=watch)
        return found

    def blow(self, at: int, side: Side, then: int | None = None) -> Healed | None:
        """Strike at a step, and at step `then` of the next run; None where that one has fewer steps."""
        with _Staged(self) as stage:
            kind: Literal["kill", "lose"] = "lose" if self.variant == "lost" else "kill"
            spoiled = _spoiled if self.variant == "partial" else None
            fate = condemned(stage, ACTS[self.act], Blow(at, side, kind), change=spoiled)
            if kind == "kill" and fate.exit_code is not None:
                return Healed((f"it ended before it was killed: {fate.exit_code} {fate.said}",), 0)
            if fate.exit_code == 70:
                return Healed((f"it broke down: {fate.said}",), 0)
            after = LATER
            if then is not None:
                stage.site.clock.set(self.template.begins + LATER)
                if condemned(stage, ACTS["sync"], Blow(then, side)).exit_code is not None:
                    return None
                after = 2 * LATER
            arriving = fate.under_way if self.variant == "late" else None
            world = _digest(stage, arriving)
            if world not in self.healed:
                self.healed[world] = replace(self._judged(stage, after, arriving), world=world)
            return self.healed[world]

    def _judged(self, stage: Stage, after: dt.timedelta, arriving: Environ | None) -> Healed:
        problems: list[str] = []
        if self.variant in {"lag", "late"}:
            problems += self._at_once(stage)
        if arriving is not None:
            arrive(stage, arriving)
        found = heal(self, stage, after)
        problems += found.problems
        if not problems and self.calm is not None:
            problems += _differences(
                self.calm,
                _left(stage, self.template.begins + IN_THE_END),
                more=0 if self.variant in {"killed", "twice"} else 1,
            )
        return Healed(tuple(problems), found.runs)

    def _at_once(self, stage: Stage) -> list[str]:
        """A run in the same breath, while nobody knows how the one before has ended."""
        stage.site.clock.set(self.template.begins + AT_ONCE)
        fate = condemned(stage, ACTS["sync"])
        return [f"the run at once: exit code {fate.exit_code}, {fate.said}"] if fate.exit_code != 0 else []


class _Staged:
    """A stage as the template has it: the folder a new one, the site put back to what it was."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __enter__(self) -> Stage:
        trial = self._trial
        self._room = Path(tempfile.mkdtemp(dir=trial.room))
        folder = self._room / "project"
        if trial.stage is None:
            trial.stage = trial.template.copy(folder)
            site = trial.stage.site
            if trial.variant == "lag":
                site.index = Index(site.store, LAG, clock=lambda: site.clock.now().timestamp())
            return trial.stage
        shutil.copytree(trial.template.folder, folder)
        _put_back(trial.stage, trial.template)
        return replace(trial.stage, folder=folder)

    def __exit__(self, *_error: object) -> None:
        shutil.rmtree(self._room)


def _put_back(stage: Stage, template: Template) -> None:
    site = stage.site
    template.content.backup(site.store._connection)
    site.clock.set(template.begins)
    stage.app.extensions["sandbox_log"].clear()
    stage.app.extensions.pop("condemned", None)
    if site.index is not None:
        site.index._waiting.clear()
        site.store._connection.execute("DELETE FROM temp.changed_issue")
        site.store.copy_to(site.index.connection)


def changes(step: str) -> bool:
    """Whether a step asks the site for a change."""
    method, _, path = step.partition(" ")
    reads = ("/search/jql", "/search", "/bulkfetch", "/jql/parse")
    return method in {"PUT", "DELETE"} or (method == "POST" and not path.endswith(reads))


def heal(trial: Trial, stage: Stage, after: dt.timedelta) -> Healed:
    """Run until a run has nothing to do: that is to be the second one at the latest."""
    begins, problems = trial.template.begins, []
    if trial.act == "apply":
        stage.site.clock.set(begins + after)
        fate = condemned(stage, ACTS["apply"])
        if fate.exit_code not in HOLDING:
            problems.append(f"the plan once more: exit code {fate.exit_code}, {fate.said}")
    for number in range(MOST_RUNS):
        stage.site.clock.set(begins + after + LATER * number)
        fate, wrote = _run(stage)
        if fate.exit_code != 0:
            problems.append(f"run {number + 2}: exit code {fate.exit_code}, {fate.said}")
        if not wrote and fate.exit_code == 0:
            if number > 1:
                problems.append(f"it took {number} runs until nothing was left to do")
            return Healed(tuple(problems), number)
    return Healed((*problems, f"it still wrote in run {MOST_RUNS + 1}"), MOST_RUNS)


def _moved(stage: Stage) -> object:
    """What tells at little cost whether anything has been written since."""
    files = [(path, path.stat()) for path in sorted(stage.folder.rglob("*")) if path.is_file()]
    written = [(path, found.st_size, found.st_mtime_ns) for path, found in files]
    return stage.site.store._connection.total_changes, written


def _spoiled(environ: Environ) -> Environ:
    """The last of several creations is one that Jira refuses, alone."""
    if not environ["PATH_INFO"].endswith("/issue/bulk"):
        return environ
    body = json.loads(environ["body"])
    body["issueUpdates"][-1]["fields"]["summary"] = ""
    whole = json.dumps(body).encode()
    return {**environ, "body": whole, "CONTENT_LENGTH": str(len(whole))}


def _run(stage: Stage) -> tuple[Fate, int]:
    log = stage.app.extensions["sandbox_log"]
    before = len(log.writes())
    fate = condemned(stage, ACTS["sync"])
    return fate, len(log.writes()) - before


def _left(stage: Stage, when: dt.datetime) -> Left:
    """Everything; the page written once more first, so that pages of equal states are equal."""
    with stage.site.store.transaction() as connection:
        pages = connection.execute("SELECT title, version FROM wiki_page").fetchall()
        files = connection.execute("SELECT filename, version FROM wiki_attachment").fetchall()
        rows = connection.execute("SELECT issue_id, items FROM issue_history ORDER BY id").fetchall()
    state = stage.folder / STATE_FOLDER / "state.db"
    stage.site.clock.set(when)
    mark_outdated(stage)
    assert condemned(stage, ACTS["sync"]).exit_code == 0
    found = remains(stage.site, state)
    histories: dict[str, list[str]] = {}
    for row in rows:
        name = found.names.by_id[row["issue_id"]]
        histories.setdefault(name, []).append(found.names.plain(row["items"]))
    versions = {str(row[0]): int(row[1]) for row in (*pages, *files)}
    return Left(found, {name: sorted(items) for name, items in histories.items()}, versions)


def _differences(calm: Left, left: Left, *, more: int) -> list[str]:
    """`more`: versions of a page or file beyond the undisturbed run's.

    What had no reply may be asked for again, and a page published between two runs says what stood then.
    """
    found = calm.remains.differences(left.remains)
    for name in sorted({*calm.histories, *left.histories}):
        here, there = Counter(calm.histories.get(name, ())), Counter(left.histories.get(name, ()))
        if here != there:
            found.append(f"history of {name}: {here - there} != {there - here}")
    for name, version in left.versions.items():
        if version > calm.versions.get(name, 0) + more:
            found.append(f"version {version} of {name}, undisturbed it is {calm.versions.get(name)}")
    return found


def _digest(stage: Stage, arriving: Environ | None) -> str:
    """The world as the dead process has left it: equal worlds heal alike, and are healed once."""
    content = stage.site.store._connection.serialize()
    whole = hashlib.sha256(content[_HEADER:])
    whole.update(repr(sorted(arriving.items()) if arriving else None).encode())
    with tempfile.TemporaryDirectory(dir=stage.folder.parent) as name:
        copy = Path(name)
        for path in sorted(stage.folder.rglob("*")):
            if path.is_file() and STATE_FOLDER in path.parts:
                shutil.copy(path, copy / path.name)  # a look at the original would clear away its log
            elif path.is_file():
                whole.update(path.read_bytes())
        if (copy / "state.db").exists():
            with closing(sqlite3.connect(copy / "state.db")) as state:
                for line in state.iterdump():
                    if not line.startswith('INSERT INTO "leases"'):
                        whole.update(line.encode())
    return whole.hexdigest()
