"""A sync that finds everything in step writes nothing, and asks no more often than it has to."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from bench.company import Size, write_company
from bsc_sync.cli.summary import summary_lines
from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.clock import Clock
from bsc_sync.sandbox.site import Site
from tests.fault_trial import NOW, Stage

LARGE = Size(objectives=60, key_results=1_000, work_items=100)
MOST = 30


@pytest.mark.parametrize("later", [dt.timedelta(minutes=1), dt.timedelta(hours=1)], ids=["at once", "later"])
@pytest.mark.parametrize("flavor", ["cloud", "data-center"])
def test_a_thousand_key_results_in_step_take_under_thirty_requests_and_no_write(
    tmp_path: Path, flavor: Flavor, later: dt.timedelta
) -> None:
    write_company(tmp_path / "company", LARGE, NOW.date())
    folder = tmp_path / "strategy"
    folder.mkdir()
    for name, source in (
        ("scorecard.yaml", "before/scorecard.yaml"),
        ("mapping.yaml", "mapping.yaml"),
    ):
        text = (tmp_path / "company" / source).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    seed = json.loads((tmp_path / "company" / "seed.json").read_text(encoding="utf-8"))
    site = Site(seed, clock=Clock(NOW), flavor=flavor)
    stage = Stage(folder, site, create_app(site))
    log = stage.app.extensions["sandbox_log"]
    first = stage.sync()
    assert first.exit_code == 0
    assert (first.requests, first.writes) == (len(log.entries()), len(log.writes()))
    told = f"{first.requests} requests, {first.writes} of them writes."
    assert [line.text for line in summary_lines(first)][-1] == told
    site.clock.set(NOW + later)
    log.clear()
    report = stage.sync()
    asked = len(log.entries())
    assert (report.exit_code, len(log.writes())) == (0, 0)
    assert asked < MOST
    assert report.requests == report.summary()["requests"] == asked
    assert report.writes == report.summary()["writes"] == 0
    assert [line.text for line in summary_lines(report)][-1] == f"{asked} requests, 0 of them writes."
    assert report.pulled is not None
    assert len(report.pulled.reasons) == LARGE.key_results  # each was looked at: no team has checked in yet
