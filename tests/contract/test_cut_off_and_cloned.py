"""Which issue is which ref, when a run was cut off, ids change, and clones carry the same mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bsc_sync.errors import Leased
from bsc_sync.sandbox.catalog import Flavor
from bsc_sync.sync.world import Policy
from tests.carriers import Killed, Meddling, is_any, kill
from tests.machine_scene import Issue, Scene, scene

QUIET = Policy(publish="never")


def meddled_with(small: Scene, nth: int, happens: Callable[[], object], *, before: bool = False) -> None:
    """A run during which something happens, before or after a request."""
    small.sync(QUIET, lambda: Meddling(small.carrier(), is_any, happens, nth=nth, before=before))


@pytest.fixture(params=["cloud", "data-center"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """In step."""
    flavor: Flavor = request.param
    found = scene(tmp_path / "strategy", flavor, lags=False)
    assert found.sync().exit_code == 0
    return found


def issue(small: Scene, ref: str) -> Issue:
    """The issue that our store has for a ref."""
    number = next(number for number, one in small.links().items() if one == ref)
    return next(one for one in small.issues() if one.id == number)


def key_result(small: Scene, ref: str, objective: str) -> None:
    """One more in the file."""
    entry = {"id": ref, "objective": objective, "name": f"Key result {ref}", "baseline": 1, "target": 9}
    small.card["cycles"][0]["key_results"].append(entry)
    small.save()


def rename(small: Scene, old: str, new: str) -> None:
    """A key result's id changes, and the file says what it was."""
    entry = next(one for one in small.card["cycles"][0]["key_results"] if one["id"] == old)
    entry.update(id=new, was=old)
    small.save()


def cut_off_after_creation(small: Scene) -> list[Issue]:
    """The process ends when Jira has created what was asked for, and nobody knows; gives what is new."""
    before = {one.id for one in small.issues()}
    for nth in range(1, 40):
        with pytest.raises(Killed):
            meddled_with(small, nth, kill)
        made = [one for one in small.issues() if one.id not in before]
        if made:
            return made
    raise AssertionError("nothing was created")


def time_passes(small: Scene) -> None:
    small.site.clock.set(small.site.clock.now() + dt.timedelta(minutes=20))


def test_what_was_created_unseen_and_is_hidden_since_is_not_created_again(small: Scene) -> None:
    key_result(small, "n1", "A")
    key_result(small, "n2", "A")
    made = cut_off_after_creation(small)
    hidden = made[0]
    if len(made) == 1:  # somebody else's issue shows that there is one before it
        small.ask(
            "POST",
            f"{small.api}/issue",
            {
                "fields": {
                    "project": {"key": "STRAT"},
                    "issuetype": {"name": "Task"},
                    "summary": "Theirs",
                }
            },
        )
    small.hide(hidden, hidden=True)
    time_passes(small)
    held = small.sync()
    (hold,) = [one for one in held.plan.holds() if one.ref == hidden.ref]
    assert hold.reason == (
        f"the run that was to create it was cut off, and {hidden.key} is gone, or may not be seen by us: "
        "it may be that"
    )
    assert hold.hint == (
        f"restore it or its permissions in Jira, or decide: --recreate {hidden.ref} or --forget {hidden.ref}"
    )
    assert [one.id for one in small.issues() if one.ref == hidden.ref] == [hidden.id]
    # it stays so, until it may be seen again: then it is known, and nothing is written
    assert [one.ref for one in small.sync().plan.holds()] == [hidden.ref]
    small.hide(hidden, hidden=False)
    back = small.sync()
    assert (back.exit_code, back.plan.counts().creates) == (0, 0)
    assert issue(small, str(hidden.ref)).id == hidden.id


def test_what_was_created_unseen_and_is_gone_since_is_created_anew_where_somebody_says_so(
    small: Scene,
) -> None:
    key_result(small, "n1", "A")
    key_result(small, "n2", "A")
    made = cut_off_after_creation(small)
    gone = made[0]
    fields = {"project": {"key": "STRAT"}, "issuetype": {"name": "Task"}, "summary": "Theirs"}
    small.ask("POST", f"{small.api}/issue", {"fields": fields})
    small.ask("DELETE", f"{small.api}/issue/{gone.id}")
    time_passes(small)
    assert [one.ref for one in small.sync().plan.holds()] == [gone.ref]
    anew = small.sync(Policy(publish="never", recreate=frozenset({str(gone.ref)})))
    assert (anew.exit_code, [one.ref for one in anew.outcomes]) == (0, [gone.ref])
    assert small.sync().plan.counts().writes == 0
    assert len([one for one in small.issues() if one.ref == gone.ref]) == 1


def test_keys_that_are_taken_by_others_keep_nothing_from_being_created(small: Scene) -> None:
    """Cut off before anything was created; meanwhile others have created their own."""
    key_result(small, "n1", "A")
    before = {one.id for one in small.issues()}
    fields = {"project": {"key": "STRAT"}, "issuetype": {"name": "Task"}, "summary": "Theirs"}
    nth = 0
    while not small.open_intents():
        nth += 1
        with pytest.raises(Killed):
            meddled_with(small, nth, kill, before=True)
    assert {one.id for one in small.issues()} == before
    for _ in range(3):
        small.ask("POST", f"{small.api}/issue", {"fields": fields})
    time_passes(small)
    healed = small.sync()
    assert (healed.exit_code, healed.plan.counts().creates) == (0, 1)


def test_a_clone_is_not_taken_for_the_new_id_by_a_look_without_the_lease(small: Scene) -> None:
    small.clone(issue(small, "A.l"))
    original = issue(small, "A.l")
    rename(small, "A.l", "A.m")
    small.adopt()
    assert small.links()[original.id] == "A.l"
    (clone,) = [one.id for one in small.issues() if one.id not in small.links()]
    small.sync()
    assert (small.links()[original.id], clone in small.links()) == ("A.m", False)
    assert small.our_edits(clone) == 0


def test_a_clone_from_before_a_rename_is_not_taken_for_what_gets_the_former_id(small: Scene) -> None:
    small.clone(issue(small, "A.l"))
    original = issue(small, "A.l")
    rename(small, "A.l", "A.m")
    assert small.sync().exit_code == 0
    del next(one for one in small.card["cycles"][0]["key_results"] if one["id"] == "A.m")["was"]
    key_result(small, "A.l", "A")
    report = small.sync()
    assert small.links()[original.id] == "A.m"
    made = issue(small, "A.l")
    assert (report.exit_code, made.values["summary"]) == (0, "Key result A.l")
    (clone,) = [one for one in small.issues() if one.values["summary"].startswith("CLONE")]
    assert (clone.id in small.links(), small.our_edits(clone.id)) == (False, 0)


def test_an_id_that_comes_back_after_the_store_was_lost_is_the_issue_that_its_mark_says(small: Scene) -> None:
    small.clone(issue(small, "A.l"))
    original = issue(small, "A.l")
    rename(small, "A.l", "A.m")  # nobody has synced it yet
    small.lose_store()
    small.rebuild()
    assert small.links()[original.id] == "A.m"
    entry = next(one for one in small.card["cycles"][0]["key_results"] if one["id"] == "A.m")
    entry["id"] = "A.l"
    del entry["was"]
    small.save()
    report = small.sync()
    assert (report.plan.counts().writes, small.links()[original.id]) == (0, "A.l")


def test_a_run_that_has_lost_its_lease_since_it_looked_does_not_create(small: Scene) -> None:
    """Another run does everything between the last look of this one and its write."""

    def another() -> None:
        small.break_lease()
        small.sync()

    beaten = 0
    for nth in range(4, 14):
        key_result(small, f"n{nth}", "A")
        for _ in range(2):  # the second time there is nothing left to do
            with suppress(Leased):
                meddled_with(small, nth, another)
                beaten -= 1
            beaten += 1
        made = [one.ref for one in small.issues() if one.ref == f"n{nth}"]
        assert len(made) == 1, f"made twice where the other run came at request {nth}"
    assert beaten
