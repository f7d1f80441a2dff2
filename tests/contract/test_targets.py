"""`--target`: a plan for some of it, with what has to be there first."""

from __future__ import annotations

import pytest

from bsc_sync.errors import UserError
from bsc_sync.plan.change import Hold
from tests.runs_on_acme import Acme, apply, put
from tests.saved_plans import drop, saved


def test_targets_bring_what_has_to_be_there_first(acme_here: Acme) -> None:
    acme = acme_here
    assert [c.ref for c in saved(acme, targets=["C1.retention.q4"]).changes] == ["C1", "C1.retention.q4"]
    assert [(c.action, c.ref) for c in saved(acme, targets=["P2.open.q4"]).changes] == [
        ("adopt", "P2"),
        ("create", "P2.open.q4"),
    ]
    assert [c.ref for c in saved(acme, targets=["P1.conversion.q4"]).changes] == ["P1"]
    apply(acme)
    drop(acme, "C2.ttfv.q4")
    assert [(c.action, c.ref) for c in saved(acme, targets=["C2.ttfv.q4"]).changes] == [
        ("retire", "C2.ttfv.q4")
    ]


def test_a_target_that_lives_in_fields_is_only_these_fields(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    put(acme, "P1", summary="Theirs", **{acme.field("KR target"): 99})
    (hold,) = saved(acme, targets=["P1.conversion.q4"]).changes
    assert isinstance(hold, Hold)
    assert (hold.ref, [part.name for part in hold.fields]) == ("P1", ["KR target"])


def test_a_target_that_is_nothing_is_told_with_what_was_meant(acme_here: Acme) -> None:
    with pytest.raises(UserError) as told:
        saved(acme_here, targets=["C1.retentoin.q4", "C1", "C1.retention", "zebra"])
    assert [str(problem) for problem in told.value.problems][:2] == [
        '--target: "C1.retentoin.q4" is not known - did you mean "C1.retention.q4"?',
        '--target: "C1.retention" is a KPI, which has no issue of its own - its objective is C1',
    ]
    assert "there are" in str(told.value.problems[2])
