"""A bulk creation of which Jira refuses a part: what was made is kept, and only the rest is made later."""

from __future__ import annotations

from pathlib import Path

import pytest

from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sandbox.jira.automation import Rule
from tests.machine_scene import Scene, scene

REFUSED = ("key 7", "key 23", "key 48")


@pytest.fixture(params=["cloud", "data-center"])
def large(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """One objective with fifty key results."""
    flavor: Flavor = request.param
    found = scene(tmp_path / "strategy", flavor, lags=False)
    del found.card["objectives"][1]
    found.card["cycles"][0]["key_results"] = [
        {"id": f"A.{n}", "objective": "A", "name": f"The key {n}.", "baseline": 1, "target": 2}
        for n in range(1, 51)
    ]
    found.save()
    return found


def test_three_of_fifty_are_refused_and_only_they_are_made_by_the_next_run(large: Scene) -> None:
    large.site.automation = [Rule("summary", "refuse", f"{text}.") for text in REFUSED]
    first = large.sync()
    assert first.exit_code == 5
    assert first.failed is not None
    assert first.failed.message == "48 changes were made, 3 were not"
    assert {outcome.ref for outcome in first.outcomes if outcome.result == "failed"} == {
        "A.7",
        "A.23",
        "A.48",
    }
    assert "Summary must not say key 7" in "\n".join(first.failed.lines())
    assert len(large.links()) == 48
    again = large.sync()
    assert (again.exit_code, again.plan.counts().creates) == (5, 3)
    large.site.automation = []
    healed = large.sync()
    assert (healed.exit_code, healed.plan.counts().creates) == (0, 3)
    assert len(large.links()) == len(large.issues()) == 51
    writes = len(large.writes())
    assert large.sync().plan.counts().writes == 0
    assert len(large.writes()) == writes


def test_all_are_refused_and_nothing_is_made_until_jira_takes_them(large: Scene) -> None:
    large.site.automation = [Rule("summary", "refuse", "The key")]
    first = large.sync()
    assert first.exit_code == 5
    assert len(large.links()) == len(large.issues()) == 1
    assert large.open_intents() == 0
    large.site.automation = []
    assert large.sync().exit_code == 0
    assert len(large.links()) == len(large.issues()) == 51
