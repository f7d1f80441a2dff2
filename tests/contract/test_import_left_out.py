"""What the query of an import finds and its draft does not have is told, with its type and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bsc_sync.cli.import_text import imported_data, imported_lines
from bsc_sync.sync.importing.ask import Ask
from bsc_sync.sync.importing.from_query import Imported, read_in
from tests.runs_on_acme import Acme

HEAD = "Found by the query, and not in the draft:"
WORK = "the teams' work, being below an objective; --key-results 'Story' makes key results of it"
TYPE = "no type that becomes an objective (--objectives names those)"


def imported(acme: Acme, jql: str, *key_results: str) -> Imported:
    outpost = acme.elsewhere("imported").outpost()
    return read_in(
        Ask(jql, key_results=key_results), outpost.explorer, now=outpost.clock(), tell=lambda _step: None
    )


def told(found: Imported) -> Sequence[str]:
    """What the terminal shows of it; nothing is wider than it."""
    lines = [line.text for line in imported_lines(found)]
    assert max(map(len, lines)) <= 80
    if HEAD not in lines:
        return []
    rest = lines[lines.index(HEAD) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def left(found: Imported) -> list[tuple[str, str, str | None, str]]:
    """The same as data."""
    listed: Any = imported_data(found)["left_out"]
    return [(one["key"], one["issue_type"], one["below"], one["reason"]) for one in listed]


def test_a_story_that_is_asked_for_and_hangs_below_an_epic_of_the_draft_is_told(acme_here: Acme) -> None:
    found = imported(acme_here, "key in (CRM-2, CRM-1)")
    assert [one.key for one in found.survey.issues] == ["CRM-1"]
    assert left(found) == [("CRM-2", "Story", "CRM-1", WORK)]
    assert " ".join(" ".join(told(found)).split()) == f"Story CRM-2 (below CRM-1): {WORK}"


def test_what_hangs_elsewhere_and_what_is_no_objective_are_told_by_type(acme_here: Acme) -> None:
    found = imported(acme_here, "key in (CRM-2, CRM-1, CRM-13)")
    ((key, issue_type, below, why),) = left(found)[1:]
    assert (key, below, why) == ("CRM-13", None, TYPE)
    assert any(line.startswith(f"  {issue_type} CRM-13: ") for line in told(found))


def test_a_key_result_below_none_of_the_objectives_is_told(acme_here: Acme) -> None:
    found = imported(acme_here, "key in (CRM-2, CRM-1, CRM-13)", "Story")
    assert "CRM-2" in {one.key for one in found.survey.key_results}
    why = "below none of the objectives, where a key result has to be"
    assert left(found) == [("CRM-13", "Story", None, why)]


def test_many_are_counted_on_the_terminal_and_named_in_the_data(acme_here: Acme) -> None:
    found = imported(acme_here, "project = CRM")
    assert len(left(found)) > 20
    assert any("more" in line for line in told(found))
    assert len(told(found)) < 20
    drafted = {one.key for one in found.survey.issues}
    every = {issue["key"] for issue in acme_here.search("project = CRM")}
    assert drafted | {key for key, *_ in left(found)} >= every


def test_nothing_is_said_where_all_is_in_the_draft(acme_here: Acme) -> None:
    found = imported(acme_here, "project = CRM AND type = Epic")
    assert (told(found), left(found)) == ([], [])
