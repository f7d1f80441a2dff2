"""Which types of fields can hold what the mapping writes, and which only with a drawback."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.errors import Problem
from bsc_sync.mapping.bind import Binding, BoundField, Home
from bsc_sync.mapping.fitting import field_type, misfits
from bsc_sync.mapping.lines import line_of, located
from bsc_sync.mapping.model import FieldRule, Mapping

MAPPING = Mapping.model_validate({"format": 1, "scorecard": "acme", "jira": {"project": "STRAT"}})


def bound(kind: str, **rule: Any) -> BoundField:
    return BoundField("customfield_1", "Field", kind, FieldRule.model_validate(rule), "jira.x.fields.Field")


def found(field: BoundField) -> list[bool]:
    home = Home("F1", "objective", "issue", "STRAT", "Epic", (), None, None, None, None, (field,), "jira.x")
    binding = Binding({"F1": home}, {}, None)
    return [one.hard for one in misfits(MAPPING, binding, frozenset())]


@pytest.mark.parametrize(
    ("source", "kind", "hard"),
    [
        ("target", "number", []),
        ("target", "line", [False]),
        ("target", "date", [True]),
        ("target", "user", [True]),
        ("baseline", "text", [False]),
        ("due", "date", []),
        ("due", "line", []),
        ("due", "number", [True]),
        ("owner", "user", []),
        ("owner", "number", [True]),
        ("description", "text", []),
        ("description", "block", []),
        ("description", "number", [True]),
        ("name", "line", []),
        ("name", "epic-name", []),
        ("name", "number", [True]),
        ("team", "option", []),
        ("themes", "labels", []),
        ("themes", "date", [True]),
    ],
)
def test_each_source_and_type(source: str, kind: str, hard: list[bool]) -> None:
    assert found(bound(kind, **{"from": source})) == hard


@pytest.mark.parametrize(("value", "hard"), [("3.5", []), ("High", [True]), ("NaN", [True])])
def test_a_constant_for_a_number_is_a_number(value: str, hard: list[bool]) -> None:
    assert found(bound("number", value=value)) == hard


def test_what_teams_fill_is_not_judged_as_written() -> None:
    assert found(bound("text", owner="jira")) == []
    assert field_type(bound("other", owner="jira")) == "number"
    assert field_type(bound("other", **{"from": "due"})) == "date"


def test_a_line_is_that_of_the_part_or_of_the_nearest_around_it() -> None:
    lines = {"jira": "m:1:1", 'jira.fields["KR target"]': "m:3:5", "jira.rules[1]": "m:9:3"}
    assert line_of('jira.fields["KR target"]', lines) == "m:3:5"
    assert line_of('jira.fields["KR target"].owner', lines) == "m:3:5"
    assert line_of("jira.rules[1].existing", lines) == "m:9:3"
    assert line_of("jira.other", lines) == "m:1:1"
    assert line_of("measures[0]", lines) == ""
    (told,) = located([Problem("wrong", path="jira.rules[1].link")], lines)
    assert told.where == "m:9:3"
    (kept,) = located([Problem("wrong", where="OPS-1", path="jira")], lines)
    assert kept.where == "OPS-1"
