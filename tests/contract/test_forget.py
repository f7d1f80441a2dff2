"""A person leaves: out of the store, told where else they stand, and Jira does not notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from requests.adapters import BaseAdapter
from sqlalchemy import select

from bsc_sync.plan.plan import Plan
from bsc_sync.runtime import Office, named_in_jira, names_in_jira
from bsc_sync.state.names import NOBODY, Names
from bsc_sync.state.schema import metadata
from bsc_sync.sync.forget import Farewell, Place, forget_everywhere, names_of
from bsc_sync.sync.run import RunReport, run
from bsc_sync.sync.world import Policy
from tests.carriers import Meddling, is_any

Acme = Any  # the fixture's class lives in conftest, which is not imported


def with_assignees(seed: dict[str, Any]) -> None:
    """Epics of the strategy can have an assignee."""
    for project in seed["projects"]:
        if project["key"] == "STRAT":
            project["screens"]["Epic"].append("assignee")


@pytest.fixture
def begun(flavor: str, begin: Callable[..., Acme], store_url: str) -> Acme:
    """The example with assignees, synced twice, on either database."""
    acme = begin(flavor, change=with_assignees)
    acme.state_url = store_url
    acme.edit(
        "duedate:     {from: due, owner: scorecard, on_drift: restore}",
        "duedate:     {from: due}\n      assignee:    {from: owner}",
        "mapping.yaml",
    )
    users = acme.site.users
    accounts = {
        alias: user.account_id if acme.cloud else user.login
        for alias, user in (
            ("cfo", users["acme:cfo"]),
            ("head-of-success", users["acme:mia"]),
            ("head-of-sales", users["acme:jonas"]),
            ("head-of-operations", users["acme:tomas"]),
            ("head-of-people", users["acme:priya"]),
            ("cto", users["acme:priya"]),
        )
    }
    lines = "".join(f'  {alias}: "{account}"\n' for alias, account in accounts.items())
    acme.edit('  cfo: "acme:cfo"\n', lines, "mapping.yaml")
    sync(acme)
    assert sync(acme).plan.counts().writes == 0
    return acme


@contextmanager
def opened(acme: Acme) -> Iterator[Office]:
    """The office, and its store closed again."""
    office = acme.office()
    try:
        yield office
    finally:
        office.engine.dispose()


def sync(acme: Acme) -> RunReport:
    with opened(acme) as office:
        return run(office.strategy, acme.world(office), Policy())


def pending(report: RunReport) -> list[tuple[str, str]]:
    """What a run would do or has held, but for the adopted epic, whose texts were never agreed on."""
    return [(change.action, change.ref) for change in report.plan.changes if change.ref != "P2"]


def forget(acme: Acme, alias: str, *also: str, dry_run: bool = False, ask_jira: bool = False) -> Farewell:
    with opened(acme) as office:
        place = Place(
            office.strategy,
            acme.folder,
            office.memory,
            office.history,
            "1",
            office.browse_url,
            (acme.folder / ".bsc-sync" / "state.db",),
        )
        names = names_of(alias, also, office.strategy.mapping.people)
        shown = named_in_jira(office, names, carrier=acme.carrier) if ask_jira else None
        return forget_everywhere(
            place, names, holder="test", now=acme.site.clock.now(), dry_run=dry_run, in_issues=shown
        )


def stored(acme: Acme) -> str:
    """All that the store holds, as text."""
    with opened(acme) as office, office.engine.connect() as connection:
        return "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )


def plans(acme: Acme) -> list[Mapping[str, object]]:
    """The plans of all runs, as recorded."""
    with opened(acme) as office:
        runs = [office.history.runs_named(one.id)[0] for one in office.history.runs(limit=20)]
        found = [one.plan for one in runs if one.plan]
        assert found
        return found


def keys_of(acme: Acme, *refs: str) -> list[str]:
    with opened(acme) as office:
        links = office.memory.links()
        return sorted(links[ref].key for ref in refs)


def test_after_it_a_sync_has_nothing_to_do_and_what_is_left_is_named(begun: Acme) -> None:
    account = "acme:mia" if begun.cloud else "mia"
    assert account in stored(begun)
    writes = begun.writes()
    told = forget(begun, "head-of-success")
    assert set(told.names) == {"head-of-success", account}
    assert told.unwiped is None
    assert NOBODY in stored(begun)
    assert f'"{account}"' not in stored(begun)
    assert "head-of-success" not in stored(begun)
    keys = keys_of(begun, "C1", "C2")
    assert [one.where for one in told.remains if one.kind == "jira"] == keys
    files = {one.where for one in told.remains if one.kind == "file"}
    for name in ("scorecard.yaml", "mapping.yaml", "out/alignment.html"):
        lines = (begun.folder / name).read_text().splitlines()
        shown = [int(where.rpartition(":")[2]) for where in files if where.startswith(f"{name}:")]
        assert shown, name
        for number in shown:
            assert "head-of-success" in lines[number - 1] or account in lines[number - 1]
    assert [one.where for one in told.remains if one.kind == "page"]
    for plan in plans(begun):
        Plan.model_validate(plan)
    after = sync(begun)
    assert pending(after) == []
    assert begun.writes() == writes
    assert forget(begun, "head-of-success", dry_run=True).forgotten.rows.keys() <= {"base", "links"}


def test_a_successor_is_written_by_the_sync_and_the_predecessor_can_then_be_forgotten(begun: Acme) -> None:
    old, new = ("acme:mia", "acme:jonas") if begun.cloud else ("mia", "jonas")
    begun.edit(f'head-of-success: "{old}"', f'head-of-success: "{new}"', "mapping.yaml")
    assert sync(begun).plan.counts().updates == 2
    writes = begun.writes()
    told = forget(begun, old, "Mia Keller", "mia@acme.example")
    assert told.forgotten.unagreed == ()
    assert pending(sync(begun)) == []
    assert begun.writes() == writes
    assert forget(begun, old, "Mia Keller", dry_run=True).found is False
    assert {one.where.partition(":")[0] for one in told.remains if one.kind == "file"} == {"sandbox.yaml"}


def test_jira_tells_by_which_other_names_it_knows_the_account(begun: Acme) -> None:
    with opened(begun) as office:
        account = office.strategy.mapping.people["head-of-success"]
        told = names_in_jira(office, account, carrier=begun.carrier)
        assert told[0] == "Mia Keller"
        assert begun.cloud or "mia" in told
        assert names_in_jira(office, "nobody", carrier=begun.carrier) == ()
    with_names = forget(begun, "head-of-success", *told, dry_run=True)
    assert [one.where for one in with_names.remains if one.where.startswith("sandbox.yaml")]


def test_somebody_whom_the_mapping_does_not_know_may_still_be_in_the_store(begun: Acme) -> None:
    old = "acme:mia" if begun.cloud else "mia"
    begun.edit(f'  head-of-success: "{old}"\n', "", "mapping.yaml")
    text = (begun.folder / "scorecard.yaml").read_text()
    (begun.folder / "scorecard.yaml").write_text(text.replace("owner: head-of-success", "owner: cfo"))
    sync(begun)
    assert forget(begun, "nobody", dry_run=True).found is False
    assert forget(begun, old).found is True
    assert pending(sync(begun)) == []
    assert forget(begun, old, dry_run=True).found is False


def test_what_waits_to_be_written_is_held_and_not_written_over(begun: Acme) -> None:
    old, new = ("acme:mia", "acme:jonas") if begun.cloud else ("mia", "jonas")
    begun.edit(f'head-of-success: "{old}"', f'head-of-success: "{new}"', "mapping.yaml")
    keys = keys_of(begun, "C1", "C2")
    query = f"key in ({', '.join(keys)})"
    before = begun.search(query, "updated", "assignee")
    assert forget(begun, old).forgotten.unagreed == (("C1", "assignee"), ("C2", "assignee"))
    after = sync(begun)
    assert pending(after) == [("hold", "C1"), ("hold", "C2")]
    assert {hold.reason for hold in after.plan.holds()} == {"never agreed on"}
    assert begun.search(query, "updated", "assignee") == before


def in_jira(told: Farewell) -> list[str]:
    return [one.where for one in told.remains if one.kind == "jira"]


def test_an_issue_is_named_when_only_a_text_that_we_wrote_held_the_person(begun: Acme) -> None:
    begun.edit("name: Increase customer retention\n", "name: Mia Keller keeps the customers\n")
    sync(begun)
    (key,) = keys_of(begun, "C1")
    put(begun, key, summary="Mia Keller leads this")
    sync(begun)
    by_store = forget(begun, "nobody", "Mia Keller", dry_run=True)
    assert in_jira(by_store) == [key]
    by_jira = forget(begun, "nobody", "Mia Keller", ask_jira=True)
    summary = f"{key}: Summary"
    assert summary in in_jira(by_jira)
    assert key not in in_jira(by_jira)  # it is told once, with its field
    again = forget(begun, "nobody", "Mia Keller", ask_jira=True)  # the store says nothing of it any more
    assert (again.found, summary in in_jira(again)) == (False, True)


def test_where_jira_is_asked_it_tells_fields_comments_and_our_mark(begun: Acme) -> None:
    first, second, third = (keys_of(begun, ref)[0] for ref in ("C1", "F1", "P3"))
    text: object = "Ask *Mia* Keller."
    if begun.cloud:
        bold = {"type": "text", "text": "Mia", "marks": [{"type": "strong"}]}
        parts = [{"type": "text", "text": "Ask "}, bold, {"type": "text", "text": " Keller."}]
        text = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": parts}]}
    put(begun, second, description=text)
    said: object = "Mia Keller knows."
    if begun.cloud:
        parts = [{"type": "text", "text": "Mia Keller knows."}]
        said = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": parts}]}
    begun.ask("POST", f"{begun.api}/issue/{third}/comment", {"body": said})
    writes = begun.writes()
    account = "acme:mia" if begun.cloud else "mia"
    told = in_jira(forget(begun, account, "Mia Keller", dry_run=True, ask_jira=True))
    assert {f"{first}: Assignee", f"{second}: Description", f"{third}: Comment"} <= set(told)
    assert (f"{first}: our mark" in told) == begun.cloud  # Data Center shows many issues without their marks
    assert begun.writes() == writes


def put(acme: Acme, key: str, **fields: object) -> None:
    acme.ask("PUT", f"{acme.api}/issue/{key}", {"fields": fields})


def test_a_thousand_issues_are_looked_at_in_batches(begun: Acme) -> None:
    seen: list[str] = []

    def counted() -> BaseAdapter:
        return Meddling(begun.carrier_of_test(), is_any, lambda: seen.append(""))

    with opened(begun) as office:
        assert len(office.memory.links()) > 10
        named_in_jira(office, Names(("Mia Keller",)), carrier=counted)
    assert len(seen) <= 4
