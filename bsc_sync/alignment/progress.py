"""Work progress: the share of linked work that is done, by a declared unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bsc_sync.alignment.effort import estimate, natural
from bsc_sync.alignment.ledger import Progress
from bsc_sync.alignment.work import WorkItem

CATEGORY_WEIGHTS: Mapping[str, Fraction] = {
    "new": Fraction(0),
    "indeterminate": Fraction(1, 2),
    "done": Fraction(1),
}
Unestimated = Literal["count", "ignore"] | Decimal


def progress(
    items: Iterable[WorkItem],
    *,
    by: str,
    unestimated: Unestimated,
    excluded_resolutions: Collection[str],
    weights: Mapping[str, Fraction] | None = None,
) -> Progress:
    """How much of the items is done, exactly; None with a reason where nothing can be shared.

    `by`: `count` (one each), `points`, `time` (seconds logged on items that are done, of those
    logged on all), `status` (each item by how far its status is), or the name of a number field.
    Items without a number count as `unestimated` says: one each, not at all, or a value; time
    that nobody logged is no estimate, so there `count` leaves them out too. Items whose
    resolution is excluded leave the scope, containers are counted through their children, an
    item that comes twice counts once. `weights` gives statuses by name or category (default: 0,
    1/2, 1); a status without a weight counts as not begun.
    """
    found = {item.id: item for item in items if not item.container}
    ordered = sorted(found.values(), key=natural)
    dropped = {name.casefold() for name in excluded_resolutions}
    scope = [item for item in ordered if (item.resolution or "").casefold() not in dropped]
    excluded = [item.key for item in ordered if (item.resolution or "").casefold() in dropped]
    substitute = _substitute(by, unestimated)
    estimates = {item.id: estimate(item, by) for item in scope}
    sizes = {
        item.id: size
        for item in scope
        if (size := substitute if estimates[item.id] is None else estimates[item.id]) is not None
    }
    counted = [item for item in scope if item.id in sizes]
    share_of = _share_by(by, weights)
    done = sum((sizes[item.id] * share_of(item) for item in counted), Fraction(0))
    total = sum(sizes.values(), Fraction(0))
    return Progress(
        share=done / total if total else None,
        done=done,
        total=total,
        by=by,
        items=len(scope),
        estimated=sum(size is not None for size in estimates.values()),
        why="" if total else _why(scope, excluded, counted, by),
        evidence=(
            ("counted", [item.key for item in counted]),
            ("done", [item.key for item in counted if item.category == "done"]),
            ("excluded", excluded),
            ("unestimated", [item.key for item in scope if estimates[item.id] is None]),
        ),
    )


def _substitute(by: str, unestimated: Unestimated) -> Fraction | None:
    if isinstance(unestimated, Decimal):
        return Fraction(unestimated)
    return Fraction(1) if unestimated == "count" and by != "time" else None


def _share_by(by: str, weights: Mapping[str, Fraction] | None) -> Callable[[WorkItem], Fraction]:
    if by != "status":
        return lambda item: Fraction(item.category == "done")
    table = {**CATEGORY_WEIGHTS, **(weights or {})}
    return lambda item: Fraction(table.get(item.status, table.get(item.category, Fraction(0))))


def _why(scope: list[WorkItem], excluded: list[str], counted: list[WorkItem], by: str) -> str:
    if not scope:
        if excluded:
            return f"all of its {len(excluded)} linked issues are out of scope by their resolution"
        return "no linked work"
    unit = {"points": "story points", "time": "time logged"}.get(by, f'a number in "{by}"')
    if not counted:
        return f"none of {len(scope)} linked issues has {unit}"
    return f"the {unit} of {len(counted)} linked issues add up to 0"
