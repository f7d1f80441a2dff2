"""What happens to two servers meanwhile: bad weather, people at work, a database that drops them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.torture.two_stage import Stage

BAD_DAYS: tuple[dict[str, Any], ...] = (
    {
        "fault": "status",
        "status": 429,
        "retry_after": 1,
        "reason": "jira-burst-based",
        "every": 4,
        "times": 6,
    },
    {"fault": "status", "status": 503, "retry_after": 1, "method": ["PUT", "POST"], "every": 2, "times": 4},
    {"fault": "status", "status": 503, "times": 12},
    {"fault": "drop", "carried_out": True, "path": "*/issue/bulk", "times": 1},
    {"fault": "drop", "carried_out": False, "path": "*/issue/bulk", "times": 1},
    {"fault": "drop", "carried_out": True, "method": "PUT", "times": 1},
    {"fault": "slow", "seconds": 3, "every": 3, "times": 5},
    {"fault": "html", "status": 502, "every": 5, "times": 3},
    {"fault": "truncated", "closed": True, "every": 6, "times": 2},
)


MIA = "Train everybody, says Mia,"  # what an epic of ours is called in Jira, by a person

Act = Callable[[Stage], str]


def bad_weather(stage: Stage) -> str:
    """The site has one of its days."""
    fault = stage.dice.choice(BAD_DAYS)
    stage.ask("POST", "/_sandbox/faults", {"faults": [fault]})
    return f"weather: {fault['fault']} {fault.get('status', '')}".strip()


def rename(stage: Stage) -> str:
    """Somebody words an objective anew."""
    stage.number += 1
    name = f"name: Resolve incidents before customers notice, take {stage.number}\n"
    stage.edit(lambda text: "\n".join(_renamed(line, name) for line in text.split("\n")))
    return "objectives renamed"


def add_objective(stage: Stage) -> str:
    """Somebody adds an objective."""
    stage.number += 1
    ref = f"X{stage.number}"
    line = f"  - {{id: {ref}, perspective: internal, name: Extra {stage.number}}}\n"
    stage.edit(lambda text: text.replace("\nmap:", f"\n{line}map:", 1))
    stage.extra.append(ref)
    return "objectives added"


def remove_objective(stage: Stage) -> str:
    """Somebody takes one of those out again: it retires."""
    if len(stage.extra) < 4:
        return add_objective(stage)
    ref = stage.extra.pop(stage.dice.randrange(len(stage.extra)))
    stage.edit(lambda text: "".join(part for part in text.splitlines(True) if f"{{id: {ref}," not in part))
    return "objectives removed"


def edit_in_jira(stage: Stage) -> str:
    """A person words an epic in Jira that the file words otherwise: nobody may write over it."""
    found = [one for one in stage.issues() if _ref(one) == "L1"]
    if not found:
        return "nothing to edit yet"
    key = found[0]["key"]
    stage.number += 1
    text = f"{MIA} {stage.number}"
    stage.kept = key
    stage.ask("PUT", f"/rest/api/3/issue/{key}", {"fields": {"summary": text}})
    return "edits in Jira"


def check_in(stage: Stage) -> str:
    """A team checks in."""
    found = [one for one in stage.issues() if _ref(one) == "C1.retention.q4"]
    fields = stage.ask("GET", "/rest/api/3/field") or []
    ids = [one["id"] for one in fields if one["name"] == "Current value"]
    if not found or not ids:
        return "nothing to check in yet"
    value = stage.dice.randrange(850, 900) / 10
    stage.ask("PUT", f"/rest/api/3/issue/{found[0]['key']}", {"fields": {ids[0]: value}})
    return "check-ins"


def cut_connections(stage: Stage) -> str:
    """The database drops everybody."""
    stage.postgres.drop_connections()
    return "database connections dropped"


ACTS: tuple[tuple[Act, int], ...] = (
    (bad_weather, 6),
    (rename, 4),
    (add_objective, 3),
    (remove_objective, 1),
    (edit_in_jira, 3),
    (check_in, 4),
    (cut_connections, 1),
)


def _renamed(line: str, name: str) -> str:
    return f"    {name}".rstrip() if line.startswith("    name: Resolve incidents") else line


def _ref(issue: Any) -> str:
    return str(issue["properties"]["bsc-sync"]["ref"])
