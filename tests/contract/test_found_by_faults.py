"""What the fault matrix has brought to light, each on its own."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from bsc_sync.errors import RemoteError
from bsc_sync.project import STATE_FOLDER
from bsc_sync.sandbox.weather.rules import read_forecast
from tests.runs_on_acme import Acme, sync


def expect(acme: Acme, **fault: Any) -> None:
    acme.app.extensions["sandbox_weather"].expect(read_forecast({"faults": [fault]}))


def test_an_empty_reply_to_a_question_is_no_answer(acme_here: Acme) -> None:
    sync(acme_here)
    search = r"/search(/jql)?$"
    expect(acme_here, fault="empty", pattern=search)
    with pytest.raises(RemoteError, match="the reply is empty"):
        sync(acme_here)
    with sqlite3.connect(acme_here.folder / STATE_FOLDER / "state.db") as state:
        (zeros,) = state.execute("SELECT count(*) FROM measurements WHERE value = '0'").fetchone()
    assert zeros == 0


@pytest.mark.parametrize(("method", "pattern"), [("POST", r"/issue/bulk$"), ("PUT", r"/issue/\d+$")])
def test_a_refusal_that_passes_leaves_nothing_without_its_property(
    acme_here: Acme, method: str, pattern: str
) -> None:
    expect(acme_here, fault="status", status=403, method=method, pattern=pattern, times=1)
    report = sync(acme_here)
    assert report.exit_code == 0
    with acme_here.site.store.transaction() as connection:
        (marked,) = connection.execute(
            "SELECT count(*) FROM issue_property WHERE key = 'bsc-sync'"
        ).fetchone()
        (labeled,) = connection.execute(
            "SELECT count(*) FROM issue_label WHERE label LIKE 'bsc-acme/%'"
        ).fetchone()
    assert (marked, labeled) == (14, 0)


def test_a_retired_key_result_is_remembered_as_one(acme_here: Acme) -> None:
    sync(acme_here)
    text = (acme_here.folder / "scorecard.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "id: L1.trained.q4" in line)
    acme_here.edit(line + "\n", "")
    assert sync(acme_here).plan.counts().retires == 1
    assert acme_here.office().memory.links()["L1.trained.q4"].kind == "key_result"
