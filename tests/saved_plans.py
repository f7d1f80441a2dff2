"""Plans that go through a file, what moves until they are applied, and what is said when they are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bsc_sync.errors import StalePlan
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.saved import dump, load
from bsc_sync.plan.wishes import NO_WISH, Wishes
from tests.runs_on_acme import Acme, apply, key_of, plan_of

RETENTION = "name: Increase customer retention\n"
ARR = "name: Increase annual recurring revenue by 40 %"


def saved(acme: Acme, wishes: Wishes = NO_WISH, targets: Sequence[str] = ()) -> Plan:
    """A plan that went through a file."""
    plan = plan_of(acme, wishes, targets).model_copy(update={"site": acme.office().browse_url})
    return load(dump(plan))


def fields_of(acme: Acme, ref: str) -> Any:
    """The fields of the issue of a ref, as Jira shows them."""
    return acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}")["fields"]


def remove(acme: Acme, ref: str) -> None:
    """A person deletes the issue of a ref."""
    acme.ask("DELETE", f"{acme.api}/issue/{key_of(acme, ref)}?deleteSubtasks=true")


def drop(acme: Acme, word: str) -> None:
    """Take the lines with a word out of the scorecard."""
    path = acme.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if word not in line), encoding="utf-8")


def refusal(acme: Acme, plan: Plan) -> list[str]:
    """What is said when the plan is refused; nothing may have been written."""
    writes = acme.writes()
    with pytest.raises(StalePlan) as stale:
        apply(acme, plan)
    assert acme.writes() == writes
    assert stale.value.exit_code == 3
    return [str(problem) for problem in stale.value.problems]
