"""The declared rules in plain words, for the page: nobody should have to guess a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from bsc_sync.attainment.exact import decimal_text, percent
from bsc_sync.attainment.judgment import bands
from bsc_sync.scorecard.measures import KPI, Scoring, StatusRule
from bsc_sync.scorecard.model import KeyResult, Scorecard

_SCORINGS = {
    "attainment": "the way covered from baseline to target; a control is met or not",
    "check_ins": "successful check-ins among those planned for the cycle; a due one that is missing failed",
    "distance": "value divided by target (at most: 2 minus that)",
    "goal_red_flag": "a third at the red flag, two thirds at the goal, linear, from 0 to 100 %",
}


def declared_rules(card: Scorecard, *, status: StatusRule, scoring: Sequence[Scoring]) -> tuple[str, ...]:
    """One sentence for each rule in force, the common ones first, then every exception by name.

    `scoring` in order of precedence, as the measures without their own are scored.
    """
    chosen = scoring[0] if scoring else Scoring()
    cap = next((one.cap for one in scoring if one.cap is not None), None)
    low, high = (Fraction(0), Fraction(1)) if cap is None else (Fraction(cap[0]), Fraction(cap[1]))
    return (
        f"Status: {status_words(status)}.",
        f"Attainment: {_SCORINGS[chosen.by]}.",
        (
            "Pace: a reading is compared with what was expected on its own day, on a straight line or the "
            f"declared path, in {_days(card)}, time zone {card.timezone}."
        ),
        (
            f"Roll-up: the weighted mean of the children that have a value, each counted from {percent(low)} "
            f"to {percent(high)}; a missing value is left out and lowers the coverage."
        ),
        "Controls (at least, at most, between) hold or are breached; they are expected in full at any time.",
        "Too early: nothing is expected yet, or the first reading is not yet due.",
        (
            "When a cycle or target date is over: achieved or missed by the readings effective by its end, "
            "for a cycle recorded by its closing day; without any, no data."
        ),
        *_exceptions(card),
    )


def status_words(rule: StatusRule) -> str:
    """The bands of a status rule in words, with the authors' names where they gave some."""
    on_track, at_risk = bands(rule)
    named = {
        "on_track": rule.names.get("on_track", "on track"),
        "at_risk": rule.names.get("at_risk", "at risk"),
        "off_track": rule.names.get("off_track", "off track"),
    }
    if rule.rule == "gap":
        return (
            f"{named['on_track']} less than {decimal_text(on_track)} points behind what was expected, "
            f"{named['at_risk']} up to {decimal_text(at_risk)} points, {named['off_track']} beyond"
        )
    whole = "attainment" if rule.rule == "absolute" else "what was expected"
    return (
        f"{named['on_track']} from {percent(on_track)} of {whole}, "
        f"{named['at_risk']} from {percent(at_risk)}, {named['off_track']} below"
    )


def _days(card: Scorecard) -> str:
    if card.calendar.days == "calendar":
        return "calendar days"
    count = len(set(card.calendar.holidays))
    off = {0: "", 1: ", without 1 holiday"}.get(count, f", without {count} holidays")
    return f"working days (Monday to Friday{off})"


def _exceptions(card: Scorecard) -> Iterator[str]:
    for item in _measures(card):
        if item.status is not None:
            yield f"{item.id}: {status_words(item.status)}."
        if item.scoring is not None:
            yield f"{item.id}: scored by {_SCORINGS[item.scoring.by]}."


def _measures(card: Scorecard) -> Iterator[KPI | KeyResult]:
    for objective in card.objectives:
        yield from objective.own_kpis
    for _, key_result in card.key_results():
        yield key_result
