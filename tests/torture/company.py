"""An invented company of any size: its strategy this week and the next, and the Jira that it meets."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TODAY = dt.date(2026, 11, 23)
_TARGET, _CURRENT = "Target value", "Current value"
_ARROWS = 4  # of the strategy map; it is not what is killed
_PERSPECTIVES = ("financial", "customer", "internal", "learning")


@dataclass(frozen=True, slots=True)
class Size:
    """How many objectives and key results there are."""

    objectives: int
    key_results: int

    def __str__(self) -> str:
        return f"{self.objectives} objectives, {self.key_results} key results"


def write_company(folder: Path, size: Size) -> None:
    """The files of the first week: `scorecard.yaml`, `mapping.yaml`, `sandbox.yaml`; JSON is YAML, too."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "scorecard.yaml", _scorecard(size, later=False))
    _write(folder / "mapping.yaml", _mapping(later=False))
    _write(folder / "sandbox.yaml", _seed(size))


def revise_company(folder: Path, size: Size) -> None:
    """The files of the second week.

    Some texts and targets are changed, the last key result is gone, another one is new, one has a
    new id (`was:`), one is declared retired where there are enough, and an epic of the team is adopted.
    """
    _write(folder / "scorecard.yaml", _scorecard(size, later=True))
    _write(folder / "mapping.yaml", _mapping(later=True))


def restore_company(folder: Path, size: Size) -> None:
    """The files of the third week: all is as it was in the first, and what left comes back."""
    card = _scorecard(size, later=False)
    card["cycles"][0]["key_results"][0]["was"] = f"{_objective(0)}.first"
    _write(folder / "scorecard.yaml", card)
    _write(folder / "mapping.yaml", _mapping(later=False))


def _objective(place: int) -> str:
    return f"O{place + 1:02}"


def _scorecard(size: Size, *, later: bool) -> dict[str, Any]:
    objectives = [
        {
            "id": _objective(place),
            "perspective": _PERSPECTIVES[place % 4],
            "name": f"Objective {place + 1}: be better at what counts{' still' * (later and place % 7 == 0)}",
            "description": f"Why objective {place + 1} counts: customers notice it within a year.",
            "due": (TODAY + dt.timedelta(days=300 + place)).isoformat(),
        }
        for place in range(size.objectives)
    ]
    if later:
        objectives.append(
            {"id": "TEAM", "perspective": "internal", "name": "What the team has begun", "due": "2027-09-30"}
        )
    return {
        "format": 1,
        "id": "kill",
        "name": "A company under torture",
        "timezone": "UTC",
        "objectives": objectives,
        "map": [{"from": _objective(place + 1), "to": _objective(0)} for place in range(size.objectives - 1)][
            :_ARROWS
        ],
        "cycles": [
            {
                "id": "2026-Q4",
                "from": "2026-10-01",
                "to": "2026-12-31",
                "key_results": list(_key_results(size, later=later)),
            }
        ],
    }


def _key_results(size: Size, *, later: bool) -> Iterator[dict[str, Any]]:
    for place in range(size.key_results):
        if later and place == size.key_results - 1:
            continue  # dropped
        objective = _objective(place % size.objectives)
        told: dict[str, Any] = {
            "id": f"{objective}.k{place // size.objectives + 1}",
            "objective": objective,
            "name": f"Key result {place + 1} of what objective {place % size.objectives + 1} needs",
            "baseline": place % 10,
            "target": place % 10 + (45 if later and place % 9 == 1 else 40),
        }
        if later and place == 0:
            told |= {"id": f"{objective}.first", "was": told["id"]}
        if later and place == 5:
            told["retired"] = TODAY.isoformat()
        yield told
    if later:
        yield {"id": "TEAM.k1", "objective": "TEAM", "name": "It is finished", "baseline": 0, "target": 3}


def _mapping(*, later: bool) -> dict[str, Any]:
    jira: dict[str, Any] = {
        "project": "STRAT",
        "projects": ["OPS"],
        "objectives": {
            "issue_type": "Epic",
            "labels": ["strategy"],
            "fields": {
                "summary": {"from": "name"},
                "description": {"from": "description"},
                "duedate": {"from": "due", "on_drift": "restore"},
                "priority": {"value": "High", "owner": "seed"},
            },
        },
        "key_results": {
            "issue_type": "Task",
            "labels": ["key-result"],
            "fields": {
                "summary": {"from": "name"},
                "duedate": {"from": "due"},
                _TARGET: {"from": "target"},
                _CURRENT: {"owner": "jira"},
            },
        },
        "retire": {"transition": "Closed", "comment": "Retired from {scorecard} on {date}."},
    }
    if later:
        jira["rules"] = [{"match": {"id": "TEAM"}, "existing": "OPS-1"}]
    return {
        "format": 1,
        "scorecard": "kill",
        "jira": jira,
        "measures": [{"match": {"kind": "key_result"}, "source": {"field": _CURRENT}}],
        "alignment": {"scope": "project = OPS AND type in (Story, Task)", "period": "90 days"},
        "limits": {
            "creates": {"count": 1000},
            "updates": {"share": 1, "count": 1000},
            "retires": {"share": 1},
        },
        "publish": {
            "confluence": {"space": "STRAT", "title": "Strategy alignment"},
            "html": "out/alignment.html",
        },
    }


def _seed(size: Size) -> dict[str, Any]:
    screen = ["summary", "description", "labels", "duedate", "priority", "parent", _TARGET, _CURRENT]
    created = {"created": "2026-10-01T08:00:00Z", "updated": "2026-11-20T08:00:00Z"}
    work = [
        {
            "key": f"OPS-{number}",
            "type": ("Story", "Task")[number % 2],
            "parent": "OPS-1",
            "summary": f"Piece of work {number}",
            "status": ("Done", "To Do")[number % 2],
            **created,
        }
        for number in range(2, 2 + min(size.key_results, 40))
    ]
    epic = {"key": "OPS-1", "type": "Epic", "summary": "What the team calls it", "labels": ["ops"], **created}
    return {
        "site": {"title": "Torture", "time_zone": "UTC"},
        "fields": [{"name": name, "type": "number"} for name in (_TARGET, _CURRENT)],
        "statuses": [
            {"name": "To Do", "category": "new"},
            {"name": "Done", "category": "done"},
            {"name": "Closed", "category": "done"},
        ],
        "transitions": [
            {"name": "To Do", "to": "To Do"},
            {"name": "Done", "to": "Done"},
            {"name": "Closed", "to": "Closed"},
        ],
        "projects": [
            {
                "key": "STRAT",
                "name": "Strategy",
                "issue_types": ["Epic", "Task"],
                "screens": {"*": screen},
                "issues": [{"key": "STRAT-1", "type": "Task", "summary": "Somebody else's", **created}],
            },
            {
                "key": "OPS",
                "name": "Operations",
                "issue_types": ["Epic", "Story", "Task"],
                "screens": {"*": screen},
                "issues": [epic, *work],
            },
        ],
        "spaces": [{"key": "STRAT", "name": "Strategy", "pages": []}],
    }


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
