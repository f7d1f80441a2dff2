"""A description that people write in too: one part of it is the scorecard's, on both products."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bsc_sync.atlassian.dialect import CLOUD, DATA_CENTER
from bsc_sync.atlassian.documents import rich_text
from bsc_sync.atlassian.regions import region_of, with_region
from bsc_sync.errors import MappingError
from bsc_sync.plan.change import Hold, Update
from tests import runs_on_acme
from tests.runs_on_acme import Acme, plan_of

WHOLE = "description: {from: description, owner: scorecard, on_drift: hold}"
MANAGED = "description: {from: description, region: managed}"
TEXT = "Customers that stay and grow are worth more than customers that are won."
MENTION = {"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "acme:mia", "text": "@Mia"}}]}


def apply(acme: Acme, **policy: Any) -> None:
    done = runs_on_acme.apply(acme, **policy)
    assert {outcome.result for outcome in done.outcomes} <= {"applied", "skipped"}


@pytest.fixture
def managed(acme_here: Acme) -> Acme:
    """The example, applied once with a managed description."""
    acme_here.edit(WHOLE, MANAGED, "mapping.yaml")
    apply(acme_here)
    return acme_here


def shown(acme: Acme, key: str = "") -> Any:
    key = key or str(acme.office().memory.links()["F1"].key)
    return acme.ask("GET", f"{acme.api}/issue/{key}?fields=description")["fields"]["description"]


def write(acme: Acme, value: object) -> None:
    key = acme.office().memory.links()["F1"].key
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {"description": value}})


def block(acme: Acme) -> str | None:
    return region_of(shown(acme), dialect(acme), "acme").text


def dialect(acme: Acme) -> Any:
    return CLOUD if acme.cloud else DATA_CENTER


def around(acme: Acme) -> object:
    """The description as it is, with texts of people before and behind our part."""
    value = shown(acme)
    if isinstance(value, str):
        return f"{{panel}}\r\n[~mia] asks\r\n{{panel}}\r\n\r\n{value}\r\n\r\n!map.png|thumbnail! "
    made = copy.deepcopy(value)
    made["content"] = [MENTION, *made["content"], MENTION]
    return made


def changes_of(acme: Acme) -> list[Any]:
    return [change for change in plan_of(acme).changes if change.ref == "F1"]


def test_a_creation_holds_only_the_part_and_a_second_plan_is_empty(managed: Acme) -> None:
    assert block(managed) == TEXT
    assert changes_of(managed) == []


def test_what_people_write_around_it_is_theirs_and_stays(managed: Acme) -> None:
    edited = around(managed)
    write(managed, edited)
    assert changes_of(managed) == []
    managed.edit(TEXT, "Customers *stay*.")
    (update,) = changes_of(managed)
    assert isinstance(update, Update)
    assert [(part.name, part.old, part.new) for part in update.fields] == [
        ("Description", TEXT, "Customers *stay*.")
    ]
    apply(managed)
    assert shown(managed) == with_region(edited, "Customers *stay*.", dialect(managed), "acme")
    assert changes_of(managed) == []


def test_an_edit_inside_is_drift(managed: Acme) -> None:
    write(managed, with_region(around(managed), "Mine!", dialect(managed), "acme"))
    (hold,) = changes_of(managed)
    assert isinstance(hold, Hold)
    assert (hold.reason, hold.fields[0].old) == ("drift: edited in Jira", "Mine!")
    apply(managed, take="scorecard")
    assert block(managed) == TEXT
    assert changes_of(managed) == []


def test_a_part_that_is_gone_is_drift_and_comes_back_behind_what_is_there(managed: Acme) -> None:
    theirs = rich_text("Only mine.", dialect(managed))
    write(managed, theirs)
    (hold,) = changes_of(managed)
    assert isinstance(hold, Hold)
    assert (hold.reason, hold.fields[0].old) == ("drift: edited in Jira", None)
    apply(managed, take="scorecard")
    assert shown(managed) == with_region(theirs, TEXT, dialect(managed), "acme")
    assert changes_of(managed) == []


def test_a_part_that_is_there_twice_is_on_hold_with_the_reason(managed: Acme) -> None:
    value = shown(managed)
    twice = f"{value}\n\n{value}" if isinstance(value, str) else {**value, "content": value["content"] * 2}
    write(managed, twice)
    (hold,) = changes_of(managed)
    assert isinstance(hold, Hold)
    assert hold.reason.startswith("our block is there twice")
    apply(managed)
    assert shown(managed) == twice
    apply(managed, take="scorecard")
    assert changes_of(managed) == []


def test_an_adopted_epic_keeps_its_own_text(acme_here: Acme) -> None:
    acme_here.edit(WHOLE, MANAGED, "mapping.yaml")
    acme_here.edit(
        "    name: Resolve incidents before customers notice\n",
        "    name: Resolve incidents before customers notice\n    description: Sooner.\n",
    )
    before = shown(acme_here, "OPS-1")
    apply(acme_here)
    assert shown(acme_here, "OPS-1") == before
    apply(acme_here, take="scorecard")
    assert shown(acme_here, "OPS-1") == with_region(before, "Sooner.", dialect(acme_here), "acme")
    assert plan_of(acme_here).changes == ()


def test_a_text_that_holds_our_own_lines_is_refused_before_anything_is_written(acme_here: Acme) -> None:
    acme_here.edit(WHOLE, MANAGED, "mapping.yaml")
    acme_here.edit(TEXT, '"▲ bsc-sync acme: gotcha"')
    writes = acme_here.writes()
    with pytest.raises(MappingError) as error:
        plan_of(acme_here)
    assert "F1: field" in error.value.lines()[1]
    assert acme_here.writes() == writes


def test_only_a_paragraph_can_be_managed(acme_here: Acme) -> None:
    whole = "summary:     {from: name, owner: scorecard}"
    acme_here.edit(whole, "summary: {from: name, region: managed}", "mapping.yaml")
    with pytest.raises(MappingError) as error:
        plan_of(acme_here)
    (line,) = error.value.lines()[1:]
    assert "mapping.yaml:10:" in line
    assert "region: only a paragraph field can have a part of ours" in line


def test_what_fields_cannot_hold_is_said_at_once_and_before_the_first_write(acme_here: Acme) -> None:
    fields = "assignee: {from: owner}\n      Story Points: {from: name}"
    acme_here.edit("priority:    {value: High, owner: seed}", fields, "mapping.yaml")
    writes = acme_here.writes()
    with pytest.raises(MappingError) as error:
        plan_of(acme_here)
    lines = error.value.lines()
    assert any('C1: field "Assignee": "head-of-success" is nobody that Jira knows' in line for line in lines)
    assert any('F1: field "Story Points"' in line and "is not a number" in line for line in lines)
    assert not any("cfo" in line for line in lines)
    assert acme_here.writes() == writes


def test_what_a_field_does_not_offer_is_said_with_what_it_does(acme_here: Acme) -> None:
    acme_here.edit("priority:    {value: High, owner: seed}", "priority: {value: high}", "mapping.yaml")
    writes = acme_here.writes()
    with pytest.raises(MappingError) as error:
        plan_of(acme_here)
    assert 'F1: field "Priority": "high" cannot be chosen - did you mean High?' in error.value.lines()
    acme_here.edit("priority: {value: high}", "priority: {value: Urgent!}", "mapping.yaml")
    with pytest.raises(MappingError) as error:
        plan_of(acme_here)
    assert any("there are Highest, High" in line for line in error.value.lines())
    assert acme_here.writes() == writes
