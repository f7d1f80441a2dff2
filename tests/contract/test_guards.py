"""Guards stop the writes, and neither the pull nor the page; each says the numbers and what overrides it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from bsc_sync.errors import Conflict
from tests.people_in_jira import move
from tests.runs_on_acme import Acme, key_of, put, sync

BOTH = pytest.mark.parametrize("flavor", ["cloud", "data-center"])
RETENTION = "name: Increase customer retention\n"


def limit(acme: Acme, old: str, new: str) -> None:
    acme.edit(old, new, "mapping.yaml")


def hide(acme: Acme, count: int) -> None:
    """A security level keeps the first so many issues of ours from us."""
    with acme.site.store.transaction() as connection:
        level = json.loads(connection.execute("SELECT document FROM jira_catalog").fetchone()[0])
        secret = level["security_levels"][0]["id"]
        ours = "SELECT issue_id FROM issue_property WHERE key = 'bsc-sync' ORDER BY issue_id LIMIT ?"
        connection.execute(
            f"UPDATE issue SET content = json_set(content, '$.security', ?) WHERE id IN ({ours})",  # noqa: S608  no input
            (secret, count),
        )


def with_level(seed: dict[str, Any]) -> None:
    seed["security_levels"] = [{"name": "Board only", "users": ["acme:cfo"]}]


def recorded(acme: Acme) -> dict[str, Any]:
    """What the store remembers of the last run."""
    with acme.office().engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT report FROM runs ORDER BY started DESC, rowid DESC").first()
    assert row is not None
    return dict(json.loads(row[0]))


def test_a_count_limit_stops_all_writes_but_not_the_pull_until_it_is_forced(acme_here: Acme) -> None:
    acme = acme_here
    limit(acme, "creates: {count: 100}", "creates: {count: 5}")
    report = sync(acme, publish="changed")
    issues = acme.search("project = STRAT")
    assert (report.exit_code, issues) == (3, [])
    assert [entry.result for entry in report.published] == ["created", "created"]
    assert report.pulled is not None
    assert report.pulled.work_items > 50
    assert report.stopped is not None
    first, second = report.stopped.lines()
    assert first == "nothing was written: the run would change too much"
    assert second == (
        "limits.creates: this run would do more than limits.creates allows: 13 creates, the limit is 5 - "
        "if it is meant, apply with --force creates, or raise limits.creates in mapping.yaml"
    )
    forced = sync(acme, force=frozenset({"creates", "retires"}))
    assert forced.exit_code == 0
    told = (
        "--force creates overrides: "
        "this run would do more than limits.creates allows: 13 creates, the limit is 5"
    )
    assert forced.overridden == (told,)
    assert recorded(acme)["overridden"] == [told]
    assert sync(acme, force=frozenset({"creates"})).overridden == ()


def test_a_share_counts_only_above_its_floor_and_what_comes_back_counts_as_an_update(acme_here: Acme) -> None:
    acme = acme_here
    limit(acme, "updates: {share: 0.5, count: 50, floor: 5}", "updates: {share: 0.1, floor: 1}")
    text = (acme.folder / "scorecard.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "id: L1.trained.q4" in line)
    sync(acme)
    acme.edit(line + "\n", "")
    assert sync(acme).exit_code == 0
    (acme.folder / "scorecard.yaml").write_text(text, encoding="utf-8")
    assert sync(acme, mode="observe").exit_code == 0  # one of fourteen, not above the floor
    acme.edit(RETENTION, "name: Keep more customers\n")
    report = sync(acme)
    assert report.exit_code == 3
    assert report.stopped is not None
    assert "2 of 14 is 14%, the limit is 10% above 1" in report.stopped.lines()[1]
    assert sync(acme, force=frozenset({"updates"})).exit_code == 0


def test_new_ids_alone_are_no_updates_that_people_see_and_do_not_count(acme_here: Acme) -> None:
    acme = acme_here
    limit(acme, "updates: {share: 0.5, count: 50, floor: 5}", "updates: {share: 0.1, count: 2, floor: 1}")
    sync(acme)
    path = acme.folder / "scorecard.yaml"
    text = path.read_text(encoding="utf-8")
    ids = re.findall(r"^      - {id: (\S+\.q4), ", text, re.MULTILINE)
    renamed = [one for one in ids if one not in (acme.folder / "mapping.yaml").read_text("utf-8")]
    assert len(renamed) >= 4
    for one in renamed:
        text = text.replace(f"{{id: {one}, ", f"{{id: {one}.again, was: {one}, ")
    path.write_text(text, encoding="utf-8")
    report = sync(acme)
    assert (report.exit_code, report.plan.counts().updates) == (0, len(renamed))
    path.write_text(re.sub(r"name: Increase|name: Improve", "name: Better", text), encoding="utf-8")
    report = sync(acme)
    assert (report.exit_code, report.plan.counts().updates) == (3, 5), "what people see counts as before"


@BOTH
@pytest.mark.parametrize(("hidden", "said"), [(14, "all 14 issues"), (8, "8 of 14 issues")])
def test_what_vanishes_at_once_stops_all_writes(
    begin: Callable[..., Acme], flavor: str, hidden: int, said: str
) -> None:
    acme = begin(flavor, change=with_level)
    sync(acme)
    acme.edit(RETENTION, "name: Keep more customers\n")
    hide(acme, hidden)
    writes = acme.writes()
    report = sync(acme)
    assert (report.exit_code, acme.writes()) == (3, writes)
    assert report.stopped is not None
    assert report.stopped.message == (
        f"{said} of acme have vanished, or may not be seen by us any more: nothing is written"
    )
    assert "--force vanished, and --recreate or --forget them" in report.stopped.hint
    assert report.pulled is not None
    forced = sync(acme, force=frozenset({"vanished"}))
    assert forced.overridden == (
        f"--force vanished overrides: {said} of acme have vanished, or may not be seen by us any more",
    )
    assert {outcome.action for outcome in forced.outcomes} <= {"update", "hold"}  # nothing is made anew


@BOTH
@pytest.mark.parametrize("few", [("C1",), ("C1", "C1.retention.q4", "F1")], ids=["one", "three"])
def test_when_none_of_a_few_answers_nothing_is_written_and_nothing_created(
    begin: Callable[..., Acme], flavor: str, few: tuple[str, ...]
) -> None:
    acme = begin(flavor, change=with_level)
    sync(acme, targets=few)
    links = acme.office().memory.links()
    assert sorted(links) == sorted(few), "not more than the floor of the share"
    hide(acme, len(links))
    writes = acme.writes()
    report = sync(acme)
    assert report.plan.counts().creates > 0, "all else is asked for"
    assert (report.exit_code, acme.writes()) == (3, writes)
    assert report.stopped is not None
    assert report.stopped.message.startswith(f"all {len(few)} issues of acme have vanished")
    forced = sync(acme, force=frozenset({"vanished"}))
    made = {outcome.ref for outcome in forced.outcomes if outcome.result == "applied"}
    assert made
    assert not made & set(links), "what has vanished is not created again"


@BOTH
def test_a_few_that_vanish_hold_only_themselves(begin: Callable[..., Acme], flavor: str) -> None:
    acme = begin(flavor, change=with_level)
    sync(acme)
    hide(acme, 2)
    acme.edit("name: Grow lifetime customer value\n", "name: Grow what customers are worth\n")
    acme.edit("name: Improve the sales conversion process\n", "name: Sell better\n")
    report = sync(acme)
    assert report.exit_code == 0
    assert [o.ref for o in report.outcomes if o.result == "applied" and o.action == "update"] == ["P1"]


@BOTH
def test_in_a_foreign_project_nothing_is_written_unless_it_is_named_or_forced(
    begin: Callable[..., Acme], flavor: str
) -> None:
    acme = begin(flavor)
    sync(acme)
    key = acme.office().memory.links()["C1"].key
    with acme.site.store.transaction() as connection:
        row = connection.execute("SELECT id FROM jira_project WHERE key = 'CRM'").fetchone()
        connection.execute(
            "UPDATE issue SET key = 'CRM-900', project_id = ?, number = 900 WHERE key = ?", (row["id"], key)
        )
    acme.edit(RETENTION, "name: Keep more customers\n")
    writes = acme.writes()
    report = sync(acme)
    assert (report.exit_code, acme.writes()) == (3, writes)
    assert report.stopped is not None
    assert "(CRM-900)" in "".join(report.stopped.lines())
    forced = sync(acme, force=frozenset({"projects"}))
    assert [outcome.key for outcome in forced.outcomes if outcome.result == "applied"] == ["CRM-900"]
    assert forced.overridden == (
        "--force projects overrides: C1 (CRM-900) stands in CRM, which the mapping does not name",
    )
    acme.edit("name: Keep more customers\n", "name: Keep them all\n")
    acme.edit("  project: STRAT\n", "  project: STRAT\n  projects: [CRM]\n", "mapping.yaml")
    named = sync(acme)
    assert (named.exit_code, named.overridden) == (0, ())


class Fight:
    """An automation rule that sets the date back after each of our runs."""

    def __init__(self, acme: Acme) -> None:
        self.acme = acme
        self.key = acme.office().memory.links()["F1"].key
        self.moves = 0

    def back(self) -> None:
        self.acme.ask(
            "PUT", f"{self.acme.api}/issue/{self.key}", {"fields": {"duedate": f"2027-01-{10 + self.moves}"}}
        )

    def runs(self, count: int, **policy: Any) -> list[int]:
        """How often we wrote, run by run; the rule strikes back after each."""
        wrote = []
        for _ in range(count):
            self.back()
            before = self.acme.writes()
            sync(self.acme, **policy)
            wrote.append(self.acme.writes() - before)
        return wrote


@BOTH
def test_a_restore_that_is_undone_twice_is_never_written_again(
    begin: Callable[..., Acme], flavor: str
) -> None:
    acme = begin(flavor)
    due = "    name: Grow lifetime customer value\n"
    acme.edit(due, f"{due}    due: 2027-06-30\n")
    sync(acme)
    fight = Fight(acme)
    assert fight.runs(6) == [1, 1, 0, 0, 0, 0]
    (hold,) = [hold for hold in sync(acme).plan.holds() if hold.ref == "F1"]
    assert hold.reason == "restored twice, and edited in Jira again"
    assert "--take scorecard" in hold.hint
    fight.moves = 1  # the rule has another idea: it is the same fight
    assert fight.runs(2) == [0, 0]
    assert fight.runs(1, take="scorecard") >= [1]  # decided by a person: it starts anew
    assert fight.runs(4) == [1, 1, 0, 0]
    acme.edit("due: 2027-06-30", "due: 2027-07-31")  # both have moved: that is for a person to decide
    assert fight.runs(2) == [0, 0]
    assert sync(acme, take="scorecard").exit_code == 0
    assert fight.runs(3) == [1, 1, 0]


def test_a_conflict_does_not_hide_what_stands_in_a_foreign_project(acme_here: Acme) -> None:
    sync(acme_here)
    put(acme_here, "C1", summary="What a person made of it")
    acme_here.edit("name: Increase customer retention\n", "name: Keep our customers\n")
    key = move(acme_here, key_of(acme_here, "C2.ttfv.q4"), "CRM")
    acme_here.edit("Bring time to first value from 48 to 24 hours", "Bring it down to 24 hours")
    report = sync(acme_here)
    assert isinstance(report.stopped, Conflict)
    assert [str(problem) for problem in report.stopped.problems] == [
        f"C1 ({key_of(acme_here, 'C1')}): Summary changed in the scorecard and in Jira",
        f"C2.ttfv.q4 ({key}): it stands in CRM, a project that the mapping does not name",
    ]
