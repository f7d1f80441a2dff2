"""An invented company of any size: its strategy, its Jira, and what is true of both.

Everything follows from the size and the day; there is no randomness. Run as a program it writes
`before/` and `after/` (the strategy, and the same with one item in twenty changed), `seed.json`
(the teams' Jira on the eve of the first push) and `truth.json` (what a pull has to find).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STRATEGY = "STRAT"
TEAMS = ("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO")
USER, TOKEN = "admin@sandbox.example", "sandbox-token"
TARGET, CURRENT = "Target value", "Current value"
PORTFOLIO = f"project in ({', '.join(TEAMS)}) AND type in (Story, Task, Bug)"
RUNNING = "labels = run-the-business"
LEFT_OUT = "Won't Do"
_PERSPECTIVES = ("financial", "customer", "internal", "learning")
_CHANGED_ONE_IN = 20
_RUNNING_AT, _UNEXPLAINED_AT = 7, 13  # of every twenty work items


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are."""

    objectives: int
    key_results: int
    work_items: int

    @property
    def items(self) -> int:
        """How many issues the strategy becomes."""
        return self.objectives + self.key_results

    def __str__(self) -> str:
        return (
            f"{self.objectives} objectives + {self.key_results} key results + {self.work_items:,} work items"
        )


SIZES = {
    "tiny": Size(3, 8, 60),
    "small": Size(10, 40, 600),
    "full": Size(30, 200, 5_000),
    "large": Size(30, 200, 50_000),
}


def write_company(folder: Path, size: Size, today: dt.date) -> None:
    """Write the four parts into the folder."""
    for name, changed in (("before", False), ("after", True)):
        (folder / name).mkdir(parents=True)
        items = list(strategy_items(size, today, changed=changed))
        _write(folder / name / "items.json", items)
        _write(folder / name / "scorecard.yaml", _scorecard(items, today))  # JSON is YAML, too
    _write(folder / "mapping.yaml", _mapping(size))
    _write(folder / "epics.json", {_objective(place): _epic(place) for place in range(size.objectives)})
    _write(folder / "seed.json", _seed(size, today))
    _write(folder / "truth.json", _truth(size, today))


def strategy_items(size: Size, today: dt.date, *, changed: bool) -> Iterator[dict[str, Any]]:
    """Every objective, then every key result, with the values that its issue has to show."""
    for place in range(size.objectives):
        again = " (said better)" if changed and place % _CHANGED_ONE_IN == 0 else ""
        yield {
            "ref": _objective(place),
            "kind": "objective",
            "name": f"Objective {place + 1}: be better at what counts{again}",
            "description": f"Why objective {place + 1} counts: customers notice it within a year.",
            "due": (today + dt.timedelta(days=300 + place)).isoformat(),
            "parent": None,
            "target": None,
        }
    for place in range(size.key_results):
        objective = place % size.objectives
        more = 5 if changed and place % _CHANGED_ONE_IN == 0 else 0
        yield {
            "ref": f"{_objective(objective)}.K{place // size.objectives + 1}",
            "kind": "key_result",
            "name": f"Key result {place + 1}: from {place % 10} to {place % 10 + 40} of what objective "
            f"{objective + 1} needs",
            "description": None,
            "due": _cycle(today)[1].isoformat(),
            "parent": _objective(objective),
            "baseline": place % 10,
            "target": place % 10 + 40 + more,
        }


def scope_sizes(size: Size) -> tuple[int, ...]:
    """How many issues each question of the mapping finds.

    The strategy, the portfolio, the work below the teams' epics, what keeps the business running.
    """
    kinds = [place % 20 for place in range(size.work_items)]
    running, unexplained = kinds.count(_RUNNING_AT), kinds.count(_UNEXPLAINED_AT)
    return size.items, size.work_items, size.work_items - running - unexplained, running


def _objective(place: int) -> str:
    return f"O{place + 1:02}"


def _epic(place: int) -> str:
    """The epic under which the teams work for an objective; epics have the lowest numbers."""
    return f"{TEAMS[place % len(TEAMS)]}-{place // len(TEAMS) + 1}"


def _cycle(today: dt.date) -> tuple[dt.date, dt.date]:
    return today - dt.timedelta(days=30), today + dt.timedelta(days=60)


def _scorecard(items: list[dict[str, Any]], today: dt.date) -> dict[str, Any]:
    first, last = _cycle(today)
    objectives = [item for item in items if item["kind"] == "objective"]
    return {
        "format": 1,
        "id": "bench",
        "name": "A company of the bench",
        "timezone": "UTC",
        "objectives": [
            {
                "id": item["ref"],
                "perspective": _PERSPECTIVES[place % len(_PERSPECTIVES)],
                "name": item["name"],
                "description": item["description"],
                "due": item["due"],
            }
            for place, item in enumerate(objectives)
        ],
        "cycles": [
            {
                "id": "now",
                "kind": "own",
                "from": first.isoformat(),
                "to": last.isoformat(),
                "key_results": [
                    {
                        "id": item["ref"],
                        "objective": item["parent"],
                        "name": item["name"],
                        "baseline": item["baseline"],
                        "target": item["target"],
                    }
                    for item in items
                    if item["kind"] == "key_result"
                ],
            }
        ],
    }


def _mapping(size: Size) -> dict[str, Any]:
    return {
        "format": 1,
        "scorecard": "bench",
        "jira": {
            "project": STRATEGY,
            "objectives": {
                "issue_type": "Epic",
                "fields": {
                    "summary": {"from": "name"},
                    "description": {"from": "description"},
                    "duedate": {"from": "due"},
                },
            },
            "key_results": {
                "issue_type": "Task",
                "fields": {
                    "summary": {"from": "name"},
                    "duedate": {"from": "due"},
                    TARGET: {"from": "target"},
                    CURRENT: {"owner": "jira"},
                },
            },
        },
        "work": [
            {"match": {"id": _objective(place), "kind": "objective"}, "epics": [_epic(place)]}
            for place in range(size.objectives)
        ],
        "measures": [{"match": {"kind": "key_result"}, "source": {"field": CURRENT}}],
        "alignment": {
            "scope": PORTFOLIO,
            "period": "90 days",
            "run_the_business": RUNNING,
            "exclude": {"resolution": [LEFT_OUT]},
        },
        "limits": {"creates": {"count": 100_000}},
        "publish": {"html": "out/alignment.html"},
    }


def _work(size: Size, today: dt.date) -> Iterator[dict[str, Any]]:
    """The teams' work: nine in ten below an epic, some that keeps the business running, some unexplained."""
    numbers = {team: size.objectives // len(TEAMS) + 1 for team in TEAMS}
    for place in range(size.work_items):
        epic = _epic(place % size.objectives)
        team = epic.partition("-")[0]
        numbers[team] += 1
        created = today - dt.timedelta(days=80 - place % 60)
        moved = created + dt.timedelta(days=place % 15)
        issue: dict[str, Any] = {
            "key": f"{team}-{numbers[team]}",
            "type": ("Story", "Task", "Bug")[place % 3],
            "summary": f"Piece of work {place + 1}, as the team calls it",
            "created": f"{created}T09:00:00Z",
            "updated": f"{moved}T15:00:00Z",
            "status": ("Done", "To Do", "In Progress", "Done", "To Do")[place % 5],
            "fields": {"Story Points": place % 8 + 1},
        }
        if issue["status"] == "Done":
            issue |= {"resolution": LEFT_OUT if place % 25 == 0 else "Done", "resolved": issue["updated"]}
        kind = place % 20
        if kind == _RUNNING_AT:
            issue["labels"] = ["run-the-business"]
        elif kind != _UNEXPLAINED_AT:
            issue["parent"] = epic
        yield issue


def _seed(size: Size, today: dt.date) -> dict[str, Any]:
    issues: dict[str, list[dict[str, Any]]] = {team: [] for team in TEAMS}
    created = f"{today - dt.timedelta(days=85)}T08:00:00Z"
    for place in range(size.objectives + -size.objectives % len(TEAMS)):
        key = _epic(place)
        issues[key.partition("-")[0]].append(
            {
                "key": key,
                "type": "Epic",
                "summary": f"Epic {place + 1}",
                "created": created,
                "updated": created,
            }
        )
    for issue in _work(size, today):
        issues[issue["key"].partition("-")[0]].append(issue)
    strategy = {
        "key": STRATEGY,
        "name": "Strategy",
        "issue_types": ["Epic", "Task"],
        "screens": {
            "*": ["summary", "description", "labels", "duedate", "priority", "parent", TARGET, CURRENT]
        },
    }
    screen = ["summary", "description", "labels", "duedate", "priority", "parent", "Story Points"]
    return {
        "site": {"title": "Bench", "time_zone": "UTC"},
        "fields": [{"name": name, "type": "number"} for name in (TARGET, CURRENT, "Story Points")],
        "projects": [
            strategy,
            *(
                {"key": team, "name": team.title(), "screens": {"*": screen}, "issues": issues[team]}
                for team in TEAMS
            ),
        ],
    }


def _truth(size: Size, today: dt.date) -> dict[str, Any]:
    done = {_objective(place): [0, 0] for place in range(size.objectives)}
    owner = {_epic(place): _objective(place) for place in range(size.objectives)}
    ledger = {"aligned": 0, "run the business": 0, "unexplained": 0}
    for issue in _work(size, today):
        if issue.get("resolution") == LEFT_OUT:
            continue
        if "parent" in issue:
            tally = done[owner[issue["parent"]]]
            tally[0] += issue["status"] == "Done"
            tally[1] += 1
            ledger["aligned"] += 1
        else:
            ledger["run the business" if "labels" in issue else "unexplained"] += 1
    current = {
        item["ref"]: item["baseline"] + 7
        for item in strategy_items(size, today, changed=True)
        if item["kind"] == "key_result"
    }
    return {"progress": done, "current": current, "ledger": ledger, "work_items": size.work_items}


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    """Write a company: `python -m bench.company FOLDER SIZE`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("size", choices=SIZES)
    given = parser.parse_args()
    write_company(given.folder, SIZES[given.size], dt.datetime.now(dt.UTC).date())


if __name__ == "__main__":
    main()
