"""All blows of a trial, spread over the machine's cores."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.fault_trial import Template
from tests.torture.condemned import COMMIT, Side
from tests.torture.scenes import Scene
from tests.torture.trial import Trial, Variant, changes

Each = Literal["point", "world"]
TWICE_EACH = 7  # of the blows, so many apart: two blows are taken at a sample of points
_HERE: list[Trial] = []  # the trial that the workers have inherited


@dataclass(frozen=True, slots=True)
class Round:
    """One act in one scene, and what happens to it at each step."""

    scene: Scene
    act: str
    variant: Variant

    def __str__(self) -> str:
        return f"{self.scene}, {self.act} {self.variant}"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a blow falls; `then` is the step of the next run at which a second one does."""

    at: int
    side: Side
    then: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A point after which something differed."""

    round: Round
    point: Point
    step: str
    problems: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """What differed, and the command that repeats only this."""
        scene, point, act = self.round.scene, self.point, self.round.act
        then = f" --then {point.then}" if point.then else ""
        yield f"{self.round}: {point.side} step {point.at}{then}, {self.step}"
        yield from (f"    {problem[:400]}" for problem in self.problems[:12])
        yield (
            f"    python -m tests.torture --case {scene.case} --week {scene.week} --flavor {scene.flavor}"
            f" --act {act} --variant {self.round.variant} --at {point.at} --side {point.side}{then}"
        )


@dataclass(frozen=True, slots=True)
class Score:
    """How a round went: its steps, the points they give, at how many of them a blow fell, what differed.

    `worlds` are the different ones that the blows have left.
    """

    round: Round
    requests: int
    commits: int
    points: int
    kills: int
    worlds: int
    most_runs: int
    seconds: float
    findings: tuple[Finding, ...]


def play(
    template: Template,
    round_: Round,
    room: Path,
    *,
    jobs: int,
    stride: int,
    each: Each,
    only: Point | None = None,
) -> Score:
    """Strike at every point of a round, or at one of `stride`, or `only` at one.

    With `each` world, a blow falls where the world is another one than at the point before; what is
    left by a death at the points between is the same, as is seen while the process waits there.
    """
    began = time.monotonic()
    trial = Trial(template, round_.act, round_.variant, room)
    trial.rehearse()
    trial.stage = None  # each worker has one of its own
    points = every = [only] if only else _points(trial, stride)
    if each == "world" and round_.variant in {"killed", "lag", "partial"}:
        points = _turning_points(trial, every)
    _HERE[:] = [trial]
    findings: list[Finding] = []
    blows, worlds, most = 0, set[str](), 0
    bar = _Bar(str(round_), len(points))
    chunk = max(1, len(points) // (jobs * 4))
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for struck in pool.imap(_strike, points, chunksize=chunk):
            for point, world, problems, runs in struck:
                blows += 1
                worlds.add(world)
                most = max(most, runs)
                if problems:
                    step = (
                        trial.steps[point.at - 1] if point.at <= len(trial.steps) else "beyond the last step"
                    )
                    findings.append(Finding(round_, point, step, problems))
            bar.move(blows, len(findings))
    bar.end()
    commits = trial.steps.count(COMMIT)
    requests = len(trial.steps) - commits
    took = time.monotonic() - began
    count = blows + len(every) - len(points)
    return Score(round_, requests, commits, count, blows, len(worlds), most, took, tuple(findings))


def _points(trial: Trial, stride: int) -> Sequence[Point]:
    numbered = list(enumerate(trial.steps, start=1))
    if trial.variant == "lost":
        return [Point(at, "after") for at, step in numbered if step != COMMIT][::stride]
    if trial.variant == "late":
        return [Point(at, "before") for at, step in numbered if changes(step)][::stride]
    sides: tuple[Side, Side] = ("before", "after")
    every = [Point(at, side) for at, _ in numbered for side in sides]
    return every[:: stride * (TWICE_EACH if trial.variant == "twice" else 1)]


def _turning_points(trial: Trial, points: Sequence[Point]) -> Sequence[Point]:
    seen, turning, before = trial.worlds(), [], ""
    trial.stage = None
    for point in points:
        world = seen.get((point.at, point.side), "")
        if world != before or not world:
            turning.append(point)
        before = world
    return turning


def _strike(point: Point) -> list[tuple[Point, str, tuple[str, ...], int]]:
    trial = _HERE[0]
    if trial.variant == "twice" and point.then is None:
        return list(_twice(trial, point))
    found = trial.blow(point.at, point.side, point.then)
    if found is None:
        return [(point, "", ("the next run ended before the second blow",), 0)]
    return [(point, found.world, found.problems, found.runs)]


def _twice(trial: Trial, point: Point) -> Iterator[tuple[Point, str, tuple[str, ...], int]]:
    """The second blow at a sample of the next run's steps, another sample for each first one."""
    then = 1 + point.at % TWICE_EACH
    while True:
        twice = Point(point.at, point.side, then)
        found = trial.blow(twice.at, twice.side, then)
        if found is None:
            return
        yield twice, found.world, found.problems, found.runs
        then += TWICE_EACH


class _Bar:
    """How far a round has come, on a terminal."""

    def __init__(self, name: str, total: int) -> None:
        self._name, self._total, self._done = name, total, 0
        self._shown = sys.stderr.isatty()

    def move(self, blows: int, wrong: int) -> None:
        """Another point is done."""
        self._done += 1
        if self._shown:
            full = 30 * self._done // self._total
            bar = "#" * full + "-" * (30 - full)
            sys.stderr.write(f"\r\x1b[K[{bar}] {self._name}: {blows} blows, {wrong} differ")
            sys.stderr.flush()

    def end(self) -> None:
        """The round is over."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
