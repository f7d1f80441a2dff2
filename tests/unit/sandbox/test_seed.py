"""A seed says all that is wrong with it at once; a good one becomes a site."""

from pathlib import Path
from typing import Any

import pytest

from bsc_sync.sandbox.jira.issues import load_issue
from bsc_sync.sandbox.seed import checked_seed, load_seed
from bsc_sync.sandbox.site import Site
from bsc_sync.sandbox.store import Store


def test_every_problem_is_named_with_its_place() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        checked_seed(
            {
                "site": {"time_zone": "Mars/Olympus"},
                "fields": [{"name": "X", "type": "numbr"}],
                "projects": [{"key": "low", "issues": [{"summary": ""}]}],
                "projcts": [],
            }
        )
    places = [line.split(": ")[0] for line in str(caught.value).splitlines()]
    assert places == [
        "site.time_zone",
        "fields[0].type",
        "projects[0].key",
        "projects[0].issues[0].type",
        "projects[0].issues[0].summary",
        "projcts",
    ]


def test_references_are_checked_after_the_shape() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        checked_seed(
            {
                "transitions": [{"name": "Go", "to": "Nowhere"}],
                "projects": [
                    {
                        "key": "AB",
                        "issue_types": ["Task"],
                        "issues": [
                            {
                                "key": "XY-1",
                                "type": "Epic",
                                "summary": "s",
                                "status": "Gone",
                                "labels": ["a"],
                            },
                            {"type": "Task", "summary": "s", "fields": {"Nope": 1}, "assignee": "nobody"},
                        ],
                    },
                    {"key": "AB"},
                ],
            }
        )
    assert str(caught.value).splitlines() == [
        "projects: 'AB' is given twice",
        "transitions[0]: unknown status 'Nowhere'",
        "projects[0].issues[0].type: unknown 'Epic'",
        "projects[0].issues[0].status: unknown 'Gone'",
        "projects[0].issues[0].key: 'XY-1' does not belong to project 'AB'",
        "projects[0].issues[1].assignee: unknown 'nobody'",
        "projects[0].issues[1].fields: unknown 'Nope'",
    ]


@pytest.mark.parametrize(
    ("issue", "complaint"),
    [
        (
            {"type": "Task", "summary": "s", "fields": {"Points": "many"}},
            "does not fit a field of type number",
        ),
        ({"type": "Task", "summary": "s", "fields": {"Points": True}}, "does not fit a field of type number"),
        (
            {"type": "Task", "summary": "s", "fields": {"Team": "Green"}},
            "does not fit a field of type select",
        ),
        ({"type": "Sub-task", "summary": "s"}, "a sub-task needs a parent"),
        ({"type": "Epic", "summary": "s", "parent": "AB-1"}, "not one level above"),
        ({"type": "Task", "summary": "s", "links": [{"type": "blocks", "to": "AB-9"}]}, "no issue AB-9"),
    ],
)
def test_values_that_do_not_fit_are_named(issue: dict[str, Any], complaint: str) -> None:
    fields = [{"name": "Points", "type": "number"}, {"name": "Team", "type": "select", "options": ["Red"]}]
    with pytest.raises(ValueError, match=complaint):
        Site({"fields": fields, "projects": [{"key": "AB", "issues": [issue]}]})


def test_a_yaml_file_and_a_json_file_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("clock: 2026-10-05T08:00:00Z\nprojects: [{key: AB, name: No}]\n")
    (tmp_path / "a.json").write_text(
        '{"clock": "2026-10-05T08:00:00Z", "projects": [{"key": "AB", "name": "No"}]}'
    )
    assert load_seed(tmp_path / "a.yaml") == load_seed(tmp_path / "a.json")


@pytest.mark.parametrize("text", ["projects: [", "- 1", "projects: 3", "\x00"])
def test_a_broken_file_is_a_plain_error_with_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"bad\.yaml"):
        load_seed(tmp_path / "bad.yaml")


def test_keys_are_honored_and_numbers_go_on_behind_the_highest() -> None:
    task = {"type": "Task", "summary": "s"}
    site = Site({"projects": [{"key": "AB", "issues": [task, task | {"key": "AB-7"}, task]}]})
    with site.store.transaction() as connection:
        keys = [row["key"] for row in connection.execute("SELECT key FROM issue ORDER BY number")]
    assert keys == ["AB-7", "AB-8", "AB-9"]


def test_a_store_that_holds_a_site_is_not_sown_again(tmp_path: Path) -> None:
    seed = {
        "site": {"title": "First"},
        "projects": [{"key": "AB", "issues": [{"type": "Task", "summary": "s"}]}],
    }
    Site(seed, store=Store(tmp_path / "site.db")).store.close()
    again = Site(seed | {"site": {"title": "Second"}}, store=Store(tmp_path / "site.db"))
    with again.store.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM issue").fetchone()[0] == 1
        assert load_issue(connection, "ab-1") is not None
    assert again.title == "First"
    again.store.close()


def test_an_issue_can_be_read_whole_by_a_page(site: Site) -> None:
    with site.store.transaction() as connection:
        story, epic, nothing = (load_issue(connection, key) for key in ("CRM-7", "STRAT-1", "CRM-99"))
    assert nothing is None
    assert story is not None
    assert epic is not None
    shown = (
        "key",
        "type",
        "status",
        "status_category",
        "resolution",
        "parent",
        "labels",
        "components",
        "fields",
    )
    assert [story[name] for name in shown] == [
        "CRM-7",
        "Story",
        "Done",
        "done",
        "Done",
        "STRAT-1",
        ["a"],
        ["onboarding"],
        [("Story Points", "3")],
    ]
    assert [child["key"] for child in epic["children"]] == ["CRM-7"]
    assert [(link["reading"], link["key"]) for link in epic["links"]] == [("is contributed to by", "CRM-7")]
