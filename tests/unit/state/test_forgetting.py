"""A person taken out of the store: every table, either database, down to the bytes of the file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Engine, String, insert, inspect, select, update

from bsc_sync.alignment.work import WorkItem
from bsc_sync.attainment.measurement import Measurement
from bsc_sync.errors import UnsafePlan
from bsc_sync.plan.item import digest
from bsc_sync.state.forgetting import CALLED, DATA, TEXTS, forget_person, wipe
from bsc_sync.state.history import History
from bsc_sync.state.names import NOBODY, Names
from bsc_sync.state.run_records import Beginning
from bsc_sync.state.schema import base, intents, links, metadata, rebuffs, runs

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
CARLA = Names(("cfo", "acme:carla", "Carla Fontána", "carla@acme.example"))

# Columns of text that hold no name: ids, kinds, days, and digests of a whole.
NAMELESS = {
    "meta": {"key", "value"},
    "links": {"card", "ref", "issue_id", "issue_key", "kind", "state", "since", "first_key"},
    "rebuffs": {"card", "ref", "field", "wanted", "shown"},  # given up where one of the two would tell
    "base": {"card", "ref", "field", "digest", "value"},  # the same
    "intents": {"id", "card", "ref", "action", "project", "issue_id", "created", "settled"},
    "measurements": {"card", "subject", "value", "effective", "at", "recorded", "source"},
    "absences": {"card", "subject"},
    "work_items": {"card", "issue_id"},
    "work_pulls": {"card"},
    "progress": {"card", "ref", "day", "share"},
    "runs": {
        "id",
        "card",
        "verb",
        "mode",
        "started",
        "ended",
        "version",
        "scorecard_digest",
        "mapping_digest",
    },
    "leases": {"card", "holder", "token"},  # gone when the run has ended
    "publications": {
        "card",
        "target",
        "page_id",
        "url",
        "digest",
        "sent",
        "published",
    },  # a url is told as left
    "slots": {"card", "job", "slot"},
    "former_ids": {"card", "former", "ref"},
}


def test_every_column_of_text_is_looked_into_or_known_to_hold_no_name() -> None:
    for table in metadata.tables.values():
        texts = {column.name for column in table.columns if isinstance(column.type, String)}
        searched = {*TEXTS.get(table, ()), *DATA.get(table, ()), *CALLED.get(table, ())}
        assert texts - NAMELESS.get(table.name, set()) == searched, table.name


def fill(engine: Engine, card: str = "acme", *, settled: bool = True) -> None:
    """Carla wherever she can stand."""
    history = History(engine, card)
    at = NOW.isoformat()
    with engine.begin() as connection:
        named = {"card": card, "issue_id": "1", "kind": "objective", "revision": 1}
        connection.execute(
            insert(links).values(
                **named, ref="C1", issue_key="STRAT-1", name="cfo dashboard", note="seen by cfo"
            )
        )
        connection.execute(
            insert(links).values(
                **named, ref="cfo", issue_key="STRAT-2", name="Carla Fontána's plan", note=""
            )
        )
        for ref, field, value in (
            ("C1", "assignee", "acme:carla"),
            ("C1", "line", "cfo"),
            ("C1", "description", "Ask Carla Fontána, or cfo."),
            ("C1", "summary", "Keep customers"),
        ):
            connection.execute(
                insert(base).values(
                    card=card, ref=ref, field=field, digest=digest(value), value=json.dumps(value)
                )
            )
        unseen = {"card": card, "ref": "F1", "field": "assignee"}
        connection.execute(insert(base).values(**unseen, digest=digest("acme:carla"), value=None))
        connection.execute(
            insert(base).values(card=card, ref="P1", field="x", digest=digest("other"), value=None)
        )
        connection.execute(
            insert(rebuffs).values(
                card=card, ref="P1", field="x", wanted=digest("acme:carla"), shown=digest("o"), restores=0
            )
        )
        connection.execute(
            insert(intents).values(
                id=f"i-{card}",
                card=card,
                ref="C1",
                action="update",
                project="STRAT",
                floor=0,
                issue_id="1",
                after=json.dumps({"assignee": "acme:carla", "customfield_1": "Font\u00e1na"}),
                created=at,
                settled=at if settled else None,
                outcome="user acme:carla cannot be assigned",
            )
        )
    reading = Measurement(
        "F1.ltv",
        Fraction(3),
        NOW.date(),
        NOW,
        "csv",
        note="the cfo says so",
        evidence={"query": 'assignee = "acme:carla"'},
    )
    history.keep_readings([reading])
    history.keep_absences({"F2.arr": "Carla Fontána has no value"})
    history.keep_work(
        [
            WorkItem(
                "9",
                "CRM-9",
                "CRM",
                "Story",
                "Carla Fontána asks",
                "To Do",
                "new",
                NOW,
                labels=("cfo", "x"),
                serves=("cfo",),
            )
        ]
    )
    run = history.start_run(Beginning("sync", "apply", "1"), now=NOW)[0]
    history.end_run(
        run, exit_code=0, report={"failed": [{"ref": "cfo", "reason": "no carla@acme.example"}]}, now=NOW
    )
    plan = {"fields": [{"name": "Owner", "old": "acme:carla", "new": "cfo", "base": digest("acme:carla")}]}
    with engine.begin() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(who="cfo@host", plan=json.dumps(plan)))


def everything(engine: Engine) -> str:
    """All rows of all tables, as text."""
    with engine.connect() as connection:
        return "\n".join(
            f"{table.name} {tuple(row)}"
            for table in metadata.sorted_tables
            for row in connection.execute(select(table)).all()
        )


def test_a_person_is_taken_out_of_every_table_and_what_else_is_called_so_stays(engine: Engine) -> None:
    fill(engine)
    looked = forget_person(engine, "acme", CARLA, dry_run=True)
    assert "acme:carla" in everything(engine)
    done = forget_person(engine, "acme", CARLA, dry_run=False)
    assert done == looked
    assert dict(done.rows) == {
        "base": 4,
        "rebuffs": 1,
        "links": 2,
        "intents": 1,
        "measurements": 1,
        "absences": 1,
        "work_items": 1,
        "runs": 1,
    }
    assert done.unagreed == (("C1", "assignee"), ("C1", "line"), ("F1", "assignee"), ("P1", "x"))
    left = everything(engine)
    for name in ("acme:carla", "Carla", "carla@acme", digest("acme:carla"), digest("cfo"), "the cfo", "cfo@"):
        assert name not in left, name
    assert "cfo dashboard" in left, "what is called so is not a person"
    assert "'cfo', '1', 'STRAT-2'" in left
    assert f"{NOBODY}'s plan" in left
    assert f"Ask {NOBODY}, or {NOBODY}." in left
    with engine.connect() as connection:
        kept = connection.execute(select(base.c.ref, base.c.field, base.c.digest)).all()
        item = json.loads(connection.execute(select(metadata.tables["work_items"].c.item)).scalar_one())
    assert {(row.ref, row.field): row.digest for row in kept} == {
        ("C1", "description"): digest("Ask Carla Fontána, or cfo."),
        ("C1", "summary"): digest("Keep customers"),
    }
    assert item["serves"] == ["cfo"]
    assert item["labels"] == [NOBODY, "x"]
    again = forget_person(engine, "acme", CARLA, dry_run=False)
    assert (dict(again.rows), again.unagreed) == ({}, ())


def test_other_scorecards_of_the_store_are_told_and_left_alone(engine: Engine) -> None:
    fill(engine)
    fill(engine, "beta")
    before = everything(engine)
    done = forget_person(engine, "acme", CARLA, dry_run=False)
    assert dict(done.elsewhere) == {"beta": 10}
    assert [line for line in before.splitlines() if "'beta'" in line] == [
        line for line in everything(engine).splitlines() if "'beta'" in line
    ]


def test_nothing_is_taken_out_while_a_write_that_names_the_person_is_open(engine: Engine) -> None:
    fill(engine, settled=False)
    before = everything(engine)
    with pytest.raises(UnsafePlan, match="not settled yet"):
        forget_person(engine, "acme", CARLA, dry_run=False)
    assert everything(engine) == before


def test_a_name_that_is_a_common_word_is_one_only_by_itself(engine: Engine) -> None:
    names = Names(("ops",))
    assert names.taken_out("ops asked ops-team about devops, OPS and ops.") == (
        f"{NOBODY} asked ops-team about devops, OPS and {NOBODY}."
    )


def test_the_bytes_are_gone_from_the_file_or_the_tables(
    open_store: Callable[[], Engine], store_url: str, tmp_path: Path
) -> None:
    engine = open_store()
    fill(engine)
    forget_person(engine, "acme", Names((*CARLA.known, "Font\u00e1na")), dry_run=False)
    assert wipe(engine) is None
    if engine.dialect.name == "sqlite":
        engine.dispose()
        files = list(tmp_path.glob("state.db*"))
        assert files
        held = b"".join(path.read_bytes() for path in files)
        for name in (
            "acme:carla",
            "Carla",
            "Font\u00e1na",
            "Font\\u00e1na",
            "carla@acme",
            digest("acme:carla"),
            "the cfo",
        ):
            assert name.encode() not in held, name
        assert b"cfo dashboard" in held
    assert inspect(open_store()).has_table("runs")
