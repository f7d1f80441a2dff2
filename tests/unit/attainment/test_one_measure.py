"""A key result and its KPI are one measure, unless the key result says otherwise."""

from fractions import Fraction
from typing import Any

import pytest

from bsc_sync.attainment.score import Status
from tests.measure_sample import Plain, card, key_result, kpi, objective, reading, scores

RETENTION = kpi(
    "C1.retention",
    baseline={"value": 85, "on": "2025-12-31"},
    target={"value": 90, "on": "2027-12-31"},
    unit="%",
)


def _segment(ref: str = "C1.retention.q4", **given: Any) -> Plain:
    return key_result(ref, **{"kpi": "C1.retention", "baseline": 85, "target": 87, **given})


@pytest.mark.parametrize("subject", ["C1.retention", "C1.retention.q4"])
def test_a_reading_of_either_is_a_reading_of_both(subject: str) -> None:
    of = card(objective("C1", RETENTION), key_results=[_segment()])
    found = scores(of, [reading(subject, 87, "2026-11-15")], on="2026-11-20")
    whole, segment = found.get("C1.retention", "kpi"), found.get("C1.retention.q4", "key_result")
    # the three numbers of DOMAIN 2: the segment is covered, the whole path is not
    assert (segment.value, segment.raw) == (87, 1)
    assert (whole.value, whole.raw) == (87, Fraction(2, 5))
    assert (segment.unit, segment.status) == ("%", Status.ACHIEVED)
    assert segment.reading == whole.reading


def test_all_key_results_of_a_kpi_share_its_readings() -> None:
    of = card(objective("C1", RETENTION), key_results=[_segment(), _segment("C1.other", target=89)])
    found = scores(of, [reading("C1.other", 87, "2026-11-15")], on="2026-11-20")
    assert found.get("C1.retention.q4", "key_result").raw == 1
    assert found.get("C1.other", "key_result").raw == Fraction(1, 2)


def test_a_check_in_in_the_file_is_shared_too() -> None:
    given = _segment(check_ins=[{"on": "2026-11-15", "value": 86}])
    found = scores(card(objective("C1", RETENTION), key_results=[given]), on="2026-11-20")
    assert found.get("C1.retention", "kpi").value == 86


def test_measure_own_keeps_them_apart() -> None:
    of = card(objective("C1", RETENTION), key_results=[_segment(measure="own")])
    found = scores(of, [reading("C1.retention.q4", 86, "2026-11-15")], on="2026-11-20")
    assert found.get("C1.retention.q4", "key_result").value == 86
    assert found.get("C1.retention", "kpi").undefined == "no reading yet"


@pytest.mark.parametrize("type_", ["work", "done"])
def test_a_share_of_work_is_no_retention_rate(type_: str) -> None:
    of = card(objective("C1", RETENTION), key_results=[_segment(type=type_, baseline=None, target=None)])
    found = scores(of, [reading("C1.retention.q4", 1, "2026-11-15")], on="2026-11-20")
    assert found.get("C1.retention.q4", "key_result").raw == 1
    assert found.get("C1.retention", "kpi").value is None


def test_a_control_over_a_kpi_that_climbs_shares_its_values() -> None:
    given = _segment(type="at_least", baseline=None, target=86)
    of = card(objective("C1", RETENTION), key_results=[given])
    found = scores(of, [reading("C1.retention", 86, "2026-11-15")], on="2026-11-20")
    held = found.get("C1.retention.q4", "key_result")
    assert (held.status, held.target) == (Status.HOLDING, ">= 86")


def test_what_a_key_result_leaves_open_comes_from_its_kpi() -> None:
    given = key_result("C1.retention.q4", kpi="C1.retention")
    of = card(objective("C1", RETENTION), key_results=[given])
    found = scores(of, [reading("C1.retention", 86, "2026-11-15")], on="2026-11-20")
    whole = found.get("C1.retention.q4", "key_result")
    assert (whole.baseline, whole.target, whole.raw) == ("85", "90", Fraction(1, 5))
    assert (whole.cycle, whole.parent, str(whole.due)) == ("2026-Q4", "C1", "2026-12-31")


def test_the_reason_of_either_is_the_reason_of_both_but_its_own_comes_first() -> None:
    of = card(objective("C1", RETENTION), key_results=[_segment()])
    only = scores(of, on="2026-11-20", reasons={"C1.retention.q4": "the field is empty"})
    assert only.get("C1.retention", "kpi").undefined == "the field is empty"
    both = {"C1.retention.q4": "the field is empty", "C1.retention": "the file is gone"}
    found = scores(of, on="2026-11-20", reasons=both)
    assert found.get("C1.retention", "kpi").undefined == "the file is gone"
    assert found.get("C1.retention.q4", "key_result").undefined == "the field is empty"


def test_a_roll_up_reading_comes_before_the_work_progress() -> None:
    of = card(objective(), key_results=[key_result(type="work")])
    work = {"C1.k.q4": Fraction(1, 4)}
    plain = scores(of, on="2026-11-15", work=work).get("C1.k.q4", "key_result")
    assert (plain.raw, plain.work_progress, plain.reading) == (Fraction(1, 4), Fraction(1, 4), None)
    assert plain.expected == Fraction(1, 2)
    told = [reading("C1.k.q4", "0.5", "2026-10-23", source="rollup")]
    rolled = scores(of, told, on="2026-11-15", work=work).get("C1.k.q4", "key_result")
    assert (rolled.raw, rolled.work_progress, rolled.expected) == (
        Fraction(1, 2),
        Fraction(1, 4),
        Fraction(1, 4),
    )
