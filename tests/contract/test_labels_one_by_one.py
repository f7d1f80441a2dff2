"""Labels are owned one by one: ours come and go with the mapping, a person's stay whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from bsc_sync.plan.change import Hold, Update
from bsc_sync.sync.run import RunReport
from tests import runs_on_acme
from tests.runs_on_acme import Acme, key_of, quiet

CONSTANT = "    labels: [strategy]\n"
DESCRIPTION = "      description: {from: description, owner: scorecard, on_drift: hold}\n"


def sync(acme: Acme, **policy: Any) -> RunReport:
    return runs_on_acme.sync(acme, **{"force": frozenset({"updates"}), **policy})


def labels(acme: Acme, ref: str) -> set[str]:
    return set(acme.ask("GET", f"{acme.api}/issue/{key_of(acme, ref)}")["fields"]["labels"])


def relabel(acme: Acme, ref: str, **steps: str) -> None:
    update = {"labels": [{verb: name} for verb, name in steps.items()]}
    acme.ask("PUT", f"{acme.api}/issue/{key_of(acme, ref)}", {"update": update})


def held(report: RunReport, ref: str) -> list[tuple[str, Any, Any]]:
    holds = [change for change in report.plan.changes if isinstance(change, Hold) and change.ref == ref]
    return [(part.id, part.old, part.new) for hold in holds for part in hold.fields]


def test_what_the_mapping_gains_is_added_and_what_it_loses_is_removed(acme_here: Acme) -> None:
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "strategy"}
    relabel(acme_here, "F1", add="team-blue")
    acme_here.edit(CONSTANT, "    labels: [strategy, board]\n", "mapping.yaml")
    changed = [change for change in sync(acme_here).plan.writes() if change.ref == "F1"]
    assert [type(change) for change in changed] == [Update]
    assert labels(acme_here, "F1") == {"bsc-acme", "strategy", "board", "team-blue"}
    quiet(acme_here)
    acme_here.edit("    labels: [strategy, board]\n", "    labels: [board]\n", "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "board", "team-blue"}
    acme_here.edit("    labels: [board]\n", "    labels: []\n", "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "team-blue"}
    quiet(acme_here)


def test_labels_that_are_not_named_any_more_are_not_touched(acme_here: Acme) -> None:
    sync(acme_here)
    acme_here.edit(CONSTANT, "", "mapping.yaml")
    quiet(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "strategy"}


def test_a_label_that_a_person_takes_away_is_drift(acme_here: Acme) -> None:
    sync(acme_here)
    relabel(acme_here, "F1", remove="strategy")
    report = sync(acme_here)
    assert held(report, "F1") == [("labels", None, ("strategy",))]
    assert "strategy" not in labels(acme_here, "F1")
    # another label of the mapping's does not make a conflict of it
    acme_here.edit(CONSTANT, "    labels: [strategy, board]\n", "mapping.yaml")
    report = sync(acme_here)
    assert report.exit_code == 0
    assert held(report, "F1") == [("labels", None, ("board", "strategy"))]
    assert labels(acme_here, "F1") == {"bsc-acme"}
    sync(acme_here, take="scorecard", targets=("F1",))
    assert labels(acme_here, "F1") == {"bsc-acme", "board", "strategy"}


def test_a_label_that_is_taken_away_between_the_plan_and_the_write_is_seen(acme_here: Acme) -> None:
    acme = acme_here
    sync(acme)
    acme.edit(CONSTANT, "    labels: [strategy, board]\n", "mapping.yaml")
    done = runs_on_acme.apply(
        acme,
        meanwhile=lambda: relabel(acme, "F1", remove="strategy"),
        targets=("F1",),
        force=frozenset({"updates"}),
    )
    (outcome,) = done.outcomes
    assert outcome.result == "skipped"
    assert outcome.reason == "Labels changed in Jira since the plan; nothing was overwritten"
    assert labels(acme, "F1") == {"bsc-acme"}


def test_labels_from_the_file_and_constant_ones_are_one_set_under_the_fields_rule(acme_here: Acme) -> None:
    rule = "      labels: {from: themes, on_drift: restore}\n"
    acme_here.edit(DESCRIPTION, DESCRIPTION + rule, "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "strategy", "loyal"}
    assert labels(acme_here, "C2") == {"bsc-acme", "strategy", "loyal", "lead"}
    relabel(acme_here, "C2", remove="lead", add="mine")
    sync(acme_here)
    assert labels(acme_here, "C2") == {"bsc-acme", "strategy", "loyal", "lead", "mine"}
    acme_here.edit("    themes: [loyal, lead]\n", "    themes: [excel]\n")
    sync(acme_here)
    assert labels(acme_here, "C2") == {"bsc-acme", "strategy", "excel", "mine"}
    quiet(acme_here)


@pytest.mark.parametrize("owner", ["seed", "jira"])
def test_labels_that_are_jiras_are_written_once(acme_here: Acme, owner: str) -> None:
    origin = "from: themes, " if owner == "seed" else ""
    acme_here.edit(DESCRIPTION, f"{DESCRIPTION}      labels: {{{origin}owner: {owner}}}\n", "mapping.yaml")
    sync(acme_here)
    seeded = {"bsc-acme", "strategy", *(["loyal"] if owner == "seed" else [])}
    assert labels(acme_here, "F1") == seeded
    relabel(acme_here, "F1", remove="strategy")
    quiet(acme_here)
    assert labels(acme_here, "F1") == seeded - {"strategy"}


def test_a_label_that_was_there_before_the_mapping_named_it_stays_when_it_is_dropped(
    acme_here: Acme,
) -> None:
    sync(acme_here)
    relabel(acme_here, "F1", add="board")
    acme_here.edit(CONSTANT, "    labels: [strategy, board]\n", "mapping.yaml")
    assert "F1" not in {change.ref for change in sync(acme_here).plan.writes()}
    acme_here.edit("    labels: [strategy, board]\n", "    labels: [other]\n", "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "board", "other"}
    assert labels(acme_here, "F2") == {"bsc-acme", "other"}


def test_a_store_from_before_labels_were_owned_agrees_where_they_are_there_and_asks_where_not(
    acme_here: Acme,
) -> None:
    sync(acme_here)
    relabel(acme_here, "F2", remove="strategy")
    engine = acme_here.office().memory.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM base WHERE field LIKE '%labels'")
    report = sync(acme_here)
    assert report.plan.counts().writes == 0
    assert [hold.reason for hold in report.plan.holds() if hold.ref == "F2"] == ["never agreed on"]
    assert held(report, "F1") == []
    # and nobody knows who has put it there: it is not taken away
    acme_here.edit(CONSTANT, "    labels: [other]\n", "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "strategy", "other"}


def test_case_counts(acme_here: Acme) -> None:
    sync(acme_here)
    relabel(acme_here, "F1", add="Strategy")
    acme_here.edit(CONSTANT, "    labels: []\n", "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "Strategy"}


def test_after_a_lost_store_the_mark_still_tells_whose_labels_are_whose(acme_here: Acme) -> None:
    sync(acme_here)
    relabel(acme_here, "F1", add="board")
    acme_here.edit(CONSTANT, "    labels: [strategy, board]\n", "mapping.yaml")
    sync(acme_here)
    with acme_here.office().memory.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM base")
        connection.exec_driver_sql("UPDATE links SET revision = 0")
    acme_here.edit("    labels: [strategy, board]\n", "    labels: [other]\n", "mapping.yaml")
    sync(acme_here)
    assert labels(acme_here, "F1") == {"bsc-acme", "board", "other"}
    assert labels(acme_here, "F2") == {"bsc-acme", "other"}
    quiet(acme_here)
