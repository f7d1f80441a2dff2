"""What a plan may be restricted to: objectives and key results, also those that are leaving."""

from __future__ import annotations

from collections.abc import Iterable

from bsc_sync.errors import Problem, UserError
from bsc_sync.plan.observation import Observation
from bsc_sync.scorecard.model import Scorecard
from bsc_sync.scorecard.wording import quoted, suggestion


def check_targets(targets: Iterable[str], card: Scorecard, seen: Observation) -> None:
    """UserError with every target that is no objective, no key result and no issue of ours."""
    objectives = [objective.id for objective in card.objectives]
    key_results = [key_result.id for _, key_result in card.key_results()]
    measured = {kpi.id: objective.id for objective in card.objectives for kpi in objective.own_kpis}
    known = [*objectives, *key_results]
    known += sorted({*seen.ours, *seen.missing, *seen.undecided}.difference(known))
    problems = []
    for target in targets:
        if target in known:
            continue
        if target in measured:
            what = "is a KPI, which has no issue of its own"
            hint = f"its objective is {measured[target]}"
        else:
            what, hint = "is not known", suggestion(target, known, what="there are")
        problems.append(Problem(f"{quoted(target)} {what}", hint, where="--target"))
    if problems:
        raise UserError("a plan can be made for objectives and key results only", problems=problems)
