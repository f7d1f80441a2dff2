"""What is said of a file that is no plan, and the schema that is published."""

from __future__ import annotations

import json

import pytest

from bsc_sync.errors import UserError
from bsc_sync.plan.plan import Digests, Plan
from bsc_sync.plan.saved import LONGEST, dump, load, plan_of_bytes, too_long
from bsc_sync.plan.schema import plan_schema

PLAN = Plan(
    scorecard="acme",
    store="s",
    made="2026-11-23T09:00:00+00:00",
    digests=Digests(scorecard="1", mapping="2", observation="3"),
    items=0,
)


def changed(**keys: object) -> str:
    return json.dumps({**json.loads(dump(PLAN)), **keys})


def lines(text: str) -> str:
    with pytest.raises(UserError) as told:
        load(text, "plan.json")
    return "\n".join(told.value.lines())


def test_an_empty_plan_is_written_like_this() -> None:
    assert dump(PLAN).startswith('{\n  "agreed": [],\n  "changes": [],\n  "counts": {\n    "adopts": 0,\n')
    assert '  "format": 1,\n' in dump(PLAN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "plan.json:1:1: it ends in the middle - make the plan anew: bsc-sync plan -o"),
        (dump(PLAN)[:300], "it ends in the middle"),
        ("Dear all,", "plan.json:1:1: it is no JSON"),
        ("[]", "plan.json is no plan of bsc-sync"),
        ("{}", "plan.json is no plan of bsc-sync"),
        ("[" * 100_000, "plan.json"),
        ('{"type": "FeatureCollection"}', "plan.json is no plan of bsc-sync"),
        (
            changed(format=2),
            (
                "plan.json has format 2; this version of bsc-sync knows 1 - "
                "apply it with the version of bsc-sync that made it, or make the plan anew"
            ),
        ),
        (changed(format="1"), 'plan.json has format the text "1"; this version of bsc-sync knows 1 - make'),
        (changed(format=True), "plan.json has format true"),
        (changed(items="many"), "plan.json: items: "),
        (changed(sudo="yes"), "plan.json: sudo: extra inputs are not permitted"),
        (changed(changes=[{"action": "delete"}]), "plan.json: changes[0]: "),
        (
            changed(changes=[{"action": "forget", "ref": "C1", "name": "N", "key": 7, "reason": "r"}]),
            "plan.json: changes[0].key: input should be a valid string",
        ),
        (changed(changes=[{"action": str(n)} for n in range(50)]), "and 40 more"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_where(text: str, said: str) -> None:
    assert said in lines(text)


def test_a_file_in_another_writing_or_far_too_long_is_told() -> None:
    with pytest.raises(UserError, match="no text in UTF-8"):
        plan_of_bytes(dump(PLAN).encode("utf-16"), "plan.json")
    with pytest.raises(UserError, match="has 64 MB: no plan is longer than 64 MB"):
        plan_of_bytes(b" " * (LONGEST + 1), "plan.json")
    assert too_long("plan.json", 100_000_000).message.startswith("plan.json has 100 MB")


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    assert plan_of_bytes(dump(PLAN).encode("utf-8-sig"), "plan.json") == PLAN


def test_half_of_a_letter_is_told_with_its_place() -> None:
    forget = {"action": "forget", "ref": "C1", "name": "\U0001f600", "key": "A-1", "reason": "r"}
    halved = changed(changes=[forget, {**forget, "name": "a\ud800"}], made="\udfff")
    with pytest.raises(UserError) as told:
        plan_of_bytes(halved.encode(), "plan.json")
    assert [str(problem) for problem in told.value.problems] == [
        "plan.json: changes[1].name: half of a letter, which is no text",
        "plan.json: made: half of a letter, which is no text",
    ]
    whole = changed(changes=[forget])
    assert "\\ud83d\\ude00" in whole
    assert plan_of_bytes(whole.encode(), "plan.json").changes[0].name == "\U0001f600"


def test_the_counts_of_a_file_are_not_believed() -> None:
    assert load(changed(counts={"creates": 900})) == PLAN


def test_the_schema_is_closed_and_names_every_kind_of_change() -> None:
    schema = plan_schema()
    assert schema["properties"]["format"]["const"] == 1
    parts = [schema, *schema["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in parts if part["type"] == "object")
    kinds = schema["properties"]["changes"]["items"]
    assert kinds["discriminator"]["propertyName"] == "action"
    assert sorted(kinds["discriminator"]["mapping"]) == [
        *("adopt", "create", "forget", "hold", "reinstate", "retire", "update"),
    ]
