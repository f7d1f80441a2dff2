"""The bench's instruments: a company without chance, a porter who sees impatience, medians behind a gate."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from werkzeug.test import Client
from werkzeug.wrappers import Response

from bench.company import SIZES, write_company
from bench.contestants import FIRST, OURS, PULL, UNCHANGED, WITH_JIRA
from bench.figures import summarize, targets
from bench.rounds import Footprint, Result
from bench.scene import Run
from bench.site import ON_THE_WIRE, Porter
from bench.table import lines
from bsc_sync.mapping.load import load_both
from bsc_sync.sandbox.seed import load_seed

TODAY = dt.date(2026, 11, 23)
RUN = Run(
    seconds=1.0,
    cpu=0.5,
    megabytes=100.0,
    requests=10,
    writes=0,
    peak=1,
    refused=0,
    impatient=0,
    early=0,
    operations={},
    exit_code=0,
    output="",
)


def test_a_company_is_the_same_each_time_and_its_files_are_sound(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_company(tmp_path / name, SIZES["tiny"], TODAY)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 8
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    for part in ("before", "after"):
        scorecard, mapping = load_both(
            tmp_path / "one" / part / "scorecard.yaml", tmp_path / "one/mapping.yaml"
        )
        assert len(scorecard.card.objectives) == SIZES["tiny"].objectives
        assert sum(1 for _ in scorecard.card.key_results()) == SIZES["tiny"].key_results
        assert mapping.mapping.alignment is not None
    load_seed(tmp_path / "one" / "seed.json")
    truth = json.loads((tmp_path / "one" / "truth.json").read_text())
    left_out = SIZES["tiny"].work_items - sum(truth["ledger"].values())
    assert 0 < left_out < SIZES["tiny"].work_items / 10
    assert sum(total for _, total in truth["progress"].values()) == truth["ledger"]["aligned"]


def test_one_item_in_twenty_changes(tmp_path: Path) -> None:
    write_company(tmp_path, SIZES["small"], TODAY)
    before, after = (json.loads((tmp_path / part / "items.json").read_text()) for part in ("before", "after"))
    changed = [old["ref"] for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["O01", "O01.K1", "O01.K3"]


def test_the_porter_counts_who_comes_before_the_time() -> None:
    now = [100.0]
    answers: list[Response] = [Response(status=429, headers={"Retry-After": "2"}), *([Response("ok")] * 5)]

    def inside(environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        return answers.pop(0)(environ, start_response)

    porter = Porter(inside, clock=lambda: now[0])
    client = Client(porter)
    for later in (0, ON_THE_WIRE / 2, 1.0, 0.5, 0.6):
        now[0] += later
        client.get("/rest/api/3/myself")
    assert porter.early == 2  # at 1.0 s and 1.5 s; not what was under way, not at 2.1 s
    porter.forget()
    client.get("/rest/api/3/myself")
    assert porter.early == 0


def test_a_figure_is_the_median_and_a_failed_gate_has_none() -> None:
    runs = [replace(RUN, requests=count, early=count - 5) for count in (5, 9, 6)]
    fine = [Result("bsc-sync", PULL, 10, number, run, ()) for number, run in enumerate(runs)]
    broken = [
        Result("jira", PULL, 10, 0, RUN, ("230 issues, not 231",)),
        Result("jira", PULL, 10, 1, RUN, ()),
    ]
    ours, theirs = summarize([*fine, *broken])
    assert (ours.requests, ours.early, ours.problems) == (6, 4, ())
    assert (theirs.requests, theirs.seconds, theirs.problems) == (None, None, ("230 issues, not 231",))
    text = "\n".join(lines([ours, theirs], [], []))
    assert "no figures for jira, pull, 10/s: 230 issues, not 231" in text


def test_targets_are_reached_or_not() -> None:
    def result(who: str, scenario: str, **given: Any) -> Result:
        return Result(who, scenario, 0, 0, replace(RUN, **given), ())

    figures = summarize(
        [
            result(OURS.name, FIRST, requests=20, seconds=1.5),
            result(WITH_JIRA.name, FIRST, requests=100, seconds=9.0),
            result(OURS.name, UNCHANGED, requests=7, writes=1),
            result(OURS.name, PULL, requests=66),
        ]
    )
    weights = [Footprint("pull", 5_000, 100, 1, 66), Footprint("pull", 50_000, 116, 1, 560)]
    found = targets(figures, SIZES["full"], weights)
    assert [(goal.goal, goal.figure, goal.reached) for goal in found] == [
        ("<= 0.2 x", "0.200 x", True),
        ("<= 0.15 x", "0.167 x", False),
        ("<= 0", "1", False),
        ("<= 7", "6", True),
        ("<= 113", "66", True),
        ("<= 65", "66", False),
        ("<= 1.15 x", "1.160 x", False),
    ]
