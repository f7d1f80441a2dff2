"""From children to their parent: weighted means over those that have a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bsc_sync.attainment.judgment import by_rule
from bsc_sync.attainment.score import OFF_PLAN, Score, Status
from bsc_sync.scorecard.measures import DatedWeight, StatusRule

_WORST_FIRST = (Status.MISSED, Status.BREACHED, Status.OFF_TRACK, Status.AT_RISK)


@dataclass(frozen=True, slots=True)
class Child:
    """One child with the weight that it has under this parent and its capped expectation."""

    score: Score
    weight: Fraction
    expected: Fraction | None


@dataclass(frozen=True, slots=True)
class Rolled:
    """What a parent takes from its children; `None` where none of them can say."""

    attainment: Fraction | None
    expected: Fraction | None
    coverage: Fraction
    status: Status
    worst_child: str | None


def roll_up(children: Sequence[Child], rule: StatusRule) -> Rolled:
    """The weighted mean of the children, their coverage, and where the parent stands.

    Children without a number leave the mean and lower the coverage. The expectation is the
    weighted mean of the same children, as far as a plan asks something of them; the status
    compares like with like: only children that have both.
    """
    numbered = [child for child in children if child.score.attainment is not None]
    paced = [child for child in numbered if child.expected is not None]
    actual = weighted_mean((child.weight, child.score.attainment) for child in paced)
    expected = weighted_mean((child.weight, child.expected) for child in paced)
    coverage = weighted_mean((child.weight, child.score.coverage) for child in children)
    return Rolled(
        attainment=weighted_mean((child.weight, child.score.attainment) for child in numbered),
        expected=expected,
        coverage=coverage or Fraction(0),
        status=_status([child.score.status for child in children], actual, expected, rule),
        worst_child=_worst(children),
    )


def weighted_mean(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """The mean of those that have a number, weights re-normalized; None when none has."""
    known = [(weight, value) for weight, value in parts if value is not None]
    whole = sum((weight for weight, _ in known), Fraction(0))
    if not whole:
        return None
    return sum((weight * value for weight, value in known), Fraction(0)) / whole


def weight_on(weights: Sequence[DatedWeight], day: dt.date) -> Fraction:
    """The weight that holds on a day: the last one begun; 1 before the first one begins."""
    begun = [weight for weight in weights if weight.from_ is None or weight.from_ <= day]
    if not begun:
        return Fraction(1)
    return Fraction(max(begun, key=lambda weight: weight.from_ or dt.date.min).value)


def _status(
    statuses: Sequence[Status], actual: Fraction | None, expected: Fraction | None, rule: StatusRule
) -> Status:
    """A parent's status: what all children agree on, else the rule on the weighted figures.

    Children without data do not speak as long as another one does.
    """
    told = {status for status in statuses if status is not Status.NO_DATA}
    if not told:
        return Status.NO_DATA
    if told == {Status.NOT_STARTED}:
        return Status.NOT_STARTED
    if told <= {Status.NOT_STARTED, Status.TOO_EARLY}:
        return Status.TOO_EARLY
    if set(statuses) == {Status.ACHIEVED}:
        return Status.ACHIEVED
    if actual is None:
        return Status.NO_DATA
    return by_rule(rule, actual, expected)


def _worst(children: Sequence[Child]) -> str | None:
    """The child furthest behind among those that are off plan; None when none is."""
    behind = [child for child in children if child.score.status in OFF_PLAN]
    if not behind:
        return None
    return min(behind, key=_misery).score.id


def _misery(child: Child) -> tuple[int, Fraction]:
    rank = _WORST_FIRST.index(child.score.status)
    ahead = (child.score.attainment or Fraction(0)) - (child.expected or Fraction(0))
    return min(rank, 2), ahead  # missed and breached first; otherwise the greatest gap
