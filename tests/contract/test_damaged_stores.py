"""A store whose file is damaged: every command says so, or does its work; nothing comes to be twice."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bsc_sync.cli.frame import run_command
from bsc_sync.cli.main import cli
from bsc_sync.errors import BscSyncError, StoreDamaged
from tests.runs_on_acme import plan_of, sync

Acme = Any  # the fixture's class lives in conftest, which is not imported

OFFLINE = (
    ("status",),
    ("status", "--json"),
    ("history",),
    ("history", "--json"),
    ("forget", "acme:cfo", "--dry-run"),
    ("forget", "acme:cfo", "--yes"),
    ("prune", "--older-than", "1d", "--yes"),
    ("score", "--json"),
)


@pytest.fixture
def synced(acme_here: Acme, monkeypatch: pytest.MonkeyPatch) -> Acme:
    """The example after two syncs, all of its store in one file."""
    monkeypatch.chdir(acme_here.folder)
    for _ in range(2):
        office = acme_here.office()
        sync(acme_here, office=office)
        office.engine.dispose()
    with sqlite3.connect(store_of(acme_here)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(store_of(acme_here), acme_here.folder / "whole.db")
    return acme_here


def store_of(acme: Acme) -> Path:
    return Path(acme.folder) / ".bsc-sync" / "state.db"


def put(acme: Acme, content: bytes) -> None:
    for end in ("-wal", "-shm"):
        Path(f"{store_of(acme)}{end}").unlink(missing_ok=True)
    store_of(acme).write_bytes(content)


def damages(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes flipped at a stride, a few at random, and a page or a half that is lost."""
    for start, stride in ((8192, 997), (100, 4093), (4096, 20011), (8192, 61)):
        yield f"every {stride}th from {start}", flipped(whole, range(start, len(whole), stride), 0xFF)
    for seed in range(30):
        chance = random.Random(seed)  # noqa: S311  the same damage each time
        places = [chance.randrange(100, len(whole)) for _ in range(chance.choice((1, 3, 30)))]
        yield f"seed {seed}", flipped(whole, places, chance.choice((0xFF, 0x01, 0x04, 0x20)))
    yield "half of it", whole[: len(whole) // 2]
    yield "a page of nothing", whole[:8192] + bytes(4096) + whole[12288:]


def flipped(whole: bytes, places: range | list[int], mask: int) -> bytes:
    content = bytearray(whole)
    for place in places:
        content[place] ^= mask
    return bytes(content)


def ended(what: Callable[[], object]) -> str:
    """How something ended: nothing but an error that we foresee."""
    try:
        what()
    except BscSyncError as error:
        return f"{error.exit_code} {error.message}"
    return "0"


def settings_of(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSC_SYNC_JIRA_URL", acme.site.base_url)
    monkeypatch.setenv("NO_COLOR", "1")


def test_no_damage_of_a_file_is_a_bug_of_ours_or_makes_anything_twice(
    synced: Acme, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_of(synced, monkeypatch)
    whole = (synced.folder / "whole.db").read_bytes()
    issues = len(synced.search("project in (STRAT, OPS)"))
    told = 0
    for name, content in damages(whole):
        for words in OFFLINE:
            put(synced, content)
            code = run_command(cli, [*words, "--project", str(synced.folder)])
            said = capsys.readouterr().err
            assert code in {0, 1}, (name, words, code, said)
            assert "this is a bug" not in said, (name, words, said)
            told += code
        for what in (plan_of, sync):
            put(synced, content)
            result = ended(partial(what, synced))
            told += result[0] == "1"
        assert len(synced.search("project in (STRAT, OPS)")) == issues, name
    assert told > 50


def test_what_the_library_cannot_word_is_damage_with_the_way_out(synced: Acme) -> None:
    whole = (synced.folder / "whole.db").read_bytes()
    put(synced, flipped(whole, range(8192, len(whole), 997), 0xFF))
    with pytest.raises(StoreDamaged, match="the store cannot be used: ") as failure:
        synced.office()
    assert failure.value.exit_code == 1
    assert "import --state" in failure.value.hint


@pytest.mark.parametrize(
    ("change", "verb"),
    [
        ("UPDATE runs SET report = '{'", "status"),
        ("UPDATE runs SET report = '[1]'", "history"),
        ("UPDATE runs SET plan = '[]' WHERE plan IS NOT NULL", "status"),
        ("UPDATE runs SET started = 'yesterday'", "history"),
        ("UPDATE runs SET started = '2026-11-23T09:00:00'", "status"),
        ("UPDATE links SET state = 'merry'", "status"),
        ("UPDATE links SET name = x'ff00'", "forget"),
        ("UPDATE links SET note = CAST(x'ff41' AS TEXT)", "status"),
        ("UPDATE progress SET share = '1/0'", "score"),
        ("UPDATE measurements SET value = 'much'", "score"),
        ("UPDATE measurements SET effective = 'soon'", "score"),
        ("UPDATE work_items SET item = '{}'", "report"),
        ("UPDATE intents SET settled = NULL, after = '[]'", "status"),
    ],
)
def test_rows_that_mean_nothing_are_damage(
    change: str,
    verb: str,
    synced: Acme,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings_of(synced, monkeypatch)
    with sqlite3.connect(store_of(synced)) as connection:
        assert connection.execute(change).rowcount
    connection.close()
    more = {"forget": ["acme:cfo", "--dry-run"], "report": ["--format", "md"]}
    words = [verb, *more.get(verb, [])]
    code = run_command(cli, [*words, "--project", str(synced.folder)])
    said = capsys.readouterr().err
    assert code == 1, said
    assert "the store cannot be used: " in said
    assert "import --state" in " ".join(said.split())
