"""Stores of earlier versions are upgraded with all that they hold, in one step or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from bsc_sync.state.address import engine_at, read_address
from bsc_sync.state.database import REVISION, look_at_database, open_database
from bsc_sync.state.history import History
from bsc_sync.state.schema import metadata
from bsc_sync.state.store import Memory
from bsc_sync.state.upgrade import migrations
from tests.unit.state.old_stores import REVISIONS, put_back, rows_of


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    """How old the store is."""
    return str(request.param)


@pytest.fixture
def old_store(store_url: str, revision: str) -> str:
    """The address of a store as an earlier version has left it."""
    engine = engine_at(read_address(store_url))
    with engine.begin() as connection:
        put_back(connection, revision)
    engine.dispose()
    return store_url


def test_the_newest_migration_is_the_one_that_is_looked_for() -> None:
    assert ScriptDirectory.from_config(migrations()).get_current_head() == REVISION


def test_everything_that_an_older_store_holds_is_there_after_the_upgrade(
    old_store: str, revision: str
) -> None:
    rows = rows_of(revision)
    engine = open_database(old_store)
    memory, history = Memory(engine, "acme"), History(engine, "acme")
    assert memory.store_id == rows["meta"][0]["value"]
    assert {(link.ref, link.id, link.key, link.revision) for link in memory.links().values()} == {
        (row["ref"], row["issue_id"], row["issue_key"], row["revision"]) for row in rows["links"]
    }
    assert {
        (ref, name, value) for ref, fields in memory.base().items() for name, value in fields.items()
    } == {(row["ref"], row["field"], row["digest"]) for row in rows["base"]}
    assert [reading.subject for reading in history.readings()] == [
        row["subject"] for row in rows["measurements"]
    ]
    assert [(run.id, run.exit_code) for run in history.runs(limit=99)] == [
        (row["id"], row["exit_code"])
        for row in sorted(rows["runs"], key=lambda row: str(row["started"]))[::-1]
    ]
    work = rows.get("work") or rows["work_items"]
    assert {item.id for item in history.work()} == {row["issue_id"] for row in work}
    assert {target: one.digest for target, one in history.publications().items()} == {
        row["target"]: row["digest"] for row in rows["publications"]
    }
    assert memory.past().first_keys == {row["ref"]: row["issue_key"] for row in rows["links"]}
    assert memory.former_ids() == ({"C1": "C9"} if "C9" in memory.links() else {})  # its mark still says C1
    assert history.keep_readings(history.readings()) == 0  # none of them is new to it
    engine.dispose()


def test_an_upgraded_store_has_the_tables_of_a_new_one(old_store: str) -> None:
    engine = open_database(old_store)
    found = inspect(engine)
    for table in metadata.sorted_tables:
        assert {column["name"] for column in found.get_columns(table.name)} == {
            column.name for column in table.columns
        }, table.name
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [
            column.name for column in table.primary_key
        ]
        assert {index["name"] for index in found.get_indexes(table.name)} == {
            index.name for index in table.indexes
        }, table.name
    engine.dispose()


def test_looking_at_an_older_store_changes_nothing(old_store: str, revision: str) -> None:
    found = look_at_database(old_store)
    assert found.engine is not None
    assert found.older
    found.engine.dispose()
    engine = create_engine(read_address(old_store))
    assert sorted(inspect(engine).get_table_names()) == sorted(rows_of(revision))
    engine.dispose()


def test_an_upgrade_that_is_killed_at_any_statement_leaves_the_old_store_whole(
    old_store: str, revision: str
) -> None:
    program = [sys.executable, "-m", "tests.unit.state.killed_upgrades", old_store, revision]
    root = Path(__file__).parents[3]
    ended = subprocess.run(program, cwd=root, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert int(ended.stdout) > 25  # points at which it was killed


def test_several_that_upgrade_at_once_do_it_once(old_store: str) -> None:
    code = (
        "import json; from bsc_sync.state.database import open_database\n"
        "from bsc_sync.state.store import Memory\n"
        f"print(json.dumps(sorted(Memory(open_database({old_store!r}), 'acme').links())))"
    )
    together = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [one.communicate() for one in together]
    assert [error for _, error in said] == [b""] * 4
    assert len({output for output, _ in said}) == 1
    assert len(json.loads(said[0][0])) == 14
