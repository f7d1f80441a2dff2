"""How links stand: moved, out of scope, gone, forgotten, cloned; and nothing is ever created twice."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from bsc_sync.cli.plan import look
from bsc_sync.errors import UserError
from bsc_sync.plan.change import Create, Forget, Update
from bsc_sync.plan.link_state import LinkState
from bsc_sync.plan.wishes import Wishes
from bsc_sync.sync.apply_only import apply_only
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy
from tests.people_in_jira import clone, keep_from_us, move, rename_project
from tests.runs_on_acme import Acme, apply, key_of, quiet, sync

KEY_RESULT = "C2.ttfv.q4"
LEVEL = "Board only"
NEW_NAME = "Bring time to first value from 48 to 12 hours"


def stands(acme: Acme, ref: str) -> tuple[str, str, str]:
    """How a link stands by the store: its key, the state, what is said."""
    note, _ = acme.office().memory.link_notes()[ref]
    return note.key, str(note.state), note.note


def summary(acme: Acme, key: str) -> str:
    return str(acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]["summary"])


def rename(acme: Acme) -> None:
    acme.edit("Bring time to first value from 48 to 24 hours", NEW_NAME)


def ours(acme: Acme) -> int:
    return len(acme.search("labels = bsc-acme"))


def test_all_is_in_sync_right_after_the_first_run_and_stays_so(acme_here: Acme) -> None:
    sync(acme_here)
    notes = acme_here.office().memory.link_notes()
    assert {ref for ref, (note, _) in notes.items() if note.state is not LinkState.IN_SYNC} == {"P2"}
    assert stands(acme_here, "P2") == ("OPS-1", "drifted", "differs: Summary, Due date")
    quiet(acme_here)
    assert acme_here.office().memory.link_notes() == notes, "with the moment since when"


def test_another_existing_issue_than_the_linked_one_is_told_and_not_followed(acme_here: Acme) -> None:
    sync(acme_here)
    acme_here.edit("existing: OPS-1", "existing: OPS-2", "mapping.yaml")
    quiet(acme_here)
    said = "differs: Summary, Due date; the mapping says existing: OPS-2, and that is not followed any more"
    assert stands(acme_here, "P2") == ("OPS-1", "drifted", said)


@pytest.mark.parametrize("marked", [True, False], ids=["with its mark", "its mark is lost"])
def test_an_issue_that_was_moved_is_followed_by_its_number(acme_here: Acme, marked: bool) -> None:
    acme_here.edit("  project: STRAT\n", "  project: STRAT\n  projects: [CRM]\n", "mapping.yaml")
    sync(acme_here)
    old, count = key_of(acme_here, KEY_RESULT), ours(acme_here)
    new = move(acme_here, old, "CRM", with_properties=marked)
    quiet(acme_here)
    gone = "" if marked else "; our mark is gone; the next edit puts it back"
    assert stands(acme_here, KEY_RESULT) == (new, "moved", f"it was {old}{gone}")
    rename(acme_here)
    (update,) = sync(acme_here).plan.writes()
    assert isinstance(update, Update)
    assert (update.key, summary(acme_here, new)) == (new, NEW_NAME)
    assert stands(acme_here, KEY_RESULT) == (new, "moved", f"it was {old}")
    assert ours(acme_here) == count
    quiet(acme_here)


def test_what_is_moved_between_the_plan_and_the_write_is_not_written_to(acme_here: Acme) -> None:
    sync(acme_here)
    old = key_of(acme_here, KEY_RESULT)
    rename(acme_here)
    keys: list[str] = []
    done = apply(acme_here, meanwhile=lambda: keys.append(move(acme_here, old, "CRM")))
    (edit,) = [outcome for outcome in done.outcomes if outcome.action == "update"]
    said = f"{old} was moved since the plan, it is {keys[0]} now; nothing was written"
    assert (edit.result, edit.reason) == ("skipped", said)
    assert summary(acme_here, keys[0]) != NEW_NAME


def test_an_epic_that_was_moved_keeps_what_hangs_below_it(acme_here: Acme) -> None:
    acme_here.edit("  project: STRAT\n", "  project: STRAT\n  projects: [CRM]\n", "mapping.yaml")
    sync(acme_here)
    move(acme_here, key_of(acme_here, "C2"), "CRM")
    quiet(acme_here)
    assert stands(acme_here, KEY_RESULT)[1] == "in sync"


def test_where_the_mapping_does_not_go_nothing_is_written_until_it_is_forced_or_named(
    acme_here: Acme,
) -> None:
    sync(acme_here)
    old = key_of(acme_here, KEY_RESULT)
    new = move(acme_here, old, "CRM")
    quiet(acme_here)
    advice = f"it was {old}; add CRM to jira.projects in mapping.yaml, or move it back"
    assert stands(acme_here, KEY_RESULT) == (new, "out of scope", advice)
    rename(acme_here)
    writes = acme_here.writes()
    report = sync(acme_here)
    assert report.exit_code == 3
    assert report.stopped is not None
    assert f"{KEY_RESULT} ({new})" in "\n".join(report.stopped.lines())
    (hold,) = [one for one in report.plan.holds() if one.ref == KEY_RESULT]
    assert (hold.guard, [part.id for part in hold.fields]) == ("projects", ["summary"])
    assert acme_here.writes() == writes
    sync(acme_here, force=frozenset({"projects"}))
    assert summary(acme_here, new) == NEW_NAME
    written = stands(acme_here, KEY_RESULT)
    quiet(acme_here)
    out = f"it was {old}; add CRM to jira.projects in mapping.yaml, or move it back"
    assert written == stands(acme_here, KEY_RESULT) == (new, "out of scope", out)
    acme_here.edit("  project: STRAT\n", "  project: STRAT\n  projects: [CRM]\n", "mapping.yaml")
    quiet(acme_here)
    assert stands(acme_here, KEY_RESULT) == (new, "moved", f"it was {old}")


def test_a_project_with_another_key_is_moved_and_has_not_vanished(acme_here: Acme) -> None:
    sync(acme_here)
    rename_project(acme_here, "STRAT", "GOALS")
    path = acme_here.folder / "mapping.yaml"
    path.write_text(path.read_text("utf-8").replace("project: STRAT", "project: GOALS"), encoding="utf-8")
    quiet(acme_here)
    states = {str(note.state) for note, _ in acme_here.office().memory.link_notes().values()}
    assert states == {"moved", "drifted"}, "the drifted one is the adopted epic of another project"


def test_what_has_vanished_is_held_and_never_created_by_itself(acme_here: Acme) -> None:
    sync(acme_here)
    old = key_of(acme_here, KEY_RESULT)
    acme_here.ask("DELETE", f"{acme_here.api}/issue/{old}")
    quiet(acme_here)
    advice = f"bring it back in Jira, or --recreate {KEY_RESULT} or --forget {KEY_RESULT}"
    assert stands(acme_here, KEY_RESULT) == (old, "gone or forbidden", advice)
    report = sync(acme_here, recreate=frozenset({KEY_RESULT}))
    assert [type(change) for change in report.plan.writes()] == [Create]
    new = key_of(acme_here, KEY_RESULT)
    assert stands(acme_here, KEY_RESULT) == (new, "in sync", "")
    quiet(acme_here)


@pytest.fixture
def acme_secret(begin: Any, flavor: str) -> Acme:
    """The example on a site that can hide issues from us."""

    def secrets(seed: dict[str, Any]) -> None:
        seed["security_levels"] = [{"name": LEVEL, "users": ["acme:cfo"]}]

    return begin(flavor, change=secrets)


def test_a_key_result_leaves_an_epic_that_we_may_not_see_any_more(acme_secret: Acme) -> None:
    sync(acme_secret)
    keep_from_us(acme_secret, key_of(acme_secret, "C2"), level=LEVEL)
    acme_secret.edit("{id: C2.ttfv.q4, objective: C2, kpi: C2.ttfv,", "{id: C2.ttfv.q4, objective: C1,")
    report = sync(acme_secret)
    assert [one.reason for one in report.outcomes if one.ref == KEY_RESULT] == [""]
    shown = acme_secret.ask("GET", f"{acme_secret.api}/issue/{key_of(acme_secret, KEY_RESULT)}")
    assert acme_secret.parent_of(shown) == key_of(acme_secret, "C1")


def test_what_is_forgotten_is_not_created_and_is_followed_again_when_it_is_back(acme_secret: Acme) -> None:
    acme_here = acme_secret
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    keep_from_us(acme_here, key, level=LEVEL)
    report = sync(acme_here, forget=frozenset({KEY_RESULT}))
    assert [type(change) for change in report.plan.changes if change.ref == KEY_RESULT] == [Forget]
    assert stands(acme_here, KEY_RESULT)[1] == "forgotten"
    quiet(acme_here)
    assert [hold.ref for hold in sync(acme_here).plan.holds()] == ["P2"]
    assert stands(acme_here, KEY_RESULT)[1] == "forgotten"
    keep_from_us(acme_here, key, level=None)
    rename(acme_here)
    sync(acme_here)
    assert summary(acme_here, key) == NEW_NAME
    assert stands(acme_here, KEY_RESULT) == (key, "in sync", "")
    quiet(acme_here)


def test_forgetting_it_a_second_time_changes_nothing_and_says_so(acme_here: Acme) -> None:
    sync(acme_here)
    acme_here.ask("DELETE", f"{acme_here.api}/issue/{key_of(acme_here, KEY_RESULT)}")
    assert sync(acme_here, forget=frozenset({KEY_RESULT})).plan.counts().forgets == 1
    since = acme_here.office().memory.link_notes()[KEY_RESULT]
    acme_here.site.clock.set(acme_here.site.clock.now() + dt.timedelta(days=1))
    told: list[str] = []
    office = acme_here.office()
    world = replace(acme_here.world(office), tell=told.append)
    report = run(office.strategy, world, Policy(publish="never", forget=frozenset({KEY_RESULT})))
    assert told == [f"--forget {KEY_RESULT}: there is nothing to forget, it is not waited for any more"]
    assert (report.exit_code, report.plan.counts().forgets) == (0, 0)
    assert [one for one in report.plan.changes if one.ref == KEY_RESULT] == []
    assert acme_here.office().memory.link_notes()[KEY_RESULT] == since, "it is forgotten since the first time"
    told.clear()
    office = acme_here.office()
    world = replace(acme_here.world(office), tell=told.append)
    policy = Policy(forget=frozenset({KEY_RESULT}))
    apply_only(
        office.strategy, world, policy, saved=None, approve=lambda _: True, watch=lambda _: nullcontext(print)
    )
    assert len(told) == 1


def test_the_forgotten_can_still_be_created_anew_and_the_old_one_coming_back_is_a_clone(
    acme_secret: Acme,
) -> None:
    acme_here = acme_secret
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    keep_from_us(acme_here, key, level=LEVEL)
    sync(acme_here, forget=frozenset({KEY_RESULT}))
    sync(acme_here, recreate=frozenset({KEY_RESULT}))
    new = key_of(acme_here, KEY_RESULT)
    assert new != key
    keep_from_us(acme_here, key, level=None)
    report = sync(acme_here)
    (hold,) = [one for one in report.plan.holds() if one.ref == KEY_RESULT]
    assert (hold.key, "a clone" in hold.reason) == (key, True)
    assert key_of(acme_here, KEY_RESULT) == new
    quiet(acme_here)


def test_forgetting_what_left_the_file_ends_the_waiting_and_creating_it_anew_makes_no_sense(
    acme_here: Acme,
) -> None:
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    acme_here.ask("DELETE", f"{acme_here.api}/issue/{key}")
    path = acme_here.folder / "scorecard.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f"id: {KEY_RESULT}," not in line), encoding="utf-8")
    sync(acme_here)
    assert stands(acme_here, KEY_RESULT)[1:] == (
        "gone or forbidden",
        f"bring it back in Jira, or --forget {KEY_RESULT}",
    )
    with pytest.raises(UserError) as refused:
        sync(acme_here, recreate=frozenset({KEY_RESULT}))
    assert "the scorecard does not ask for it" in "\n".join(refused.value.lines())
    sync(acme_here, forget=frozenset({KEY_RESULT}))
    assert KEY_RESULT not in acme_here.office().memory.links()
    quiet(acme_here)


@pytest.mark.parametrize("label_only", [False, True], ids=["by property", "by label only"])
def test_clones_are_told_and_never_written(acme_here: Acme, label_only: bool) -> None:
    if label_only:
        acme_here.edit("jira:\n", "jira:\n  label_only: true\n", "mapping.yaml")
    sync(acme_here)
    key = key_of(acme_here, KEY_RESULT)
    copies = [clone(acme_here, key) for _ in range(2)]
    before = [acme_here.ask("GET", f"{acme_here.api}/issue/{copy}")["fields"] for copy in copies]
    rename(acme_here)
    report = sync(acme_here)
    assert [hold.key for hold in report.plan.holds() if hold.ref == KEY_RESULT] == copies
    assert summary(acme_here, key) == NEW_NAME
    assert [acme_here.ask("GET", f"{acme_here.api}/issue/{copy}")["fields"] for copy in copies] == before
    assert [one.key for one in report.outcomes if one.action == "hold" and one.ref == KEY_RESULT] == copies


def test_the_page_names_what_cannot_be_followed_and_forgets_it_when_it_can(acme_secret: Acme) -> None:
    acme = acme_secret
    title = "gone or forbidden"
    first = sync(acme, publish="changed")
    assert title not in _pages(acme, first)[0] + _pages(acme, first)[1]
    key = key_of(acme, KEY_RESULT)
    keep_from_us(acme, key, level=LEVEL)
    gone = sync(acme, publish="changed")
    for text in _pages(acme, gone):
        assert title in text
        assert f"--recreate {KEY_RESULT}" in text
    again = sync(acme, publish="changed")
    assert {entry.result for entry in again.published} == {"unchanged"}
    keep_from_us(acme, key, level=None)
    back = sync(acme, publish="changed")
    assert {entry.result for entry in back.published} == {"updated"}
    assert title not in _pages(acme, back)[0] + _pages(acme, back)[1]


def _pages(acme: Acme, report: RunReport) -> tuple[str, str]:
    """What stands in the wiki and in the file."""
    wiki = acme.wiki_page(report.published[0].url).body
    return wiki, (acme.folder / "out" / "alignment.html").read_text(encoding="utf-8")


def test_what_is_only_planned_is_not_how_a_link_stands(acme_here: Acme) -> None:
    sync(acme_here)
    acme_here.ask("DELETE", f"{acme_here.api}/issue/{key_of(acme_here, KEY_RESULT)}")
    sync(acme_here, forget=frozenset({KEY_RESULT}))
    office = acme_here.office()
    wishes = Wishes(recreate=frozenset({KEY_RESULT}))
    plan = look(office, acme_here.world(office), wishes=wishes, targets=()).plan
    assert [type(change) for change in plan.changes if change.ref == KEY_RESULT] == [Create]
    assert stands(acme_here, KEY_RESULT)[1] == "forgotten"
    quiet(acme_here)
    assert [hold.ref for hold in sync(acme_here).plan.holds()] == ["P2"], "it is still not waited for"


def test_a_decision_for_some_leaves_the_others_as_they_stand(acme_here: Acme) -> None:
    sync(acme_here)
    for ref in ("C1", "C2"):
        acme_here.ask("PUT", f"{acme_here.api}/issue/{key_of(acme_here, ref)}", {"fields": {"summary": ref}})
    sync(acme_here, take="scorecard", targets=("C1",))
    assert [stands(acme_here, ref)[1:] for ref in ("C1", "C2")] == [
        ("in sync", ""),
        ("drifted", "differs: Summary"),
    ]
    sync(acme_here, take="jira")
    assert stands(acme_here, "C2")[1:] == ("drifted", "differs: Summary"), "it is left to Jira, and differs"
