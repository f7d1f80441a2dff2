"""Advice of the strategy review: what it is about, why, and how authors say that they decided otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bsc_sync.scorecard.model import Scorecard

CODES: dict[str, str] = {
    "themes-count": "three to five themes are few enough to remember and enough to choose between",
    "horizon-missing": "without a horizon nobody can say whether the strategy is on time",
    "horizon-length": "a strategy of one to three years is long enough to matter and short enough to steer",
    "stage-at-odds": "the financial measures should ask for what the stage of the business is about",
    "perspective-empty": "without objectives here the chain from learning to results has a gap",
    "process-only-operations": "customers, innovation and regulation need processes too",
    "capital-missing": "people, information and organization carry the rest of the map together",
    "objectives-many": "more than 25 objectives are no choice any more",
    "objective-owner": "an objective that nobody answers for does not move",
    "objective-theme": "an objective outside every theme may not belong to this strategy",
    "map-down": "causes lie below and effects above: learning, internal, customer, financial",
    "map-skips": "the step between is where the hypothesis could be tested",
    "map-unlinked": "an objective without arrows is not part of the story",
    "map-no-way-up": "what never reaches the top of the map does not pay for itself there",
    "kpis-none": "what is not measured cannot be told from a wish",
    "kpis-many": "one or two measures say what matters; more hide it",
    "kpis-one-kind": "lagging measures come too late alone, leading ones prove nothing alone",
    "target-date": "a target without a day is never missed",
    "already-met": "a target that is already passed asks for nothing",
    "due-outside": "what is due outside its window cannot be judged in it",
    "cadence-slow": "a measure that is read less than once in its window cannot be steered by",
    "kr-direction": "a key result is a stretch of its KPI's way",
    "kr-behind-path": "fully achieved, the key result would still leave its KPI behind its plan",
    "kr-many": "more than five key results under one objective divide the attention",
    "kr-same-issues": "the same work would count as two results",
    "cycle-empty": "a cycle without key results activates nothing",
    "cycle-overlap": "two cycles of one kind at the same time compete for the same attention",
    "source-missing": "a measure without a source or a check-in never gets a value",
    "source-not-read": "this version does not read such a source yet, so the measure gets no value from it",
    "rule-unused": "a rule that fits nothing is usually a slip",
    "silence-unused": "advice that is silenced and never given is silence for something else one day",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark of the review. `ref` is what it is about, `silence` what to write to end it."""

    code: str
    ref: str
    what: str
    why: str
    silence: str

    def __str__(self) -> str:
        return f"{self.code}: {self.what} - {self.why} ({self.silence})"


def advise(code: str, ref: str, what: str) -> Advice:
    """A remark with its reason and its way out; `code` is one of CODES."""
    silence = f'silence it with review: {{silence: [{{code: {code}, id: "{ref}", reason: ...}}]}}'
    return Advice(code, ref, what, CODES[code], silence)


def spoken(card: Scorecard, given: Iterable[Advice]) -> tuple[Advice, ...]:
    """The advice that the scorecard does not silence; a silence without an id is for all of its code."""
    silenced = {(rule.code, rule.id) for rule in card.review.silence}
    return tuple(
        advice
        for advice in given
        if (advice.code, advice.ref) not in silenced and (advice.code, None) not in silenced
    )


def unused_silence(card: Scorecard, given: Iterable[Advice]) -> tuple[Advice, ...]:
    """A remark for each silence that silences nothing of what was given."""
    said: set[tuple[str, str | None]] = set()
    for advice in given:
        said |= {(advice.code, advice.ref), (advice.code, None)}
    return tuple(
        advise("silence-unused", rule.id or rule.code, f"no advice {rule.code} is given here to be silenced")
        for rule in card.review.silence
        if (rule.code, rule.id) not in said and rule.code != "silence-unused"
    )
