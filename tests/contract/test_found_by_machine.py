"""What the state machine has brought to light, each on its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bsc_sync.sandbox.catalog import Flavor
from tests.machine_scene import Scene, scene


@pytest.fixture(params=["cloud", "data-center"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """In step."""
    flavor: Flavor = request.param
    found = scene(tmp_path / "strategy", flavor, lags=False)
    assert found.sync().exit_code == 0
    return found


def epic(small: Scene, ref: str) -> int:
    """The number of the issue of a ref."""
    return next(number for number, one in small.links().items() if one == ref)


def shown(small: Scene, ref: str, name: str) -> object:
    """What an issue shows in a field."""
    number = epic(small, ref)
    return small.shown(next(issue for issue in small.issues() if issue.id == number), name)


def test_a_field_that_the_file_names_only_later_is_written(small: Scene) -> None:
    assert shown(small, "A", "description") is None
    small.card["objectives"][0]["description"] = "Why it counts, said later."
    small.save()
    assert small.sync().exit_code == 0
    assert shown(small, "A", "description") == "Why it counts, said later."


def test_a_field_that_somebody_has_filled_before_the_file_names_it_is_left_alone(small: Scene) -> None:
    small.ask("PUT", f"{small.api}/issue/{epic(small, 'B')}", {"fields": {"duedate": "2027-05-05"}})
    small.card["objectives"][1]["due"] = "2027-06-06"
    small.save()
    report = small.sync()
    assert report.exit_code == 3
    assert [part.name for hold in report.plan.holds() for part in hold.fields] == ["Due date"]
    assert shown(small, "B", "duedate") == "2027-05-05"


def test_a_label_is_replaced_also_after_the_store_was_lost(small: Scene) -> None:
    number = epic(small, "A")
    small.ask("PUT", f"{small.api}/issue/{number}", {"update": {"labels": [{"add": "mine"}]}})
    small.lose_store()
    small.rebuild()
    small.mapping["jira"]["objectives"]["fields"]["labels"] = {"value": "strategy"}
    small.save()
    report = small.sync()
    assert (report.exit_code, report.plan.holds()) == (0, ())
    # that it was us who put the old one on stands in the mark
    assert shown(small, "A", "labels") == ["bsc-small", "mine", "strategy"]
