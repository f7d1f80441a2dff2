"""The store is opened by whoever comes first, by several at once, and never when it is not ours."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text

from bsc_sync.errors import SettingsError, StoreFailed
from bsc_sync.redaction import COVER, covered
from bsc_sync.state.address import read_address, shown
from bsc_sync.state.database import look_at_database, open_database
from bsc_sync.state.store import Memory
from bsc_sync.state.transaction import is_out_of_reach
from tests.postgres_server import PostgresServer


def test_first_processes_that_start_together_share_one_store(store_url: str) -> None:
    code = f"from bsc_sync.state.database import open_database; open_database({store_url!r}).dispose()"
    together = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(6)]
    ends = [(one.communicate()[1], one.returncode) for one in together]
    assert ends == [(b"", 0)] * 6


def test_a_newer_store_is_refused(open_store: Callable[[], Engine], store_url: str) -> None:
    with open_store().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for opened in (open_database, look_at_database):
        with pytest.raises(SettingsError, match=r"written by a newer bsc-sync .* of revision 9999"):
            opened(store_url)


def test_a_store_that_lacks_a_table_is_damaged(open_store: Callable[[], Engine], store_url: str) -> None:
    with open_store().begin() as connection:
        connection.execute(text("DROP TABLE intents"))
    with pytest.raises(SettingsError, match="damaged: it lacks intents"):
        open_database(store_url)


def test_tables_of_somebody_else_are_left_alone(open_store: Callable[[], Engine], store_url: str) -> None:
    with open_store().begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO meta VALUES ('theirs', 'x')"))
    with pytest.raises(SettingsError, match=r"cannot be used: .*meta.* already exists"):
        open_database(store_url)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://x/y",
        "sqlite:////proc/nowhere/state.db",
        "postgresql://localhost:port/x",
        "oracle:x",
    ],
)
def test_an_unusable_store_is_said(url: str) -> None:
    with pytest.raises(SettingsError):
        open_database(url)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("hello " * 1000)
    for opened in (open_database, look_at_database):
        with pytest.raises(SettingsError, match=r"cannot be used: file is not a database") as failure:
            opened(f"sqlite:///{tmp_path}/state.db")
        assert "move it away" in failure.value.hint


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    for opened in (open_database, look_at_database):
        with pytest.raises(StoreFailed, match="cannot be reached") as failure:
            opened(f"postgresql://mia:hunter2@/acme?host={tmp_path}")
        assert failure.value.exit_code == 4
        assert "postgresql://mia:***@/acme" in str(failure.value)
        assert "hunter2" not in "".join(failure.value.lines())


def test_a_server_that_knows_no_such_database_or_user_is_a_matter_of_the_address(
    postgres: PostgresServer,
) -> None:
    with postgres.database() as url:
        address = make_url(url)
        for wrong in (address.set(database="nowhere"), address.set(username="nobody_we_know")):
            with pytest.raises(SettingsError, match="cannot be used") as failure:
                open_database(wrong.render_as_string(hide_password=False))
            assert failure.value.exit_code == 1
            assert "move it away" not in failure.value.hint


def test_a_database_that_takes_no_connections_is_out_of_reach_as_its_server_would_be(
    postgres: PostgresServer,
) -> None:
    with postgres.database() as url:
        open_database(url).dispose()
        postgres.take_away(url)
        for opened in (open_database, look_at_database):
            with pytest.raises(StoreFailed, match=r"cannot be reached: .*not currently accepting") as failure:
                opened(url)
            assert failure.value.exit_code == 4
        postgres.give_back(url)
        open_database(url).dispose()


@pytest.mark.parametrize(
    "said",
    [
        'database "x" is not currently accepting connections',
        "the database system is not yet accepting connections",
        "the database system is starting up",
        "the database system is shutting down",
        "the database system is in recovery mode",
        "sorry, too many clients already",
        'too many connections for role "mia"',
        "remaining connection slots are reserved for roles with the SUPERUSER attribute",
    ],
)
def test_a_server_that_takes_nobody_now_is_out_of_reach(said: str) -> None:
    assert is_out_of_reach(psycopg.OperationalError(f"connection failed: FATAL:  {said}"))
    assert not is_out_of_reach(psycopg.OperationalError('connection failed: FATAL:  role "x" does not exist'))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_as_people_write_it_is_spoken_to_by_the_library_that_we_bring(scheme: str) -> None:
    address = read_address(f"{scheme}://mia:secret@db.example/acme")
    assert address.get_driver_name() == "psycopg"
    assert shown(address) == "postgresql://mia:***@db.example/acme"


def test_without_the_extra_the_command_that_installs_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError('no module named psycopg')\n")
    code = (
        "from bsc_sync.errors import SettingsError\n"
        "from bsc_sync.state.database import open_database\n"
        "try: open_database('postgresql://mia:secret@db.example/acme')\n"
        "except SettingsError as error: print(*error.lines())\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == (
        "the store postgresql://mia:***@db.example/acme needs a library that is not installed"
        ' - pip install "bsc-sync[postgres]"\n'
    )


def cut_off(engine: Engine, postgres: PostgresServer) -> None:
    with engine.begin() as connection:
        postgres.drop_connections()
        connection.execute(text("SELECT 1"))


def test_a_connection_that_the_server_has_dropped_is_replaced(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        engine = open_database(url)
        name = Memory(engine, "acme").store_id
        postgres.drop_connections()
        assert Memory(engine, "acme").store_id == name
        with pytest.raises(StoreFailed, match="the store failed: "):
            cut_off(engine, postgres)
        assert Memory(engine, "acme").store_id == name
        engine.dispose()


def test_a_full_disk_is_a_failure_of_the_store_and_changes_nothing(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/state.db")
    memory = Memory(engine, "acme")
    memory.keep_note("a", "before")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StoreFailed, match="full"):
        memory.keep_note("b" * 40, "x" * 500_000)
    assert (memory.note("a"), memory.note("b" * 40)) == ("before", None)
    engine.dispose()


def test_no_part_of_an_address_shows_a_password(tmp_path: Path) -> None:
    asked = f"postgresql:///acme?host={tmp_path}&user=mia&password=hunter-two&sslpassword=hunter-three"
    with pytest.raises(StoreFailed, match="cannot be reached") as failure:
        open_database(asked)
    told = "".join(failure.value.lines())
    assert "password=hidden" in told
    assert "hunter" not in told
    read_address("postgresql://mia:hunter-four@db.example/acme")
    assert covered("hunter-two hunter-three hunter-four") == f"{COVER} {COVER} {COVER}"


@pytest.mark.parametrize("address", ["mia:hunter@two@db.example/acme", "mia:hunter@two/x@db.example/acme"])
def test_a_password_with_a_bare_sign_is_not_taken_for_a_host(address: str) -> None:
    with pytest.raises(SettingsError, match="an @ too many") as failure:
        open_database(f"postgresql://{address}")
    assert "%40 for @" in failure.value.hint
    assert "two" not in "".join(failure.value.lines())


def test_a_store_that_is_out_of_reach_is_told(tmp_path: Path) -> None:
    path = f"{tmp_path}/{'x' * 300}.db"
    for opened in (open_database, look_at_database):
        with pytest.raises(SettingsError):
            opened(f"sqlite:///{path}")


def test_a_user_who_may_only_read_and_a_server_that_only_reads_are_failures_of_the_store(
    postgres: PostgresServer,
) -> None:
    with postgres.database() as url:
        engine = open_database(url)
        with engine.begin() as connection:
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor"))
        engine.dispose()
        for role, said in (
            ("role=pg_monitor", "permission"),
            ("default_transaction_read_only=on", "read-only"),
        ):
            engine = open_database(f"{url}&options=-c%20{role}")
            memory = Memory(engine, "acme")
            assert memory.links() == {}
            with pytest.raises(StoreFailed, match=said), memory.lease(holder="mia@host"):
                pass
            engine.dispose()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may run as somebody else")
@pytest.mark.parametrize("rights", [0o644, 0o600])
def test_a_file_that_may_not_be_written_is_not_to_be_moved_away(rights: int) -> None:
    code = (
        "import os, sys\n"
        "from bsc_sync.errors import SettingsError\n"
        "from bsc_sync.state.database import look_at_database, open_database\n"
        "os.setuid(54321)\n"
        "for opened in (open_database, look_at_database):\n"
        "    try: opened(sys.argv[1])\n"
        "    except SettingsError as error: print(*error.lines())\n"
    )
    with tempfile.TemporaryDirectory() as folder:  # the folders above a test's own are closed to others
        Path(folder).chmod(0o755)
        url = f"sqlite:///{folder}/state.db"
        open_database(url).dispose()
        (Path(folder) / "state.db").chmod(rights)
        ended = subprocess.run(
            [sys.executable, "-c", code, url], capture_output=True, text=True, check=True, timeout=60
        )
    told = ended.stdout.splitlines()
    assert len(told) == 2, told
    for line in told:
        assert "cannot be used: " in line
        assert "write access to the file and its folder" in line
        assert "move it away" not in line


def test_a_file_that_another_program_holds_is_not_to_be_moved_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    open_database(url).dispose()
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SettingsError, match="cannot be used: database is locked") as failure:
            look_at_database(url)
    assert "another program" in failure.value.hint
    assert "move" not in failure.value.hint
