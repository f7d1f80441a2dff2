"""Which of several issues with one mark is the issue, and which is its clone."""

from __future__ import annotations

import pytest

from bsc_sync.plan.item import Mark, Seen, digest
from bsc_sync.sync.importing.clones import original, perhaps_a_clone

US, MIA = "us", "mia"


def seen(number: int, by: str | None, revision: int, *, intent: str = "", agreed: bool = True) -> Seen:
    """An issue with a mark; where it is not `agreed`, its summary is another than the mark's."""
    mark = Mark(
        scorecard="acme",
        ref="C1",
        store="s" if revision else "",
        revision=revision,
        intent=intent or f"{revision}",
        digests={"summary": digest("C1")} if revision else {},
    )
    summary = "C1" if agreed else "CLONE - C1"
    return Seen(
        id=str(number),
        key=f"X-{number}",
        project="X",
        issue_type="Epic",
        summary=summary,
        category="new",
        values={"creator": by, "summary": summary},
        mark=mark,
    )


@pytest.mark.parametrize(
    ("several", "existing", "expected"),
    [
        ([seen(1, US, 2), seen(2, MIA, 2, agreed=False)], None, "X-1"),  # copied to the letter
        ([seen(1, MIA, 2, agreed=False), seen(2, MIA, 2, agreed=False)], None, "X-1"),
        ([seen(1, US, 3), seen(2, MIA, 2, agreed=False)], None, "X-1"),  # written since it was cloned
        ([seen(1, MIA, 3), seen(2, US, 1)], None, "X-2"),  # a clone of what is gone, and what we made anew
        ([seen(1, MIA, 1), seen(2, None, 2)], None, "X-2"),  # a clone is never written
        ([seen(1, None, 3), seen(2, None, 1, agreed=False)], None, "X-1"),
        ([seen(1, MIA, 3, agreed=False), seen(2, MIA, 1)], None, "X-2"),
        ([seen(1, MIA, 3, agreed=False), seen(2, MIA, 1, agreed=False)], None, None),
        ([seen(1, MIA, 3), seen(2, MIA, 1)], None, None),
        ([seen(1, MIA, 3), seen(2, MIA, 1)], "X-2", "X-2"),  # the mapping says so
        ([seen(1, MIA, 0), seen(2, US, 0)], None, "X-2"),  # labels alone: they tell no revision
        ([seen(1, None, 0), seen(2, None, 0)], None, None),
        ([seen(1, MIA, 1)], None, "X-1"),
    ],
)
def test_evidence_in_turn(several: list[Seen], existing: str | None, expected: str | None) -> None:
    found = original(several, us=US, existing=existing)
    assert (found.key if found else None) == expected


def test_what_may_be_a_clone_of_what_is_gone() -> None:
    assert perhaps_a_clone(seen(1, MIA, 1, agreed=False), us=US)
    assert not perhaps_a_clone(seen(1, MIA, 1), us=US)
    assert not perhaps_a_clone(seen(1, US, 1, agreed=False), us=US)
    assert not perhaps_a_clone(seen(1, None, 1, agreed=False), us=US)
    assert not perhaps_a_clone(seen(1, MIA, 0, agreed=False), us=US)
