"""Work progress: the share of linked work that is done, by a declared unit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bsc_sync.alignment.effort import estimate, natural_key
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
    tally = Tally(by=by, unestimated=unestimated, excluded_resolutions=excluded_resolutions, weights=weights)
    for item in {item.id: item for item in items}.values():
        tally.add(item)
    return tally.progress()


class Tally:
    """The progress of a stream of items, each of which comes once; only keys are remembered."""

    def __init__(
        self,
        *,
        by: str,
        unestimated: Unestimated,
        excluded_resolutions: Collection[str],
        weights: Mapping[str, Fraction] | None = None,
    ) -> None:
        self._by = by
        self._substitute = _substitute(by, unestimated)
        self._dropped = {name.casefold() for name in excluded_resolutions}
        self._share_of = _share_by(by, weights)
        self._done = Fraction(0)
        self._total = Fraction(0)
        self._estimated = 0
        self._counted: list[str] = []
        self._finished: list[str] = []
        self._excluded: list[str] = []
        self._unestimated: list[str] = []
        self._uncounted = 0

    def add(self, item: WorkItem) -> None:
        """Count one item."""
        if item.container:
            return
        if self._dropped and (item.resolution or "").casefold() in self._dropped:
            self._excluded.append(item.key)
            return
        size = estimate(item, self._by)
        if size is None:
            self._unestimated.append(item.key)
            size = self._substitute
        else:
            self._estimated += 1
        if size is None:
            self._uncounted += 1
            return
        self._counted.append(item.key)
        if item.category == "done":
            self._finished.append(item.key)
        self._total += size
        share = self._share_of(item)
        if share:
            self._done += share * size

    def progress(self) -> Progress:
        """What all of them make together."""
        items = len(self._counted) + self._uncounted
        total = self._total
        return Progress(
            share=self._done / total if total else None,
            done=self._done,
            total=total,
            by=self._by,
            items=items,
            estimated=self._estimated,
            why="" if total else _why(items, len(self._excluded), len(self._counted), self._by),
            evidence=(
                ("counted", sorted(self._counted, key=natural_key)),
                ("done", sorted(self._finished, key=natural_key)),
                ("excluded", sorted(self._excluded, key=natural_key)),
                ("unestimated", sorted(self._unestimated, key=natural_key)),
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


def _why(scope: int, excluded: int, counted: int, by: str) -> str:
    if not scope:
        if excluded:
            return f"all of its {excluded} linked issues are out of scope by their resolution"
        return "no linked work"
    unit = {"points": "story points", "time": "time logged"}.get(by, f'a number in "{by}"')
    if not counted:
        return f"none of {scope} linked issues has {unit}"
    return f"the {unit} of {counted} linked issues add up to 0"
