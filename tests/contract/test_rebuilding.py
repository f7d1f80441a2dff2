"""A lost database comes back from the marks in Jira and from the page in Confluence."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import pytest

from bsc_sync.cli.rebuilt_text import rebuilt_lines
from bsc_sync.errors import NotOurs, UserError
from bsc_sync.plan.change import Hold
from bsc_sync.state.store import Link, Memory
from bsc_sync.state.taking_over import take_over
from bsc_sync.state.whole_file import write_whole
from bsc_sync.sync.apply_only import Applied
from bsc_sync.sync.importing.ask import Ask
from bsc_sync.sync.importing.from_query import keep, read_in
from bsc_sync.sync.importing.rebuild import Rebuilt, rebuild
from tests import runs_on_acme
from tests.runs_on_acme import Acme, plan_of, sync_and_publish

FLAVORS = pytest.mark.parametrize("flavor", ["cloud", "data-center"])


def apply(acme: Acme, **policy: Any) -> Applied:
    return runs_on_acme.apply(acme, force=frozenset({"retires"}), **policy)


def rebuilt(acme: Acme, store: str = "", *, dry_run: bool = False) -> Rebuilt:
    office = acme.office()
    return rebuild(office.strategy, acme.world(office), store=store, dry_run=dry_run, tell=lambda _step: None)


def lose(acme: Acme) -> None:
    shutil.rmtree(acme.folder / ".bsc-sync")


def remembered(
    acme: Acme,
) -> tuple[str, Mapping[str, Link], Mapping[str, Mapping[str, str]], Mapping[str, str]]:
    """What the store knows of each issue."""
    office = acme.office()
    notes = {ref: note.state for ref, (note, _since) in office.memory.link_notes().items()}
    return office.memory.store_id, office.memory.links(), office.memory.base(), notes


def test_a_plan_that_was_empty_before_the_loss_is_empty_after_it(acme: Acme) -> None:
    apply(acme)
    apply(acme, take="scorecard")
    acme.edit("  - id: L2\n", "  - id: L2\n    retired: 2026-11-20\n")
    apply(acme)
    assert plan_of(acme).changes == ()
    store, links, base, notes = remembered(acme)
    writes = acme.writes()
    lose(acme)
    with pytest.raises(NotOurs, match="from another store") as caught:
        plan_of(acme)
    assert "bsc-sync import --state" in caught.value.hint
    assert rebuilt(acme, dry_run=True).evidence.store == store
    found = rebuilt(acme)
    assert (found.unfound, found.baseless, found.evidence.clones) == ((), (), ())
    assert set(found.retired) == {"L2", "L2.migration.q4"}
    again = plan_of(acme)
    assert again.changes == ()
    after = remembered(acme)
    assert (after[0], after[1]) == (store, links)
    assert after[3] == notes
    owned = {"summary", "description", "duedate"}
    for ref, digests in base.items():
        kept = {name: value for name, value in digests.items() if name in owned}
        assert kept.items() <= after[2][ref].items()
    assert acme.writes() == writes


def test_what_people_did_while_the_store_was_lost_shows_as_theirs(acme: Acme) -> None:
    apply(acme)
    key = acme.office().memory.links()["F1"].key
    lose(acme)
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {"summary": "As people say"}})
    rebuilt(acme)
    acme.edit("name: Stay audit-ready", "name: Stay ready")
    changes = {change.ref: change for change in plan_of(acme).changes}
    assert isinstance(changes["F1"], Hold)
    assert changes["F1"].reason == "drift: edited in Jira"
    assert changes["P3"].action == "update"


def test_the_page_is_known_again_and_not_written(acme: Acme) -> None:
    first = sync_and_publish(acme)
    url = next(entry.url for entry in first.published if entry.url.startswith("http"))
    page = acme.wiki_page(url)
    lose(acme)
    found = rebuilt(acme)
    assert [entry.url for entry in found.pages] == [url]
    (known,) = [
        kept
        for publisher in acme.world(acme.office()).publishers()
        if hasattr(publisher, "target")
        for kept in [acme.office().history.publication(publisher.target)]
    ]
    assert (known.page_id, known.version, known.settled) == (page.id, page.version, True)
    assert known.digest
    assert acme.wiki_page(url) == page


def test_it_can_be_run_again_and_refuses_what_does_not_agree(acme_here: Acme) -> None:
    acme = acme_here
    apply(acme)
    before = remembered(acme)
    again = rebuilt(acme)
    assert again.new == frozenset()
    assert remembered(acme)[:3] == before[:3]
    office = acme.office()
    link = office.memory.links()["F1"]
    other = office.memory.links()["F2"]
    office.memory.keep_links([Link("F1", "999999", "STRAT-999", link.kind, link.name, 1)])
    with pytest.raises(NotOurs) as caught:
        rebuilt(acme)
    (problem,) = caught.value.problems
    assert str(problem) == f"F1: is STRAT-999 in the store, and {link.key} by its mark"
    assert other.key != link.key


@FLAVORS
def test_without_a_mark_there_is_nothing_to_rebuild_from(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    with pytest.raises(UserError, match="no issue carries the mark of acme"):
        rebuilt(acme)


@FLAVORS
def test_marks_of_two_stores_are_named_and_one_is_chosen(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    store = acme.office().memory.store_id
    key = acme.office().memory.links()["F1"].key
    path = f"{acme.api}/issue/{key}/properties/bsc-sync"
    mark = acme.ask("GET", path)["value"]
    acme.ask("PUT", path, {**mark, "store": "another-store"})
    lose(acme)
    with pytest.raises(UserError) as caught:
        rebuilt(acme)
    told = {problem.where: problem.what for problem in caught.value.problems}
    assert told["another-store"] == f"marked {key}"
    assert store in told
    with pytest.raises(UserError, match="no mark names the store elsewhere"):
        rebuilt(acme, "elsewhere")
    found = rebuilt(acme, store)
    assert [seen.key for seen in found.evidence.strangers["another-store"]] == [key]
    assert found.unfound == ("F1",)
    assert acme.office().memory.store_id == store
    assert "F1" not in acme.office().memory.links()


@FLAVORS
def test_a_clone_of_ours_is_told_from_the_issue(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    key = acme.office().memory.links()["F1"].key
    mark = acme.ask("GET", f"{acme.api}/issue/{key}/properties/bsc-sync")["value"]
    fields = {
        "project": {"key": "STRAT"},
        "issuetype": {"name": "Epic"},
        "summary": "CLONE",
        "labels": ["bsc-acme"],
    }
    if flavor == "data-center":
        fields[acme.field("Epic Name")] = "CLONE"
    clone = acme.ask("POST", f"{acme.api}/issue", {"fields": fields})["key"]
    acme.ask("PUT", f"{acme.api}/issue/{clone}/properties/bsc-sync", mark)
    lose(acme)
    found = rebuilt(acme)
    assert [seen.key for seen in found.evidence.clones] == [clone]
    assert acme.office().memory.links()["F1"].key == key


@FLAVORS
def test_labels_tell_who_is_who_and_not_what_was_agreed_on(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed["site"].update(properties=False))
    acme.edit("jira:\n  project: STRAT\n", "jira:\n  project: STRAT\n  label_only: true\n", "mapping.yaml")
    apply(acme)
    links = {ref: link.key for ref, link in acme.office().memory.links().items()}
    key = links["F1"]
    lose(acme)
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": {"summary": "As people say"}})
    found = rebuilt(acme)
    assert {ref: link.key for ref, link in acme.office().memory.links().items()} == links
    assert set(found.baseless) == set(links)
    told = [line.text for line in rebuilt_lines(found, card="acme", dry_run=False)]
    assert len([text for text in told if "(no mark tells)" in text]) == 1
    holds = {change.ref: change for change in plan_of(acme).changes}
    assert isinstance(holds["F1"], Hold)
    assert holds["F1"].reason == "never agreed on"
    assert set(holds) == {"F1", "P2"}


@FLAVORS
def test_what_a_lagging_index_hides_is_read_by_key(begin: Any, flavor: str) -> None:
    acme = begin(flavor, change=lambda seed: seed["site"].update(index_lag=3600))
    apply(acme)
    links = acme.office().memory.links()
    lose(acme)
    assert acme.search("labels = bsc-acme") == []
    found = rebuilt(acme)
    assert found.unfound == ()
    assert acme.office().memory.links() == links


@FLAVORS
def test_a_store_of_several_scorecards_is_not_taken_over(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    lose(acme)
    office = acme.office()
    Memory(office.engine, "corp").keep_links([Link("X", "1", "CORP-1", "objective", "X", 1)])
    with pytest.raises(UserError, match="the store of corp too"):
        rebuilt(acme)
    take_over(office.memory, office.memory.store_id)
    assert acme.office().memory.links() == {}


@FLAVORS
def test_run_again_it_completes_what_could_not_be_seen_before(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    links = acme.office().memory.links()
    key = links["F1"].key
    lose(acme)
    mark = acme.ask("GET", f"{acme.api}/issue/{key}/properties/bsc-sync")["value"]
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": [{"remove": "bsc-acme"}]}})
    acme.ask("DELETE", f"{acme.api}/issue/{key}/properties/bsc-sync")
    first = rebuilt(acme)  # nothing tells that it is ours
    assert first.unfound == ("F1",)
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"update": {"labels": [{"add": "bsc-acme"}]}})
    acme.ask("PUT", f"{acme.api}/issue/{key}/properties/bsc-sync", mark)
    second = rebuilt(acme)
    assert (second.new, second.unfound) == (frozenset({"F1"}), ())
    assert acme.office().memory.links() == links
    assert [change.ref for change in plan_of(acme).changes] == ["P2"]


@FLAVORS
def test_what_was_imported_and_never_marked_comes_back_by_its_key(begin: Any, flavor: str) -> None:
    acme = begin(flavor).elsewhere("imported")
    outpost = acme.outpost()
    found = read_in(
        Ask("project in (CRM, OPS) AND type = Epic"),
        outpost.explorer,
        now=outpost.clock(),
        tell=lambda _step: None,
    )
    keep(
        found,
        outpost.memory(found.card),
        holder="test",
        version="test",
        now=outpost.clock(),
        write=lambda name, text: write_whole(acme.folder / name, text),
    )
    acme.edit("name: Sales funnel redesign", "name: Sell without waiting")
    apply(acme)
    store, links, base, _notes = remembered(acme)
    lose(acme)
    again = rebuilt(acme)
    assert set(again.by_key) == {"CRM-1", "CRM-24", "OPS-1"}
    assert plan_of(acme).changes == ()
    assert remembered(acme)[:3] == (store, links, base)


@FLAVORS
def test_a_renamed_objective_is_found_by_its_old_name(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    apply(acme)
    key = acme.office().memory.links()["F1"].key
    lose(acme)
    path = acme.folder / "scorecard.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("  - id: F1\n", "  - id: F0\n    was: F1\n").replace("to: F1,", "to: F0,")
    path.write_text(text, encoding="utf-8")
    rebuilt(acme)
    assert acme.office().memory.links()["F0"].key == key
    assert [(change.action, change.ref) for change in plan_of(acme).changes] == [
        ("update", "F0"),  # its mark is to say the new id
        ("hold", "P2"),
    ]


@FLAVORS
def test_a_wiki_that_does_not_answer_does_not_keep_the_rest_lost(begin: Any, flavor: str) -> None:
    acme = begin(flavor)
    sync_and_publish(acme)
    links = acme.office().memory.links()
    lose(acme)
    acme.edit("{space: STRAT,", "{space: NOWHERE,", "mapping.yaml")
    found = rebuilt(acme)
    assert acme.office().memory.links() == links
    assert found.pages == ()
    (missed,) = found.missed
    assert missed.startswith("no Confluence space NOWHERE")
