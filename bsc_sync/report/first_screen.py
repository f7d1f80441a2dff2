"""What a board sees first: the headline, what moved, the decisions wanted, the exceptions."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from bsc_sync.attainment.score import OFF_PLAN, Score, Scores, Status
from bsc_sync.report.parts import Exceptional, MeasureRow, Move, ObjectiveRow, Section, Wanted
from bsc_sync.report.words import clean, count, day, listed, one_line, share
from bsc_sync.scorecard.model import Objective, Scorecard

MOST_MOVES = 2


def headline(scores: Scores, moved: tuple[Move, ...], since: dt.date | None) -> str:
    """One sentence: n of m objectives on plan, and what moved since the page before."""
    tally = scores.objectives
    if tally.of:
        verb = "is" if tally.on_plan == 1 else "are"
        first = f"{tally.on_plan} of {count(tally.of, 'objective')} {verb} on plan"
        if tally.unjudged:
            first += f" and {tally.unjudged} cannot be judged yet"
    elif tally.unjudged:
        first = f"none of {count(tally.unjudged, 'objective')} can be judged yet"
    else:
        first = "the scorecard has no objectives yet"
    sentence = first[0].upper() + first[1:]
    if since is None:
        return f"{sentence}."
    when = day(since, beside=scores.as_of)
    if not moved:
        return f"{sentence}; nothing has moved since {when}."
    told = tuple(_told(move, index) for index, move in enumerate(moved[:MOST_MOVES]))
    if len(moved) > MOST_MOVES:
        told += (f"{count(len(moved) - MOST_MOVES, 'other objective')} too",)
    return f"{sentence}; since {when}, {listed(told)}."


def standing_behind(scores: Scores) -> str:
    """The means that stand behind the headline, with what they rest on."""
    attained = share(scores.attainment)
    if attained.exact is None:
        return f"No mean yet: {attained.why}."
    return (
        f"Behind it, the weighted mean of KPI attainment is {attained.text}"
        f" where {share(scores.expected).text} was expected;"
        f" figures cover {share(scores.coverage).text} of the weight."
    )


def moves(card: Scorecard, scores: Scores, previous: Scores | None) -> tuple[Move, ...]:
    """The objectives whose attainment reads otherwise than before, the largest move first."""
    if previous is None:
        return ()
    found = []
    for objective in card.objectives:
        now, before = find(scores, objective.id), find(previous, objective.id)
        if now is None or before is None or now.retired:
            continue
        texts = share(before.attainment).text, share(now.attainment).text
        if texts[0] != texts[1]:
            found.append((_size(before, now), Move(objective.id, *texts)))
    found.sort(key=lambda pair: -pair[0])
    return tuple(move for _, move in found)


def decisions(card: Scorecard, scores: Scores) -> tuple[Wanted, ...]:
    """Every decision that an objective on the page asks for, the earliest first."""
    found = [
        Wanted(
            objective=objective.id,
            text=one_line(decision.text),
            owner=one_line(decision.owner or objective.owner),
            due=decision.due,
            overdue=decision.due is not None and decision.due < scores.as_of,
        )
        for objective in card.objectives
        if (score := find(scores, objective.id)) is not None and not score.retired
        for decision in objective.decisions
    ]
    return tuple(sorted(found, key=lambda wanted: (wanted.due is None, wanted.due or dt.date.max)))


def exceptions(card: Scorecard, scores: Scores, parts: tuple[Section, ...]) -> tuple[Exceptional, ...]:
    """The objectives that are off plan, the worst first; then those on plan with a measure that is not."""
    found = []
    for row in (row for section in parts for row in section.objectives):
        score = scores.get(row.id, "objective")
        offenders = [measure for measure in row.measures if measure.standing.status in OFF_PLAN]
        if score.status not in OFF_PLAN and not offenders:
            continue
        worst = min(
            offenders, key=lambda measure: _badness(measure.standing.status, _gap(measure)), default=None
        )
        standing = row.standing if score.status in OFF_PLAN or worst is None else worst.standing
        note, noted_on = _latest_note(card.objective(row.id), row, scores)
        entry = Exceptional(
            id=row.id,
            name=row.name,
            standing=standing,
            what=_what(row, worst),
            owner=row.owner,
            note=note,
            noted_on=noted_on,
            link=row.link,
        )
        rank = (score.status not in OFF_PLAN, *_badness(standing.status, _gap(worst or row)))
        found.append((rank, entry))
    found.sort(key=lambda pair: pair[0])
    return tuple(entry for _, entry in found)


def find(scores: Scores, objective: str) -> Score | None:
    """The objective's score, if it has one on that day."""
    try:
        return scores.get(objective, "objective")
    except KeyError:
        return None


def _told(move: Move, index: int) -> str:
    return f"{move.id} {'moved ' if index == 0 else ''}from {move.before} to {move.after}"


def _size(before: Score, now: Score) -> Fraction:
    if before.attainment is None or now.attainment is None:
        return Fraction(0)
    return abs(now.attainment - before.attainment)


def _gap(row: MeasureRow | ObjectiveRow) -> Fraction:
    if row.attainment.exact is None or row.expected.exact is None:
        return Fraction(0)
    return Fraction(row.expected.exact) - Fraction(row.attainment.exact)


def _badness(status: Status, gap: Fraction) -> tuple[bool, Fraction]:
    return (status is Status.AT_RISK, -gap)


def _what(row: ObjectiveRow, worst: MeasureRow | None) -> str:
    if worst is None:
        return f"KPI attainment {row.attainment.text} where {row.expected.text} was expected"
    figures = f"{worst.value.text} against {worst.target}" if worst.value.exact and worst.target else ""
    pace = f"{worst.attainment.text} attained where {worst.expected.text} was expected"
    return f"{worst.name}: {', '.join(filter(None, (figures, pace)))}"


def _latest_note(objective: Objective, row: ObjectiveRow, scores: Scores) -> tuple[str, dt.date | None]:
    notes = [(note.on, clean(note.text)) for note in objective.notes if note.on <= scores.as_of]
    for measure in row.measures:
        reading = scores.get(measure.id, "kpi" if measure.kind == "KPI" else "key_result").reading
        if reading is not None and reading.note:
            notes.append((reading.effective, clean(reading.note)))
    if not notes:
        return "", None
    on, text = max(notes, key=lambda pair: pair[0])
    return text, on
