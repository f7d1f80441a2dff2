"""What the file does not name is not asked for; `null` is a wish, also where a value is derived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from bsc_sync.mapping.bind import bind
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.mapping.load import load_both
from bsc_sync.plan.desired import desired_items
from bsc_sync.plan.item import Item, Value

CARD = """\
format: 1
id: acme
name: Acme
teams: [{id: success, name: Success}]
themes: [{id: loyal, name: Loyal}]
objectives:
- {id: C1, perspective: customer, name: One%s}
cycles:
- id: 2026-Q4
  from: 2026-10-01
  to: 2026-12-31
  key_results:
  - {id: C1.a, objective: C1, name: First, type: done%s}
"""
MAPPING = """\
format: 1
scorecard: acme
jira:
  project: STRAT
  objectives: {fields: {Summary: {from: name}, Due: {from: due}, Themes: {from: themes}, Who: {from: owner}}}
  key_results:
    fields:
      Summary: {from: name}
      Themes: {from: themes}
      Who: {from: owner}
      Team: {from: team}
      Target: {from: target}
      Unit: {from: unit}
"""
TODAY = dt.date(2026, 11, 23)
TYPES = {"Summary": "line", "Due": "date", "Themes": "options", "Target": "number"}


def items_of(tmp_path: Path, objective: str, key_result: str) -> tuple[Item, ...]:
    """What two lines more in the file ask for."""
    files = tmp_path / "scorecard.yaml", tmp_path / "mapping.yaml"
    for path, text in zip(files, (CARD % (objective, key_result), MAPPING), strict=True):
        path.write_text(text, encoding="utf-8")
    card, mapping = load_both(*files)
    names = ("Summary", "Due", "Themes", "Who", "Team", "Target", "Unit")
    catalog = Catalog("us", tuple(FieldInfo(name, name, TYPES.get(name, "line")) for name in names))
    return desired_items(card.card, bind(mapping.mapping, card.card, catalog), today=TODAY)


def asked(items: Iterable[Item]) -> dict[str, dict[str, Value]]:
    """What is asked for by ref and field, but for the names."""
    return {
        item.ref: {part.name: part.value for part in item.fields if part.name != "Summary"} for item in items
    }


@pytest.mark.parametrize(
    ("objective", "key_result", "of_objective", "of_key_result"),
    [
        ("", "", {}, {}),
        (", themes: [loyal]", "", {"Themes": ("loyal",)}, {"Themes": ("loyal",)}),
        (", themes: []", "", {"Themes": None}, {"Themes": None}),
        (", due: null", "", {"Due": None}, {}),
        (", owner: cfo", ", owner: null", {"Who": "cfo"}, {"Who": "cfo"}),  # inherited all the same
        (", owner: null", "", {"Who": None}, {"Who": None}),
        ("", ", owner: null, team: null", {}, {"Who": None, "Team": None}),
        ("", ", target: null, unit: null", {}, {"Target": None, "Unit": None}),
    ],
)
def test_a_key_that_is_absent_is_no_wish_and_null_is_one(
    tmp_path: Path, objective: str, key_result: str, of_objective: object, of_key_result: object
) -> None:
    assert asked(items_of(tmp_path, objective, key_result)) == {"C1": of_objective, "C1.a": of_key_result}


@pytest.mark.parametrize(
    ("objective", "key_result", "retired"),
    [
        ("", "", (None, None)),
        (", retired: 2026-11-23", "", (TODAY, TODAY)),
        (", retired: 2026-11-24", "", (None, None)),
        ("", ", retired: 2026-11-23", (None, TODAY)),
        (", retired: 2026-11-23", ", retired: 2027-03-31", (TODAY, TODAY)),
    ],
)
def test_what_is_retired_on_a_day_to_come_is_asked_for_until_then(
    tmp_path: Path, objective: str, key_result: str, retired: object
) -> None:
    assert tuple(item.retired for item in items_of(tmp_path, objective, key_result)) == retired
