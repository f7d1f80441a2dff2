"""The sandbox as a process, in bad weather and behind prefixes."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.processes import bsc_sync, running_sandbox, settings_in


def test_all_options_of_the_weather_at_once(tmp_path: Path) -> None:
    (tmp_path / "bad-day.yaml").write_text(
        "limits: {endpoint: {GET: 100/s}}\n"
        'faults: [{fault: status, status: 503, retry_after: 2, path: "*/field", on: 2}]\n',
        encoding="utf-8",
    )
    options = ["--rate", "50/s", "--faults", "bad-day.yaml", "--latency", "1"]
    prefixes = ["--index-lag", "1m", "--context-path", "/jira"]
    with running_sandbox(tmp_path, *options, *prefixes):
        settings = settings_in(tmp_path / ".env")
        url = settings["BSC_SYNC_JIRA_URL"]
        assert url.endswith("/jira")
        with requests.Session() as session:
            session.auth = (settings["BSC_SYNC_JIRA_USER"], settings["BSC_SYNC_JIRA_TOKEN"])
            replies = [session.get(f"{url}/rest/api/3/field", timeout=10) for _ in range(3)]
            assert [reply.status_code for reply in replies] == [200, 503, 200]
            assert replies[1].headers["Retry-After"] == "2"
            assert session.get(f"{url}/_sandbox/index", timeout=10).json() == {"lag": 60.0, "waiting": 0}
            weather = session.get(f"{url}/_sandbox/faults", timeout=10).json()
            assert weather["limits"] == {"all": "50/s", "endpoint": {"GET": "100/s"}, "issue_writes": []}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--rate", "often"], 1, "--rate: 'often' is not a rate such as 10/s"),
        (["--context-path", "jira"], 1, "'jira' is not a context path such as /jira"),
        (["--index-lag", "soon"], 64, "'soon' is not a duration such as 5s or 500ms"),
        (["--faults", "bad.yaml"], 1, "faults[0]"),
        (["--version", "ten"], 1, "a version is like 10.3.24, not 'ten'"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, options: list[str], code: int, said: str) -> None:
    (tmp_path / "bad.yaml").write_text("faults: [{fault: storm}]\n", encoding="utf-8")
    done = bsc_sync("sandbox", "--port", "0", *options, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr


def test_it_can_be_data_center(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, "--flavor", "data-center", "--version", "9.12.5"):
        settings = settings_in(tmp_path / ".env")
        url = settings["BSC_SYNC_JIRA_URL"]
        assert settings["BSC_SYNC_CONFLUENCE_URL"] == f"{url}/confluence"
        with requests.Session() as session:
            info = session.get(f"{url}/rest/api/2/serverInfo", timeout=10).json()
            assert (info["deploymentType"], info["version"]) == ("Server", "9.12.5")
            session.headers["Authorization"] = f"Bearer {settings['BSC_SYNC_JIRA_TOKEN']}"
            assert session.get(f"{url}/rest/api/2/myself", timeout=10).status_code == 200
