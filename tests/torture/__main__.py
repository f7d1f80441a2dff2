"""`python -m tests.torture`: kill everything at every step, and print how it healed."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from tests.torture.acts import ACTS
from tests.torture.condemned import Side
from tests.torture.rounds import Each, Point, Round, Score, play
from tests.torture.scenes import CASES, FLAVORS, WEEKS, Scene, scenes, set_up
from tests.torture.trial import Variant

VARIANTS: tuple[Variant, ...] = get_args(Variant)
_EPILOG = """\
killed   the process is killed (SIGKILL) before and after every request and every commit of its store;
         the next run comes two minutes later
lag      the same, where searches learn of a change five seconds later, and one more run comes at once
lost     the site does what each request asks for, and its reply is lost
late     it is killed before a request that changes something; another run comes at once, and only then
         does that request arrive
partial  Jira refuses one of each batch of new issues; the process is killed at every step of that run
twice    at a sample of points, the run that would heal is killed, too

Equal worlds (site and store) heal alike and are healed once. Requests that go out side by side go out
one after the other here; their order, and with it a point's number, may move by a few from run to run.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The rounds that were asked for; 1 when anything differed from an undisturbed run."""
    given = _parser().parse_args(arguments)
    os.environ.pop("BSC_SYNC_SANDBOX_RECORD", None)  # thousands of times the same
    logging.disable(logging.CRITICAL)
    room = Path(tempfile.mkdtemp(prefix="torture-", dir=given.room))
    only = Point(given.at, given.side, given.then) if given.at else None
    scores: list[Score] = []
    try:
        for scene in _scenes(given):
            template = set_up(scene, room / str(scene).replace(" ", "-"))
            each: Each = given.each or ("world" if scene.case == "large" else "point")
            gc.freeze()  # forks share what is there by now
            for round_ in _rounds(scene, given):
                score = play(
                    template, round_, room, jobs=given.jobs, stride=given.stride, each=each, only=only
                )
                scores.append(score)
                sys.stdout.write(f"{_line(score)}\n")
                sys.stdout.writelines(f"{line}\n" for found in score.findings[:20] for line in found.lines())
                sys.stdout.flush()
            template.content.close()
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return _verdict(scores)


def _scenes(given: argparse.Namespace) -> Sequence[Scene]:
    cases, weeks, flavors = given.case or CASES, given.week or WEEKS, given.flavor or FLAVORS
    return [one for one in scenes() if one.case in cases and one.week in weeks and one.flavor in flavors]


def _rounds(scene: Scene, given: argparse.Namespace) -> Sequence[Round]:
    """Everything that is asked for; by itself no other act than `sync` for the large one."""
    acts = given.act or (["sync"] if scene.case == "large" else list(ACTS))
    rounds = [
        Round(scene, act, variant)
        for act in acts
        for variant in given.variant or (VARIANTS if act == "sync" else ("killed", "lost"))
    ]
    without_plan = scene.case == "small" and scene.week == "first"  # nor a store
    return [one for one in rounds if one.act == "sync" or not without_plan]


_FIGURES = "{:>8} {:>8} {:>6} {:>6} {:>7} {:>5} {:>7} {:>8}"
_HEAD = " " * 39 + _FIGURES.format(
    "requests", "commits", "points", "struck", "worlds", "runs", "differ", "seconds"
)


def _line(score: Score) -> str:
    figures = _FIGURES.format(
        score.requests,
        score.commits,
        score.points,
        score.kills,
        score.worlds,
        score.most_runs,
        len(score.findings),
        f"{score.seconds:.0f}",
    )
    return f"{score.round!s:<39}{figures}"


def _verdict(scores: Sequence[Score]) -> int:
    points = sum(score.points for score in scores)
    wrong = [finding for score in scores for finding in score.findings]
    out = sys.stdout
    out.write(f"\n{_HEAD}\n")
    out.writelines(f"{_line(score)}\n" for score in scores)
    for variant in VARIANTS:
        count = sum(score.points for score in scores if score.round.variant == variant)
        if count:
            out.write(f"{variant}: {count:,} points\n")
    out.write(
        f"{points:,} points in {len(scores)} rounds, {len(wrong)} left something else than undisturbed\n"
    )
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture",
        description=main.__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, choices in (
        ("case", CASES),
        ("week", WEEKS),
        ("flavor", FLAVORS),
        ("act", tuple(ACTS)),
        ("variant", VARIANTS),
    ):
        parser.add_argument(f"--{name}", action="append", choices=choices, help="repeatable; left out: all")
    parser.add_argument("--at", type=int, help="only at this step, of an otherwise single round")
    parser.add_argument("--side", choices=get_args(Side), default="before")
    parser.add_argument("--then", type=int, help="and at this step of the run after it")
    parser.add_argument("--stride", type=int, default=1, help="only every so many points")
    parser.add_argument(
        "--each",
        choices=get_args(Each),
        help="strike at each point (small, acme), or only where the world is another one than at the point"
        " before (large)",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    shared_memory = Path("/dev/shm")
    parser.add_argument(
        "--room", type=Path, default=shared_memory if shared_memory.is_dir() else None, help="where to work"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
