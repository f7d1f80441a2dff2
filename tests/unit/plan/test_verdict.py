"""The verdict on one field: every cell of base x desired x seen x owner x on_drift."""

import itertools

import pytest

from bsc_sync.plan.item import digest
from bsc_sync.plan.past import PATIENCE, Rebuff
from bsc_sync.plan.verdict import HOLDS, WRITES, OnDrift, Verdict, decided, verdict

VALUES = (None, "a", "b", "c")


@pytest.mark.parametrize(
    ("base", "desired", "seen", "on_drift", "expected"),
    [
        (None, "a", "a", "hold", Verdict.IN_SYNC),
        (None, "a", "b", "hold", Verdict.BASE_UNKNOWN),
        (None, "a", "b", "restore", Verdict.BASE_UNKNOWN),
        ("a", "b", "a", "hold", Verdict.UPDATE),
        ("a", None, "a", "hold", Verdict.UPDATE),
        ("a", "a", "b", "hold", Verdict.DRIFT_HOLD),
        ("a", "a", "b", "restore", Verdict.DRIFT_RESTORE),
        ("a", "a", "b", "adopt", Verdict.DRIFT_ADOPT),
        ("a", "a", None, "restore", Verdict.DRIFT_RESTORE),
        ("a", "b", "c", "hold", Verdict.CONFLICT),
        ("a", "b", "c", "restore", Verdict.CONFLICT),
        ("a", "b", "b", "hold", Verdict.IN_SYNC),
    ],
)
def test_the_first_condition_that_fits(
    base: str | None, desired: str | None, seen: str | None, on_drift: OnDrift, expected: Verdict
) -> None:
    known = None if base is None else digest(base)
    assert verdict(desired=desired, seen=seen, base=known, on_drift=on_drift) is expected


def test_no_cell_writes_over_a_persons_edit_unless_the_rule_says_restore() -> None:
    drifts: tuple[OnDrift, ...] = ("hold", "restore", "adopt")
    for base, desired, seen, on_drift in itertools.product(VALUES, VALUES, VALUES, drifts):
        found = verdict(desired=desired, seen=seen, base=digest(base), on_drift=on_drift)
        if found in WRITES and seen != base:
            assert (desired, on_drift) == (base, "restore")
        assert (found is Verdict.IN_SYNC) == (desired == seen)


@pytest.mark.parametrize("owner", ["jira", "seed"])
def test_what_is_not_the_scorecards_is_never_touched(owner: str) -> None:
    for base, desired, seen in itertools.product(VALUES, repeat=3):
        known = None if base is None else digest(base)
        found = verdict(desired=desired, seen=seen, base=known, owner=owner)  # type: ignore[arg-type]  # from the list above
        assert found is Verdict.RELEASED


def test_a_decision_turns_holds_into_writes_or_leaves_them_to_jira() -> None:
    for found in Verdict:
        if found in HOLDS:
            assert decided(found, "scorecard") is Verdict.UPDATE
            assert decided(found, "jira") is Verdict.RELEASED
        elif found is Verdict.KEPT:
            assert decided(found, "scorecard") is Verdict.UPDATE
        else:
            assert decided(found, "scorecard") is found
        assert decided(found, None) is found


@pytest.mark.parametrize(
    ("rebuff", "base", "seen", "on_drift", "expected"),
    [
        (("a", "A", 0), "A", "A", "hold", Verdict.KEPT),  # as Jira shows it since we wrote it
        (("a", "A", 0), "A", "A", "restore", Verdict.KEPT),
        (("a", "A", 0), "A", "c", "hold", Verdict.DRIFT_HOLD),  # and then somebody edited it
        (("a", "A", 0), "A", "c", "restore", Verdict.DRIFT_RESTORE),
        (("a", "A", 0), "A", "c", "adopt", Verdict.DRIFT_ADOPT),
        (("a", "A", 0), "A", "a", "hold", Verdict.IN_SYNC),
        (("b", "B", 0), "B", "B", "hold", Verdict.UPDATE),  # the scorecard moved
        (("b", "B", 0), "B", "c", "hold", Verdict.CONFLICT),  # both moved
        (("a", None, PATIENCE - 1), "a", "c", "restore", Verdict.DRIFT_RESTORE),
        (("a", None, PATIENCE), "a", "c", "restore", Verdict.DRIFT_FOUGHT),
        (("a", "A", PATIENCE), "A", "c", "restore", Verdict.DRIFT_FOUGHT),
        (("b", None, PATIENCE), "b", "b", "restore", Verdict.UPDATE),
        (("a", None, PATIENCE), "a", "c", "hold", Verdict.DRIFT_HOLD),
    ],
)
def test_how_jira_met_what_was_written_before(
    rebuff: tuple[str, str | None, int], base: str, seen: str, on_drift: OnDrift, expected: Verdict
) -> None:
    wanted, shown, restores = rebuff
    met = Rebuff(digest(wanted), None if shown is None else digest(shown), restores)
    assert verdict(desired="a", seen=seen, base=digest(base), on_drift=on_drift, rebuff=met) is expected
