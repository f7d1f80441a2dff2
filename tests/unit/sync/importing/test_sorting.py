"""Perspectives and owners of what is imported."""

from __future__ import annotations

import pytest

from bsc_sync.mapping.catalog import FieldInfo
from bsc_sync.plan.found import Found, Person
from bsc_sync.plan.item import Value
from bsc_sync.sync.importing.ask import Survey
from bsc_sync.sync.importing.owners import aliases
from bsc_sync.sync.importing.perspectives import sort_epics


def epic(number: int, value: Value = None, person: Person | None = None) -> Found:
    return Found(
        id=str(number),
        key=f"STRAT-{number}",
        project="STRAT",
        project_name="Strategy",
        issue_type="Epic",
        level=1,
        category="new",
        values={"field": value},
        person=person,
    )


def survey(kind: str, *values: Value) -> Survey:
    fields = {"perspective-from": (FieldInfo("field", "Field", kind),)}
    epics = tuple(epic(number, value) for number, value in enumerate(values, start=1))
    return Survey(epics, (), {}, (), fields)


@pytest.mark.parametrize(
    ("value", "perspective"),
    [
        (("customer",), "customer"),
        (("Customers", "urgent"), "customer"),
        (("bsc-finance",), "financial"),
        (("perspective-Learning-and-Growth",), "learning"),
        (("internal-processes",), "internal"),
        (("customer", "financial"), "unsorted"),
        (("non-financial",), "unsorted"),
        (None, "unsorted"),
    ],
)
def test_a_label_names_a_perspective(value: Value, perspective: str) -> None:
    found = sort_epics(survey("labels", value), "labels")
    assert found.of["1"][0] == perspective
    assert ("unsorted" in {one.id for one in found.perspectives}) == (perspective == "unsorted")


def test_two_perspectives_of_one_epic_are_both_told() -> None:
    assert sort_epics(survey("labels", ("customer", "finance")), "labels").of["1"] == (
        "unsorted",
        "sort me: customer or financial?",
    )


def test_a_field_with_one_value_holds_a_company_s_own_perspectives() -> None:
    found = sort_epics(survey("option", "Märkte", "Customer", "Märkte", "市場", None), "Field")
    assert [(one.id, one.name) for one in found.perspectives] == [
        ("unsorted", "To be sorted"),
        ("markte", "Märkte"),
        ("own", "市場"),
        ("customer", "Customer"),
    ]
    assert [found.of[str(number)][0] for number in range(1, 6)] == [
        "markte",
        "customer",
        "markte",
        "own",
        "unsorted",
    ]


def test_owners_have_names_and_never_addresses() -> None:
    people = [
        Person("a1", "Carla Fontana (CFO)"),
        Person("a2", "carla fontana, CFO"),
        Person("a3", "carla@acme.example"),
        Person("a4", ""),
        Person("a5", "张伟"),
        Person("a1", "Carla Fontana (CFO)"),
    ]
    found = aliases(epic(number, person=person) for number, person in enumerate(people, start=1))
    assert found == {
        "a1": "carla-fontana-cfo",
        "a2": "carla-fontana-cfo-2",
        "a3": "owner-3",
        "a4": "owner-4",
        "a5": "张伟",
    }
