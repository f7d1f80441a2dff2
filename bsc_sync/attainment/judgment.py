"""On track, at risk or off track: the declared rule, applied to what was reached and expected."""

from __future__ import annotations

from fractions import Fraction

from bsc_sync.attainment.score import Status
from bsc_sync.scorecard.measures import StatusRule

BANDS: dict[str, tuple[Fraction, Fraction]] = {
    "ratio": (Fraction("0.9"), Fraction("0.7")),
    "gap": (Fraction("16.5"), Fraction(33)),
    "absolute": (Fraction("0.7"), Fraction("0.4")),
}
_NAMED = {Status.ON_TRACK: "on_track", Status.AT_RISK: "at_risk", Status.OFF_TRACK: "off_track"}


def bands(rule: StatusRule) -> tuple[Fraction, Fraction]:
    """Where on track ends and where at risk ends, defaults of the rule's kind filled in.

    Shares of what was expected for `ratio`, points behind it for `gap`, the attainment itself
    for `absolute`.
    """
    on_track, at_risk = BANDS[rule.rule]
    return (
        on_track if rule.on_track is None else Fraction(rule.on_track),
        at_risk if rule.at_risk is None else Fraction(rule.at_risk),
    )


def by_rule(rule: StatusRule, actual: Fraction, expected: Fraction | None) -> Status:
    """The band that an attainment falls into.

    Without an expectation only the absolute rule can say anything: else `no data`. An
    expectation of 0 or less is `too early` for every rule.
    """
    on_track, at_risk = bands(rule)
    if expected is not None and expected <= 0:
        return Status.TOO_EARLY
    if rule.rule == "absolute":
        return _band(actual, on_track, at_risk)
    if expected is None:
        return Status.NO_DATA
    if rule.rule == "ratio":
        return _band(actual / expected, on_track, at_risk)
    behind = (expected - actual) * 100
    if behind < on_track:
        return Status.ON_TRACK
    return Status.AT_RISK if behind <= at_risk else Status.OFF_TRACK


def name_of(status: Status, rule: StatusRule) -> str | None:
    """The authors' own name for a band, where the rule gives one."""
    key = _NAMED.get(status)
    return next((name for band, name in rule.names.items() if band == key), None)


def _band(figure: Fraction, on_track: Fraction, at_risk: Fraction) -> Status:
    if figure >= on_track:
        return Status.ON_TRACK
    return Status.AT_RISK if figure >= at_risk else Status.OFF_TRACK
