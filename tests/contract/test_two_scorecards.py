"""Two scorecards that claim one issue: neither writes, and both are named."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bsc_sync.errors import NotOurs
from bsc_sync.plan.change import Adopt, Forget
from bsc_sync.state.whole_file import write_whole
from bsc_sync.sync.importing.ask import Ask
from bsc_sync.sync.importing.from_query import keep, read_in
from bsc_sync.sync.importing.rebuild import rebuild
from bsc_sync.sync.run import run
from bsc_sync.sync.world import Policy
from tests.runs_on_acme import Acme, apply, plan_of

FLAVORS = pytest.mark.parametrize("flavor", ["cloud", "data-center"])
LABELS = pytest.mark.parametrize("label_only", [False, True], ids=["by property", "by label only"])
OTHER = """\
format: 1
id: corp
name: Corporate
objectives:
  - {id: X1, perspective: customer, name: What the group wants, kpis: []}
"""
MAPPING = """\
format: 1
scorecard: corp
jira:
  project: CRM
  objectives: {issue_type: Epic, fields: {summary: {from: name}}}
  rules:
    - {match: {id: X1}, existing: %s}
"""


def labels_only(acme: Acme) -> None:
    """This scorecard's site forbids properties."""
    name = "mapping.yaml"
    text = (acme.folder / name).read_text(encoding="utf-8")
    write_whole(acme.folder / name, text.replace("jira:\n", "jira:\n  label_only: true\n", 1))


def corp(acme: Acme, existing: str, *, label_only: bool = False) -> Acme:
    """Another scorecard, which wants that issue for its X1."""
    other = acme.elsewhere("corp")
    write_whole(other.folder / "scorecard.yaml", OTHER)
    write_whole(other.folder / "mapping.yaml", MAPPING % existing)
    if label_only:
        labels_only(other)
    return other


def begun(begin: Any, flavor: str, *, label_only: bool) -> Acme:
    change = (lambda seed: seed["site"].update(properties=False)) if label_only else None
    acme = begin(flavor, change=change)
    if label_only:
        labels_only(acme)
    return acme


@FLAVORS
@LABELS
def test_an_issue_that_another_scorecard_holds_is_not_adopted(
    begin: Any, flavor: str, label_only: bool
) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    apply(acme)
    writes = acme.writes()
    other = corp(acme, "OPS-1", label_only=label_only)
    with pytest.raises(NotOurs) as caught:
        apply(other)
    assert caught.value.exit_code == 3
    assert caught.value.message == "OPS-1 carries the mark of acme/P2: it cannot be corp/X1"
    assert acme.writes() == writes


@FLAVORS
@LABELS
def test_the_label_of_another_one_is_enough_to_leave_an_issue_alone_whose_mark_is_lost(
    begin: Any, flavor: str, label_only: bool
) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    apply(acme)
    unmarked(acme, "OPS-1", label_only=label_only)
    other = corp(acme, "OPS-1", label_only=label_only)
    writes = acme.writes()
    with pytest.raises(NotOurs) as caught:
        apply(other)
    alone = "carries bsc-acme, the label of the scorecard acme, and no mark"
    assert caught.value.message == f"OPS-1 {alone}: it cannot be corp/X1"
    assert caught.value.hint == (
        "name another issue under existing:; if bsc-acme is only left over, take that label off it in Jira"
    )
    office = other.office()
    with pytest.raises(NotOurs, match=f"OPS-1 {alone}: it cannot be corp/X1"):
        rebuild(office.strategy, other.world(office), tell=ignore)
    outpost = acme.elsewhere("imported").outpost()
    with pytest.raises(NotOurs) as caught:
        read_in(Ask("key = OPS-1"), outpost.explorer, now=outpost.clock(), tell=ignore)
    assert [problem.what for problem in caught.value.problems] == [f"{alone}: it cannot be ops/OPS-1"]
    assert "take that label off it" in caught.value.problems[0].hint
    assert acme.writes() == writes
    assert plan_of(acme).counts().writes == 0, "its owner is not stopped"
    relabel(acme, "OPS-1", "remove", "bsc-acme")
    (change,) = plan_of(other).changes
    assert isinstance(change, Adopt), "the label was only left over"


@FLAVORS
def test_the_label_of_another_one_that_is_put_on_after_the_plan_is_seen(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    done = apply(acme, meanwhile=lambda: relabel(acme, "OPS-1", "add", "bsc-corp"))
    assert [(one.result, one.reason) for one in done.outcomes if one.action == "adopt"] == [
        ("skipped", "OPS-1 carries bsc-corp, the label of the scorecard corp, and no mark since the plan")
    ]


@FLAVORS
@pytest.mark.parametrize("lost", [False, True], ids=["marked", "mark lost"])
def test_a_label_that_somebody_puts_on_an_issue_of_ours_stops_nothing(
    begin: Any, flavor: str, lost: bool
) -> None:
    acme = begin(flavor)
    apply(acme)
    if lost:
        unmarked(acme, "OPS-1", label_only=False)
    relabel(acme, "OPS-1", "add", "bsc-corp")
    assert plan_of(acme).counts().writes == 0
    apply(acme, take="scorecard")
    mark = acme.ask("GET", f"{acme.api}/issue/OPS-1/properties/bsc-sync")["value"]
    assert (mark["scorecard"], mark["ref"]) == ("acme", "P2")
    office = acme.office()
    rebuild(office.strategy, acme.world(office), tell=ignore)


@FLAVORS
@LABELS
def test_of_two_that_adopt_one_issue_at_once_the_second_leaves_it(
    begin: Any, flavor: str, label_only: bool
) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    other = corp(acme, "OPS-1", label_only=label_only)
    done = apply(acme, meanwhile=lambda: apply(other))
    (adoption,) = [outcome for outcome in done.outcomes if outcome.action == "adopt"]
    assert (adoption.result, adoption.reason) == (
        "skipped",
        "OPS-1 carries the mark of corp/X1 since the plan",
    )
    assert done.failed is not None
    writes = acme.writes()
    assert plan_of(other).counts().writes == 0, "it holds it"
    with pytest.raises(NotOurs, match="OPS-1 carries the mark of corp/X1: it cannot be acme/P2"):
        apply(acme)
    assert acme.writes() == writes


@FLAVORS
@LABELS
def test_an_issue_of_ours_that_another_one_has_taken_stops_us(
    begin: Any, flavor: str, label_only: bool
) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    apply(acme)
    key = acme.office().memory.links()["F1"].key
    taken(acme, key, label_only=label_only)
    acme.edit("name: Stay audit-ready", "name: Stay ready")
    writes = acme.writes()
    with pytest.raises(NotOurs) as caught:
        run((office := acme.office()).strategy, acme.world(office), Policy())
    assert caught.value.exit_code == 3
    assert [str(problem) for problem in caught.value.problems] == [
        f"{key}: is acme/F1 here, and carries the mark of corp/X1"
    ]
    assert acme.writes() == writes


@FLAVORS
@LABELS
def test_what_another_one_has_taken_is_let_go_once_nothing_here_asks_for_it(
    begin: Any, flavor: str, label_only: bool
) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    apply(acme)
    key = acme.office().memory.links()["L2.migration.q4"].key
    taken(acme, key, label_only=label_only)
    text = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "id: L2.migration.q4" in line)
    acme.edit(f"{line}\n", "")
    for rule in (
        "  - {match: {id: L2.migration.q4}, links: contributes to}\n",
        "  - match: {id: L2.migration.q4}\n    source: {rollup: work, by: points, unestimated: count}\n",
    ):
        acme.edit(rule, "", "mapping.yaml")
    forgotten = [change for change in plan_of(acme).changes if isinstance(change, Forget)]
    assert [(change.ref, change.key, change.released) for change in forgotten] == [
        ("L2.migration.q4", key, True)
    ]
    assert "corp/X1 holds it now" in forgotten[0].reason
    writes = acme.writes()
    apply(acme)
    assert acme.writes() == writes
    assert [change.ref for change in plan_of(acme).changes] == ["P2"]


@FLAVORS
@LABELS
def test_what_one_scorecard_has_retired_another_may_take(begin: Any, flavor: str, label_only: bool) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    apply(acme)
    acme.edit("  - id: P2\n", "  - id: P2\n    retired: 2026-11-20\n")
    apply(acme)
    other = corp(acme, "OPS-1", label_only=label_only)
    (change,) = plan_of(other).changes
    assert isinstance(change, Adopt)
    apply(other)
    assert plan_of(other).holds()[0].reason == "never agreed on"
    assert [change.action for change in plan_of(acme).changes if change.ref == "P2"] == ["forget"]
    apply(acme)
    assert [change for change in plan_of(acme).changes if change.ref == "P2"] == []


@FLAVORS
@LABELS
def test_neither_an_import_nor_a_rebuilding_takes_what_another_one_holds(
    begin: Any, flavor: str, label_only: bool
) -> None:
    acme = begun(begin, flavor, label_only=label_only)
    apply(acme)
    there = acme.elsewhere("imported")
    outpost = there.outpost()
    with pytest.raises(NotOurs) as caught:
        read_in(Ask("project = OPS AND type = Epic"), outpost.explorer, now=outpost.clock(), tell=ignore)
    assert [str(problem) for problem in caught.value.problems] == [
        "OPS-1: carries the mark of acme/P2: it cannot be ops/OPS-1"
    ]
    other = corp(acme, "OPS-1", label_only=label_only)
    office = other.office()
    with pytest.raises(NotOurs) as caught:
        rebuild(office.strategy, other.world(office), tell=ignore)
    assert caught.value.message == "OPS-1 carries the mark of acme/P2: it cannot be corp/X1"
    assert office.memory.links() == {}


@FLAVORS
def test_what_two_import_at_once_the_first_write_decides(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    places = []
    for name in ("one", "two"):
        there = acme.elsewhere(name)
        outpost = there.outpost()
        found = read_in(Ask("key = CRM-1", card=name), outpost.explorer, now=outpost.clock(), tell=ignore)
        keep(
            found,
            outpost.memory(name),
            holder="test",
            version="test",
            now=outpost.clock(),
            write=partial(written, there.folder),
        )
        places.append(there)
    one, two = places
    one.edit("First week with a new customer", "Our first week")
    apply(one)
    with pytest.raises(NotOurs) as caught:
        plan_of(two)
    assert [str(problem) for problem in caught.value.problems] == [
        "CRM-1: is two/CRM-1 here, and carries the mark of one/CRM-1"
    ]


def written(folder: Path, name: str, text: str) -> None:
    """Write one of the files."""
    write_whole(folder / name, text)


@FLAVORS
def test_two_stores_of_one_scorecard_do_not_write_over_each_other(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    places = []
    for name in ("one", "two"):
        there = acme.elsewhere(name)
        outpost = there.outpost()
        found = read_in(
            Ask("project = CRM AND type = Epic"), outpost.explorer, now=outpost.clock(), tell=ignore
        )
        keep(
            found,
            outpost.memory(found.card),
            holder="test",
            version="test",
            now=outpost.clock(),
            write=partial(written, there.folder),
        )
        places.append(there)
    one, two = places
    one.edit("First week with a new customer", "Our first week")
    apply(one)
    two.edit("One customer record", "Another name")
    with pytest.raises(NotOurs, match="CRM-1 carries the mark of crm from another store"):
        plan_of(two)


def ignore(_step: str) -> None:
    """Tell nobody."""


def taken(acme: Acme, key: str, *, label_only: bool) -> None:
    """Somebody else's run has marked the issue for corp/X1, as it would by force."""
    labels = ["bsc-corp", *(["bsc-corp/X1"] if label_only else [])]
    steps = [{"add": label} for label in labels]
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": steps}})
    if not label_only:
        path = f"{acme.api}/issue/{key}/properties/bsc-sync"
        mark = acme.ask("GET", path)["value"]
        acme.ask("PUT", path, {**mark, "scorecard": "corp", "ref": "X1", "store": "another"})


def unmarked(acme: Acme, key: str, *, label_only: bool) -> None:
    """The mark of P2 is gone from its issue, as a move or an admin can take it; the plain label stands."""
    if label_only:
        relabel(acme, key, "remove", "bsc-acme/P2")
    else:
        acme.ask("DELETE", f"{acme.api}/issue/{key}/properties/bsc-sync")


def relabel(acme: Acme, key: str, step: str, label: str) -> None:
    """A person puts a label on an issue, or takes it off."""
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": [{step: label}]}})
