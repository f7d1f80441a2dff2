"""The gate: who has not done the work gets no figures. Read through the API, as anybody could."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bench.company import STRATEGY, TARGET
from bench.scene import Scene, read_json


def pushed(scene: Scene) -> list[str]:
    """What is wrong with the strategy's project: counts, duplicates, values, parents, labels."""
    target = scene.field(TARGET)
    fields = ["summary", "description", "duedate", "parent", "labels", "issuetype", target]
    shown = list(scene.issues(f"project = {STRATEGY}", fields))
    items = read_json(scene.folder / "items.json")
    by_name = {item["name"]: item for item in items}
    names = Counter(issue["fields"]["summary"] for issue in shown)
    problems = [f"{len(shown)} issues, not {len(items)}"] if len(shown) != len(items) else []
    problems += [f"{count} times: {name}" for name, count in names.items() if count > 1]
    problems += [f"not there: {name}" for name in by_name if name not in names]
    keys = {
        by_name[issue["fields"]["summary"]]["ref"]: issue["key"]
        for issue in shown
        if issue["fields"]["summary"] in by_name
    }
    for issue in shown:
        item = by_name.get(issue["fields"]["summary"])
        if item is not None:
            problems += _differences(issue, item, target, keys)
    return problems


def _differences(
    issue: dict[str, Any], item: dict[str, Any], target: str, keys: dict[str, str]
) -> Iterator[str]:
    shown = issue["fields"]
    is_objective = item["kind"] == "objective"
    wanted = {
        "description": item["description"],
        "duedate": item["due"],
        "parent": None if is_objective else keys.get(item["parent"]),
        "issuetype": "Epic" if is_objective else "Task",
        target: item["target"],
    }
    found = {
        "description": shown.get("description"),
        "duedate": shown.get("duedate"),
        "parent": (shown.get("parent") or {}).get("key"),
        "issuetype": shown["issuetype"]["name"],
        target: shown.get(target),
    }
    for name, value in wanted.items():
        if found[name] != value:
            yield f"{issue['key']} ({item['ref']}): {name} is {found[name]!r}, not {value!r}"
    if not shown["labels"]:
        yield f"{issue['key']} ({item['ref']}) has no label to find it by"


def pulled_by_script(scene: Scene, truth: dict[str, Any]) -> list[str]:
    """What is wrong with what a script has written into `pulled.json`."""
    found = read_json(scene.folder / "pulled.json")
    return [
        f"{part}: {_first_difference(found[part], truth[part])}"
        for part in ("progress", "current", "ledger")
        if found[part] != truth[part]
    ]


def pulled_by_us(score: str, report: str, truth: dict[str, Any]) -> list[str]:
    """What is wrong with what `score --json` and `report --format json` print after a pull."""
    items = {item["id"]: item for item in json.loads(score)["items"]}
    problems = []
    for ref, (done, total) in truth["progress"].items():
        told = items[ref]["work_progress"]
        if told is None or abs(Decimal(told) - Decimal(done) / total) > Decimal("1e-9"):
            problems.append(f"{ref}: progress {told}, not {done} of {total}")
    for ref, value in truth["current"].items():
        told = items[ref]["value"]
        if told is None or Decimal(told) != value:
            problems.append(f"{ref}: value {told}, not {value}")
    buckets = {part["name"]: part["items"] for part in json.loads(report)["ledger"]["buckets"]}
    if buckets != truth["ledger"]:
        problems.append(f"ledger: {_first_difference(buckets, truth['ledger'])}")
    return problems


def _first_difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    return next(
        (
            f"{key} is {found.get(key)}, not {value}"
            for key, value in wanted.items()
            if found.get(key) != value
        ),
        f"unexpected {sorted(set(found) - set(wanted))[:3]}",
    )
