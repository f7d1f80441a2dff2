"""The rounds: every contestant on a fresh sandbox, in turn, and the next round in another order."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import gate
from bench.contestants import CONTESTANTS, OURS, SCENARIOS, Contestant
from bench.scene import Run, Scene, fresh_scene, read_json

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one contestant; with problems it did not pass the gate, and its figures count nothing."""

    contestant: str
    scenario: str
    rate: int
    round: int
    run: Run
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one command of ours needs on a company of some size."""

    verb: str
    work_items: int
    megabytes: float
    cpu: float
    requests: int


def prepare(folder: Path, size: str) -> tuple[Path, Path]:
    """A company's files, and a sandbox store sown with its Jira."""
    folder.mkdir(parents=True, exist_ok=True)
    company, store = folder / f"company-{size}", folder / f"site-{size}.db"
    _do("bench.company", str(company), size)
    _do("bench.site", str(store), "--sow", str(company / "seed.json"))
    return company, store


def play(
    folder: Path, company: Path, store: Path, *, rates: Sequence[int], rounds: int, tell: Tell
) -> Iterator[Result]:
    """All rounds, interleaved: within a round every contestant has its turn, starting with another one."""
    tell("warming up")
    for contestant in CONTESTANTS:
        with fresh_scene(folder / f"warm-up-{contestant.name}", company, store) as scene:
            scene.run((*contestant.push, str(scene.folder)), rate=0, latency=0)
    for number in range(rounds):
        for rate in rates:
            for place in range(len(CONTESTANTS)):
                contestant = CONTESTANTS[(place + number) % len(CONTESTANTS)]
                tell(f"round {number + 1} of {rounds}, {limit_name(rate)}: {contestant.name}")
                place_of_run = folder / f"round-{number}-{rate}-{contestant.name}"
                with fresh_scene(place_of_run, company, store) as scene:
                    yield from _turn(scene, company, contestant, rate=rate, number=number)
                shutil.rmtree(place_of_run)


def footprints(folder: Path, sizes: Sequence[str], tell: Tell) -> Iterator[Footprint]:
    """Peak memory of ours, on companies of growing size; without latency, which memory does not mind."""
    for size in sizes:
        tell(f"memory: {size}")
        company, store = prepare(folder, size)
        work_items = int(read_json(company / "truth.json")["work_items"])
        place = folder / f"memory-{size}"
        with fresh_scene(place, company, store) as scene:
            _checked(scene.run((*OURS.push, str(place)), rate=0, latency=0))
            for verb in ("pull", "sync"):
                run = _checked(scene.run(("bsc_sync", verb, "--project", str(place)), rate=0, latency=0))
                yield Footprint(verb, work_items, run.megabytes, run.cpu, run.requests)
        shutil.rmtree(place)


def limit_name(rate: int) -> str:
    """How the table calls a rate."""
    return f"{rate}/s" if rate else "no limit"


def _turn(scene: Scene, company: Path, contestant: Contestant, *, rate: int, number: int) -> Iterator[Result]:
    truth = read_json(company / "truth.json")
    for scenario in SCENARIOS:
        if scenario.changes_files:
            for name in ("items.json", "scorecard.yaml"):
                shutil.copy(company / "after" / name, scene.folder)
        if scenario.pulls:
            names = {item["ref"]: item["name"] for item in read_json(scene.folder / "items.json")}
            scene.check_in(truth["current"], names)
        run = scene.run(scenario.command(contestant, scene.folder), rate=rate)
        if run.exit_code:
            problems = [f"ended with {run.exit_code}: {run.output}"]
        else:
            problems = contestant.pulled(scene, truth) if scenario.pulls else gate.pushed(scene)
        yield Result(contestant.name, scenario.name, rate, number, run, tuple(problems))


def _checked(run: Run) -> Run:
    if run.exit_code:
        raise RuntimeError(f"bsc-sync ended with {run.exit_code}: {run.output}")
    return run


def _do(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], check=True)
