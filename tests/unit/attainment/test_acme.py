"""The Acme example on one day of its quarter, every figure worked out by hand."""

import os
from fractions import Fraction
from pathlib import Path

import pytest

from bsc_sync.attainment.score import Scores, Status, Tally
from bsc_sync.scorecard.load import load_scorecard
from bsc_sync.scorecard.model import Scorecard
from tests.measure_sample import exact, reading, scores

ROOT = Path(__file__).parents[3]
FILE = (
    Path(os.environ.get("BSC_SYNC_SHARED", ROOT.parent / "shared")) / "examples" / "acme" / "scorecard.yaml"
)
ON = "2026-11-20"


@pytest.fixture(scope="module", name="acme")
def _acme() -> Scorecard:
    if not FILE.exists():
        pytest.skip("the public example is not beside this checkout (BSC_SYNC_SHARED)")
    return load_scorecard(FILE).card


@pytest.fixture(scope="module", name="found")
def _found(acme: Scorecard) -> Scores:
    told = [
        reading("F1.ltv", 1290, "2026-10-31", source="csv"),
        reading("C1.retention.q4", "86.2", "2026-11-15"),
        reading("C2.ttfv.q4", 36, "2026-11-18"),
        reading("P1.conversion.q4", "13.4", "2026-11-18"),
        reading("P2.open", 11, "2026-11-20", source="jql"),
        reading("L1.trained.q4", 60, "2026-11-15"),
        reading("L2.migration.q4", "0.4", "2026-11-20", source="rollup"),
    ]
    return scores(acme, told, on=ON, work={"C1": Fraction(1, 3), "C1.retention.q4": Fraction(1, 4)})


@pytest.mark.parametrize(
    ("ref", "value", "raw", "expected", "status"),
    [
        # 90 of 600 on the way from 1200 to 1800; 304 of 1096 days
        ("F1.ltv", "1290", "90/600", "304/1096", Status.OFF_TRACK),
        # 1.2 of 4; planned on 30 September: 10 + 1.5 * 273/365
        ("F2.arr", "11.2", "0.3", "409.5/1460", Status.ON_TRACK),
        # 1.2 of 5; planned on 15 November: 85 + 2 * 319/365
        ("C1.retention", "86.2", "0.24", "638/1825", Status.OFF_TRACK),
        # 0.8 of 1.7; 273 of 730 days
        ("C1.effort", "3.4", "8/17", "273/730", Status.ON_TRACK),
        # 24 of 36; planned on 18 November: 12 + 24 * 49/92
        ("C2.ttfv", "36", "2/3", "2280/3312", Status.ON_TRACK),
        # 1.4 of 6; planned: 3 * 322/365
        ("P1.conversion", "13.4", "7/30", "161/365", Status.OFF_TRACK),
        ("P1.demos", "42", "1", "1", Status.HOLDING),
        # 19 of 25; planned on 20 November: 12 + 13 * 51/92
        ("P2.open", "11", "0.76", "1767/2300", Status.ON_TRACK),
        # (99.3 - 98.5) of (99.5 - 98.5)
        ("P3.uptime", "99.3", "0.8", "1", Status.BREACHED),
        # 138 of 184 days
        ("L1.trained", "60", "0.6", "138/184", Status.AT_RISK),
        # 1 of 6 points; nothing was due yet
        ("L2.migration", "1", "1/6", "0", Status.TOO_EARLY),
    ],
)
def test_kpis(found: Scores, ref: str, value: str, raw: str, expected: str, status: Status) -> None:
    score = found.get(ref, "kpi")
    assert (score.value, score.raw, score.expected, score.status) == (
        exact(value),
        _ratio(raw),
        _ratio(expected),
        status,
    )


@pytest.mark.parametrize(
    ("ref", "raw", "expected", "status"),
    [
        ("C1.retention.q4", "0.6", "46/92", Status.ON_TRACK),
        ("C2.ttfv.q4", "0.5", "49/92", Status.ON_TRACK),
        ("P1.conversion.q4", "0.2", "49/92", Status.OFF_TRACK),
        ("P2.open.q4", "7/13", "51/92", Status.ON_TRACK),
        ("L1.trained.q4", "0.5", "46/92", Status.ON_TRACK),
        ("L2.migration.q4", "0.4", "51/92", Status.AT_RISK),
    ],
)
def test_key_results(found: Scores, ref: str, raw: str, expected: str, status: Status) -> None:
    score = found.get(ref, "key_result")
    assert (score.raw, score.expected, score.status) == (_ratio(raw), _ratio(expected), status)


def test_parents(found: Scores) -> None:
    retention = found.get("C1", "objective")
    assert retention.attainment == (Fraction(6, 25) + Fraction(8, 17)) / 2
    assert retention.okr_progress == Fraction(3, 5)
    assert retention.work_progress == Fraction(1, 3)
    assert (retention.worst_child, retention.status) == ("C1.retention", Status.ON_TRACK)
    financial = found.get("financial", "perspective")
    assert financial.attainment == (2 * Fraction(3, 20) + Fraction(3, 10)) / 3
    assert financial.expected == (2 * Fraction(304, 1096) + Fraction(819, 2920)) / 3
    assert (financial.status, financial.coverage) == (Status.AT_RISK, 1)
    assert found.get("learning", "perspective").okr_progress == Fraction(9, 20)
    assert found.get("loyal", "theme").children == ("F1", "C1", "C2")


def test_the_headline(found: Scores) -> None:
    assert found.key_results == Tally(on_plan=4, of=6, unjudged=0)
    assert found.kpis == Tally(on_plan=5, of=10, unjudged=1)
    assert found.objectives == Tally(on_plan=4, of=8, unjudged=1)
    assert found.coverage == 1
    objectives = [score for score in found.items if score.kind == "objective"]
    whole = sum((score.weight * (score.attainment or 0) for score in objectives), Fraction(0))
    assert found.attainment == whole / sum(score.weight for score in objectives)


def test_what_people_read(found: Scores) -> None:
    shown = {
        ref: (score.baseline, score.target, score.unit)
        for ref in ("C1.retention", "P1.demos", "P3.uptime", "L2.migration", "F2.arr")
        for score in [found.get(ref, "kpi")]
    }
    assert shown == {
        "C1.retention": ("85", "90", "%"),
        "P1.demos": ("", ">= 40", ""),
        "P3.uptime": ("", "99.5 to 100", "%"),
        "L2.migration": ("0", "6", "milestone points"),
        "F2.arr": ("10", "14", "MEUR"),
    }
    assert found.rules[0] == (
        "Status: on track from 90 % of what was expected, at risk from 70 %, off track below."
    )


def _ratio(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or 1)
