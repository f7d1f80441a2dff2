"""What `import --state` finds without our label, what it waits for, and how it tells clones."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from bsc_sync.cli.plan_text import plan_lines
from bsc_sync.cli.rebuilt_text import rebuilt_lines
from bsc_sync.errors import UserError
from bsc_sync.plan.change import Create, Forget, Hold
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.wishes import Wishes
from bsc_sync.sync.importing.rebuild import Rebuilt, rebuild
from tests.runs_on_acme import Acme, apply, key_of, plan_of

pytestmark = pytest.mark.parametrize("flavor", ["cloud", "data-center"])
NOT_FOUND = "no issue was found for it when the database was rebuilt"


def rebuilt(acme: Acme) -> Rebuilt:
    office = acme.office()
    return rebuild(office.strategy, acme.world(office), tell=lambda _step: None)


def lose(acme: Acme) -> None:
    shutil.rmtree(acme.folder / ".bsc-sync")


def links(acme: Acme) -> dict[str, str]:
    return {ref: link.key for ref, link in acme.office().memory.links().items()}


def label_off(acme: Acme, key: str) -> None:
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": [{"remove": "bsc-acme"}]}})


def mark_of(acme: Acme, key: str) -> dict[str, Any]:
    return dict(acme.ask("GET", f"{acme.api}/issue/{key}/properties/bsc-sync")["value"])


def clone(acme: Acme, key: str) -> str:
    """A person clones an issue: label and property come along to the letter."""
    old = acme.ask("GET", f"{acme.api}/issue/{key}")["fields"]
    fields = {
        "project": {"key": "STRAT"},
        "issuetype": {"id": old["issuetype"]["id"]},
        "summary": f"CLONE - {old['summary']}",
        "labels": old["labels"],
    }
    if not acme.cloud and old["issuetype"]["name"] == "Epic":
        fields[acme.field("Epic Name")] = "CLONE"
    made = str(acme.ask("POST", f"{acme.api}/issue", {"fields": fields})["key"])
    acme.ask("PUT", f"{acme.api}/issue/{made}/properties/bsc-sync", mark_of(acme, key))
    return made


def told(found: Rebuilt) -> str:
    return "\n".join(line.text for line in rebuilt_lines(found, card="acme", dry_run=False))


def holds(plan: Plan) -> dict[str, Hold]:
    return {hold.ref: hold for hold in plan.holds()}


def test_what_lost_its_label_is_found_by_what_hangs_below_and_what_stands_beside(
    begin: Any, flavor: str
) -> None:
    acme = begin(flavor)
    apply(acme)
    before = links(acme)
    label_off(acme, before["L1"])  # a key result hangs below it
    label_off(acme, before["F1"])  # nothing leads there but its neighbors' keys
    lose(acme)
    found = rebuilt(acme)
    assert found.unfound == ()
    assert links(acme) == before
    assert set(holds(plan_of(acme))) == {"P2"}
    assert plan_of(acme).counts().writes == 0


def test_what_was_not_found_waits_until_somebody_decides(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    acme.ask("DELETE", f"{acme.api}/issue/{key_of(acme, 'P3')}")
    acme.ask("DELETE", f"{acme.api}/issue/{key_of(acme, 'F1')}")
    lose(acme)
    found = rebuilt(acme)
    assert set(found.unfound) == set(found.held) == {"F1", "P3"}
    assert "--recreate ID creates one, --forget ID gives it up" in told(found)
    plan = plan_of(acme)
    assert {ref: hold.reason for ref, hold in holds(plan).items() if ref != "P2"} == dict.fromkeys(
        ("F1", "P3"), NOT_FOUND
    )
    assert plan.counts().creates == 0
    acme.edit("  - id: L2\n", "  - {id: L3, perspective: learning, name: New}\n  - id: L2\n")
    writes = {change.ref for change in apply(acme).plan.writes()}
    assert writes == {"L3"}  # what is new is created as ever
    assert rebuilt(acme).held == ("F1", "P3")

    with pytest.raises(UserError):
        plan_of(acme, Wishes(recreate=frozenset({"L3"})))
    done = apply(acme, recreate=frozenset({"F1"}), forget=frozenset({"P3"})).plan
    created = next(change for change in done.changes if isinstance(change, Create))
    assert (created.ref, created.reason) == ("F1", f"{NOT_FOUND}, and it is to be created anew")
    given_up = [(change.ref, change.reason) for change in done.changes if isinstance(change, Forget)]
    assert given_up == [("P3", "not found, and not to be waited for")]
    assert "()" not in "\n".join(line.text for line in plan_lines(done))
    assert set(holds(plan_of(acme))) == {"P2"}
    assert plan_of(acme).counts().writes == 0


def test_a_clone_of_what_was_deleted_is_not_the_one_that_was_created_anew(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    old = key_of(acme, "C2.ttfv.q4")
    copied = clone(acme, old)
    acme.ask("DELETE", f"{acme.api}/issue/{old}")
    apply(acme, recreate=frozenset({"C2.ttfv.q4"}))
    before = links(acme)
    assert before["C2.ttfv.q4"] not in {old, copied}
    lose(acme)
    found = rebuilt(acme)
    assert [seen.key for seen in found.evidence.clones] == [copied]
    assert links(acme) == before


def test_the_older_one_that_was_written_since_is_the_issue_and_its_copy_the_clone(
    begin: Any, flavor: str
) -> None:
    acme = begin(flavor)
    apply(acme)
    key = key_of(acme, "C1")
    copied = clone(acme, key)
    acme.edit("name: Increase customer retention\n", "name: Keep more customers\n")
    apply(acme)
    before = links(acme)
    lose(acme)
    assert [seen.key for seen in rebuilt(acme).evidence.clones] == [copied]
    assert links(acme) == before


def test_where_nothing_tells_the_clone_none_is_taken_and_a_label_decides(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    old = key_of(acme, "C1")
    first = clone(acme, old)
    second = clone(acme, old)
    acme.ask("PUT", f"{acme.api}/issue/{first}/properties/bsc-sync", {**mark_of(acme, first), "revision": 9})
    acme.ask("DELETE", f"{acme.api}/issue/{old}?deleteSubtasks=true")
    lose(acme)
    found = rebuilt(acme)
    assert {ref: [seen.key for seen in several] for ref, several in found.evidence.undecided.items()} == {
        "C1": [first, second]
    }
    assert f"{first}, {second} carry the mark of C1, and nothing tells the clone from it" in told(found)
    held = holds(plan_of(acme))
    assert held["C1"].reason == f"{first} and {second} carry its mark, and nothing tells the clone from it"
    assert "take our label off what is not it" in held["C1"].hint
    assert plan_of(acme).counts().creates == 0
    assert "C1" not in links(acme)
    label_off(acme, second)
    plan_of(acme)
    assert links(acme)["C1"] == first


def test_the_only_clone_of_what_is_gone_is_told_as_such_and_not_taken_without_our_label(
    begin: Any, flavor: str
) -> None:
    acme = begin(flavor)
    apply(acme)
    old = key_of(acme, "C1")
    copied = clone(acme, old)
    acme.ask("DELETE", f"{acme.api}/issue/{old}")
    lose(acme)
    found = rebuilt(acme)
    assert [seen.key for seen in found.evidence.perhaps] == [copied]
    assert f"{copied} is taken for C1, and may be a clone" in told(found)
    assert links(acme)["C1"] == copied
    assert holds(plan_of(acme))["C1"].fields
    lose(acme)
    label_off(acme, copied)
    assert rebuilt(acme).held == ("C1",)
    assert "C1" not in links(acme)
