"""Labels one by one: which of those that are shown count, and what becomes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_sync.plan.item import digest
from bsc_sync.plan.labels import added, compared, removed
from bsc_sync.plan.verdict import Verdict, verdict

Labels = tuple[str, ...]
some = st.sets(st.sampled_from("abcdx"))


def value(labels: set[str] | str) -> Labels | None:
    return tuple(sorted(labels)) or None


def ruled(shown: str, wanted: str, put: str, agreed: str | None) -> tuple[Labels | None, Verdict]:
    base = None if agreed is None else digest(value(agreed))
    seen, reference = compared(
        value(shown), value(wanted), put=put, agreed=None if agreed is None else tuple(agreed), base=base
    )
    ruling = verdict(desired=value(wanted), seen=seen, base=reference)
    return (seen if isinstance(seen, tuple) else None), ruling


@pytest.mark.parametrize(
    ("shown", "wanted", "put", "agreed", "seen", "ruling"),
    [
        ("ax", "a", "a", "a", "a", Verdict.IN_SYNC),
        ("x", "", "", None, "", Verdict.IN_SYNC),
        ("ax", "ab", "a", "a", "a", Verdict.UPDATE),  # the mapping gains one
        ("abx", "a", "ab", "ab", "ab", Verdict.UPDATE),  # the mapping loses one of ours
        ("abx", "a", "a", "ab", "a", Verdict.IN_SYNC),  # ... one that a person had put there
        ("abx", "", "ab", "ab", "ab", Verdict.UPDATE),  # the mapping loses all
        ("x", "a", "a", "a", "", Verdict.DRIFT_HOLD),  # a person takes ours off
        ("x", "ab", "a", "a", "", Verdict.DRIFT_HOLD),  # ... while the mapping gains another: no conflict
        ("b", "c", "ab", "ab", "b", Verdict.UPDATE),  # ... and loses both
        ("a", "", "a", "", "", Verdict.IN_SYNC),  # taken off once, put back by a person: theirs
        ("x", "a", "", None, "", Verdict.BASE_UNKNOWN),
        ("ax", "a", "", None, "a", Verdict.IN_SYNC),
    ],
)
def test_each_label_has_its_own_fate(
    shown: str, wanted: str, put: str, agreed: str | None, seen: str, ruling: Verdict
) -> None:
    assert ruled(shown, wanted, put, agreed) == (value(seen), ruling)


@pytest.mark.parametrize(
    ("shown", "wanted", "base", "ruling"),
    [
        ("ab", "ab", "ab", Verdict.IN_SYNC),
        ("abx", "a", "ab", Verdict.IN_SYNC),  # nobody knows any more who has put b there: it stays
        ("b", "ab", "ab", Verdict.DRIFT_HOLD),
        ("a", "ab", "a", Verdict.UPDATE),
        ("b", "ac", "ab", Verdict.BASE_UNKNOWN),
    ],
)
def test_after_a_lost_store_digests_decide_and_nothing_is_taken_off(
    shown: str, wanted: str, base: str, ruling: Verdict
) -> None:
    seen, reference = compared(value(shown), value(wanted), put=(), agreed=None, base=digest(value(base)))
    assert verdict(desired=value(wanted), seen=seen, base=reference) is ruling
    assert set(removed(seen, value(wanted))) == set()


@given(shown=some, wanted=some, put=some, agreed=st.none() | some)
def test_what_is_not_ours_is_never_taken_off_and_labels_never_conflict(
    shown: set[str], wanted: set[str], put: set[str], agreed: set[str] | None
) -> None:
    base = None if agreed is None else digest(value(agreed))
    seen, reference = compared(value(shown), value(wanted), put=put, agreed=agreed, base=base)
    ruling = verdict(desired=value(wanted), seen=seen, base=reference)
    assert ruling is not Verdict.CONFLICT
    gone = set(removed(seen, value(wanted)))
    assert gone <= put & (agreed or set())
    left = (shown - gone) | set(added(seen, value(wanted)))
    assert wanted <= left
    assert shown - left <= put
