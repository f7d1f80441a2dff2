"""A plan as a file: one writing, back and forth without a change, and as its published schema says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bsc_sync.errors import UserError
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.saved import dump, load
from bsc_sync.plan.schema import plan_schema
from tests.plan_strategies import plans

VALIDATOR = jsonschema_rs.validator_for(plan_schema())
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(plans())
def test_a_plan_comes_back_as_it_was_and_its_text_byte_for_byte(plan: Plan) -> None:
    text = dump(plan)
    assert load(text) == plan
    assert dump(load(text)).encode() == text.encode()
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert list(json.loads(text)) == sorted(json.loads(text))


@many
@given(plans())
def test_every_plan_is_one_by_its_published_schema(plan: Plan) -> None:
    VALIDATOR.validate(json.loads(dump(plan)))


@many
@given(plans(most=3), st.data())
def test_a_file_that_is_cut_off_is_told_and_never_half_read(plan: Plan, data: st.DataObject) -> None:
    text = dump(plan)
    end = data.draw(st.integers(0, len(text) - 2))
    with pytest.raises(UserError) as told:
        load(text[:end], "plan.json")
    assert "plan.json" in told.value.message
    assert "make the plan anew" in told.value.hint


def _broken(document: Any, path: tuple[str | int, ...], how: str) -> Any:
    """The document with one place damaged."""
    if not path:
        if how == "a stranger":
            return {**document, "stranger": 1}
        return {"a number": 7, "nothing": None}.get(how, [document])
    copy: Any = dict(document) if isinstance(document, dict) else list(document)
    if len(path) == 1 and how == "left out":
        del copy[path[0]]
    else:
        copy[path[0]] = _broken(document[path[0]], path[1:], how)
    return copy


def _places(document: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(document, dict):
        return found + [place for key, part in document.items() for place in _places(part, (*path, key))]
    if isinstance(document, list):
        return found + [place for n, part in enumerate(document) for place in _places(part, (*path, n))]
    return found


@many
@given(plans(most=3), st.data())
def test_a_damaged_plan_is_refused_by_the_schema(plan: Plan, data: st.DataObject) -> None:
    document = json.loads(dump(plan))
    place = data.draw(st.sampled_from([path for path in _places(document) if isinstance(path[-1], str)]))
    inside: Any = document
    for step in place:
        inside = inside[step]
    free = {"values", "digests"} & {step for step in place[:-1] if isinstance(step, str)}
    how = "a stranger" if isinstance(inside, dict) and not free else "a list in a list"
    assert not VALIDATOR.is_valid(_broken(document, place, how if place[-1] != "changes" else "a number"))
    if not free:
        assert not VALIDATOR.is_valid(_broken(document, place, "left out"))
