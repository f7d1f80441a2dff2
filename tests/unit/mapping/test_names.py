"""Names of fields are found where they are used; what is ambiguous or elsewhere lists its candidates."""

from __future__ import annotations

from bsc_sync.mapping.catalog import Catalog, FieldInfo, IssueTypeInfo, Screen
from bsc_sync.mapping.names import Names

TASK = IssueTypeInfo("10002", "Task")
EVERYWHERE = FieldInfo("customfield_1", "Reach", "number")
TWIN = FieldInfo("customfield_2", "Reach", "date")
IN_A = FieldInfo("customfield_3", "Reach", "number", project="10001")
IN_B = FieldInfo("customfield_4", "Reach", "number", project="10002")


def catalog(*fields: FieldInfo, shown: tuple[FieldInfo, ...] | None = None) -> Catalog:
    screens = (Screen("A", TASK, {info.id: info for info in shown}),) if shown is not None else ()
    return Catalog("me", fields, screens, projects={"A": "10001", "B": "10002"})


def found(names: Names, place: tuple[str, str] | None = ("A", "Task")) -> str:
    return names.find("reach", "jira.objectives.fields", place).id


def test_a_name_that_is_unique_needs_no_place() -> None:
    names = Names(catalog(EVERYWHERE))
    assert found(names) == "customfield_1"
    assert names.unclear == set()


def test_the_project_s_own_field_goes_first_then_the_create_screen_decides() -> None:
    assert found(Names(catalog(EVERYWHERE, IN_A, IN_B))) == "customfield_3"
    assert found(Names(catalog(EVERYWHERE, IN_B))) == "customfield_1"
    decided = Names(catalog(EVERYWHERE, TWIN, shown=(TWIN,)))
    assert found(decided) == "customfield_2"
    assert decided.unclear == {("A", "Task")}
    assert decided.problems == ()


def test_an_ambiguous_name_lists_ids_types_and_projects() -> None:
    names = Names(catalog(EVERYWHERE, TWIN, IN_A, IN_B))
    found(names, None)
    (problem,) = names.problems
    assert problem.what == (
        '"reach" is the name of 4 fields: customfield_1 (number), customfield_2 (date), '
        "customfield_3 (number of project 10001), customfield_4 (number of project 10002)"
    )
    assert problem.hint == "write the id"


def test_a_name_of_other_projects_only_and_a_name_of_none() -> None:
    names = Names(catalog(IN_B))
    found(names)
    names.find("Rech", "measures[0].source.of")
    assert [problem.what for problem in names.problems] == [
        'no field "reach" in A / Task; other projects have customfield_4 (number of project 10002)',
        'no field "Rech" in this Jira',
    ]
    assert names.problems[1].hint == "did you mean Reach?"


def test_an_id_is_taken_as_it_is() -> None:
    assert Names(catalog(EVERYWHERE, TWIN)).find("customfield_2", "x", ("A", "Task")) == TWIN


def test_points_are_found_by_their_kind_then_by_their_name() -> None:
    kind = "com.pyxis.greenhopper.jira:jsw-story-points"
    estimate = FieldInfo("customfield_7", "Schätzung", "number", custom=kind)
    named = FieldInfo("customfield_8", "Story Points", "number")
    assert Names(catalog(named, estimate)).points(None) == estimate
    assert Names(catalog(named)).points(None) == named
    assert Names(catalog(EVERYWHERE)).points(None) is None
    assert Names(catalog(named, EVERYWHERE)).points("reach") == EVERYWHERE
