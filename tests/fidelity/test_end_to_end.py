"""From the sandbox over its recording to the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response

from bsc_sync.sandbox.app import create_app
from bsc_sync.sandbox.in_process import InProcessAdapter
from bsc_sync.sandbox.site import Site
from tests.fidelity.__main__ import main
from tests.fidelity.conftest import SHARED
from tests.fidelity.documents import Library

SEED: dict[str, Any] = {
    "projects": [{"key": "OPS", "name": "Operations", "issues": [{"type": "Epic", "summary": "Run"}]}]
}
BASE = "http://127.0.0.1:8089"


@pytest.fixture(autouse=True)
def _documents(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSC_SYNC_SHARED", str(SHARED))


def play(file: Path, *, broken: str = "") -> None:
    site = Site(SEED, base_url=BASE)
    app = create_app(site, record=file)

    @app.after_request
    def spoil(response: Response) -> Response:
        if broken:
            response.set_data(response.get_data(as_text=True).replace(broken, f"{broken}s"))
        return response

    with requests.Session() as person:
        user = next(iter(site.users.values()))
        person.auth = (user.email, user.token)
        person.mount(BASE, InProcessAdapter(app))
        person.get(f"{BASE}/rest/api/3/issue/OPS-1")
        person.post(f"{BASE}/rest/api/3/search/jql", json={"jql": "project = OPS", "fields": ["summary"]})
    site.store.close()


def test_a_true_sandbox_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    play(tmp_path / "all.jsonl")
    assert main([str(tmp_path / "all.jsonl")]) == 0
    shown = capsys.readouterr().out
    row = next(line for line in shown.splitlines() if "POST /rest/api/3/search/jql" in line)
    assert row.split()[2:] == ["1", "0", "0", "0", "0", "0"]
    assert shown.endswith("\n0 exchanges with a violation\n")


def test_a_sandbox_that_misspells_a_field_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    play(tmp_path / "all.jsonl", broken='"isLast')
    assert main([str(tmp_path / "all.jsonl")]) == 1
    shown = capsys.readouterr().out
    assert (
        "1 x POST /rest/api/3/search/jql: reply body /: Additional properties are not allowed ('isLasts'"
        in shown
    )
    assert "POST /rest/api/3/search/jql -> 200, asked by python-requests" in shown


def test_nothing_recorded_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl is not there" in capsys.readouterr().err
    (tmp_path / "empty.jsonl").touch()
    assert main([str(tmp_path / "empty.jsonl")]) == 1
