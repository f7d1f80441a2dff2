"""How Jira stands to the scorecard, in the sentences that every format of the page begins with."""

from __future__ import annotations

from bsc_sync.report.parts import PlanNote
from bsc_sync.report.words import count, day


def said_of_jira(plan: PlanNote) -> tuple[str, ...]:
    """What is pending, and how many issues stand how, with the day of the look."""
    if plan.looked is None:
        return ("How Jira stands is not known: no run has looked at it yet.",)
    if plan.agrees:
        first = "Jira and the scorecard agree; nothing is pending."
    elif plan.pending:
        verb = "is" if plan.pending == 1 else "are"
        first = f"{count(plan.pending, 'change')} to Jira {verb} pending."
    else:
        first = "Nothing else is pending."
    states = ", ".join(f"{one.count} {one.state}" for one in plan.states)
    return first, f"Issues, looked at on {day(plan.looked)}: {states or 'none yet'}."
